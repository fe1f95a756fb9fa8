/**
 * What a form brings about when it is sent twice, as by a hand that clicks again: nothing more. The second sending gets
 * the answer of the first, which may be a secret that is shown this once. In the memory of one process: the answer for
 * a minute, and that there was one for an hour.
 */

/** Does `work` for the first of several forms of one name; the others get what it came to. Rejects as `work` does. */
export type Once<A> = (name: string, nowMs: number, work: () => Promise<A>) => Promise<A | AlreadyDone>

/** The form was sent before, and its answer is no longer known. */
export const alreadyDone: unique symbol = Symbol("alreadyDone")
export type AlreadyDone = typeof alreadyDone

export const onlyOnce = <A>(): Once<A> => {
  const done = new Map<string, { readonly atMs: number; readonly answer: Promise<A | AlreadyDone> }>()

  const forgetOld = (nowMs: number): void => {
    for (const [name, { atMs, answer }] of done) {
      const ageMs = Math.abs(nowMs - atMs)
      if (ageMs >= rememberedMs || done.size > namesMax) done.delete(name)
      else if (ageMs >= answeredMs && answer !== over) done.set(name, { atMs, answer: over })
    }
  }

  return async (name, nowMs, work) => {
    forgetOld(nowMs)
    const earlier = done.get(name)
    if (earlier !== undefined) return earlier.answer
    const answer = work()
    done.set(name, { atMs: nowMs, answer })
    // What failed has brought nothing about, and may be sent again.
    answer.catch(() => done.delete(name))
    return answer
  }
}

const over: Promise<AlreadyDone> = Promise.resolve(alreadyDone)
const namesMax = 1000
const answeredMs = 60_000
const rememberedMs = 3_600_000
