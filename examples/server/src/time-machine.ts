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
  /** A handler whose requests wait while the clock is being moved. */
  readonly gated: (handle: Handler) => Handler
}

export type TimeMachineOptions = {
  readonly clock: SandboxClock
  readonly kernel: Kernel
  readonly bank: SandboxGateway
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

  const atRest = async (): Promise<void> => {
    do {
      await nobodyInside()
      await kernel.drain()
      await Effect.runPromise(bank.drain)
      // What can be waited for synchronously is over at this very moment.
    } while (inside > 0 || Exit.isFailure(Effect.runSyncExit(bank.drain)))
  }

  const move = async (ms: number): Promise<"advanced" | "too far" | "busy"> => {
    if (!Number.isSafeInteger(ms) || clock.aheadMs() + ms > aheadMsMax) return "too far"
    const lead = await clock.prepare(ms)
    if (!(await within(patienceMs, atRest()))) {
      await lead.abandon()
      return "busy"
    }
    lead.take()
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
    gated: (handle) => async (request) => {
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

/** Whether it ended in time. What goes on longer is left to itself. */
const within = async (ms: number, ending: Promise<unknown>): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  try {
    return await Promise.race([ending.then(() => true), patience])
  } finally {
    clearTimeout(timer)
  }
}
