import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { anyMerchantCommand, merchantHistory } from "../testing/arbitraries.ts"
import { playHistory } from "../testing/history.ts"
import * as laws from "../testing/laws/index.ts"
import { edgesTaken, walk } from "../testing/walk.ts"
import { decide, evolve, type Merchant, merchantMachine, noMerchant } from "./index.ts"
import { decodeMerchant, encodeMerchant } from "./merchant.schema.ts"

const merchants = { initial: noMerchant, decide, evolve, commands: fc.array(anyMerchantCommand, { maxLength: 4 }) }

/** Fee schedules are large: drawing them costs more than all else. */
const numRuns = process.env["PAYKERNEL_DEEP"] === "1" ? 10_000 : 2500

describe("a merchant, whatever is asked of it", () => {
  it("is the fold of its events, and follows its machine", () => {
    fc.assert(laws.replay(merchants), { numRuns })
    const followed = { ...merchants, machine: merchantMachine, statusOf: ({ status }: Merchant) => status }
    fc.assert(laws.legal(followed), { numRuns })
  })

  it("refuses what leads nowhere", () => {
    const pairs = new Set<string>()
    fc.assert(
      fc.property(merchants.commands, anyMerchantCommand, (commands, command) => {
        const { state } = playHistory(merchants, commands)
        pairs.add(`${state.status} ${command._tag}`)
        const decided = decide(state, command)
        if (Result.isFailure(decided)) return
        expect(decided.success.events).toHaveLength(1)
        for (const { _tag } of decided.success.events) expect(merchantMachine[state.status]).toHaveProperty(_tag)
        expect(decided.success.tasks).toHaveLength(command._tag === "RegisterMerchant" ? 1 : 0)
      }),
      { numRuns }
    )
    expect(pairs.size).toBe(3 * 5)
  })

  it("has no event that no command brings about", () => {
    const lives = fc.sample(merchantHistory(), { numRuns: 1_000, seed: 1 }).map(({ commands }) => commands)
    const taken = edgesTaken({ ...merchants, statusOf: ({ status }: Merchant) => status }, lives)
    expect(walk(merchantMachine, "none", taken).missingCommands).toEqual([])
  })

  it("has no state that cannot be reached, and none that it cannot leave", () => {
    expect(walk(merchantMachine, "none")).toMatchObject({ unreachable: [], terminal: [] })
  })
})

describe("a stored merchant", () => {
  it("is not read where it is none", () => {
    const stored = encodeMerchant(noMerchant)
    expect(decodeMerchant(stored)).toEqual(noMerchant)
    const channels = [{ id: "c-1", default: true, cardDescriptor: "CORNER SHOP" }]
    for (const change of [{ channels }, { profile: { returnOrigins: [] } }, { status: "closed" }, { terms: {} }])
      expect(() => decodeMerchant({ ...stored, ...change })).toThrow()
  })
})
