import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  anyRfi,
  anyRfiCommand,
  anyRfiEvent,
  anyRfiOutcome,
  exampleFile,
  exampleRfi
} from "../testing/arbitraries/rfi-arbitraries.ts"
import { playHistory } from "../testing/history.ts"
import * as laws from "../testing/laws/index.ts"
import { edgesTaken, walk } from "../testing/walk.ts"
import { decide, evolve, noRfi, type Rfi, type RfiCommand, rfiFilesMax, rfiMachine } from "./index.ts"
import { decodeRfi, decodeRfiEvent, encodeRfi, encodeRfiEvent } from "./rfi.schema.ts"

const statusOf = ({ status }: Rfi) => status
const begun = fc.constantFrom(exampleRfi(1), exampleRfi(2), exampleRfi(3))
const commands = fc.tuple(begun, fc.array(anyRfiCommand, { maxLength: 6 })).map(([one, more]) => [one, ...more])
const rfis = { initial: noRfi, decide, evolve, commands }
const numRuns = 10_000

describe("a request for information, whatever is asked of it", () => {
  it("is the fold of its events, follows its machine, and ends once", () => {
    const followed = { ...rfis, machine: rfiMachine, statusOf }
    fc.assert(laws.replay(rfis), { numRuns })
    fc.assert(laws.legal(followed), { numRuns })
    fc.assert(laws.final(followed), { numRuns })
    fc.assert(laws.pure(rfis), { numRuns: 2_000 })
  })

  it("is answered once and in time, with the files that it needs, and moves no money", () => {
    let answers = 0
    fc.assert(
      fc.property(commands, (tried) => {
        const { state, decisions, events } = playHistory(rfis, tried)
        const submitted = events.filter((event) => event._tag === "RfiSubmitted")
        answers += submitted.length
        expect(submitted.length).toBeLessThanOrEqual(1 + state.refusals)
        expect(submitted.every(({ atMs }) => atMs < state.expiresAtMs)).toBe(true)
        const sent = new Set(state.files.map(({ key }) => key))
        const missing = state.fileRequirements.filter(({ key, optional }) => !optional && !sent.has(key))
        if (submitted.length === 1) expect(missing).toEqual([])
        expect(state.files.length).toBeLessThanOrEqual(rfiFilesMax)
        expect(decisions.flatMap(({ ledger }) => ledger)).toEqual([])
      }),
      { numRuns }
    )
    expect(answers).toBeGreaterThan(100)
  })

  it("has no effect the second time", () => {
    fc.assert(laws.heardTwice({ ...rfis, messages: anyRfiCommand }), { numRuns })
  })

  /** One decision is made, and heard before or after the answer is known to have gone out. */
  const scenes = fc
    .record({ submits: fc.boolean(), outcome: anyRfiOutcome })
    .map(({ submits, outcome }): laws.Scene<Rfi, RfiCommand> => {
      const answer: RfiCommand = { _tag: "SubmitRfi", answer: { version: 1, recordId: "record-1" }, nowMs: 1_002 }
      const { state } = playHistory(rfis, submits ? [exampleRfi(1), answer] : [exampleRfi(1)])
      return { state, facts: [outcome], noise: [outcome], last: [{ _tag: "ExpireRfi", nowMs: 1_010 }] }
    })

  it("ends alike in whatever order and number it is heard of", () => {
    fc.assert(laws.anyOrder({ ...rfis, scenes }), { numRuns })
  })
})

describe("the machine of a request for information", () => {
  it("has no state that cannot be reached, no event that no command brings about, and three ends", () => {
    const taken = edgesTaken({ ...rfis, statusOf }, fc.sample(commands, { numRuns: 3_000, seed: 1 }))
    expect(walk(rfiMachine, "none", taken)).toMatchObject({
      ...{ unreachable: [], missingCommands: [], terminal: ["approved", "rejected", "expired"] }
    })
  })

  it("stops on an event that it does not know from there", () => {
    expect(() => evolve(noRfi, { _tag: "RfiApproved", atMs: 0 })).toThrow("no edge none --RfiApproved-->")
  })
})

describe("a stored request", () => {
  it("is read as it was written, and so is each event", () => {
    fc.assert(laws.roundTrip({ values: anyRfi, write: encodeRfi, read: decodeRfi }), { numRuns: 1_000 })
    fc.assert(laws.roundTrip({ values: anyRfiEvent, write: encodeRfiEvent, read: decodeRfiEvent }), { numRuns: 1_000 })
  })

  it("holds nothing that is no part of it", () => {
    const files = [{ ...exampleFile("INVOICE"), name: "Jane Doe.pdf" }]
    const leaking = { ...noRfi, files, name: "Jane Doe" }
    expect(JSON.stringify(encodeRfi(leaking))).not.toContain("Jane")
  })
})
