import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { anyCardAnswer, anyCardCommand } from "../testing/arbitraries.ts"
import { walk } from "../testing/walk.ts"
import { type Card, type CardEvent, type CardStatus, cardMachine, decide, evolve, noCard } from "./index.ts"

/** The states that a list of commands leads through, refused ones left out. */
const play = (commands: ReadonlyArray<Parameters<typeof decide>[1]>) => {
  const events: Array<CardEvent> = []
  let state: Card = noCard
  for (const command of commands) {
    const decided = decide(state, command)
    if (Result.isFailure(decided)) continue
    events.push(...decided.success.events)
    state = decided.success.events.reduce(evolve, state)
  }
  return { state, events }
}

describe("a card, whatever is asked of it", () => {
  it("follows its machine, and the fold of its events is its state", () => {
    const seen = new Set<CardStatus>()
    fc.assert(
      fc.property(fc.array(anyCardCommand, { maxLength: 8 }), (commands) => {
        const { state, events } = play(commands)
        seen.add(state.status)
        expect(events.reduce(evolve, noCard)).toEqual(state)
        expect(state.round).toBe(events.filter(({ _tag }) => _tag === "CardSubmitted" || _tag === "CardUpdated").length)
        expect(state.errorCode !== null).toBe(state.status === "failed")
      }),
      { numRuns: 10_000 }
    )
    expect(seen).toEqual(new Set(Object.keys(cardMachine)))
  })

  it("answers every command in every state with edges of the machine only", () => {
    const pairs = new Set<string>()
    fc.assert(
      fc.property(fc.array(anyCardCommand, { maxLength: 4 }), anyCardCommand, (commands, command) => {
        const { state } = play(commands)
        pairs.add(`${state.status} ${command._tag}`)
        const decided = decide(state, command)
        if (Result.isFailure(decided)) return
        for (const { _tag } of decided.success.events) expect(cardMachine[state.status]).toHaveProperty(_tag)
        expect(decided.success.ledger).toEqual([])
      }),
      { numRuns: 10_000 }
    )
    expect(pairs.size).toBe(4 * 4)
  })

  it("does nothing when an answer is repeated", () => {
    fc.assert(
      fc.property(fc.array(anyCardCommand, { maxLength: 6 }), anyCardAnswer, (commands, command) => {
        const { state } = play(commands)
        const once = play([...commands, command]).state
        const twice = play([...commands, command, command]).state
        expect(twice).toEqual(once)
        if (state.round !== command.round) expect(once).toEqual(state)
      }),
      { numRuns: 10_000 }
    )
  })

  it("has no state that cannot be reached, and none that it cannot leave", () => {
    expect(walk(cardMachine, "none")).toMatchObject({ unreachable: [], terminal: [] })
  })

  it("stops on an event that the machine does not know from there", () => {
    const verified: CardEvent = {
      _tag: "CardVerified",
      avs: "Y",
      cvv: "pass",
      issuerCountry: null,
      fundingType: "credit",
      atMs: 0
    }
    expect(() => evolve(noCard, verified)).toThrow("no edge none --CardVerified-->")
  })
})
