/** What the network says, the domain understands: each story of the sandbox, followed to its end and booked. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import * as CrossBorderRoom from "../../cross-border/index.ts"
import { foldBalances, type LedgerTransaction } from "../../ledger/index.ts"
import * as RefundRoom from "../../payout-refund/index.ts"
import type { NetworkRfi, NetworkStanding } from "../../ports/payout-network.ts"
import type { RfiLevel } from "../../requirement/rfi-requirements.ts"
import { encryptFile, encryptJson, exampleAnswer, examplePdf } from "../../testing/payout/encrypt-answer.ts"
import { standingNow, submissionOf } from "../../testing/payout/network-under-test.ts"
import { networkWorld } from "../../testing/payout/simulated-network.ts"

type Command = CrossBorderRoom.CrossBorderCommand

const run = Effect.runPromise

/** Everything that a standing says, as commands; in no particular order, since any will do. */
const commandsOf = ({ reports, rfis, refunds }: NetworkStanding, nowMs: number): ReadonlyArray<Command> => [
  ...refunds.map(({ id, amount, report }): Command => {
    const status = { Created: "created", Completed: "completed", Failed: "failed" } as const
    const transactionHash = report._tag === "Completed" ? report.transactionHash : null
    return { _tag: "RecordRefund", refund: { id, amount, status: status[report._tag], transactionHash }, nowMs }
  }),
  ...reports.map((report): Command => ({ _tag: "RecordReport", report, nowMs })),
  ...rfis.map(
    (rfi): Command => ({
      _tag: "RecordRfi",
      rfi: { id: rfi.id, status: statusOf(rfi) },
      code: rfi.outcome?._tag === "Rejected" ? rfi.outcome.code : null,
      nowMs
    })
  )
]

const statusOf = ({ answered, outcome }: NetworkRfi) => {
  if (outcome !== null) return outcome._tag === "Approved" ? "approved" : "rejected"
  return answered ? "in_review" : "information_required"
}

/** A payment on both sides, with what a kernel would do in between. */
const followed = async (originatorName: string) => {
  const world = await networkWorld()
  const { payment, quote } = await submissionOf(world, {}, { ORIGINATOR_NAME: originatorName })
  const ledger: Array<LedgerTransaction> = []
  let state = CrossBorderRoom.noPayment
  const told = (command: Command): boolean => {
    const decided = CrossBorderRoom.decide(state, command)
    if (Result.isFailure(decided)) return false
    ledger.push(...decided.success.ledger)
    state = decided.success.events.reduce(CrossBorderRoom.evolve, state)
    return decided.success.events.length > 0
  }
  const details: CrossBorderRoom.CrossBorderDetails = {
    ...{ senderAddress: payment.senderAddress, refundAddress: payment.refundAddress, useCase: "b2b" },
    ...{ reasonForPayment: payment.reasonForPayment, customerRefId: "customer-1", beneficiaryRefId: null },
    ...{ refCode: null, travelRuleRecordId: "record-1", beneficiaryRecordId: "record-2" }
  }
  const named = { id: payment.key, merchantId: "merchant-1", quoteId: quote.id }
  told({ _tag: "CreatePayment", ...named, terms: quote.terms, details, nowMs: world.nowMs() })
  await run(world.network.submit(payment, 1_000))

  /** Lets time pass and hears what there is, until nothing of it is news. */
  const hear = async (ms = 0): Promise<void> => {
    await world.advance(ms)
    const standing = await standingNow(world, payment.key)
    while (commandsOf(standing, world.nowMs()).map(told).some(Boolean)) {}
  }
  const fund = async (): Promise<void> => {
    const nowMs = world.nowMs()
    told({ _tag: "StartTransaction", transactionId: "transaction-1", accelerates: false, nowMs })
    const transaction = { id: "transaction-1", status: "completed" } as const
    told({ _tag: "RecordTransaction", transaction, received: quote.terms.source, nowMs })
    await run(world.network.fund({ key: payment.key, transactionHash: "0x1", amount: quote.terms.source }, 1_000))
  }
  const answer = async (NAME: string): Promise<void> => {
    const rfi = (await standingNow(world, payment.key)).rfis.at(-1)
    if (rfi === undefined) throw new Error("nothing was asked")
    const { certificate, fieldRequirements, fileRequirements } = rfi
    const content = examplePdf
    const files = await Promise.all(
      fileRequirements.map(({ key }) => encryptFile(certificate, { key, mediaType: "application/pdf", content }))
    )
    const jwe = await encryptJson(certificate, exampleAnswer(fieldRequirements, { NAME }))
    const sent = { key: payment.key, rfiId: rfi.id, answer: { version: fieldRequirements.version, jwe }, files }
    await run(world.network.answerRfi(sent, 1_000))
  }
  const raise = (level: RfiLevel) => world.raiseRfi?.(payment.key, level)
  const books = () =>
    foldBalances([...ledger, ...refundLedger(state)]).filter(({ posted, held }) => posted !== 0n || held !== 0n)
  await hear()
  return { hear, fund, answer, raise, books, quote, state: () => state }
}

const refundLedger = (payment: CrossBorderRoom.CrossBorderPayment): ReadonlyArray<LedgerTransaction> =>
  payment.refunds.flatMap(({ id, amount, status, transactionHash }) => {
    const { merchantId, id: paymentId, blockchain, refundAddress } = payment
    const ends = { created: { _tag: "Created" }, failed: { _tag: "Failed" } } as const
    const report =
      status === "completed" ? ({ _tag: "Completed", transactionHash: transactionHash ?? "" } as const) : ends[status]
    const command = { id, merchantId, paymentId, amount, blockchain, refundAddress, report, nowMs: 0 }
    return Result.getOrThrow(RefundRoom.decide(RefundRoom.noRefund, { _tag: "RecordRefund", ...command })).ledger
  })

describe("a payment of the sandbox, followed by the domain", () => {
  it("is paid out: nothing is left with the network, and the beneficiary has what was quoted", async () => {
    const { hear, fund, state, books, quote } = await followed("Jo Example")
    expect(state().status).toBe("crypto_funds_pending")
    await fund()
    await hear()
    expect(state().status).toBe("fiat_payment_initiated")
    await hear(2_000)
    expect(state()).toMatchObject({ status: "completed", failureCode: null, contradiction: null })
    expect(state().fiatNetworkRef).not.toBe(null)
    expect(books().find(({ account }) => account === "payout_network")).toBe(undefined)
    expect(books().find(({ account }) => account === "beneficiary")?.posted).toBe(quote.terms.destination.amount)
    expect(books().every(({ held }) => held === 0n)).toBe(true)
  })

  it.each([
    ["Failed", "PM07000"],
    ["AsyncFailed", "PM07000"],
    ["Expired", "PM09000"]
  ])("%s: fails with %s, and nothing was moved", async (name, code) => {
    const { hear, state, books } = await followed(name)
    await hear(2_000)
    expect(state()).toMatchObject({ status: "failed", failureCode: code })
    expect(books()).toEqual([])
  })

  it("AsyncSuccess: is looked at by a person and cleared", async () => {
    const { hear, state } = await followed("AsyncSuccess")
    expect(state()).toMatchObject({ status: "created", manualReview: true })
    await hear(2_000)
    expect(state()).toMatchObject({ status: "crypto_funds_pending", manualReview: false })
  })

  it("Delayed: is late and complete", async () => {
    const { hear, fund, state } = await followed("Delayed")
    await fund()
    await hear(2_000)
    expect(state()).toMatchObject({ status: "fiat_payment_initiated", delayed: true })
    await hear(18_000)
    expect(state()).toMatchObject({ status: "completed", delayed: false })
  })

  it.each([
    ["FailThenRefundWithCompleted", ["completed", "completed"], true],
    ["FailThenRefundCreatedThenFailed", ["created", "failed"], false],
    ["FailThenRefundCreatedThenCompleted", ["created", "completed"], true]
  ] as const)("%s: the money comes back, or stays with the network", async (name, statuses, returns) => {
    const { hear, fund, state, books, quote } = await followed(name)
    await fund()
    await hear(2_000)
    expect(state()).toMatchObject({ status: "failed", failureCode: "PM06000", refunds: [] })
    for (const status of statuses) {
      await hear(2_000)
      expect(state().refunds).toMatchObject([{ status, amount: quote.terms.source }])
    }
    const left = books().find(({ account }) => account === "payout_network")
    expect(left?.posted ?? 0n).toBe(returns ? 0n : quote.terms.source.amount)
    expect(books().every(({ held }) => held === 0n)).toBe(true)
  })

  it.each([
    ["CreateRfi", "Example Ltd", "crypto_funds_pending", null],
    ["CreateRfiL2", "Example Ltd", "crypto_funds_pending", null],
    ["CreateRfiL3", "Example Ltd", "crypto_funds_pending", null],
    ["CreateRfi", "Rejected", "failed", "PM03004"],
    ["CreateRfi", "InReview", "created", null]
  ] as const)("%s: asks first, and hears from %s", async (name, NAME, status, failureCode) => {
    const { hear, answer, state } = await followed(name)
    expect(state()).toMatchObject({ status: "created", rfis: [{ status: "information_required" }] })
    await answer(NAME)
    await hear()
    expect(state().rfis).toMatchObject([{ status: "in_review" }])
    await hear(2_000)
    expect(state()).toMatchObject({ status, failureCode })
  })

  it("CreateRfi: is not answered in time", async () => {
    const { hear, state } = await followed("CreateRfi")
    await hear(1_800_000)
    expect(state()).toMatchObject({ status: "failed", failureCode: "PM03005", rfis: [{ status: "rejected" }] })
  })

  it("is asked about while it is paid for, and after it was paid out", async () => {
    const { hear, fund, raise, answer, state } = await followed("Jo Example")
    await raise(1)
    await hear()
    expect(Result.isFailure(CrossBorderRoom.decide(state(), startNow))).toBe(true)
    await answer("Example Ltd")
    await hear(2_000)
    await fund()
    await hear(2_000)
    expect(state().status).toBe("completed")
    await raise(3)
    await answer("Rejected")
    await hear(2_000)
    expect(state()).toMatchObject({ status: "completed", rfis: [{ status: "approved" }, { status: "rejected" }] })
  })

  const startNow: Command = {
    ...{ _tag: "StartTransaction", transactionId: "transaction-1", accelerates: false, nowMs: 1_795_000_000_001 }
  }
})
