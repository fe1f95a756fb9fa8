/** What the chain is asked to plan, for how long it holds, and what it must not answer. */
import type { OnchainTransaction } from "@paykernel/core"
import { money } from "@paykernel/core"
import type { FundingChain, FundingPlan, OfferedQuote, PayoutNetwork } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { requestOf } from "../held-answers.ts"
import {
  createTransaction,
  crossBorderWorld,
  errorOf,
  merchantId,
  ok,
  pass,
  payAs,
  paymentOf,
  signed,
  submitTransaction,
  type WorldOptions
} from "./cross-border-world.ts"
import { slow, standingOf } from "./transaction-steps.ts"

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
