/** The real clock and real randomness, for hosts that bring none of their own. */
import { v7 } from "uuid"
import type { Clock } from "../ports/clock.ts"
import type { Ids } from "../ports/ids.ts"

export const systemClock: Clock["Service"] = { nowMs: () => Date.now() }

/** UUIDv7 (RFC 9562 §5.7). Random bytes are drawn many at a time: one by one, drawing them is most of the cost. */
const randomIds = (): Ids["Service"] => {
  const pool = new Uint8Array(randomBytes * 256)
  let used = pool.length
  return {
    next: (nowMs) => {
      if (used === pool.length) {
        crypto.getRandomValues(pool)
        used = 0
      }
      used += randomBytes
      return v7({ msecs: nowMs, random: pool.slice(used - randomBytes, used) })
    }
  }
}

const randomBytes = 16

export const systemIds: Ids["Service"] = randomIds()
