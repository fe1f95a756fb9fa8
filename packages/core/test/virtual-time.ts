/** Time that passes by itself for nobody: only whoever sleeps moves it. The wall clock meanwhile goes backwards. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** `time` says what has passed and every sleep; `runtime` is to be given to Effect. */
export const virtualTime = () => {
  const time: { passedMs: number; sleptMs: Array<number> } = { passedMs: 0, sleptMs: [] }
  const nanos = () => BigInt(Math.round(time.passedMs * 1e6))
  const wallMs = () => 1_700_000_000_000 - Math.round(time.passedMs)
  const clock: Clock.Clock = {
    currentTimeMillisUnsafe: wallMs,
    currentTimeMillis: Effect.sync(wallMs),
    currentTimeNanosUnsafe: () => BigInt(wallMs()) * 1_000_000n,
    currentTimeNanos: Effect.sync(() => BigInt(wallMs()) * 1_000_000n),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    // Whatever was begun before somebody sleeps gets its turn.
    sleep: (duration) =>
      Effect.map(Effect.yieldNow, () => {
        time.sleptMs.push(Duration.toMillis(duration))
        time.passedMs += Duration.toMillis(duration)
      })
  }
  return { time, runtime: Context.make(Clock.Clock, clock) }
}
