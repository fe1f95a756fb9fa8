/**
 * Who sends a request: the other end of its connection, or what the operator's own proxy says in a header that the settings
 * name. Anybody may send any header, so without that setting none is looked at.
 */
import { isIP } from "node:net"

const connections = new WeakMap<Request, string>()

/** Says which address a request came from. */
export const noteConnection = (request: Request, address: string | undefined): void => {
  if (address !== undefined) connections.set(request, address)
}

/**
 * Reads the address of a client; `null` where it is not known. `header` is one that the proxy in front of the server
 * writes: of several addresses in it the last is the one that the proxy itself has seen.
 *
 * @example
 * const request = new Request("http://localhost/", { headers: { "x-forwarded-for": "10.9.8.7, 203.0.113.9" } })
 * clientAddressFrom("x-forwarded-for")(request) // => "203.0.113.9"
 * clientAddressFrom(null)(request) // => null
 */
export const clientAddressFrom =
  (header: string | null) =>
  (request: Request): string | null => {
    if (header === null) return connections.get(request) ?? null
    const last = request.headers.get(header)?.split(",").at(-1)?.trim() ?? ""
    return isIP(last) === 0 ? null : last
  }
