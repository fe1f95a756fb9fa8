/**
 * The cookie of a session. Over https its name begins with `__Host-`, by which browsers promise that it came from this
 * very host over TLS and belongs to no other path or subdomain (RFC 6265bis §4.1.3.2).
 */
import { isToken } from "./session-token.ts"

export type SessionCookie = {
  /** The token that a request brings; `undefined` where it brings none that could be one. */
  readonly read: (request: Request) => string | undefined
  readonly set: (token: string) => string
  readonly clear: () => string
}

/** Over plain http, which is for this machine only, it has neither the prefix nor `Secure`. */
export const sessionCookie = (isSecure: boolean): SessionCookie => {
  const name = isSecure ? "__Host-paykernel_dashboard" : "paykernel_dashboard"
  // Without an age: the browser forgets it when it is closed, and the server when its time is over.
  const attributes = `; Path=/; HttpOnly; SameSite=Lax${isSecure ? "; Secure" : ""}`
  return {
    read: (request) => {
      const header = (request.headers.get("cookie") ?? "").slice(0, headerLengthMax)
      const values = header
        .split(";")
        .map((pair) => pair.trim())
        .filter((pair) => pair.startsWith(`${name}=`))
        .map((pair) => pair.slice(name.length + 1))
      // Two of one name are the work of somebody else on a neighbouring host or path.
      const [value = ""] = values
      return values.length === 1 && isToken(value) ? value : undefined
    },
    set: (token) => `${name}=${token}${attributes}`,
    clear: () => `${name}=${attributes}; Max-Age=0`
  }
}

const headerLengthMax = 8192
