/** Where the dashboard is: the address by which merchants reach it. */

export type DashboardSite = {
  /** As `Origin` headers give it. */
  readonly origin: string
  /** The path of the dashboard, without a slash at its end. */
  readonly home: string
  readonly isSecure: boolean
  readonly href: (path: string) => string
}

/**
 * Reads an address such as `https://pay.example/dashboard`. Throws a `TypeError` for one that is none, that says more
 * than origin and path, or that is http and not of this machine.
 *
 * @example
 * dashboardSite("https://pay.example/dashboard/", false).href("/payments") // => "/dashboard/payments"
 */
export const dashboardSite = (publicUrl: string, allowHttp: boolean): DashboardSite => {
  const { origin, pathname, protocol, hostname, search, hash } = new URL(publicUrl)
  if (!/^https?:$/u.test(protocol) || search !== "" || hash !== "") {
    throw new TypeError("publicUrl is an address of origin and path")
  }
  const isSecure = protocol === "https:"
  if (!isSecure && !allowHttp && !thisMachine.has(hostname)) {
    throw new TypeError("publicUrl is https, or http of this machine: over http a session can be overheard")
  }
  const home = pathname.replace(/\/+$/u, "")
  return { origin, home, isSecure, href: (path) => (path === "/" ? home || "/" : `${home}${path}`) }
}

const thisMachine: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"])
