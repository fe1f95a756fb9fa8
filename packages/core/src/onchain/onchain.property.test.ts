import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { money } from "../money/index.ts"
import {
  anyOnchainCommand,
  anyOnchainEvent,
  anyOnchainReport,
  anyOnchainTransaction,
  exampleTransaction
} from "../testing/arbitraries/onchain-arbitraries.ts"
import { playHistory } from "../testing/history.ts"
import * as laws from "../testing/laws/index.ts"
import { edgesTaken, walk } from "../testing/walk.ts"
import { decide, evolve, noTransaction, type OnchainCommand, type OnchainTransaction, onchainMachine } from "./index.ts"
import {
  decodeTransaction,
  decodeTransactionEvent,
  encodeTransaction,
  encodeTransactionEvent
} from "./onchain.schema.ts"

const statusOf = ({ status }: OnchainTransaction) => status
const begun = fc.constantFrom(exampleTransaction(1), exampleTransaction(2))
const commands = fc.tuple(begun, fc.array(anyOnchainCommand, { maxLength: 6 })).map(([one, more]) => [one, ...more])
const transactions = { initial: noTransaction, decide, evolve, commands }
const numRuns = 10_000

describe("an on-chain transaction, whatever is asked of it", () => {
  it("is the fold of its events, follows its machine, and ends once", () => {
    const followed = { ...transactions, machine: onchainMachine, statusOf }
    fc.assert(laws.replay(transactions), { numRuns })
    fc.assert(laws.legal(followed), { numRuns })
    fc.assert(laws.final(followed), { numRuns })
    fc.assert(laws.pure(transactions), { numRuns: 2_000 })
  })

  it("never goes back, and overlooks no money", () => {
    const rank = { none: 0, created: 1, pending: 2, broadcasted: 3, completed: 4, failed: 4 }
    fc.assert(
      fc.property(commands, (tried) => {
        const { states, commands: accepted } = playHistory(transactions, tried)
        let before = 0
        for (const { status } of states) {
          expect(rank[status]).toBeGreaterThanOrEqual(before)
          before = rank[status]
        }
        const confirmed = accepted.find((command) => command._tag === "RecordConfirmation")
        expect(states.at(-1)?.received ?? null).toEqual(confirmed?.received ?? null)
      }),
      { numRuns }
    )
  })
})

describe("what is heard of it", () => {
  it("has no effect the second time", () => {
    fc.assert(laws.heardTwice({ ...transactions, messages: anyOnchainReport }), { numRuns })
  })

  const at = { transactionHash: "0x1", nowMs: 1_004 }
  const broadcast: OnchainCommand = { _tag: "RecordBroadcast", ...at }
  const confirmed: OnchainCommand = { _tag: "RecordConfirmation", ...at, received: money(10_000_000n, "USDC") }
  const failed: OnchainCommand = { _tag: "RecordFailure", ...at, reason: "out_of_gas" }

  /** Signed or not, it got to the chain, where it was carried out or not; or it never did. */
  const scenes = fc
    .record({ submits: fc.boolean(), reaches: fc.boolean(), succeeds: fc.boolean() })
    .map(({ submits, reaches, succeeds }): laws.Scene<OnchainTransaction, OnchainCommand> => {
      const signed: OnchainCommand = { _tag: "SubmitTransaction", signedTransaction: "0xf1", nowMs: 1_002 }
      const { state } = playHistory(transactions, submits ? [exampleTransaction(1), signed] : [exampleTransaction(1)])
      const end = succeeds ? confirmed : failed
      return { state, facts: reaches ? [broadcast, end] : [end], noise: reaches ? [broadcast] : [], last: [] }
    })

  it("leads to the same end in any order and number", () => {
    fc.assert(laws.anyOrder({ ...transactions, scenes }), { numRuns })
  })
})

describe("the machine of an on-chain transaction", () => {
  it("has no state that cannot be reached, no event that no command brings about, and two ends", () => {
    const taken = edgesTaken({ ...transactions, statusOf }, fc.sample(commands, { numRuns: 3_000, seed: 1 }))
    expect(walk(onchainMachine, "none", taken)).toMatchObject({
      ...{ unreachable: [], missingCommands: [], terminal: ["completed", "failed"] }
    })
  })

  it("stops on an event that it does not know from there", () => {
    const event = { _tag: "TransactionBroadcast", transactionHash: "0x1", atMs: 0 } as const
    expect(() => evolve(noTransaction, event)).toThrow("no edge none --TransactionBroadcast-->")
  })
})

describe("a stored transaction", () => {
  it("is read as it was written, and so is each event", () => {
    fc.assert(laws.roundTrip({ values: anyOnchainTransaction, write: encodeTransaction, read: decodeTransaction }), {
      numRuns: 2_000
    })
    fc.assert(
      laws.roundTrip({ values: anyOnchainEvent, write: encodeTransactionEvent, read: decodeTransactionEvent }),
      { numRuns: 2_000 }
    )
  })

  it.each<Partial<Record<keyof OnchainTransaction, unknown>>>([
    { status: "lost" },
    { message: { type: "eip3009" } },
    { estimatedFee: { type: "eip1559" } },
    { estimatedFee: { type: "solana" } }
  ])("is not read where it is none: %j", (change) => {
    const stored = encodeTransaction(noTransaction)
    expect(decodeTransaction(stored)).toEqual(noTransaction)
    expect(() => decodeTransaction({ ...stored, ...change })).toThrow()
  })
})
