/** Transactions that fund a payment: made, signed, submitted once, and what ends them. */
import type { OnchainTransaction, PlanRefusal, SigningFault } from "@paykernel/core"
import { Onchain } from "@paykernel/core/domain"
import type { FundingChain } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import type { TransactionChange } from "../../src/testing/funding/test-wallet.ts"
import { requestOf } from "../held-answers.ts"
import {
  balanceOf,
  type CrossBorderWorld,
  createTransaction,
  crossBorderWorld,
  errorOf,
  fund,
  merchantId,
  ok,
  pass,
  payAs,
  paymentOf,
  signed,
  submitTransaction
} from "./cross-border-world.ts"
import { pending, standingOf, submit } from "./transaction-steps.ts"

const set = ({ simulated, wallet }: CrossBorderWorld, change: object) =>
  simulated.setAccount({
    ...{ blockchain: "ETH-SEPOLIA", address: wallet.address, exists: true },
    ...{ tokens: "1000000000000", coins: "1000000000000000000", allowance: "1000000000000" },
    ...change
  })

describe("a transaction", () => {
  it("is one at a time, and another after it has failed", async () => {
    const { world, payment } = await pending()
    const { transactions } = world.kernel.crossBorder
    const create = () => transactions.create(merchantId, payment.id, { version: 1, metadata: null })
    const first = ok(await create()).view
    expect(first).toMatchObject({
      status: "created",
      version: 1,
      amount: payment.source,
      senderAddress: payment.senderAddress
    })
    expect(errorOf(await create())).toBe("AnotherTransactionActive")
    await submitTransaction(world, first, signed(world, first, { gasLimit: 60_000n }))
    await pass(world, 10_000)
    expect(await standingOf(world, first)).toMatchObject({ status: "failed", failureReason: "out_of_gas" })
    expect(await fund(world, payment)).toMatchObject({ status: "completed" })
    expect(errorOf(await create())).toBe("PaymentNotAwaitingFunds")
    await pass(world, 30_000)
    expect(await world.kernel.audit()).toEqual([])
    expect((await paymentOf(world, payment.id)).transactions.map(({ status }) => status)).toEqual([
      "failed",
      "completed"
    ])
  })

  it("is made once for one key, with the words that its maker gave it", async () => {
    const { world, payment } = await pending(2)
    const { transactions } = world.kernel.crossBorder
    const request = (meaning?: string) => requestOf<OnchainTransaction>("key-1", ({ id }) => id, meaning)
    const input = { version: 2, metadata: "order 7" } as const
    const first = ok(await transactions.create(merchantId, payment.id, input, request()))
    expect(first.view).toMatchObject({ metadata: "order 7", estimatedFee: null })
    const again = ok(await transactions.create(merchantId, payment.id, input, request()))
    expect(again).toEqual({ ...first, replayed: true })
    expect(errorOf(await transactions.create(merchantId, payment.id, input, request("other")))).toBe(
      "IdempotencyKeyReused"
    )
  })

  it("is of the version that was quoted, and of a payment that is cleared", async () => {
    const { world, payment } = await pending()
    const { transactions } = world.kernel.crossBorder
    expect(await transactions.create(merchantId, payment.id, { version: 2, metadata: null })).toEqual({
      ...{ ok: false, error: { _tag: "TransactionVersionDiffers", quoted: 1 } }
    })
    const other = await payAs(world, "AsyncSuccess")
    const input = { version: 1, metadata: null } as const
    expect(errorOf(await transactions.create(merchantId, other.payment.id, input))).toBe("PaymentNotAwaitingFunds")
    expect(errorOf(await transactions.create(merchantId, "none", input))).toBe("PaymentNotFound")
    expect(errorOf(await transactions.accelerate(merchantId, payment.id))).toBe("NothingToAccelerate")
  })

  it.each<[PlanRefusal, object, 1 | 2]>([
    ["account_not_found", { exists: false }, 1],
    ["token_balance_insufficient", { tokens: "1" }, 1],
    ["allowance_insufficient", { allowance: "1" }, 2]
  ])("is not even planned: %s", async (why, change, version) => {
    const { world, payment } = await pending(version)
    await set(world, change)
    const refused = await world.kernel.crossBorder.transactions.create(merchantId, payment.id, {
      version,
      metadata: null
    })
    expect(refused).toEqual({ ok: false, error: { _tag: "PlanRefused", why } })
    expect((await paymentOf(world, payment.id)).transactions).toEqual([])
  })

  it.each<[SigningFault, TransactionChange | string]>([
    ["signed_transaction_malformed", "0x1234"],
    ["chain_mismatch", { chainId: 1n }],
    ["payload_mismatch", { data: (data) => data.replace(/.$/u, (last) => (last === "0" ? "1" : "0")) }],
    ["payload_mismatch", { value: 1n }],
    ["nonce_too_high", { nonce: 40n }],
    ["gas_price_too_low", { maxFeePerGas: 1n }],
    ["gas_limit_too_low", { gasLimit: 1_000n }]
  ])("is not taken as it was signed: %s, and may be signed anew", async (why, change) => {
    const { world, payment } = await pending()
    const transaction = await createTransaction(world, payment)
    const text = typeof change === "string" ? change : signed(world, transaction, change)
    const refused = await submit(world, transaction, text)
    if (refused.ok) throw new Error("it was taken")
    expect(refused.error._tag).toBe("SignedTransactionFaulty")
    // What is changed in the data may break the signature in it first.
    const faults = [why, "signature_invalid"]
    expect(faults).toContain("why" in refused.error ? refused.error.why : null)
    expect((await standingOf(world, transaction)).status).toBe("created")
    await submitTransaction(world, transaction)
    await pass(world, 10_000)
    expect((await standingOf(world, transaction)).status).toBe("completed")
  })

  it("is submitted once; the same again is nothing new", async () => {
    const { world, payment } = await pending()
    const transaction = await createTransaction(world, payment)
    const text = signed(world, transaction)
    expect(ok(await submit(world, transaction, text)).status).toBe("pending")
    expect(ok(await submit(world, transaction, text)).status).toBe("pending")
    const other = signed(world, transaction, { maxFeePerGas: 9_000_000_000n })
    expect(errorOf(await submit(world, transaction, other))).toBe("SignedTransactionAlreadySubmitted")
    expect(errorOf(await submit(world, { ...transaction, id: "none" }, text))).toBe("TransactionNotFound")
    await pass(world, 10_000)
    expect(ok(await submit(world, transaction, text)).status).toBe("completed")
  })

  it("is submitted once, although it has arrived when the same text is looked at again", async () => {
    const gate = Promise.withResolvers<void>()
    let checks = 0
    const reachChain = (chain: FundingChain["Service"]): FundingChain["Service"] => ({
      ...chain,
      check: (funding) =>
        checks++ === 0
          ? Effect.andThen(
              Effect.promise(() => gate.promise),
              chain.check(funding)
            )
          : chain.check(funding)
    })
    const world = await crossBorderWorld({ reachChain })
    const { payment } = await payAs(world, "Ada Example")
    const transaction = await createTransaction(world, payment)
    const text = signed(world, transaction)
    const slow = submit(world, transaction, text)
    await expect.poll(() => checks).toBe(1)
    expect(ok(await submit(world, transaction, text)).status).toBe("pending")
    await pass(world, 30_000)
    expect((await paymentOf(world, payment.id)).status).toBe("completed")
    gate.resolve()
    expect(ok(await slow)).toEqual(await standingOf(world, transaction))
  })

  it("that nobody signs runs out with its payment, and nothing is left held", async () => {
    const { world, payment } = await pending()
    const transaction = await createTransaction(world, payment)
    await pass(world, 3_600_000)
    expect(await standingOf(world, transaction)).toMatchObject({
      status: "failed",
      failureReason: "transaction_expired"
    })
    expect(await paymentOf(world, payment.id)).toMatchObject({ status: "failed", failureCode: "PM09000" })
    const { error } = { error: errorOf(await submit(world, transaction, signed(world, transaction))) }
    expect(error).toBe("TransactionNotSubmittable")
    expect(await balanceOf(world, "crypto_committed")).toEqual({ posted: 0n, held: 0n })
    expect(await world.kernel.audit()).toEqual([])
  })

  it("of Solana runs out within a minute or so, and another one may be made", async () => {
    const { world, payment } = await pending(1, "SOL-DEVNET")
    const transaction = await createTransaction(world, payment)
    await pass(world, 200_000)
    expect(await standingOf(world, transaction)).toMatchObject({
      status: "failed",
      failureReason: "transaction_expired"
    })
    expect(await fund(world, payment)).toMatchObject({ status: "completed" })
  })

  it("may fail for every reason that there is, and another one is made each time until one pays", async () => {
    const { onchainFailureReasons } = Onchain
    const left = [...onchainFailureReasons]
    const reachChain = (chain: FundingChain["Service"]): FundingChain["Service"] => ({
      ...chain,
      broadcast: (funding, timeoutMs) => {
        const reason = left.shift()
        const failed = { _tag: "Failed", reason: reason ?? "out_of_gas", transactionHash: null } as const
        return reason === undefined
          ? chain.broadcast(funding, timeoutMs)
          : Effect.succeed({ _tag: "Sent", standing: failed })
      }
    })
    const world = await crossBorderWorld({ reachChain })
    const { payment } = await payAs(world, "Ada Example", { transactionVersion: 2 })
    for (const failureReason of onchainFailureReasons) {
      const transaction = await createTransaction(world, payment)
      await submitTransaction(world, transaction)
      await world.kernel.drain()
      expect(await standingOf(world, transaction)).toMatchObject({ status: "failed", failureReason })
    }
    expect(await fund(world, payment)).toMatchObject({ status: "completed" })
    expect((await paymentOf(world, payment.id)).transactions).toHaveLength(onchainFailureReasons.length + 1)
    expect(await world.kernel.audit()).toEqual([])
  })

  it("is not sent once its payment is over, and may not be submitted any more", async () => {
    const { world, payment } = await pending()
    const transaction = await createTransaction(world, payment)
    world.clock.ms = payment.expiresAtMs
    const error = errorOf(await submit(world, transaction, signed(world, transaction)))
    expect(["PaymentHasExpired", "TransactionHasExpired"]).toContain(error)
  })

  it("is not sent where its payment ran out while the chain looked at it", async () => {
    const clock = { pass: () => {} }
    const reachChain = (chain: FundingChain["Service"]): FundingChain["Service"] => ({
      ...chain,
      check: (funding) => Effect.tap(chain.check(funding), () => Effect.sync(clock.pass))
    })
    const world = await crossBorderWorld({ reachChain })
    const { payment } = await payAs(world, "Ada Example")
    const transaction = await createTransaction(world, payment)
    clock.pass = () => {
      world.clock.ms = payment.expiresAtMs
    }
    expect(await submit(world, transaction, signed(world, transaction))).toEqual({
      ...{ ok: false, error: { _tag: "PaymentHasExpired", expiredAtMs: payment.expiresAtMs } }
    })
    await world.kernel.drain()
    expect(await standingOf(world, transaction)).toMatchObject({ status: "failed", signedTransaction: null })
  })
})
