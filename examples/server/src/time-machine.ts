/**
 * Puts the clock forward while nothing is under way. A message to the bank that a jump overtakes would arrive days
 * after it was sent, which no bank does, and which the kernel rightly takes for impossible. So new requests wait at a
 * gate, what runs comes to its end, and what has become due is done before anybody looks.
 */
import type { Kernel } from "@paykernel/core"
import type { SandboxGateway } from "@paykernel/core/simulator"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { aheadMsMax, type SandboxClock } from "./clock.ts"
import type { Handler } from "./node-http.ts"

export type TimeMachine = {
  readonly nowMs: () => number
  /** `busy`: something would not come to an end, and the clock stands where it was. */
  readonly advance: (ms: number) => Promise<"advanced" | "too far" | "busy">
  /**
   * A handler whose requests wait while the clock is being moved, except those that only read: a receiver that is being
   * told something may ask for the key before it answers, and would wait for itself.
   */
  readonly gated: (handle: Handler, onlyReads: (request: Request) => boolean) => Handler
}

export type TimeMachineOptions = {
  readonly clock: SandboxClock
  readonly kernel: Pick<Kernel, "drain">
  readonly bank: Pick<SandboxGateway, "drain">
  /** How long each half may take: to come to rest, and to do what has become due. */
  readonly patienceMs: number
}

export const timeMachine = ({ clock, kernel, bank, patienceMs }: TimeMachineOptions): TimeMachine => {
  let inside = 0
  let gate: Promise<unknown> = Promise.resolve()
  let emptied = (): void => {}

  const nobodyInside = async (): Promise<void> => {
    while (inside > 0) {
      await new Promise<void>((resolve) => {
        emptied = resolve
      })
    }
  }

  /** Acts at a moment at which nothing is under way. What can be waited for synchronously is over at that moment. */
  const atRest = async (act: () => void): Promise<void> => {
    do {
      await nobodyInside()
      await kernel.drain()
      await Effect.runPromise(bank.drain)
    } while (inside > 0 || Exit.isFailure(Effect.runSyncExit(bank.drain)))
    act()
  }

  const move = async (ms: number): Promise<"advanced" | "too far" | "busy"> => {
    if (!Number.isSafeInteger(ms) || clock.aheadMs() + ms > aheadMsMax) return "too far"
    const lead = await clock.prepare(ms)
    const jump = { isDone: false, isOff: false }
    const take = (): void => {
      if (jump.isOff) return
      lead.take()
      jump.isDone = true
    }
    try {
      await within(patienceMs, atRest(take))
    } finally {
      jump.isOff = true
      if (!jump.isDone) await lead.abandon()
    }
    if (!jump.isDone) return "busy"
    await within(patienceMs, kernel.drain())
    return "advanced"
  }

  return {
    nowMs: clock.nowMs,
    advance: (ms) => {
      const moved = gate.then(() => move(ms))
      gate = moved.catch(() => {})
      return moved
    },
    gated: (handle, onlyReads) => async (request) => {
      if (onlyReads(request)) return handle(request)
      for (let seen: unknown; seen !== gate; ) {
        seen = gate
        await gate
      }
      inside++
      try {
        return await handle(request)
      } finally {
        inside--
        if (inside === 0) emptied()
      }
    }
  }
}

/** Waits for the end, but not for ever. What goes on longer is left to itself. */
const within = async (ms: number, ending: Promise<unknown>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  try {
    await Promise.race([ending, patience])
  } finally {
    clearTimeout(timer)
  }
}
