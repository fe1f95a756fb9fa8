/**
 * Room at each receiver. One that is slow or hangs may hold up a few attempts of its own and nobody else's. What finds no
 * room where answers come stands in line, in memory, and is called up when there is some; what finds no place in the
 * line, or nobody who answers, is put off. One that does not answer at all is left alone for a while, and then tried by
 * one attempt at a time. Known to this process alone: it protects the process.
 */
import * as Effect from "effect/Effect"

export type ReceiverOptions = {
  /** Attempts under way at one receiver. */
  readonly perReceiverMax: number
  /** Receivers remembered at once. */
  readonly receiversMax?: number
  /** Who stand in line at all receivers together. More than that are found in the store again. */
  readonly linesMax?: number
}

/** `leave` has to be called once, with whether anything came back; `null`: the receiver was not asked after all. */
export type Entry =
  | { readonly _tag: "Entered"; readonly leave: (hasAnswered: boolean | null, nowMs: number) => void }
  /** `keepMs`: for so long the asker keeps its place first. */
  | { readonly _tag: "PutOff"; readonly untilMs: number; readonly keepMs: number }
  /** Will be called up. */
  | { readonly _tag: "InLine" }

/** Somebody who can be called up, until a time. Known by the object that it is. */
export type Caller = { readonly untilMs: number; readonly callUp: () => void }

export type Receivers = {
  /**
   * `insists`: has been put off for too long, and goes even where nobody answers. Who is no caller never stands in line.
   */
  readonly enter: (name: string, nowMs: number, insists: boolean, caller?: Caller) => Effect.Effect<Entry>
  /** To be called when one who was called up is through, whether he came or not: if he did not, it is the next one's turn. */
  readonly passed: (caller: Caller, nowMs: number) => void
}

/** Silences in a row after which a receiver is left alone. */
export const silencesMax = 5
const alonePauseMinMs = 30_000
const alonePauseMaxMs = 600_000

/** Room that comes free within this is waited for; it takes two writes to put something off. */
const waitMaxMs = 250

/** Of those at one receiver. */
const lineMax = 1000
/** An attempt that takes as long may be one of many that do: who stands in line there would stand for long. */
const hangingMs = 1000
/**
 * Behind a line that is full there may be a hundred thousand more. If each were put off as soon as it is found, finding
 * them again and again would take the time in which they could be told.
 */
const keepMs = 500
/** A receiver that answers is not kept waiting for longer by what was put off when everything took longer. */
const answeringPauseMaxMs = 10_000

/** `null`: no place will come free soon. */
type Waiting = { readonly told: (entry: Entry | null) => void }

type Receiver = {
  /** When each attempt under way began. */
  readonly under: Map<object, number>
  readonly waiting: Array<Waiting>
  readonly line: Set<Caller>
  /** How long attempts take lately. */
  durationMs: number
  silences: number
  aloneUntilMs: number
  /** Until when others have been put off already. */
  putOffUntilMs: number
}

export const makeReceivers = (options: ReceiverOptions): Receivers => {
  const { perReceiverMax, receiversMax = 10_000, linesMax = 20_000 } = options
  const receivers = new Map<string, Receiver>()
  const calledUp = new Map<Caller, Receiver>()
  let inLine = 0

  const receiverOf = (name: string): Receiver => {
    const known = receivers.get(name)
    if (known !== undefined) return known
    if (receivers.size >= receiversMax) {
      for (const [other, { under, waiting, line }] of receivers) {
        if (under.size + waiting.length + line.size === 0) receivers.delete(other)
      }
    }
    const fresh: Receiver = {
      ...{ under: new Map(), waiting: [], line: new Set(), durationMs: 0 },
      ...{ silences: 0, aloneUntilMs: 0, putOffUntilMs: 0 }
    }
    receivers.set(name, fresh)
    return fresh
  }

  const places = ({ silences }: Receiver): number => (silences >= silencesMax ? 1 : perReceiverMax)

  const isLineFull = ({ line }: Receiver): boolean => line.size >= lineMax || inLine >= linesMax

  const putOff = (receiver: Receiver, nowMs: number, earliestMs: number): Entry => {
    const soonestMs = Math.max(earliestMs, nowMs + waitMaxMs)
    // A clock that was set back must not put anything off for longer.
    const answers = !isHanging(receiver, nowMs)
    const mostMs = answers ? answeringPauseMaxMs : alonePauseMaxMs
    const others = Math.min(receiver.putOffUntilMs, nowMs + mostMs)
    receiver.putOffUntilMs = Math.max(soonestMs, others + Math.ceil(paceMs(receiver, nowMs) / perReceiverMax))
    const untilMs = Math.min(receiver.putOffUntilMs, Math.max(earliestMs, nowMs + mostMs))
    return { _tag: "PutOff", untilMs, keepMs: answers && isLineFull(receiver) ? keepMs : 0 }
  }

  const callUpNext = (receiver: Receiver, nowMs: number): void => {
    for (const caller of receiver.line) {
      receiver.line.delete(caller)
      inLine--
      if (caller.untilMs <= nowMs) continue
      calledUp.set(caller, receiver)
      caller.callUp()
      return
    }
  }

  const entered = (receiver: Receiver, nowMs: number): Entry => {
    const attempt = {}
    receiver.under.set(attempt, nowMs)
    const leave = (hasAnswered: boolean | null, endMs: number): void => {
      receiver.under.delete(attempt)
      receiver.durationMs = (receiver.durationMs * 3 + Math.max(0, endMs - nowMs)) / 4
      if (hasAnswered !== null) note(receiver, hasAnswered, endMs)
      if (receiver.silences >= silencesMax) {
        for (const { told } of receiver.waiting.splice(0)) told(null)
        while (receiver.line.size > 0) callUpNext(receiver, endMs)
      } else {
        receiver.waiting.shift()?.told(entered(receiver, endMs))
        callUpNext(receiver, endMs)
      }
    }
    return { _tag: "Entered", leave }
  }

  return {
    enter: (name, nowMs, insists, caller) =>
      Effect.suspend(() => {
        const receiver = receiverOf(name)
        if (caller !== undefined) calledUp.delete(caller)
        const aloneUntilMs = Math.min(receiver.aloneUntilMs, nowMs + alonePauseMaxMs)
        const isAlone = receiver.silences >= silencesMax
        if (isAlone && aloneUntilMs > nowMs && !insists) return Effect.succeed(putOff(receiver, nowMs, aloneUntilMs))
        if (receiver.under.size < places(receiver)) return Effect.succeed(entered(receiver, nowMs))
        const otherwise = (): Entry => {
          if (caller === undefined || isLineFull(receiver) || !movesOn(receiver, nowMs))
            return putOff(receiver, nowMs, 0)
          if (!receiver.line.has(caller)) inLine++
          receiver.line.add(caller)
          return { _tag: "InLine" }
        }
        const waitMs = (paceMs(receiver, nowMs) * (receiver.waiting.length + 1)) / perReceiverMax
        // A few wait at the door, so that no place stays empty until somebody has come from the line.
        const isCrowded = caller !== undefined && receiver.waiting.length >= perReceiverMax
        if (isAlone || isCrowded || waitMs > waitMaxMs) return Effect.succeed(otherwise())
        return Effect.map(turn(receiver), (entry) => entry ?? otherwise())
      }),
    passed: (caller, nowMs) => {
      const receiver = calledUp.get(caller)
      if (receiver === undefined) return
      calledUp.delete(caller)
      callUpNext(receiver, nowMs)
    }
  }
}

/** Only where somebody is inside who calls up the next one when he leaves. */
const movesOn = ({ under, silences }: Receiver, nowMs: number): boolean =>
  under.size > 0 && silences < silencesMax && oldestMs({ under }, nowMs) < hangingMs

const isHanging = (receiver: Receiver, nowMs: number): boolean =>
  receiver.silences >= silencesMax || paceMs(receiver, nowMs) >= hangingMs

/** How long one attempt takes, as far as is known: of those that hang, longer with every moment. */
const paceMs = ({ under, durationMs }: Receiver, nowMs: number): number =>
  Math.max(1, durationMs, oldestMs({ under }, nowMs))

const oldestMs = ({ under }: Pick<Receiver, "under">, nowMs: number): number =>
  [...under.values()].reduce((oldest, sinceMs) => Math.max(oldest, nowMs - sinceMs), 0)

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
