/**
 * What every process of the cluster has in common: it says where it is when it is ready, gives everything back when it
 * is told to stop, and does not outlive whoever started it.
 */

export type Running = { readonly address: string; readonly close: () => Promise<void> }

/** Takes what must be closed in the end, the last first. */
export type OnClose = (close: () => unknown) => void

/** Opens things one after the other; on a failure those that are open are closed again. */
export const opening = async (open: (onClose: OnClose) => Promise<{ readonly address: string }>): Promise<Running> => {
  const opened: Array<() => unknown> = []
  const close = async (): Promise<void> => {
    for (const one of opened.splice(0).reverse()) await one()
  }
  try {
    const { address } = await open((one) => opened.push(one))
    return { address, close }
  } catch (cause) {
    await close()
    throw cause
  }
}

/** Runs a process until it is stopped. `name` is what it calls itself when it is ready. */
export const runProcess = async (name: string, start: () => Promise<Running>): Promise<void> => {
  // What it writes is for its owner alone.
  process.umask(0o077)
  let running: Running | undefined
  let stopping = false
  const stop = (): void => {
    // Nothing was accepted yet, or whoever asks again will not wait.
    if (running === undefined || stopping) process.exit(1)
    stopping = true
    running.close().then(() => process.exit(0), fail)
  }
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, stop)
  // Only there where it was started with a channel; the channel closes with its other end.
  process.on("disconnect", stop)
  try {
    running = await start()
    console.log(`${name} listening on ${running.address}`)
  } catch (cause) {
    fail(cause)
  }
}

const fail = (cause: unknown): never => {
  console.error(cause instanceof Error ? cause.message : String(cause))
  process.exit(1)
}
