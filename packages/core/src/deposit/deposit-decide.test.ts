import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { type FeeRule, noFee } from "../fees/index.ts"
import { bps, money } from "../money/index.ts"
import { depositOrigin } from "../testing/arbitraries.ts"
import { decider } from "../testing/decider.ts"
import {
  type CreditTerms,
  creditOf,
  type DepositCommand,
  type DepositEvent,
  type DepositRejection,
  type DepositStanding,
  type DepositStatus,
  decide,
  evolve,
  noDeposit
} from "./index.ts"

const { given, history, fold } = decider({ initial: noDeposit, decide, evolve })

const usdc = (amount: bigint) => money(amount, "USDC")
const block = { height: 7, hash: "b-7" }
const free: CreditTerms = { feeSchedule: { fee: noFee, onExcess: "limit" }, rate: null }
const onePercent: CreditTerms["feeSchedule"] = {
  fee: { kind: "percentage", name: "blockchain", rate: bps(100n), rounding: "halfUp" },
  onExcess: "limit"
}

const shown = (standing: DepositStanding, change: Partial<DepositCommand> = {}): DepositCommand => ({
  _tag: "RecordSighting",
  origin: depositOrigin(),
  amount: usdc(1_000n),
  standing,
  nowMs: 5,
  ...change
})

const waiting = shown({ _tag: "Waiting" })
const inBlock = shown({ _tag: "InBlock", block })
const inAnother = shown({ _tag: "InBlock", block: { height: 7, hash: "b-7'" } })
const gone = shown({ _tag: "Gone", replacedBy: null })
const final = (terms = free, change: Partial<DepositCommand> = {}) => shown({ _tag: "Final", block, terms }, change)

describe("a deposit that is final", () => {
  it("is shared out: the fee, and the rest to the merchant", () => {
    const { ledger, tasks } = given(...history(inBlock))
      .when(final({ feeSchedule: onePercent, rate: null }))
      .then({
        _tag: "DepositFinalized",
        block,
        credit: { amount: usdc(1_000n), fee: usdc(10n), net: usdc(990n), settled: usdc(990n), rate: null },
        atMs: 5
      })
    expect(ledger).toEqual([
      {
        id: "d-1:crypto-deposit",
        merchantId: "m-1",
        kind: "crypto_deposit",
        reference: { type: "deposit", id: "d-1" },
        atMs: 5,
        postings: [
          { account: "crypto_holdings", layer: "posted", amount: usdc(1_000n) },
          { account: "fee_revenue", layer: "posted", amount: usdc(-10n) },
          { account: "merchant_available", layer: "posted", amount: usdc(-990n) }
        ]
      }
    ])
    expect(tasks).toEqual([])
  })

  it("is settled in another currency at the rate that was quoted, rounded once", () => {
    const rate = { quoteId: "q-1", rate: bps(12_345n) }
    const origin = depositOrigin("EURC")
    const decided = decide(noDeposit, final({ feeSchedule: onePercent, rate }, { origin }))
    const [transaction] = decided._tag === "Success" ? decided.success.ledger : []
    expect(transaction?.postings.slice(2)).toEqual([
      { account: "conversion", layer: "posted", amount: usdc(-990n) },
      { account: "conversion", layer: "posted", amount: money(1_222n, "EURC") },
      { account: "merchant_available", layer: "posted", amount: money(-1_222n, "EURC") }
    ])
  })

  it("favours nobody where the rate leads to the middle between two minor units", () => {
    const rate = { quoteId: "q-1", rate: bps(5_000n) }
    const settledOf = (amount: bigint) => Result.getOrThrow(creditOf(usdc(amount), "EURC", "m-1", { ...free, rate }))
    expect([settledOf(5n).settled, settledOf(7n).settled]).toEqual([money(2n, "EURC"), money(4n, "EURC")])
  })

  it("costs what the schedule has for blockchains and for its merchant", () => {
    const { fee } = onePercent
    const feeFor = (when: FeeRule["when"]) => {
      const feeSchedule = {
        fee: { kind: "select", rules: [{ when, fee }], otherwise: noFee },
        onExcess: "limit"
      } as const
      return Result.getOrThrow(creditOf(usdc(1_000n), "USDC", "m-1", { feeSchedule, rate: null })).fee
    }
    expect(feeFor({ method: "blockchain", merchantId: "m-1" })).toEqual(usdc(10n))
    expect(feeFor({ method: "card" })).toEqual(usdc(0n))
    expect(feeFor({ merchantId: "m-2" })).toEqual(usdc(0n))
  })

  it("is not credited without a rate, or where its fee cannot be told", () => {
    given(...history(waiting))
      .when(final(free, { origin: depositOrigin("EURC") }))
      .thenRejected({ _tag: "SettlementRateMissing" })
    const inDollars = { kind: "fixed", name: "flat", amount: money(30n, "USD") } as const
    given(...history(waiting))
      .when(final({ feeSchedule: { fee: inDollars, onExcess: "limit" }, rate: null }))
      .thenRejected({ _tag: "DepositFeeNotAssessable", because: "FeeCurrencyMismatch" })
  })

  it("of which nothing was known before is seen, included and credited in one decision", () => {
    const decided = decide(noDeposit, final())
    const tags = decided._tag === "Success" ? decided.success.events.map(({ _tag }) => _tag) : []
    expect(tags).toEqual(["DepositSeen", "DepositIncluded", "DepositFinalized"])
  })
})

describe("a chain that is reorganised", () => {
  it("puts it into another block, back into the pool, or nowhere", () => {
    given(...history(inBlock))
      .when(inAnother)
      .then({ _tag: "DepositIncluded", block: { height: 7, hash: "b-7'" }, atMs: 5 })
    given(...history(inBlock))
      .when(shown({ _tag: "InBlock", block: { height: 8, hash: "b-7" } }))
      .then({ _tag: "DepositIncluded", block: { height: 8, hash: "b-7" }, atMs: 5 })
    given(...history(inBlock))
      .when(waiting)
      .then({ _tag: "DepositReturnedToPool", atMs: 5 })
    given(...history(inBlock))
      .when(gone)
      .then({ _tag: "DepositDropped", replacedBy: null, atMs: 5 })
    given(...history(inBlock, gone))
      .when(inAnother)
      .then(
        { _tag: "DepositSeenAgain", atMs: 5 },
        { _tag: "DepositIncluded", block: { height: 7, hash: "b-7'" }, atMs: 5 }
      )
  })

  it("takes nothing back that is final", () => {
    for (const command of [waiting, inAnother, gone, final()])
      given(...history(final()))
        .when(command)
        .thenNothing()
  })
})

describe("what is no sighting of this deposit", () => {
  it.each<[string, Partial<DepositCommand>, DepositRejection["_tag"]]>([
    ["another's name", { origin: { ...depositOrigin(), id: "d-2" } }, "DepositIsAnother"],
    ["another chain", { origin: { ...depositOrigin(), chain: "SOL" } }, "DepositIsAnother"],
    ["another output", { origin: { ...depositOrigin(), outputIndex: 1 } }, "DepositIsAnother"],
    ["another transaction", { origin: { ...depositOrigin(), transactionHash: "0x9" } }, "DepositIsAnother"],
    ["another intent's", { origin: { ...depositOrigin(), intentId: "i-2" } }, "DepositIsAnother"],
    ["another amount", { amount: usdc(999n) }, "DepositContradicted"],
    ["nothing", { amount: usdc(0n) }, "DepositAmountNotPositive"]
  ])("is refused: %s", (_, change, answer) => {
    given(...history(waiting))
      .when(shown({ _tag: "InBlock", block }, change))
      .thenRejected({ _tag: answer } as never)
  })
})

type Answer = DepositEvent["_tag"] | "nothing"

const lives: { readonly [Status in DepositStatus]: ReadonlyArray<DepositCommand> } = {
  none: [],
  seen: [waiting],
  confirming: [inBlock],
  final: [final()],
  dropped: [waiting, gone]
}

const table: { readonly [Status in DepositStatus]: { readonly [name: string]: Answer } } = {
  none: { waiting: "DepositSeen", inBlock: "DepositSeen", gone: "nothing", final: "DepositSeen" },
  seen: { waiting: "nothing", inBlock: "DepositIncluded", gone: "DepositDropped", final: "DepositIncluded" },
  confirming: {
    waiting: "DepositReturnedToPool",
    inBlock: "nothing",
    gone: "DepositDropped",
    final: "DepositFinalized"
  },
  final: { waiting: "nothing", inBlock: "nothing", gone: "nothing", final: "nothing" },
  dropped: { waiting: "DepositSeenAgain", inBlock: "DepositSeenAgain", gone: "nothing", final: "DepositSeenAgain" }
}

describe("every sighting in every state", () => {
  it.each(Object.keys(table) as Array<DepositStatus>)("of a deposit that is %s", (status) => {
    const deposit = fold(history(...lives[status]))
    expect(deposit.status).toBe(status)
    const answers = Object.entries({ waiting, inBlock, gone, final: final() }).map(([name, command]) => {
      const decided = decide(deposit, command)
      return [name, decided._tag === "Failure" ? decided.failure._tag : (decided.success.events[0]?._tag ?? "nothing")]
    })
    expect(Object.fromEntries(answers)).toEqual(table[status])
  })
})
