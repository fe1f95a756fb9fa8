/** Transactions that their chain leaves waiting, and dearer copies of them. */
import type { OnchainTransaction } from "@paykernel/core"
import type { PayoutNetwork } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { requestOf } from "../held-answers.ts"
import {
  balanceOf,
  createTransaction,
  crossBorderWorld,
  errorOf,
  merchantId,
  ok,
  pass,
  payAs,
  paymentOf,
  signed,
  submitTransaction
} from "./cross-border-world.ts"
import { pending, slow, standingOf, submit } from "./transaction-steps.ts"

describe("a transaction that the chain leaves waiting", () => {
  const waiting = async () => {
    const { world, payment } = await pending()
    const transaction = await createTransaction(world, payment)
    const text = signed(world, transaction, slow)
    await submitTransaction(world, transaction, text)
    await pass(world, 60_000)
    expect((await standingOf(world, transaction)).status).toBe("broadcasted")
    return { world, payment, transaction, text }
  }

  it("is overtaken by a dearer copy, and one of the two is carried out", async () => {
    const { world, payment, transaction, text } = await waiting()
    const { transactions } = world.kernel.crossBorder
    const request = requestOf<OnchainTransaction>("key-1", ({ id }) => id)
    const copy = ok(await transactions.accelerate(merchantId, payment.id, request)).view
    expect(copy).toMatchObject({ status: "created", replaces: transaction.id, amount: payment.source })
    expect(ok(await transactions.accelerate(merchantId, payment.id, request)).view.id).toBe(copy.id)
    expect(errorOf(await transactions.accelerate(merchantId, payment.id))).toBe("TransactionInPreparation")
    const stranger = await submit(world, copy, signed(world, copy, { nonce: 5n }))
    expect(stranger).toMatchObject({ error: { _tag: "SignedTransactionFaulty", why: "nonce_mismatch" } })
    await submitTransaction(world, copy, signed(world, copy, { overtakes: text }))
    await pass(world, 90_000, 8)
    expect((await standingOf(world, copy)).status).toBe("completed")
    expect((await standingOf(world, transaction)).status).toBe("failed")
    expect(await paymentOf(world, payment.id)).toMatchObject({
      status: "completed",
      received: [{ transactionId: copy.id }]
    })
    expect(await balanceOf(world, "merchant_wallet")).toEqual({ posted: -payment.source.amount, held: 0n })
    expect(await world.kernel.audit()).toEqual([])
  })

  it("is not overtaken any more once its money has come, although the network has not heard so", async () => {
    const reach = (network: PayoutNetwork["Service"]): PayoutNetwork["Service"] => ({
      ...network,
      fund: () => Effect.succeed({ _tag: "NotSent", why: "a test" })
    })
    const world = await crossBorderWorld({ reach })
    const { payment } = await payAs(world, "Ada Example")
    const transaction = await createTransaction(world, payment)
    const overtakes = signed(world, transaction)
    await submitTransaction(world, transaction, overtakes)
    await world.kernel.drain()
    const { transactions } = world.kernel.crossBorder
    const copy = ok(await transactions.accelerate(merchantId, payment.id)).view
    const text = signed(world, copy, { overtakes })
    await pass(world, 8_000)
    const refused = { ok: false, error: { _tag: "FundsAlreadyReceived", transactionId: transaction.id } }
    expect(await submit(world, copy, text)).toEqual(refused)
    expect(await transactions.accelerate(merchantId, payment.id)).toEqual(refused)
    expect((await paymentOf(world, payment.id)).status).toBe("crypto_funds_pending")
  })

  it("is still followed when its payment is over, and what it brings comes back", async () => {
    const { world, payment, transaction, text } = await waiting()
    await pass(world, payment.expiresAtMs - 5_000 - world.clock.ms, 8)
    const { transactions } = world.kernel.crossBorder
    const copy = ok(await transactions.accelerate(merchantId, payment.id)).view
    await submitTransaction(world, copy, signed(world, copy, { overtakes: text }))
    // Confirmed in time, and seen too late.
    await world.kernel.drain()
    world.clock.ms += 10_000
    await pass(world, 16 * 3_600_000, 32)
    const after = await paymentOf(world, payment.id)
    expect(after).toMatchObject({ status: "failed", failureCode: "PM09000", received: [{ transactionId: copy.id }] })
    expect(after.refunds).toMatchObject([{ status: "completed", amount: payment.source }])
    expect(await balanceOf(world, "merchant_wallet")).toEqual({ posted: 0n, held: 0n })
    expect(await balanceOf(world, "crypto_committed")).toEqual({ posted: 0n, held: 0n })
    expect((await standingOf(world, transaction)).status).toBe("failed")
    expect(await world.kernel.audit()).toEqual([])
  })
})
