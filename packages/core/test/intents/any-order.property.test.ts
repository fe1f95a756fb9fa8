/**
 * Deposits, reorganisations, expiries, refunds and wake-ups in any order and number, and the chain's truth in the end: the
 * intents say what the chain says, and the books say what the intents say.
 */
import type { Intent, Money } from "@paykernel/core"
import { Intent as IntentRoom } from "@paykernel/core/domain"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  balanceOf,
  customer,
  depositsOf,
  finalityMs,
  hourMs,
  type IntentWorld,
  intentOf,
  intentWorld,
  merchantId,
  ok,
  openContinuous,
  openIntent,
  pass,
  refundsOf,
  send,
  usdc
} from "./intent-world.ts"

const numRuns = process.env["PAYKERNEL_DEEP"] === "1" ? 2000 : 25

const blockMs = finalityMs / 12

type Step = (world: IntentWorld, intent: Intent) => Promise<void>

const amounts = fc.constantFrom(2_000_000n, 5_000_000n, 10_000_000n, 12_000_000n).map(usdc)

const pay =
  (sent: ReadonlyArray<Money>): Step =>
  async (world, intent) => {
    await send(world, intent, ...sent)
  }

const hear =
  (times: number): Step =>
  async ({ kernel }, { id }) => {
    const heard = await Promise.all(Array.from({ length: times }, () => kernel.intents.hear(merchantId, id)))
    for (const one of heard) ok(one)
  }

const expire: Step = async ({ kernel }, { id }) => {
  await kernel.intents.expire(merchantId, id)
}

const refund =
  (amount: Money): Step =>
  async ({ kernel }, { id }) => {
    await kernel.intents.refund(merchantId, id, { destination: customer, amount, sourceCurrency: "USDC" })
  }

const wait =
  (ms: number): Step =>
  (world) =>
    pass(world, ms, 2)

/** Too deep, or with nothing in those blocks, it is refused and changes nothing. */
const reorganise =
  (depth: number, fate: "moved" | "dropped" | "back later"): Step =>
  async ({ chains }) => {
    const what =
      fate === "moved"
        ? { fate }
        : { fate: "dropped" as const, returnsAfterMs: fate === "dropped" ? null : 3 * blockMs }
    await chains.reorganise({ chain: "ETH", depth, fate: what })
  }

const steps: fc.Arbitrary<{ readonly name: string; readonly step: Step }> = fc.oneof(
  {
    arbitrary: fc.array(amounts, { minLength: 1, maxLength: 2 }).map((sent) => ({ name: "pay", step: pay(sent) })),
    weight: 4
  },
  { arbitrary: fc.integer({ min: 1, max: 3 }).map((times) => ({ name: "hear", step: hear(times) })), weight: 3 },
  {
    arbitrary: fc
      .constantFrom(blockMs, finalityMs, hourMs, 9 * hourMs)
      .map((ms) => ({ name: `wait ${ms}`, step: wait(ms) })),
    weight: 4
  },
  {
    arbitrary: fc
      .tuple(
        fc.integer({ min: 0, max: 11 }),
        fc.constantFrom("moved" as const, "dropped" as const, "back later" as const)
      )
      .map(([depth, fate]) => ({ name: `${fate} ${depth}`, step: reorganise(depth, fate) })),
    weight: 3
  },
  { arbitrary: amounts.map((amount) => ({ name: "refund", step: refund(amount) })), weight: 2 },
  fc.constant({ name: "expire", step: expire })
)

/** Everything final at the address of an intent, as the chain has it. */
const finalAt = async ({ chains }: IntentWorld, { methods }: Intent): Promise<bigint> => {
  const { chain = "", address = "", addressTag = null } = methods[0]?.address ?? {}
  const query = { chain, address, addressTag, after: null, limit: 100 }
  const { sightings } = await Effect.runPromise(chains.blockchain.depositsAt(query))
  return sightings.reduce((sum, { status, amount }) => (status === "final" ? sum + amount.amount : sum), 0n)
}

const sumOf = (amounts: ReadonlyArray<Money>): bigint => amounts.reduce((sum, { amount }) => sum + amount, 0n)

describe("whatever happens, in whatever order", () => {
  it.each(["transient", "continuous"])("a %s intent ends as the chain says", async (kind) => {
    const reached = new Set<string>()
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 2, maxLength: 10 }), async (script) => {
        const world = await intentWorld()
        const intent = kind === "transient" ? await openIntent(world) : await openContinuous(world)
        for (const { step } of script) await step(world, intent)
        await pass(world, 12 * hourMs, 4)
        await pass(world, 3 * finalityMs, 4)
        ok(await world.kernel.intents.hear(merchantId, intent.id))
        await world.kernel.drain()
        const now = await intentOf(world, intent.id)
        reached.add(`${now.status} ${now.context}`)
        const deposits = await depositsOf(world, intent.id)
        const refunds = await refundsOf(world, intent.id)
        const sent = world.chains.transactions().filter((one) => one.kind === "refund")
        expect({
          paid: now.paid.amount,
          credited: sumOf(deposits.flatMap(({ credit }) => (credit === null ? [] : [credit.amount]))),
          confirming: now.confirming.count,
          refunding: now.refunding.amount,
          refunded: now.refunded.amount,
          sent: refunds.filter(({ status }) => status === "paid").length
        }).toEqual({
          paid: await finalAt(world, now),
          credited: now.paid.amount,
          confirming: 0,
          refunding: 0n,
          refunded: sumOf(refunds.map(({ amount }) => amount)),
          sent: sent.length
        })
        const { refundable, context } = IntentRoom.reckoningOf(now)
        expect(now.context).toBe(context)
        expect(await balanceOf(world, "merchant_available")).toBe(-refundable.amount)
        expect(
          new Set(deposits.map(({ transactionHash, outputIndex }) => `${transactionHash} ${outputIndex}`)).size
        ).toBe(deposits.length)
        expect(await world.kernel.audit()).toEqual([])
        await world.kernel.close()
      }),
      { numRuns }
    )
    // A continuous one stays as it is unless something of it is given back.
    if (kind === "transient") expect(reached.size).toBeGreaterThan(1)
  })
})

describe("an intent that expired in the middle of a reorganisation", () => {
  it("is complete where the money comes back in time, and expired where it does not", async () => {
    for (const [returnsAfterMs, end] of [
      [2 * blockMs, "complete paid"],
      [null, "expired none"]
    ] as const) {
      const world = await intentWorld()
      const intent = await openIntent(world)
      await pass(world, 8 * hourMs - 4 * blockMs, 2)
      const hash = await send(world, intent, usdc(10_000_000n))
      await pass(world, 2 * blockMs, 2)
      ok(await world.kernel.intents.hear(merchantId, intent.id))
      const fate = { fate: "dropped", returnsAfterMs } as const
      Result.getOrThrow(await world.chains.reorganise({ chain: "ETH", depth: 3, transactionHash: hash, fate }))
      await pass(world, 2 * blockMs, 2)
      await pass(world, hourMs, 8)
      const now = await intentOf(world, intent.id)
      expect(`${now.status} ${now.context}`).toBe(end)
    }
  })
})
