/**
 * Room at each receiver. One that is slow or hangs may hold up a few attempts of its own and nobody else's: what finds no
 * room is put off, by about as long as it takes until there is some. One that does not answer at all is left alone for a
 * while, and then tried by one attempt at a time. Known to this process alone: it protects the process.
 */
import * as Effect from "effect/Effect"

export type ReceiverOptions = {
  /** Attempts under way at one receiver. */
  readonly perReceiverMax: number
  /** Receivers remembered at once. */
  readonly receiversMax?: number
}

/** `leave` has to be called once, with whether anything came back; `null`: the receiver was not asked after all. */
export type Entry =
  | { readonly _tag: "Entered"; readonly leave: (hasAnswered: boolean | null, nowMs: number) => void }
  | { readonly _tag: "PutOff"; readonly untilMs: number }

export type Receivers = {
  /** `insists`: has been put off for too long, and goes even where nobody answers. */
  readonly enter: (name: string, nowMs: number, insists: boolean) => Effect.Effect<Entry>
}

/** Silences in a row after which a receiver is left alone. */
export const silencesMax = 5
const alonePauseMinMs = 30_000
const alonePauseMaxMs = 600_000

/** Room that comes free within this is waited for; it takes two writes to put something off. */
const waitMaxMs = 250

/** `null`: no place will come free soon. */
type Waiting = { readonly told: (entry: Entry | null) => void }

type Receiver = {
  /** When each attempt under way began. */
  readonly under: Map<object, number>
  readonly waiting: Array<Waiting>
  /** How long attempts take lately. */
  durationMs: number
  silences: number
  aloneUntilMs: number
  /** Until when others have been put off already. */
  putOffUntilMs: number
}

export const makeReceivers = ({ perReceiverMax, receiversMax = 10_000 }: ReceiverOptions): Receivers => {
  const receivers = new Map<string, Receiver>()

  const receiverOf = (name: string): Receiver => {
    const known = receivers.get(name)
    if (known !== undefined) return known
    if (receivers.size >= receiversMax) {
      for (const [other, { under, waiting }] of receivers) {
        if (under.size + waiting.length === 0) receivers.delete(other)
      }
    }
    const fresh: Receiver = {
      ...{ under: new Map(), waiting: [], durationMs: 0 },
      ...{ silences: 0, aloneUntilMs: 0, putOffUntilMs: 0 }
    }
    receivers.set(name, fresh)
    return fresh
  }

  const places = ({ silences }: Receiver): number => (silences >= silencesMax ? 1 : perReceiverMax)

  const putOff = (receiver: Receiver, nowMs: number, earliestMs: number): Entry => {
    const soonestMs = Math.max(earliestMs, nowMs + waitMaxMs)
    // A clock that was set back must not put anything off for longer.
    const others = Math.min(receiver.putOffUntilMs, nowMs + alonePauseMaxMs)
    receiver.putOffUntilMs = Math.max(soonestMs, others + Math.ceil(paceMs(receiver, nowMs) / perReceiverMax))
    return { _tag: "PutOff", untilMs: Math.min(receiver.putOffUntilMs, nowMs + alonePauseMaxMs) }
  }

  const entered = (receiver: Receiver, nowMs: number): Entry => {
    const attempt = {}
    receiver.under.set(attempt, nowMs)
    const leave = (hasAnswered: boolean | null, endMs: number): void => {
      receiver.under.delete(attempt)
      receiver.durationMs = (receiver.durationMs * 3 + Math.max(0, endMs - nowMs)) / 4
      if (hasAnswered !== null) note(receiver, hasAnswered, endMs)
      if (receiver.silences >= silencesMax) for (const { told } of receiver.waiting.splice(0)) told(null)
      else if (receiver.under.size < perReceiverMax) receiver.waiting.shift()?.told(entered(receiver, endMs))
    }
    return { _tag: "Entered", leave }
  }

  return {
    enter: (name, nowMs, insists) =>
      Effect.suspend(() => {
        const receiver = receiverOf(name)
        const aloneUntilMs = Math.min(receiver.aloneUntilMs, nowMs + alonePauseMaxMs)
        const isAlone = receiver.silences >= silencesMax
        if (isAlone && aloneUntilMs > nowMs && !insists) return Effect.succeed(putOff(receiver, nowMs, aloneUntilMs))
        if (receiver.under.size < places(receiver)) return Effect.succeed(entered(receiver, nowMs))
        const waitMs = (paceMs(receiver, nowMs) * (receiver.waiting.length + 1)) / perReceiverMax
        if (isAlone || waitMs > waitMaxMs) return Effect.succeed(putOff(receiver, nowMs, 0))
        return Effect.map(turn(receiver), (entry) => entry ?? putOff(receiver, nowMs, 0))
      })
  }
}

/** How long one attempt takes, as far as is known: of those that hang, longer with every moment. */
const paceMs = ({ under, durationMs }: Receiver, nowMs: number): number => {
  let oldestMs = 0
  for (const sinceMs of under.values()) oldestMs = Math.max(oldestMs, nowMs - sinceMs)
  return Math.max(1, durationMs, oldestMs)
}

const note = (receiver: Receiver, hasAnswered: boolean, nowMs: number): void => {
  if (hasAnswered) {
    receiver.silences = 0
    return
  }
  // What was under way when it was left alone says nothing new.
  if (receiver.silences >= silencesMax && nowMs < receiver.aloneUntilMs) return
  receiver.silences++
  if (receiver.silences < silencesMax) return
  const pauseMs = Math.min(alonePauseMaxMs, alonePauseMinMs * 2 ** Math.min(10, receiver.silences - silencesMax))
  receiver.aloneUntilMs = nowMs + pauseMs
}

/** Waits for a place. Whoever is given one just when he gives up has it all the same. */
const turn = (receiver: Receiver): Effect.Effect<Entry | null> =>
  Effect.suspend(() => {
    let given: Entry | null = null
    const called = Effect.callback<Entry | null>((resume) => {
      const waiting: Waiting = {
        told: (entry) => {
          given = entry
          resume(Effect.succeed(entry))
        }
      }
      receiver.waiting.push(waiting)
      return Effect.sync(() => {
        const at = receiver.waiting.indexOf(waiting)
        if (at >= 0) receiver.waiting.splice(at, 1)
      })
    })
    const patience = Effect.sleep(waitMaxMs)
    return Effect.map(Effect.raceFirst(called, Effect.as(patience, null)), (entry) => entry ?? given)
  })
