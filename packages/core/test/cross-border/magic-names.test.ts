import { describe, expect, it } from "vitest"
import {
  answer,
  balanceOf,
  type CrossBorderWorld,
  crossBorderWorld,
  fund,
  merchantId,
  ok,
  pass,
  payAs,
  paymentOf,
  refundsOf,
  viewOf
} from "./cross-border-world.ts"

const halfMinuteMs = 30_000

/** The books of everything are right, and nobody has to look at anything. */
const expectClean = async ({ kernel, incidents }: CrossBorderWorld) => {
  expect(await kernel.audit()).toEqual([])
  expect(incidents).toEqual([])
}

describe("a payment that is cleared at once", () => {
  it("is funded, paid out and in the books, leg by leg", async () => {
    const world = await crossBorderWorld()
    const { payment } = await payAs(world, "Ada Example")
    expect(payment).toMatchObject({ status: "crypto_funds_pending", failureCode: null })
    expect(await balanceOf(world, "crypto_committed")).toEqual({ posted: 0n, held: 100_000_000n })
    const transaction = await fund(world, payment)
    expect(transaction).toMatchObject({ status: "completed", received: payment.source })
    await pass(world, halfMinuteMs)
    const after = await paymentOf(world, payment.id)
    expect(after).toMatchObject({ status: "completed", transactions: [{ status: "completed" }] })
    expect(after.fiatNetworkRef).toMatch(/^[0-9A-F]{16}$/u)
    expect(await balanceOf(world, "merchant_wallet")).toEqual({ posted: -payment.source.amount, held: 0n })
    expect(await balanceOf(world, "payout_network")).toEqual({ posted: 0n, held: 0n })
    expect(await balanceOf(world, "payout_fees")).toEqual({ posted: payment.fees.total.amount, held: 0n })
    expect(await balanceOf(world, "beneficiary", "MXN")).toEqual({ posted: payment.destination.amount, held: 0n })
    expect(await balanceOf(world, "crypto_committed")).toEqual({ posted: 0n, held: 0n })
    await expectClean(world)
  })

  it.each([
    ["ETH-SEPOLIA", 2],
    ["SOL-DEVNET", 1],
    ["SOL-DEVNET", 2],
    ["MATIC-AMOY", 1]
  ] as const)("is funded on %s in version %i", async (blockchain, transactionVersion) => {
    const world = await crossBorderWorld()
    const { payment } = await payAs(world, "Ada Example", { blockchain, transactionVersion })
    expect(await fund(world, payment)).toMatchObject({ status: "completed", version: transactionVersion })
    await pass(world, halfMinuteMs)
    expect((await paymentOf(world, payment.id)).status).toBe("completed")
    await expectClean(world)
  })
})

describe("an originator's name", () => {
  it.each([
    ["Failed", "failed", "PM07000"],
    ["AsyncFailed", "created", null],
    ["AsyncSuccess", "created", null],
    ["AsyncRfi", "created", null],
    ["Delayed", "crypto_funds_pending", null],
    ["Expired", "crypto_funds_pending", null]
  ])("%s makes a payment that is %s when it is answered", async (name, status, failureCode) => {
    const world = await crossBorderWorld()
    expect((await payAs(world, name)).payment).toMatchObject({ status, failureCode })
    await expectClean(world)
  })

  it.each([
    ["AsyncFailed", "failed", "PM07000"],
    ["AsyncSuccess", "crypto_funds_pending", null],
    ["Expired", "failed", "PM09000"]
  ])("%s makes one that is %s a while later", async (name, status, failureCode) => {
    const world = await crossBorderWorld()
    const { payment } = await payAs(world, name)
    await pass(world, halfMinuteMs)
    expect(await paymentOf(world, payment.id)).toMatchObject({ status, failureCode, manualReview: false })
    expect((await balanceOf(world, "crypto_committed")).held).toBe(failureCode === null ? 100_000_000n : 0n)
    await expectClean(world)
  })

  it.each([
    ["CreateRfi", 1],
    ["CreateRfiL2", 2],
    ["CreateRfiL3", 3]
  ])("%s has the institution ask at level %i before anything else", async (name, level) => {
    const world = await crossBorderWorld()
    const { payment, activeRfi } = await payAs(world, name)
    if (activeRfi === null) throw new Error("nothing was asked")
    expect(activeRfi).toMatchObject({ level, status: "information_required", paymentId: payment.id })
    expect(payment).toMatchObject({ status: "created", rfis: [{ id: activeRfi.id, status: "information_required" }] })
    expect(ok(await answer(world, activeRfi)).status).toBe("in_review")
    expect((await viewOf(world, payment.id)).payment.rfis).toMatchObject([{ status: "in_review" }])
    await pass(world, halfMinuteMs)
    const cleared = await viewOf(world, payment.id)
    expect(cleared).toMatchObject({ activeRfi: null, payment: { status: "crypto_funds_pending" } })
    await fund(world, cleared.payment)
    await pass(world, halfMinuteMs)
    expect((await paymentOf(world, payment.id)).status).toBe("completed")
    await expectClean(world)
  })

  it("AsyncRfi has it ask a while later", async () => {
    const world = await crossBorderWorld()
    const { payment, activeRfi } = await payAs(world, "AsyncRfi")
    expect(activeRfi).toBe(null)
    await pass(world, halfMinuteMs)
    const asked = await viewOf(world, payment.id)
    if (asked.activeRfi === null) throw new Error("nothing was asked")
    ok(await answer(world, asked.activeRfi))
    await pass(world, halfMinuteMs)
    expect((await paymentOf(world, payment.id)).status).toBe("crypto_funds_pending")
    await expectClean(world)
  })

  it("Delayed makes a payout that takes its time", async () => {
    const world = await crossBorderWorld()
    const { payment } = await payAs(world, "Delayed")
    await fund(world, payment)
    await pass(world, 6_000, 3)
    expect(await paymentOf(world, payment.id)).toMatchObject({ status: "fiat_payment_initiated", delayed: true })
    await pass(world, halfMinuteMs)
    expect(await paymentOf(world, payment.id)).toMatchObject({ status: "completed", delayed: false })
    await expectClean(world)
  })

  it.each([
    ["FailThenRefundWithCompleted", ["completed"], 0n],
    ["FailThenRefundCreatedThenCompleted", ["completed"], 0n],
    ["FailThenRefundCreatedThenFailed", ["failed"], 100_000_000n]
  ])("%s makes a payout that fails, and a refund that has %j", async (name, statuses, left) => {
    const world = await crossBorderWorld()
    const { payment } = await payAs(world, name)
    await fund(world, payment)
    await pass(world, 60_000, 20)
    const after = await paymentOf(world, payment.id)
    expect(after).toMatchObject({ status: "failed", failureCode: "PM06000" })
    const refunds = await refundsOf(world, after)
    expect(refunds.map(({ status }) => status)).toEqual(statuses)
    expect(refunds[0]).toMatchObject({ amount: payment.source, refundAddress: payment.refundAddress })
    expect(refunds[0]?.transactionHash === null).toBe(left > 0n)
    expect(await balanceOf(world, "payout_network")).toEqual({ posted: left, held: 0n })
    expect(await balanceOf(world, "merchant_wallet")).toEqual({ posted: -left, held: 0n })
    await expectClean(world)
  })
})

describe("a name in the answer to a request", () => {
  it("Rejected ends the payment", async () => {
    const world = await crossBorderWorld()
    const { payment, activeRfi } = await payAs(world, "CreateRfi")
    if (activeRfi === null) throw new Error("nothing was asked")
    ok(await answer(world, activeRfi, { NAME: "Rejected" }))
    await pass(world, halfMinuteMs)
    expect(await paymentOf(world, payment.id)).toMatchObject({
      ...{ status: "failed", failureCode: "PM03004", rfis: [{ status: "rejected" }] }
    })
    await expectClean(world)
  })

  it("InReview is never decided, and the payment runs out of time", async () => {
    const world = await crossBorderWorld()
    const { payment, activeRfi } = await payAs(world, "CreateRfi")
    if (activeRfi === null) throw new Error("nothing was asked")
    ok(await answer(world, activeRfi, { NAME: "InReview" }))
    await pass(world, 3_500_000)
    expect((await viewOf(world, payment.id)).activeRfi?.status).toBe("in_review")
    await pass(world, 200_000)
    expect(await paymentOf(world, payment.id)).toMatchObject({ status: "failed", failureCode: "PM09000" })
    await expectClean(world)
  })

  it("is asked for in time", async () => {
    const world = await crossBorderWorld()
    const { payment } = await payAs(world, "CreateRfi")
    await pass(world, 1_800_000)
    expect(await paymentOf(world, payment.id)).toMatchObject({
      ...{ status: "failed", failureCode: "PM03005", rfis: [{ status: "expired" }] }
    })
    expect(ok(await world.kernel.crossBorder.payments.get(merchantId, payment.id)).activeRfi).toBe(null)
    await expectClean(world)
  })
})
