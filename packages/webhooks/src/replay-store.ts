/**
 * Remembers which messages were taken. A signature proves who wrote a message, not that it comes for the first time;
 * and honest senders repeat what was not answered in time.
 */

/** What a shared store has to do, for receivers of several processes. */
export type ReplayStore = {
  /** Whether the id is new; if so it is remembered until then. Of two calls at the same time only one is told "new". */
  readonly remember: (id: string, untilMs: number, nowMs: number) => "new" | "seen" | Promise<"new" | "seen">
  /** Forgets an id whose message could not be handled, so that the sender's next attempt is taken. */
  readonly forget: (id: string) => void | Promise<void>
}

/**
 * Remembers in the memory of this process. Full of ids that are still in time, it forgets the ones whose time is over
 * soonest; senders cannot fill it, since only messages whose signature held are remembered.
 *
 * @example
 * const store = memoryReplayStore()
 * store.remember("msg_1", 300_000, 0) // => "new"
 * store.remember("msg_1", 300_000, 1_000) // => "seen"
 * store.remember("msg_1", 600_000, 300_001) // => "new"
 */
export const memoryReplayStore = (options: { readonly idsMax?: number } = {}) => {
  const idsMax = options.idsMax ?? 100_000
  if (!(Number.isSafeInteger(idsMax) && idsMax > 0)) throw new TypeError("idsMax is a whole number above zero")
  const untilMsById = new Map<string, number>()

  const remember = (id: string, untilMs: number, nowMs: number): "new" | "seen" => {
    const knownUntilMs = untilMsById.get(id)
    if (knownUntilMs !== undefined && knownUntilMs >= nowMs) return "seen"
    untilMsById.delete(id)
    if (untilMsById.size >= idsMax) makeRoom(untilMsById, idsMax, nowMs)
    untilMsById.set(id, untilMs)
    return "new"
  }
  const forget = (id: string): void => {
    untilMsById.delete(id)
  }
  return { remember, forget } satisfies ReplayStore
}

/** Removes what is over; if that is too little, the ones that are over soonest. An eighth at a time, so it is rare. */
const makeRoom = (untilMsById: Map<string, number>, idsMax: number, nowMs: number): void => {
  for (const [id, untilMs] of untilMsById) if (untilMs < nowMs) untilMsById.delete(id)
  const excess = untilMsById.size - (idsMax - Math.ceil(idsMax / 8))
  if (excess <= 0) return
  const soonest = [...untilMsById].sort(([, a], [, b]) => a - b).slice(0, excess)
  for (const [id] of soonest) untilMsById.delete(id)
}
