/** Waits for what the API promises to happen by and by. */

/** Asks until the answer is the one that is waited for; fails with the last answer after `limitMs`. */
export const eventually = async <A>(
  ask: () => Promise<A>,
  isIt: (answer: A) => boolean,
  limitMs = 10_000
): Promise<A> => {
  const untilMs = Date.now() + limitMs
  for (;;) {
    const answer = await ask()
    if (isIt(answer)) return answer
    if (Date.now() > untilMs) throw new Error(`still not, after ${limitMs} ms: ${JSON.stringify(answer)}`)
    await pause(15)
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
