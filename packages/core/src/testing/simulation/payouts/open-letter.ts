/**
 * What clients write to the network: JWEs (RFC 7516) by their outside, with nothing encrypted in them. Real ciphers end when
 * the machine lets them, in an order that no seed decides.
 */
import { fromBase64Url, toBase64Url } from "../../../base64-url.ts"

const encode = (json: unknown): string => toBase64Url(new TextEncoder().encode(JSON.stringify(json)))

const epk = { kty: "EC", crv: "P-256", x: "x", y: "y" }
const head = encode({ alg: "ECDH-ES+A128KW", enc: "A128GCM", epk })

/** A text that says one word to whoever opens it. `mark` makes it another text than all others. */
export const letterOf = (word: string, mark: string): string =>
  [head, "a2V5", "bm9uY2U", encode([word, mark]), "dGFn"].join(".")

/** What stands in it; `undefined`: it cannot be read. */
export const openLetter = (jwe: string): string | undefined => {
  const bytes = fromBase64Url(jwe.split(".")[3] ?? "")
  if (bytes === undefined || !jwe.startsWith(`${head}.`)) return undefined
  const [word]: ReadonlyArray<unknown> = JSON.parse(new TextDecoder().decode(bytes))
  return typeof word === "string" ? word : undefined
}

export const holdsLetter = (text: string): boolean => text.includes(head)

/** Words of letters that nothing can be made of, and of whom nobody wants to hear. */
export const unreadable = "Unreadable"
export const incomplete = "Incomplete"
export const torn = "Torn"
