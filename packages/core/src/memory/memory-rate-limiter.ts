/**
 * Counts in this process alone: the reference limiter, and all that a single process needs. Its memory is bounded: when
 * it holds as many windows as it may, the one that was asked about longest ago is forgotten. Whoever wants to be
 * forgotten has to be silent while that many others come, and then gains one window's limit.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import * as Effect from "effect/Effect"
import type { RateLimiter, RateTake } from "../ports/rate-limiter.ts"
import { rateTaken, rateWindow } from "./rate-window.ts"

export type MemoryRateLimiterOptions = {
  /** Windows held, one for each key and time. Default 50 000, which takes some 25 MB. At least 1. */
  readonly windowsMax?: number
}

type Count = { readonly endMs: number; taken: number }

/**
 * A limiter of its own, in which nothing was taken yet.
 *
 * @example
 * const limiter = memoryRateLimiter()
 * const take = { key: "shop 1", limit: 1, windowMs: 60_000, nowMs: 0 }
 * await Effect.runPromise(limiter.take(take)) // => { allowed: true, limit: 1, remaining: 0, resetAtMs: 60_000 }
 * await Effect.runPromise(limiter.take(take)) // => { allowed: false, limit: 1, remaining: 0, resetAtMs: 60_000 }
 */
export const memoryRateLimiter = ({ windowsMax = 50_000 }: MemoryRateLimiterOptions = {}): RateLimiter["Service"] => {
  if (!Number.isSafeInteger(windowsMax) || windowsMax < 1) throw new RangeError("at least one window must be held")
  // In the order in which they were last asked about.
  const counts = new Map<string, Count>()

  /** Looks at two for each that comes, so that windows that are over go faster than new ones come. */
  const makeRoom = (nowMs: number): void => {
    let looked = 0
    for (const [name, { endMs }] of counts) {
      if (counts.size >= windowsMax || endMs + keptMs <= nowMs) counts.delete(name)
      if (++looked === 2) return
    }
  }

  const countOf = (take: RateTake): Count => {
    const { startMs, endMs } = rateWindow(take)
    const name = `${take.windowMs} ${startMs} ${shortened(take.key)}`
    const known = counts.get(name)
    if (known === undefined) makeRoom(take.nowMs)
    else counts.delete(name)
    const count = known ?? { endMs, taken: 0 }
    counts.set(name, count)
    return count
  }

  return {
    take: (take) =>
      Effect.sync(() => {
        const count = countOf(take)
        if (count.taken >= take.limit) return rateTaken(take, null)
        count.taken++
        return rateTaken(take, count.taken)
      })
  }
}

/** A window that has ended is kept for as long as a clock may be set back. */
const keptMs = 300_000

/** A long key is held as a digest of its UTF-16 units, which, unlike UTF-8, tells all texts apart. */
const shortened = (key: string): string => {
  if (key.length <= keyLengthMax) return `=${key}`
  const bytes = new Uint8Array(key.length * 2)
  for (let at = 0; at < key.length; at++) {
    const unit = key.charCodeAt(at)
    bytes[2 * at] = unit & 0xff
    bytes[2 * at + 1] = unit >> 8
  }
  return `#${String.fromCharCode(...sha256(bytes))}`
}

const keyLengthMax = 128
