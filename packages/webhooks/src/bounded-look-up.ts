/**
 * Asks for the same thing once, and remembers the answer for a while. Whoever sends us a message names the key it is
 * signed with, so strangers decide what is asked for: made-up names must neither flood the one who answers, nor push
 * out what honest senders need, nor fill the memory.
 */

export type LookUpOptions<Value> = {
  /** Told by the signal when it is no longer waited for. */
  readonly lookUp: (name: string, signal: AbortSignal) => Promise<Value | undefined>
  /** How many answers are remembered. Default 64. */
  readonly countMax?: number
  /** For how long. Default a day. */
  readonly keepMs?: number
  /** For how long it is remembered that there is nothing under a name, or nothing of use. Default a minute. */
  readonly keepMissMs?: number
  /** How many names are asked for at the same time. Default 8. */
  readonly underWayMax?: number
  /** How long an answer is waited for. Default 5 seconds. */
  readonly timeoutMs?: number
}

export type LookUp<Value> = (
  name: string,
  nowMs: number
) => Promise<
  | { readonly _tag: "Found"; readonly value: Value }
  | { readonly _tag: "Missing" }
  /** The one who answers failed, or too many are asked for. Nothing is remembered. */
  | { readonly _tag: "Unavailable" }
>

/** `isOfUse` says which answers are worth remembering for long. */
export const boundedLookUp = <Value>(
  options: LookUpOptions<Value>,
  isOfUse: (value: Value) => boolean = () => true
): LookUp<Value> => {
  const {
    countMax = 64,
    keepMs = 24 * 60 * 60 * 1000,
    keepMissMs = 60_000,
    underWayMax = 8,
    timeoutMs = 5_000
  } = options
  const found = new Map<string, Known<Value>>()
  // Beside the others, so that made-up names push out made-up names.
  const missing = new Map<string, Known<Value | undefined>>()
  const underWay = new Map<string, ReturnType<LookUp<Value>>>()

  const ask = async (name: string, nowMs: number): ReturnType<LookUp<Value>> => {
    try {
      const value = await answerWithin(timeoutMs, (signal) => options.lookUp(name, signal))
      if (value !== undefined && isOfUse(value)) remember(found, name, { value, untilMs: nowMs + keepMs }, countMax)
      else remember(missing, name, { value, untilMs: nowMs + keepMissMs }, countMax * 16)
      return finding(value)
    } catch {
      // The reason is the caller's own, who wrote the look-up; a sender is to learn nothing of it.
      return { _tag: "Unavailable" }
    }
  }

  return async (name, nowMs) => {
    const known = [found.get(name), missing.get(name)].find((entry) => entry !== undefined && entry.untilMs > nowMs)
    if (known !== undefined) return finding(known.value)
    const asked = underWay.get(name)
    if (asked !== undefined) return asked
    if (underWay.size >= underWayMax) return { _tag: "Unavailable" }
    const asking = ask(name, nowMs)
    underWay.set(name, asking)
    asking.then(() => underWay.delete(name))
    return asking
  }
}

type Known<Value> = { readonly value: Value; readonly untilMs: number }

const finding = <Value>(value: Value | undefined): Awaited<ReturnType<LookUp<Value>>> =>
  value === undefined ? { _tag: "Missing" } : { _tag: "Found", value }

/** Who never answers must not hold a place for ever. */
const answerWithin = async <Value>(timeoutMs: number, ask: (signal: AbortSignal) => Promise<Value>): Promise<Value> => {
  const signal = AbortSignal.timeout(timeoutMs)
  const answer = ask(signal)
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true })
  })
  return Promise.race([answer, late])
}

/** What was remembered first is forgotten first. */
const remember = <Entry>(entries: Map<string, Entry>, name: string, entry: Entry, countMax: number): void => {
  entries.delete(name)
  const [oldest] = entries.size >= countMax ? entries.keys() : []
  if (oldest !== undefined) entries.delete(oldest)
  entries.set(name, entry)
}
