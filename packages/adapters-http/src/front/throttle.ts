/**
 * Keeps callers within their limits, and tells every one of them how much is left. Calls under a good key are counted by
 * merchant and key in the route's class. Refused keys are counted too, by who sends them; who has sent too many is
 * answered before anything is looked up, unless the very key was good a moment ago: one machine with an old key must not
 * lock out its neighbours.
 */
import type { RateTaken } from "@paykernel/core/effect"
import { memoryRateLimiter } from "@paykernel/core/memory"
import { saltedFingerprints } from "../salted-fingerprints.ts"
import type { Answer } from "./answer.ts"
import { clientNetwork } from "./client-network.ts"
import { rateCounter } from "./rate-counter.ts"
import { type RateClass, type RateLimits, rateDefaults } from "./rate-limits.ts"

export type KnownCaller = { readonly merchantId: string; readonly keyId?: string }

/** One request on its way past the limits. Each step answers how many seconds to wait, or `null` to go on. */
export type Passage = {
  /** Before the key is looked at. */
  readonly enter: () => number | null
  /** The key is not good, or there is none that could be. */
  readonly refuse: (key: "Unknown" | "Malformed") => Promise<number | null>
  /** The key is good. */
  readonly admit: (caller: KnownCaller) => Promise<number | null>
  /** Of the limit that the request was counted against; of its class's, untouched, where it was not counted. */
  readonly headers: () => Answer["headers"]
}

export type Throttle = (request: Request, rateClass: RateClass) => Passage

/** Where nobody is counted. */
export const unlimited: Throttle = () => open

const open: Passage = {
  enter: () => null,
  refuse: async () => null,
  admit: async () => null,
  headers: () => ({})
}

/** Throws a `RangeError` for a limit that is no whole number. */
export const throttle = (options: RateLimits): Throttle => {
  const limits = limitsOf(options)
  const { nowMs, limiter, onUnavailable, clientAddress = () => null } = options
  const shared = rateCounter({ limiter, nowMs, onUnavailable })
  // What a stranger makes up is not worth a write in a database: who is known by a key alone is counted here.
  const own = rateCounter({ limiter: memoryRateLimiter(), nowMs })
  const fingerprintOf = saltedFingerprints()
  const goodKeys = latest(goodKeysMax)

  const strangerOf = (request: Request, fingerprint: string | null) => {
    const address = clientAddress(request)
    if (address !== null) return { counter: shared, key: `authentication ${clientNetwork(address)}` }
    return fingerprint === null ? null : { counter: own, key: `authentication ${fingerprint}` }
  }

  return (request, rateClass) => {
    const authorization = request.headers.get("authorization")
    const fingerprint = authorization === null ? null : fingerprintOf(authorization)
    let told: RateTaken | undefined

    const tell = (taken: RateTaken): number | null => {
      told = taken
      return taken.allowed ? null : Math.max(1, Math.ceil((taken.resetAtMs - nowMs()) / 1000))
    }

    return {
      enter: () => {
        if (fingerprint !== null && goodKeys.has(fingerprint)) return null
        const stranger = strangerOf(request, fingerprint)
        const denial = stranger?.counter.denied(stranger.key)
        return denial === undefined ? null : tell(denial)
      },
      refuse: async (key) => {
        if (fingerprint !== null) goodKeys.drop(fingerprint)
        const stranger = strangerOf(request, key === "Unknown" ? fingerprint : null)
        const limit = limits.authentication
        return tell(stranger === null ? own.untouched(limit) : await stranger.counter.take(stranger.key, limit))
      },
      admit: async ({ merchantId, keyId = "" }) => {
        if (fingerprint !== null) goodKeys.keep(fingerprint)
        return tell(await shared.take(`${rateClass} ${merchantId} ${keyId}`, limits[rateClass]))
      },
      headers: () => headersOf(told ?? own.untouched(limits[rateClass]))
    }
  }
}

const goodKeysMax = 10_000

const limitsOf = ({ perMinute = {} }: RateLimits): { readonly [rateClass in RateClass]: number } => {
  const limits = { ...rateDefaults, ...perMinute }
  for (const [rateClass, limit] of Object.entries(limits)) {
    if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`the limit of ${rateClass} is no whole number`)
  }
  return limits
}

const headersOf = ({ limit, remaining, resetAtMs }: RateTaken): Answer["headers"] => ({
  "x-ratelimit-limit": String(limit),
  "x-ratelimit-remaining": String(remaining),
  "x-ratelimit-reset": String(Math.ceil(resetAtMs / 1000))
})

/** Names, of which the one that was kept longest ago makes room. */
const latest = (max: number) => {
  const names = new Set<string>()
  return {
    has: (name: string): boolean => names.has(name),
    drop: (name: string): void => void names.delete(name),
    keep: (name: string): void => {
      names.delete(name)
      names.add(name)
      const [oldest] = names
      if (names.size > max && oldest !== undefined) names.delete(oldest)
    }
  }
}
