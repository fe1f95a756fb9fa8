/**
 * A bound on costly work. A few pieces run, a few more wait in order, and whoever comes when the queue is full is
 * told so at once: under a flood the answer stays quick, and memory stays bounded.
 */

export type Turnstile = <A>(work: () => Promise<A>) => Promise<A | Busy>

/** The queue was full; the work was not started. */
export const busy: unique symbol = Symbol("busy")
export type Busy = typeof busy

/** Lets `running` pieces of work run at a time and `waiting` more wait their turn. */
export const turnstile = (limits: { readonly running: number; readonly waiting: number }): Turnstile => {
  const queue: Array<() => void> = []
  let running = 0
  return async (work) => {
    if (running >= limits.running) {
      if (queue.length >= limits.waiting) return busy
      // Whoever leaves hands its place over directly, so no newcomer can slip in between.
      await new Promise<void>((admit) => queue.push(admit))
    } else {
      running++
    }
    try {
      return await work()
    } finally {
      const next = queue.shift()
      if (next === undefined) running--
      else next()
    }
  }
}
