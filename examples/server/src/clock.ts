/**
 * A clock that an operator may put forward, so that a week passes in a moment. How far it is ahead is kept in a file:
 * a server that came back in the past would find its own timers in the future.
 */
import { readPrivateFile, writePrivateFile } from "./private-file.ts"

export type SandboxClock = {
  readonly nowMs: () => number
  readonly aheadMs: () => number
  /** Makes a new lead durable without moving the clock yet, so that the move itself takes no time. */
  readonly prepare: (ms: number) => Promise<{ readonly take: () => void; readonly abandon: () => Promise<void> }>
}

/** Ten years, so that no date leaves the four digits of ISO 8601. */
export const aheadMsMax = 10 * 365 * 24 * 60 * 60 * 1000

/** Opens the clock whose lead is kept in this file; without a file it is the system's clock. */
export const openSandboxClock = async (path: string): Promise<SandboxClock> => {
  let aheadMs = readLead(path, await readPrivateFile(path))
  const write = (lead: number): Promise<void> => writePrivateFile(path, `${JSON.stringify({ aheadMs: lead })}\n`)
  return {
    nowMs: () => Date.now() + aheadMs,
    aheadMs: () => aheadMs,
    prepare: async (ms) => {
      const next = aheadMs + ms
      await write(next)
      return {
        take: () => {
          aheadMs = next
        },
        abandon: () => write(aheadMs)
      }
    }
  }
}

const readLead = (path: string, text: string | undefined): number => {
  if (text === undefined) return 0
  const aheadMs = /^\{"aheadMs":([0-9]{1,15})\}\n$/u.exec(text)?.[1]
  if (aheadMs === undefined) throw new Error(`${path} does not hold a clock's lead; remove it to start at the present`)
  return Number.parseInt(aheadMs, 10)
}
