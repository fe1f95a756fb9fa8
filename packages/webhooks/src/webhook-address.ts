/**
 * Addresses that somebody else has us call. What a text tells is judged here, before anything is looked up; what its
 * name resolves to, where the connection is made.
 */
import * as Result from "effect/Result"
import { isPublicHost } from "./public-address.ts"

export type AddressRefusal =
  | "not_a_url"
  | "scheme_not_allowed"
  | "port_not_allowed"
  | "credentials_not_allowed"
  | "address_not_public"
  | "too_long"

export type AddressRules = {
  /** Default 443 and 8443. */
  readonly ports?: ReadonlyArray<number>
  /** `host:port`, as in `127.0.0.1:9000`: there, http and private addresses are allowed. For tests and own networks. */
  readonly allowHosts?: ReadonlyArray<string>
}

export const addressLengthMax = 2048

/**
 * The address as its parser writes it, without its fragment, or why it can never be called.
 *
 * @example
 * const address = readWebhookAddress("https://shop.example/hooks#top")
 * Result.map(address, String) // => Result.succeed("https://shop.example/hooks")
 * readWebhookAddress("https://10.0.0.7/hooks") // => Result.fail("address_not_public")
 * const allowHosts = ["127.0.0.1:9000"]
 * Result.isSuccess(readWebhookAddress("http://127.0.0.1:9000/", { allowHosts })) // => true
 */
export const readWebhookAddress = (text: string, rules: AddressRules = {}): Result.Result<URL, AddressRefusal> => {
  if (text.length > addressLengthMax) return Result.fail("too_long")
  if (!written.test(text) || hidden.test(text) || !URL.canParse(text)) return Result.fail("not_a_url")
  const url = new URL(text)
  if (url.href.length > addressLengthMax) return Result.fail("too_long")
  if (url.username !== "" || url.password !== "") return Result.fail("credentials_not_allowed")
  url.hash = ""
  if (isAllowedHost(url, rules)) return Result.succeed(url)
  if (url.protocol !== "https:") return Result.fail("scheme_not_allowed")
  const { ports = [443, 8443] } = rules
  if (!ports.includes(portOf(url))) return Result.fail("port_not_allowed")
  return isPublicHost(url.hostname) ? Result.succeed(url) : Result.fail("address_not_public")
}

/** Whether the host and port are among those for which the other rules do not hold. */
export const isAllowedHost = (url: URL, { allowHosts = [] }: AddressRules): boolean =>
  (url.protocol === "https:" || url.protocol === "http:") &&
  allowHosts.some((allowed) => hostAndPort(allowed) === `${url.hostname}:${portOf(url)}`)

/** A TypeError for what is not `host:port`: a rule with a slip of the pen must not be a rule about something else. */
export const checkedRules = (rules: AddressRules): AddressRules => {
  const wrong = rules.allowHosts?.find((text) => hostAndPort(text) === undefined)
  if (wrong !== undefined) throw new TypeError(`allowHosts has host:port, such as 127.0.0.1:9000, not ${wrong}`)
  const isPort = (port: number): boolean => Number.isInteger(port) && port > 0 && port < 65_536
  if (rules.ports?.every(isPort) === false) throw new TypeError("ports are whole numbers from 1 to 65535")
  return rules
}

/** As the parser of addresses writes a host, so that both are spelled alike. */
const hostAndPort = (text: string): string | undefined => {
  const { host = "", port = "" } = /^(?<host>[^\s/?#@\\]{1,253}):(?<port>\d{1,5})$/u.exec(text)?.groups ?? {}
  const number = Number.parseInt(port, 10)
  if (!(number > 0 && number < 65_536) || !URL.canParse(`http://${host}/`)) return undefined
  const url = new URL(`http://${host}/`)
  return url.port === "" ? `${url.hostname}:${number}` : undefined
}

const portOf = (url: URL): number => {
  if (url.port !== "") return Number.parseInt(url.port, 10)
  return url.protocol === "https:" ? 443 : 80
}

const written = /^[a-z][a-z0-9+.-]{0,30}:\/\/[^/]/iu
/** Spaces, controls and invisible characters, and the backslash, which the parser takes for a slash. */
const hidden = /[\s\p{C}\\]/u
