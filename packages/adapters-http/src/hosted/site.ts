/** Where the pages are: the address by which payers reach them, and what is found under it. */
import { scriptName } from "./page-script.ts"

export type Site = {
  /** As `Origin` headers give it. */
  readonly origin: string
  readonly scriptPath: string
  readonly reportPath: string
  readonly pagePath: (sessionId: string) => string
  readonly paymentPath: (sessionId: string) => string
  readonly progressPath: (sessionId: string) => string
  /** What is at a path, `undefined` where nothing is. */
  readonly routeOf: (path: string) => Route | undefined
}

export type Route =
  | { readonly _tag: "Page" | "Payment" | "Progress"; readonly sessionId: string }
  | { readonly _tag: "Script" }
  /** Where browsers tell what the policy refused. */
  | { readonly _tag: "Report" }

/** The last part of the path to which browsers report. It stands beside the pages, so that each can name it. */
export const reportName = "csp-report"

/**
 * Reads an address such as `https://pay.example/pay`. Throws a `TypeError` for one that is none, or that says more than
 * origin and path.
 *
 * @example
 * siteAt("https://pay.example/pay/").progressPath("sess_1") // => "/pay/sess_1/progress"
 */
export const siteAt = (publicUrl: string): Site => {
  const { origin, pathname, protocol, search, hash } = new URL(publicUrl)
  if (!/^https?:$/u.test(protocol) || search !== "" || hash !== "") {
    throw new TypeError("publicUrl is an address of origin and path")
  }
  const home = pathname.replace(/\/+$/u, "")
  const scriptPath = `${home}/${scriptName}`
  const reportPath = `${home}/${reportName}`
  return {
    origin,
    scriptPath,
    reportPath,
    pagePath: (sessionId) => `${home}/${sessionId}`,
    paymentPath: (sessionId) => `${home}/${sessionId}/payment`,
    progressPath: (sessionId) => `${home}/${sessionId}/progress`,
    routeOf: (path) => {
      if (path === scriptPath) return { _tag: "Script" }
      if (path === reportPath) return { _tag: "Report" }
      const [, sessionId, rest] = path.startsWith(`${home}/`) ? (below.exec(path.slice(home.length)) ?? []) : []
      if (sessionId === undefined) return undefined
      return { _tag: rest === undefined ? "Page" : rest === "payment" ? "Payment" : "Progress", sessionId }
    }
  }
}

/** A session is named in whatever words its desk uses for it; the kernel's name whose it is and prove it. */
const below = /^\/([A-Za-z0-9._~-]{1,256})(?:\/(payment|progress))?$/u
