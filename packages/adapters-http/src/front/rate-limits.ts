/** What a host says about how often its API may be called. */
import type { RateLimiter } from "@paykernel/core/effect"

/**
 * What is counted together: keys that are refused, calls about payments, and calls about webhooks. Each route belongs to
 * one class, and each API key has a limit of its own in each.
 */
export type RateClass = "authentication" | "payments" | "webhooks"

export type RateLimits = {
  /** Where calls are counted. `memoryRateLimiter()` counts for one process, those of the SQL adapters for all nodes. */
  readonly limiter: RateLimiter["Service"]
  /** The time by which windows begin and end: every node's must agree, and clients read the end of one from it. */
  readonly nowMs: () => number
  /** Calls in each minute of the clock. Default: authentication 10, payments 100, webhooks 1000. */
  readonly perMinute?: { readonly [rateClass in RateClass]?: number }
  /**
   * Who sends a request, as the host's server or proxy knows it; never from a header that a stranger may set. Refused
   * keys are then counted by it, an IPv6 address by its first 64 bits. Without it they are counted key by key.
   */
  readonly clientAddress?: (request: Request) => string | null
  /** Told whenever the limiter could not be asked. Must not throw. */
  readonly onUnavailable?: (cause: unknown) => void
}

export const rateDefaults: { readonly [rateClass in RateClass]: number } = {
  authentication: 10,
  payments: 100,
  webhooks: 1000
}
