/** The real clock and real randomness, for hosts that bring none of their own. */
import { v7 } from "uuid"
import type { Clock } from "../ports/clock.ts"
import type { Ids } from "../ports/ids.ts"

export const systemClock: Clock["Service"] = { nowMs: () => Date.now() }

/**
 * UUIDv7 (RFC 9562 §5.7) that grow within a millisecond (§6.2, method 1): rows made together are appended to an index
 * instead of being scattered over it. Random bytes are drawn many at a time, since drawing them is most of the cost.
 */
const growingIds = (): Ids["Service"] => {
  const pool = new Uint8Array(randomBytes * 256)
  let used = pool.length
  let latestMs = 0
  let seq = 0
  return {
    next: (nowMs) => {
      if (used === pool.length) {
        crypto.getRandomValues(pool)
        used = 0
      }
      used += randomBytes
      seq = nowMs === latestMs ? seq + 1 : 0
      latestMs = nowMs
      return v7({ msecs: nowMs, seq, random: pool.slice(used - randomBytes, used) })
    }
  }
}

const randomBytes = 16

export const systemIds: Ids["Service"] = growingIds()
