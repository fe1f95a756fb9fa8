import type { OnchainTransaction, PlanRefusal, SigningFault } from "@paykernel/core"
import { money } from "@paykernel/core"
import { Onchain } from "@paykernel/core/domain"
import type { FundingChain, FundingPlan, OfferedQuote, PayoutNetwork } from "@paykernel/core/effect"
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
  submitTransaction,
  type WorldOptions
} from "./cross-border-world.ts"

/** A payment that waits for its money, in a world of its own. */
const pending = async (transactionVersion: 1 | 2 = 1, blockchain = "ETH-SEPOLIA") => {
  const world = await crossBorderWorld()
  const { payment } = await payAs(world, "Ada Example", { transactionVersion, blockchain })
  return { world, payment }
}

const submit = ({ kernel }: CrossBorderWorld, { paymentId, id }: OnchainTransaction, signedTransaction: string) =>
  kernel.crossBorder.transactions.submit(merchantId, paymentId, id, { signedTransaction })

const standingOf = async ({ kernel }: CrossBorderWorld, { paymentId, id }: OnchainTransaction) =>
  ok(await kernel.crossBorder.transactions.get(merchantId, paymentId, id))

/** Pays so little for its gas that the chain leaves it waiting. */
const slow: TransactionChange = { maxFeePerGas: 1_200_000_000n }

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

/** A world whose chain shows what it is asked to plan. */
const planning = async (options: WorldOptions = {}) => {
  const plans: Array<FundingPlan> = []
  const { reachChain: further = (chain) => chain, ...others } = options
  const reachChain = (chain: FundingChain["Service"]): FundingChain["Service"] => {
    const reached = further(chain)
    return {
      ...reached,
      plan: (plan) =>
        Effect.suspend(() => {
          plans.push(plan)
          return reached.plan(plan)
        })
    }
  }
  return { world: await crossBorderWorld({ reachChain, ...others }), plans }
}

describe("what the chain is asked to plan", () => {
  /** A network that calls the first of its fees gas, in whichever version. */
  const gassy = (network: PayoutNetwork["Service"]): PayoutNetwork["Service"] => ({
    ...network,
    quote: (request) =>
      Effect.map(network.quote(request), (reply) =>
        reply._tag === "Offered" ? { ...reply, quotes: reply.quotes.map(withGas) } : reply
      )
  })
  const withGas = ({ id, terms }: OfferedQuote): OfferedQuote => {
    const [first, ...others] = terms.fees.breakdown
    const breakdown = first === undefined ? [] : [{ ...first, type: "blockchain_gas" as const }, ...others]
    return { id, terms: { ...terms, fees: { ...terms.fees, breakdown } } }
  }

  it.each<[string, 1 | 2, WorldOptions, bigint]>([
    ["the gas of the quote", 2, {}, 50_000n],
    ["all of its gas", 2, { reach: gassy }, 390_000n],
    ["nothing in the version in which the sender pays the chain", 1, { reach: gassy }, 0n]
  ])("leaves to the contract %s", async (_, transactionVersion, options, gas) => {
    const { world, plans } = await planning(options)
    const { payment } = await payAs(world, "Ada Example", { transactionVersion })
    await createTransaction(world, payment)
    expect(plans).toMatchObject([{ version: transactionVersion, contractFee: money(gas, "USDC"), replaces: null }])
  })

  it("is asked once for one key, whatever became of what was made", async () => {
    const { world, plans } = await planning()
    const { payment } = await payAs(world, "Ada Example")
    const { transactions } = world.kernel.crossBorder
    const request = requestOf<OnchainTransaction>("key-1", ({ id }) => id)
    const create = () => transactions.create(merchantId, payment.id, { version: 1, metadata: null }, request)
    const { view } = ok(await create())
    const record = await Effect.runPromise(world.store.idempotencyRecord({ merchantId, scope: "test", key: "key-1" }))
    expect(record?.aggregate).toEqual({ merchantId, type: "onchain_transaction", id: view.id })
    await submitTransaction(world, view, signed(world, view, { gasLimit: 60_000n }))
    await pass(world, 10_000)
    expect(ok(await create())).toMatchObject({ replayed: true, view: { id: view.id, status: "failed" } })
    expect(plans).toHaveLength(1)
  })

  it("may be too late to be signed when it is told, and is asked for again", async () => {
    const clock = { pass: () => {} }
    const reachChain = (chain: FundingChain["Service"]): FundingChain["Service"] => ({
      ...chain,
      plan: (plan) => Effect.tap(chain.plan(plan), () => Effect.sync(clock.pass))
    })
    const { world } = await planning({ reachChain })
    const { payment } = await payAs(world, "Ada Example", { blockchain: "SOL-DEVNET" })
    const { transactions } = world.kernel.crossBorder
    clock.pass = () => {
      world.clock.ms += 300_000
    }
    expect(await transactions.create(merchantId, payment.id, { version: 1, metadata: null })).toEqual({
      ...{ ok: false, error: { _tag: "ChainUnavailable", retryAfterMs: 1000 } }
    })
    expect((await paymentOf(world, payment.id)).transactions).toEqual([])
    clock.pass = () => {}
    expect((await createTransaction(world, payment)).status).toBe("created")
  })

  it("is the adapter's fault where it is another thing than was asked for", async () => {
    const others = await planning()
    const permit = await createTransaction(
      others.world,
      (await payAs(others.world, "Ada Example", { transactionVersion: 2 })).payment
    )
    const reachChain = (chain: FundingChain["Service"]): FundingChain["Service"] => ({
      ...chain,
      plan: (plan) => Effect.map(chain.plan(plan), (reply) => ({ ...reply, message: permit.message }))
    })
    const { world } = await planning({ reachChain })
    const { payment } = await payAs(world, "Ada Example")
    const created = world.kernel.crossBorder.transactions.create(merchantId, payment.id, { version: 1, metadata: null })
    await expect(created).rejects.toThrow("a planned transaction was refused: MessageNotOfVersion")
    expect((await paymentOf(world, payment.id)).transactions).toEqual([])
  })

  it("never comes from a chain that does not answer", async () => {
    const reachChain = (chain: FundingChain["Service"]): FundingChain["Service"] => ({
      ...chain,
      plan: () => Effect.never
    })
    const { world } = await planning({ reachChain, kernel: { callTimeoutMs: 500 } })
    const { payment } = await payAs(world, "Ada Example")
    const { transactions } = world.kernel.crossBorder
    expect(errorOf(await transactions.create(merchantId, payment.id, { version: 1, metadata: null }))).toBe(
      "ChainUnavailable"
    )
  })

  it("is a copy of what still waits, with its words, and not of a copy that has failed", async () => {
    const failing = new Set<string>()
    const reachChain = (chain: FundingChain["Service"]): FundingChain["Service"] => ({
      ...chain,
      broadcast: (funding, timeoutMs) =>
        failing.has(funding.key)
          ? Effect.succeed({
              ...{ _tag: "Sent", standing: { _tag: "Failed", reason: "out_of_gas", transactionHash: null } }
            })
          : chain.broadcast(funding, timeoutMs)
    })
    const { world, plans } = await planning({ reachChain })
    const { payment } = await payAs(world, "Ada Example")
    const { transactions } = world.kernel.crossBorder
    const input = { version: 1, metadata: "order 7" } as const
    const transaction = ok(await transactions.create(merchantId, payment.id, input)).view
    const text = signed(world, transaction, slow)
    await submitTransaction(world, transaction, text)
    await world.kernel.drain()
    const replaces = { key: transaction.id, message: transaction.message }
    for (let turn = 0; turn < 2; turn++) {
      const copy = ok(await transactions.accelerate(merchantId, payment.id)).view
      expect(copy).toMatchObject({ replaces: transaction.id, metadata: "order 7" })
      expect(plans.at(-1)).toMatchObject({ key: copy.id, replaces })
      failing.add(copy.id)
      await submitTransaction(world, copy, signed(world, copy, { overtakes: text }))
      await world.kernel.drain()
      expect((await standingOf(world, copy)).status).toBe("failed")
    }
  })
})

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
