/**
 * For operators: looks at a payment page as a payer gets it, from outside, and tells what is not as it was made. Run
 * it weekly, as PCI DSS 11.6.1 asks, against a page with a form: whoever changes pages on their way, in a proxy or a
 * cache, has to change them for this client too.
 */
import { toBase64 } from "../base64.ts"
import { pageHeaders } from "./csp.ts"
import { scriptInventory } from "./script-inventory.generated.ts"
import { reportName } from "./site.ts"

export type PageFinding = {
  readonly about: "answer" | "header" | "markup" | "script"
  /** What is there and should not be, or the other way round. */
  readonly finding: string
}

type Fetch = (url: string) => Promise<Response>

/**
 * What is wrong with the page at an address; nothing, if it is as it should be. Rejects as `fetchWith` does.
 *
 * ```ts
 * const findings = await verifyPage("https://pay.example/pay/sess_7Q2M9XK4T1BD")
 * ```
 */
export const verifyPage = async (
  pageUrl: string,
  fetchWith: Fetch = (url) => fetch(url, { redirect: "manual" })
): Promise<ReadonlyArray<PageFinding>> => {
  const response = await fetchWith(pageUrl)
  if (response.status !== 200) return [{ about: "answer", finding: `the status is ${response.status}` }]
  const tags = tagsOf(await response.text())
  const policy = response.headers.get("content-security-policy") ?? ""
  const nonce = /script-src 'nonce-([\w-]+)'/u.exec(policy)?.[1] ?? ""
  return [
    ...headerFindings(response.headers, nonce, new URL(reportName, pageUrl)),
    ...tags.flatMap((tag) => markupFindings(tag, nonce)),
    ...(await scriptFindings(tags, pageUrl, fetchWith))
  ]
}

const headerFindings = (headers: Headers, nonce: string, { origin, pathname }: URL): ReadonlyArray<PageFinding> =>
  Object.entries(pageHeaders(nonce, origin, pathname))
    .filter(([name, value]) => headers.get(name) !== value)
    .map(([name]) => ({ about: "header", finding: `${name} is not what it should be` }))

type Tag = { readonly name: string; readonly attributes: ReadonlyMap<string, string> }

/** Everything that a browser could take for an opening tag. One that is not written as ours are has no name of ours. */
const tagsOf = (text: string): ReadonlyArray<Tag> =>
  [...text.replace(/^<!doctype html>/u, "").matchAll(/<[^<]*/gu)].flatMap(([piece]) => {
    if (/^<\/[a-z]+[0-9]?>/u.test(piece)) return []
    const [, name = piece.slice(0, 20), attributes = ""] = openingTag.exec(piece) ?? []
    return [{ name, attributes: attributesOf(attributes) }]
  })

const openingTag = /^<([a-z]+[0-9]?)((?: [a-z-]+(?:="[^"]*")?)*)>/u

const attributesOf = (text: string): ReadonlyMap<string, string> =>
  new Map([...text.matchAll(/ ([a-z-]+)(?:="([^"]*)")?/gu)].map(([, name = "", value = ""]) => [name, value]))

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "))

const tagNames = words(
  "html head meta title link style noscript script body header main section h1 p form div label input span button img " +
    "bdi a dl dt dd"
)

const attributeNames = words(
  "lang charset name content nonce rel href type src integrity id class hidden role tabindex novalidate disabled for " +
    "autocomplete inputmode placeholder maxlength required spellcheck value alt width height data-page data-seconds " +
    "aria-labelledby aria-describedby aria-live aria-hidden"
)

/** Paths of the same origin, pictures inside the page, and the ways on: to the issuer and back to the merchant. */
const addressShape = /^(?:$|\/(?!\/)|https?:\/\/|data:,$|data:image\/)/u

const markupFindings = ({ name, attributes }: Tag, nonce: string): ReadonlyArray<PageFinding> => {
  const target = attributes.get("href") ?? attributes.get("src") ?? ""
  const needsNonce = name === "style" || name === "script"
  return [
    ...(tagNames.has(name) ? [] : [`an element of another kind: ${name}`]),
    ...[...attributes.keys()].filter((attribute) => !attributeNames.has(attribute)).map((it) => `${name} with ${it}`),
    ...(addressShape.test(target) ? [] : [`${name} with an address of another kind`]),
    ...(needsNonce && (nonce === "" || attributes.get("nonce") !== nonce) ? [`${name} without the nonce`] : [])
  ].map((finding) => ({ about: "markup", finding }))
}

const scriptFindings = async (
  tags: ReadonlyArray<Tag>,
  pageUrl: string,
  fetchWith: Fetch
): Promise<ReadonlyArray<PageFinding>> => {
  const loaded = tags.filter(({ name }) => name === "script").map(({ attributes }) => attributes)
  const expected = scriptInventory.map(({ path }) => new URL(path, pageUrl).pathname)
  const unknown = loaded.filter((attributes) => !expected.includes(attributes.get("src") ?? ""))
  const findings = unknown.map((attributes) => `not in the inventory: ${attributes.get("src") ?? "an inline script"}`)
  for (const { path, integrity } of scriptInventory) {
    const address = new URL(path, pageUrl)
    const element = loaded.find((attributes) => attributes.get("src") === address.pathname)
    if (element === undefined) findings.push(`not loaded: ${path}`)
    else if (element.get("integrity") !== integrity) findings.push(`${path} without its integrity`)
    const served = await fetchWith(address.href)
    if ((await integrityOf(served)) !== integrity) findings.push(`${path} is served with another content`)
  }
  return findings.map((finding) => ({ about: "script", finding }))
}

const integrityOf = async (response: Response): Promise<string> => {
  const digest = await crypto.subtle.digest("SHA-384", await response.arrayBuffer())
  return `sha384-${toBase64(new Uint8Array(digest))}`
}
