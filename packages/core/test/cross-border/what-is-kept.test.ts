/** What the store holds of payments abroad, and who finds it. */
import type { CrossBorderStatus, ListRequest } from "@paykernel/core"
import type { PayoutNetwork } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { everything } from "../kernel-world.ts"
import {
  answer,
  bestQuote,
  type CrossBorderWorld,
  crossBorderWorld,
  errorOf,
  fund,
  inputFor,
  merchantId,
  ok,
  pass,
  payAs,
  paymentOf
} from "./cross-border-world.ts"
import { create, listed, rowsOf, sealedIn } from "./kept-records.ts"

/** What the network has taken. */
const takenBy = async (world: CrossBorderWorld, id: string): Promise<boolean> =>
  (await Effect.runPromise(world.simulated.network.lookup(id, 1_000)))._tag === "Found"

describe("what is kept", () => {
  it("is nobody's name: what is encrypted is sealed, and goes when the network has it", async () => {
    const world = await crossBorderWorld()
    const quote = await bestQuote(world)
    const input = await inputFor(world, quote, { ORIGINATOR_NAME: "CreateRfiL3" })
    const { view } = ok(await create(world, input, "key-1"))
    const rfi = view.activeRfi
    if (rfi === null) throw new Error("nothing was asked")
    const texts = [input.travelRule.jwe, input.beneficiaryAccount.jwe, "CreateRfiL3", "Some "]
    const kept = await rowsOf(world)
    for (const text of texts) expect(kept).not.toContain(text)
    expect(await sealedIn(world)).toEqual([])
    ok(await answer(world, rfi))
    expect(await sealedIn(world)).toEqual([])
    const record = await Effect.runPromise(world.store.idempotencyRecord({ merchantId, scope: "test", key: "key-1" }))
    // As long as the payment is open the key is, whatever its time: the record says whose it is.
    expect(record).toMatchObject({
      body: `${view.payment.id} created`,
      aggregate: { merchantId, type: "cross_border_payment", id: view.payment.id }
    })
    // And so does the record of the attempt, which is of the same time.
    const attempt = await Effect.runPromise(
      world.store.idempotencyRecord({ merchantId, scope: "test#1", key: "key-1" })
    )
    const { aggregate, subject, createdAtMs, expiresAtMs } = record ?? {}
    expect(attempt).toMatchObject({ aggregate, subject, createdAtMs, expiresAtMs })
  })

  it("is sealed as long as the network has not answered", async () => {
    const reach = (network: PayoutNetwork["Service"]): PayoutNetwork["Service"] => ({
      ...network,
      submit: () => Effect.succeed({ _tag: "Unknown", why: "a test" })
    })
    const world = await crossBorderWorld({ reach })
    const input = await inputFor(world, await bestQuote(world))
    const { view } = ok(await create(world, input))
    expect((await sealedIn(world)).sort()).toEqual(["beneficiary-account", "travel-rule"])
    expect(JSON.stringify(await Effect.runPromise(world.store.sealedRecords(null, 1000)))).not.toContain(
      input.travelRule.jwe
    )
    // The time for it runs out, whether or not it was ever taken.
    await pass(world, 3_600_000)
    expect(await paymentOf(world, view.payment.id)).toMatchObject({ status: "failed", failureCode: "PM09000" })
    await pass(world, 120_000)
    expect(await sealedIn(world)).toEqual([])
    expect(await takenBy(world, view.payment.id)).toBe(false)
  })

  it("is found by how it stands and by the names that its maker gave it", async () => {
    const world = await crossBorderWorld()
    const first = (await payAs(world, "Ada Example")).payment
    const second = (await payAs(world, "Failed")).payment
    const input = await inputFor(world, await bestQuote(world), {}, { customerRefId: "customer-2", refCode: null })
    const third = ok(await create(world, input)).view.payment
    const found = async (where: ListRequest["where"]) => (await listed(world, where)).map(({ payment }) => payment.id)
    expect(await found({})).toEqual([third.id, second.id, first.id])
    const status = "withdrawn" satisfies CrossBorderStatus
    const none = await world.kernel.crossBorder.payments.list(merchantId, { ...everything, where: { status } })
    expect(ok(none)).toEqual({ items: [], hasNext: false, hasPrevious: false })
    expect(await found({ status: "failed" satisfies CrossBorderStatus })).toEqual([second.id])
    expect(await found({ customerRefId: "customer-2" })).toEqual([third.id])
    expect(await found({ refCode: "ref-1", status: "crypto_funds_pending" })).toEqual([first.id])
  })

  it("is found whatever has become of it", async () => {
    const world = await crossBorderWorld()
    const { payment } = await payAs(world, "Delayed")
    const asked = (await payAs(world, "CreateRfi")).payment
    const found = async (status: CrossBorderStatus) => (await listed(world, { status })).map((one) => one.payment.id)
    expect(await found("created")).toEqual([asked.id])
    expect(await found("crypto_funds_pending")).toEqual([payment.id])
    await fund(world, payment)
    await pass(world, 6_000, 3)
    expect(await found("fiat_payment_initiated")).toEqual([payment.id])
    await pass(world, 30_000)
    expect(await found("completed")).toEqual([payment.id])
    expect(await listed(world)).toHaveLength(2)
  })

  it("is its merchant's, and each part its payment's", async () => {
    const world = await crossBorderWorld()
    const { crossBorder } = world.kernel
    const asked = await payAs(world, "CreateRfi")
    const { payment } = await payAs(world, "FailThenRefundWithCompleted")
    const transaction = await fund(world, payment)
    const funded = (await payAs(world, "Ada Example")).payment
    await fund(world, funded)
    await pass(world, 30_000)
    const refund = (await paymentOf(world, payment.id)).refunds[0]
    const rfi = asked.activeRfi
    if (rfi === null || refund === undefined) throw new Error("there are neither questions nor refunds")
    const other = asked.payment.id
    expect(errorOf(await crossBorder.payments.get("another", payment.id))).toBe("PaymentNotFound")
    expect(errorOf(await crossBorder.transactions.get(merchantId, other, transaction.id))).toBe("TransactionNotFound")
    expect(errorOf(await crossBorder.transactions.get(merchantId, funded.id, transaction.id))).toBe(
      "TransactionNotFound"
    )
    expect(errorOf(await crossBorder.rfis.get(merchantId, payment.id, rfi.id))).toBe("RfiNotFound")
    expect(errorOf(await crossBorder.refunds.get(merchantId, other, refund.id))).toBe("RefundNotFound")
    expect(errorOf(await crossBorder.refunds.get("another", payment.id, refund.id))).toBe("PaymentNotFound")
    expect(ok(await crossBorder.refunds.get(merchantId, payment.id, refund.id))).toMatchObject(refund)
    expect(ok(await crossBorder.payments.ledger(merchantId, payment.id)).map(({ kind }) => kind)).toEqual([
      ...["funding_hold", "funding", "payout_hold", "payout_release"]
    ])
  })
})
