import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { anyDeliveryCommand, deliveryHistory } from "../testing/arbitraries.ts"
import { playHistory } from "../testing/history.ts"
import * as laws from "../testing/laws/index.ts"
import { edgesTaken, walk } from "../testing/walk.ts"
import {
  attemptsShownMax,
  type Delivery,
  type DeliveryStatus,
  decide,
  deliveryMachine,
  evolve,
  isTaken,
  noDelivery
} from "./index.ts"

const statusOf = ({ status }: Delivery): DeliveryStatus => status

const deliveries = { initial: noDelivery, decide, evolve, commands: fc.array(anyDeliveryCommand, { maxLength: 14 }) }

describe("a delivery, whatever is asked of it", () => {
  it("is the fold of its events, follows its machine, and decides alike each time", () => {
    fc.assert(laws.replay(deliveries), { numRuns: 10_000 })
    fc.assert(laws.pure(deliveries), { numRuns: 10_000 })
    fc.assert(laws.legal({ ...deliveries, machine: deliveryMachine, statusOf }), { numRuns: 10_000 })
  })

  it("waits for an attempt exactly while it is to be tried, and comes to every state", () => {
    const seen = new Set<DeliveryStatus>()
    fc.assert(
      fc.property(deliveries.commands, (commands) => {
        const { state, events } = playHistory(deliveries, commands)
        seen.add(state.status)
        expect(state.nextAttemptAtMs !== null).toBe(state.status === "waiting")
        expect(state.attempts).toHaveLength(Math.min(state.attemptsCount, attemptsShownMax))
        const last = state.attempts.at(-1)
        const latest = events.at(-1)?._tag
        if (latest === "MessageDelivered") expect(last !== undefined && isTaken(last.answer)).toBe(true)
        if (latest === "DeliveryGivenUp") expect(last !== undefined && isTaken(last.answer)).toBe(false)
      }),
      { numRuns: 10_000 }
    )
    expect(seen).toEqual(new Set(Object.keys(deliveryMachine)))
  })

  it("files one task for each time that it is put on its schedule, and never one twice", () => {
    fc.assert(
      fc.property(deliveries.commands, (commands) => {
        const { decisions, state, events } = playHistory(deliveries, commands)
        const ids = decisions.flatMap(({ tasks }) => tasks.map(({ id }) => id))
        expect(new Set(ids).size).toBe(ids.length)
        const isWithheld = events.some((event) => event._tag === "DeliveryPlanned" && event.withheld)
        expect(ids).toHaveLength(state.round - (isWithheld ? 1 : 0))
      }),
      { numRuns: 10_000 }
    )
  })

  it("answers every command in every state, and moves no money", () => {
    const pairs = new Set<string>()
    fc.assert(
      fc.property(deliveries.commands, anyDeliveryCommand, (commands, command) => {
        const { state } = playHistory(deliveries, commands)
        pairs.add(`${state.status} ${command._tag}`)
        const decided = decide(state, command)
        if (Result.isSuccess(decided)) expect(decided.success.ledger).toEqual([])
      }),
      { numRuns: 10_000 }
    )
    expect(pairs.size).toBe(Object.keys(deliveryMachine).length * 4)
  })
})

describe("the machine of a delivery", () => {
  it("has no state that cannot be reached, and no end that a replay does not lead out of", () => {
    expect(walk(deliveryMachine, "none")).toMatchObject({ unreachable: [], terminal: [] })
  })

  it("has no event that no command brings about", () => {
    const lives = fc.sample(deliveryHistory(), { numRuns: 5_000, seed: 1 }).map(({ commands }) => commands)
    const taken = edgesTaken({ ...deliveries, statusOf }, lives)
    expect(walk(deliveryMachine, "none", taken).missingCommands).toEqual([])
  })

  it("stops on an event that it does not know from there", () => {
    expect(() => evolve(noDelivery, { _tag: "DeliveryWithheld", atMs: 0 })).toThrow(
      "no edge none --DeliveryWithheld-->"
    )
  })
})
