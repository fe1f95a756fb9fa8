/**
 * How often one client may ask for the pages, in each minute. The bounds are far above what a payer does, several behind
 * one address included, and far below what a script that tries cards or page names would like.
 */
import type { RateLimiter } from "@paykernel/core/effect"
import { clientNetwork } from "../front/client-network.ts"
import { rateCounter } from "../front/rate-counter.ts"
import type { Route } from "./site.ts"

/** What is counted together: pages, payments, questions how a payment goes, and reports of browsers. */
export type PageClass = "page" | "payment" | "progress" | "report"

export type PageLimits = {
  /** Where requests are counted. `memoryRateLimiter()` counts for one process, those of the SQL adapters for all nodes. */
  readonly limiter: RateLimiter["Service"]
  /** The time by which minutes begin and end. */
  readonly nowMs: () => number
  /** Defaults: 300 pages, 60 payments, 1200 questions, 60 reports. */
  readonly perMinute?: { readonly [pageClass in PageClass]?: number }
  /** Told whenever the limiter could not be asked. Must not throw. */
  readonly onUnavailable?: (cause: unknown) => void
}

/** Answers how many seconds to wait, or `null` to go on. */
export type PageThrottle = (route: Route, address: string | null) => Promise<number | null>

const defaults: { readonly [pageClass in PageClass]: number } = { page: 300, payment: 60, progress: 1200, report: 60 }

/** Throws a `RangeError` for a limit that is no whole number. */
export const pageThrottle = ({ limiter, nowMs, perMinute = {}, onUnavailable }: PageLimits): PageThrottle => {
  const limits = { ...defaults, ...perMinute }
  for (const [pageClass, limit] of Object.entries(limits)) {
    if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`the limit of ${pageClass} is no whole number`)
  }
  const counter = rateCounter({ limiter, nowMs, onUnavailable })
  return async (route, address) => {
    const pageClass = classes[route._tag]
    if (pageClass === null) return null
    // Whose address is not known is counted by the page he asks for, which is all that tells him from the others.
    const client = address === null ? ("sessionId" in route ? route.sessionId : "all") : clientNetwork(address)
    const taken = await counter.take(`hosted-${pageClass} ${client}`, limits[pageClass])
    return taken.allowed ? null : Math.max(1, Math.ceil((taken.resetAtMs - nowMs()) / 1000))
  }
}

/** The script is the same for everybody, and kept by browsers. */
const classes: { readonly [Tag in Route["_tag"]]: PageClass | null } = {
  Page: "page",
  Payment: "payment",
  Progress: "progress",
  Report: "report",
  Script: null
}
