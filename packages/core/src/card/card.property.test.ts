import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { anyCardAnswer, anyCardCommand, cardHistory } from "../testing/arbitraries.ts"
import { playHistory } from "../testing/history.ts"
import * as laws from "../testing/laws/index.ts"
import { edgesTaken, walk } from "../testing/walk.ts"
import {
  type Card,
  type CardCommand,
  type CardEvent,
  type CardStatus,
  cardMachine,
  decide,
  evolve,
  noCard
} from "./index.ts"

const cards = { initial: noCard, decide, evolve, commands: fc.array(anyCardCommand, { maxLength: 8 }) }

const play = (commands: ReadonlyArray<CardCommand>) => playHistory(cards, commands)

describe("a card, whatever is asked of it", () => {
  it("is the fold of its events", () => {
    fc.assert(laws.replay(cards), { numRuns: 10_000 })
  })

  it("follows its machine", () => {
    fc.assert(laws.legal({ ...cards, machine: cardMachine, statusOf: ({ status }: Card) => status }), {
      numRuns: 10_000
    })
  })

  it("counts its rounds, says why it failed, and comes to every state", () => {
    const seen = new Set<CardStatus>()
    fc.assert(
      fc.property(fc.array(anyCardCommand, { maxLength: 8 }), (commands) => {
        const { state, events } = play(commands)
        seen.add(state.status)
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
      fc.property(fc.array(anyCardCommand, { maxLength: 6 }), anyCardCommand, (commands, command) => {
        const { state } = play(commands)
        pairs.add(`${state.status} ${command._tag}`)
        const decided = decide(state, command)
        if (Result.isFailure(decided)) return
        for (const { _tag } of decided.success.events) expect(cardMachine[state.status]).toHaveProperty(_tag)
        expect(decided.success.ledger).toEqual([])
      }),
      { numRuns: 10_000 }
    )
    expect(pairs.size).toBe(5 * 5)
  })

  it("does nothing when an answer is repeated", () => {
    fc.assert(laws.heardTwice({ ...cards, messages: anyCardAnswer }), { numRuns: 10_000 })
  })

  it("does nothing on an answer about another round", () => {
    fc.assert(
      fc.property(fc.array(anyCardCommand, { maxLength: 6 }), anyCardAnswer, (commands, command) => {
        const { state } = play(commands)
        if (state.round !== command.round) expect(play([...commands, command]).state).toEqual(state)
      }),
      { numRuns: 10_000 }
    )
  })

  it("has no event that no command brings about", () => {
    const lives = fc.sample(cardHistory(), { numRuns: 2_000, seed: 1 }).map(({ commands }) => commands)
    const taken = edgesTaken({ ...cards, statusOf: ({ status }: Card) => status }, lives)
    expect(walk(cardMachine, "none", taken).missingCommands).toEqual([])
  })

  it("has no state that cannot be reached, and leaves each but that of a card which is not saved", () => {
    expect(walk(cardMachine, "none")).toMatchObject({ unreachable: [], terminal: ["presented"] })
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
