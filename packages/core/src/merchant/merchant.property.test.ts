import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { anyMerchantCommand } from "../testing/arbitraries.ts"
import { walk } from "../testing/walk.ts"
import { decide, evolve, type Merchant, type MerchantEvent, merchantMachine, noMerchant } from "./index.ts"

const play = (commands: ReadonlyArray<Parameters<typeof decide>[1]>) => {
  const events: Array<MerchantEvent> = []
  let state: Merchant = noMerchant
  for (const command of commands) {
    const decided = decide(state, command)
    if (Result.isFailure(decided)) continue
    events.push(...decided.success.events)
    state = decided.success.events.reduce(evolve, state)
  }
  return { state, events }
}

describe("a merchant, whatever is asked of it", () => {
  it("follows its machine, refuses what leads nowhere, and is the fold of its events", () => {
    const pairs = new Set<string>()
    fc.assert(
      fc.property(fc.array(anyMerchantCommand, { maxLength: 4 }), anyMerchantCommand, (commands, command) => {
        const { state, events } = play(commands)
        expect(events.reduce(evolve, noMerchant)).toEqual(state)
        pairs.add(`${state.status} ${command._tag}`)
        const decided = decide(state, command)
        if (Result.isFailure(decided)) return
        expect(decided.success.events).toHaveLength(1)
        for (const { _tag } of decided.success.events) expect(merchantMachine[state.status]).toHaveProperty(_tag)
        expect(decided.success.tasks).toHaveLength(command._tag === "RegisterMerchant" ? 1 : 0)
      }),
      { numRuns: 10_000 }
    )
    expect(pairs.size).toBe(3 * 4)
  })

  it("has no state that cannot be reached, and none that it cannot leave", () => {
    expect(walk(merchantMachine, "none")).toMatchObject({ unreachable: [], terminal: [] })
  })
})
