/**
 * Addresses that a merchant gives us: to call, and to send payers to. The first could point into our own network, the
 * second at anybody's page. Each is parsed once, by the parser that will use it, and kept as that has written it.
 */
import { type AddressRefusal, addressLengthMax, readWebhookAddress } from "@paykernel/webhooks"
import * as Result from "effect/Result"

/** What is wrong, to follow the field's name. Nothing of the address is repeated. */
export type AddressFault = string

export { addressLengthMax }

/**
 * An address that we may call. What its name resolves to is judged when it is called.
 *
 * @example
 * readWebhookUrl("https://shop.example/hooks") // => Result.succeed("https://shop.example/hooks")
 * readWebhookUrl("https://10.0.0.7/hooks") // => Result.fail("must be an address of the public internet")
 */
export const readWebhookUrl = (text: string): Result.Result<string, AddressFault> => {
  const address = readWebhookAddress(text)
  return Result.isSuccess(address) ? Result.succeed(address.success.href) : Result.fail(addressFaults[address.failure])
}

export const addressFaults: Readonly<Record<AddressRefusal, AddressFault>> = {
  not_a_url: "must be an https URL",
  scheme_not_allowed: "must be an https URL",
  credentials_not_allowed: "must be an https URL",
  too_long: "must be an https URL",
  port_not_allowed: "must use port 443 or 8443",
  address_not_public: "must be an address of the public internet"
}

export type ReturnRules = {
  /** Origins that the merchant has registered, such as `https://shop.example`. */
  readonly origins: ReadonlyArray<string>
  /** Lets origins of this machine use http. */
  readonly allowLocalhost: boolean
}

/**
 * An address that payers may be sent to: of a registered origin, compared as a whole.
 *
 * @example
 * const rules = { origins: ["https://shop.example"], allowLocalhost: false }
 * readReturnUrl("https://shop.example/paid?id=7", rules) // => Result.succeed("https://shop.example/paid?id=7")
 * readReturnUrl("https://shop.example.evil.example/", rules)
 * // => Result.fail("must be of an origin that the merchant has registered")
 */
export const readReturnUrl = (text: string, rules: ReturnRules): Result.Result<string, AddressFault> => {
  const url = parsed(text)
  const isLocal = rules.allowLocalhost && url?.protocol === "http:" && thisMachine.has(url.hostname)
  // The origin of a blob: URL is that of its creator, so the origin alone does not say where it leads.
  if (url === undefined || (url.protocol !== "https:" && !isLocal)) return Result.fail("must be an https URL")
  const isRegistered = rules.origins.some((origin) => originOf(origin) === url.origin)
  return isRegistered ? Result.succeed(url.href) : Result.fail("must be of an origin that the merchant has registered")
}

const thisMachine: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"])

const originOf = (text: string): string | undefined => (URL.canParse(text) ? new URL(text).origin : undefined)

/** Written out, without a name and a password, and without characters that are there to be overlooked. */
const parsed = (text: string): URL | undefined => {
  if (text.length > addressLengthMax || !written.test(text) || hidden.test(text) || !URL.canParse(text))
    return undefined
  const url = new URL(text)
  return url.username === "" && url.password === "" && url.href.length <= addressLengthMax ? url : undefined
}

const written = /^https?:\/\/[^/]/iu
/** Spaces, controls and invisible characters, and the backslash, which the parser takes for a slash. */
const hidden = /[\s\p{C}\\]/u
