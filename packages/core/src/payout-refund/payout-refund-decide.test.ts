import { describe, expect, it } from "vitest"
import { foldBalances } from "../ledger/index.ts"
import { money } from "../money/index.ts"
import { refundSaid } from "../testing/arbitraries/payout-refund-arbitraries.ts"
import { decider } from "../testing/decider.ts"
import { playHistory } from "../testing/history.ts"
import { decide, evolve, noRefund, type RefundCommand, type RefundEvent } from "./index.ts"

const refunds = { initial: noRefund, decide, evolve }
const { given, history, fold } = decider(refunds)

const created = refundSaid({ _tag: "Created" })
const completed = refundSaid({ _tag: "Completed", transactionHash: "0x1" })
const failed = refundSaid({ _tag: "Failed" })

const { report, nowMs, _tag, ...details } = created
const opened: RefundEvent = { _tag: "RefundCreated", ...details, atMs: nowMs }

const booksOf = (...commands: ReadonlyArray<RefundCommand>) =>
  foldBalances(playHistory(refunds, commands).decisions.flatMap(({ ledger }) => ledger))

const nothing = [
  { account: "payout_network", currency: "USDC", posted: 0n, held: 0n },
  { account: "merchant_wallet", currency: "USDC", posted: 0n, held: 0n }
]

const returned = [
  { account: "payout_network", currency: "USDC", posted: -10_000_000n, held: 0n },
  { account: "merchant_wallet", currency: "USDC", posted: 10_000_000n, held: 0n }
]

describe("a refund", () => {
  it("that is on its way sets apart what is going to be given back", () => {
    given().when(created).then(opened)
    expect(booksOf(created)).toEqual([
      { account: "payout_network", currency: "USDC", posted: 0n, held: 10_000_000n },
      { account: "merchant_wallet", currency: "USDC", posted: 0n, held: -10_000_000n }
    ])
  })

  it("that arrived has moved the money to the merchant's wallet", () => {
    expect(fold(history(created, completed))).toMatchObject({ status: "completed", transactionHash: "0x1" })
    expect(booksOf(created, completed)).toEqual(returned)
  })

  it("that failed has moved nothing, and the network still has it", () => {
    expect(fold(history(created, failed))).toMatchObject({ status: "failed", transactionHash: null })
    expect(booksOf(created, failed)).toEqual(nothing)
  })

  it("is booked under its own name each time", () => {
    const bookedBy = (...commands: ReadonlyArray<RefundCommand>) => {
      const ledger = playHistory(refunds, commands).decisions.flatMap((decision) => decision.ledger)
      return ledger.map(({ postings, ...name }) => name)
    }
    const named = (kind: string) => ({
      ...{ id: `${details.id}:${kind.replaceAll("_", "-")}`, merchantId: details.merchantId, kind, atMs: nowMs },
      reference: { type: "payout_refund", id: details.id }
    })
    expect(bookedBy(created, completed)).toEqual([named("payout_refund_hold"), named("payout_refund")])
    expect(bookedBy(failed)).toEqual([named("payout_refund_hold"), named("payout_refund_release")])
  })

  it("of which nothing was heard before its end is one all the same", () => {
    const events = given()
      .when(completed)
      .then(opened, { _tag: "RefundCompleted", transactionHash: "0x1", atMs: nowMs }).events
    expect(fold(events)).toEqual(fold(history(created, completed)))
    expect(booksOf(completed)).toEqual(returned)
    expect(booksOf(failed)).toEqual(nothing)
  })

  it("is told of again, and late, without effect", () => {
    given(...history(created))
      .when(created)
      .thenNothing()
    for (const end of [completed, failed]) {
      given(...history(end))
        .when(end)
        .thenNothing()
      given(...history(end))
        .when(created)
        .thenNothing()
    }
  })

  it.each([
    [completed, failed, "failed"],
    [failed, completed, "completed"]
  ] as const)("keeps its first end, and what was said against it", (first, second, said) => {
    given(...history(first))
      .when(second)
      .then({ _tag: "RefundContradicted", said, atMs: nowMs })
    const contradicted = history(first, second)
    expect(fold(contradicted)).toMatchObject({ status: fold(history(first)).status, contradiction: said })
    expect(booksOf(first, second)).toEqual(booksOf(first))
    given(...contradicted)
      .when(second)
      .thenNothing()
  })

  it("is of one payment and one amount", () => {
    given(...history(created))
      .when({ ...completed, amount: money(5n, "USDC") })
      .thenRejected({ _tag: "RefundDiffers" })
    given(...history(created))
      .when({ ...completed, paymentId: "payment-2" })
      .thenRejected({ _tag: "RefundDiffers" })
  })

  it.each([0n, -1n])("is of something: %s", (amount) => {
    given()
      .when(refundSaid({ _tag: "Created" }, amount))
      .thenRejected({ _tag: "RefundAmountNotPositive" })
  })
})
