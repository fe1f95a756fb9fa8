/** Waiting in tests about time that passes for real. */

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Resolves once a condition holds, and rejects when it does not within `timeoutMs`. */
export const until = async (
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 20_000,
  everyMs = 20
): Promise<void> => {
  const endMs = performance.now() + timeoutMs
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`did not come true in ${timeoutMs} ms: ${holds.toString()}`)
    await sleep(everyMs)
  }
}
