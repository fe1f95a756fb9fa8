/** What becomes of signed transactions on a chain that forgets them, is away, or thinks better of it. */
import type { CrossBorderPayment, OnchainTransaction } from "@paykernel/core"
import type { FundingChain, FundingLookup, FundingReply, FundingStanding } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import {
  type CrossBorderWorld,
  createTransaction,
  crossBorderWorld,
  merchantId,
  ok,
  pass,
  payAs,
  paymentOf,
  submitTransaction,
  viewOf,
  type WorldOptions
} from "./cross-border-world.ts"

const hourMs = 3_600_000
const dayMs = 24 * hourMs

const sent = (standing: FundingStanding): FundingReply => ({ _tag: "Sent", standing })
const found = (standing: FundingStanding): FundingLookup => ({ _tag: "Found", standing })

const waiting: FundingStanding = { _tag: "Waiting", transactionHash: "0x1" }
const failed: FundingStanding = { _tag: "Failed", reason: "out_of_gas", transactionHash: "0x1" }
const confirmed = ({ source }: CrossBorderPayment): FundingStanding => ({
  ...{ _tag: "Confirmed", transactionHash: "0x1", received: source }
})

const notSent: FundingReply = { _tag: "NotSent", why: "a test" }
const absent: FundingLookup = { _tag: "Absent" }
const away: FundingLookup = { _tag: "Unavailable", why: "a test" }

/** A chain that takes whatever was signed, and says what it is told to. */
const scriptedChain = () => {
  const says: { send: (key: string) => FundingReply; find: (key: string) => FundingLookup } = {
    send: () => sent(waiting),
    find: () => found(waiting)
  }
  const calls: { readonly sent: Array<string>; readonly looked: Array<string> } = { sent: [], looked: [] }
  const reachChain = (chain: FundingChain["Service"]): FundingChain["Service"] => ({
    ...chain,
    check: () => Effect.succeed({ _tag: "Sound" }),
    broadcast: ({ key }) =>
      Effect.sync(() => {
        calls.sent.push(key)
        return says.send(key)
      }),
    lookup: (key) =>
      Effect.sync(() => {
        calls.looked.push(key)
        return says.find(key)
      })
  })
  return { says, calls, reachChain }
}

/** A payment that waits for its money, and a transaction that is signed. */
const underWay = async (options: WorldOptions & { readonly send?: FundingReply } = {}) => {
  const { says, calls, reachChain } = scriptedChain()
  const { send = sent(waiting), ...others } = options
  says.send = () => send
  const world = await crossBorderWorld({ reachChain, ...others })
  const { payment } = await payAs(world, "Ada Example")
  const transaction = await createTransaction(world, payment)
  await submitTransaction(world, transaction)
  await world.kernel.drain()
  return { world, payment, transaction, says, calls }
}

const standingOf = async ({ kernel }: CrossBorderWorld, { paymentId, id }: OnchainTransaction) =>
  ok(await kernel.crossBorder.transactions.get(merchantId, paymentId, id))

const expectClean = async ({ kernel, incidents }: CrossBorderWorld) => {
  expect(await kernel.audit()).toEqual([])
  expect(incidents).toEqual([])
}

describe("a transaction that the chain has forgotten", () => {
  it("is sent again as it was signed while it is wanted, and not because nobody answers", async () => {
    const { world, payment, transaction, says, calls } = await underWay()
    says.find = () => away
    await pass(world, 120_000, 8)
    expect(calls.sent).toHaveLength(1)
    const replies = [notSent, sent(confirmed(payment))]
    says.find = () => absent
    says.send = () => replies.shift() ?? notSent
    await pass(world, 120_000, 12)
    expect(calls.sent).toEqual([transaction.id, transaction.id, transaction.id])
    expect((await standingOf(world, transaction)).status).toBe("completed")
    await expectClean(world)
  })

  it("is given up when its payment is over, where it was never seen", async () => {
    const { world, transaction, says, calls } = await underWay({ send: notSent, followEndedMs: 0 })
    says.find = () => absent
    expect((await standingOf(world, transaction)).status).toBe("pending")
    await pass(world, 2 * hourMs, 1)
    expect(await standingOf(world, transaction)).toMatchObject({ status: "failed", failureReason: "payment_expired" })
    expect(calls.looked).toHaveLength(1)
    await pass(world, dayMs, 8)
    expect(calls.looked).toHaveLength(1)
    await expectClean(world)
  })

  it("is given up when its payment is over, and what it brings all the same is taken", async () => {
    const { world, payment, transaction, says } = await underWay({ send: notSent })
    says.find = () => absent
    await pass(world, 2 * hourMs, 4)
    expect((await standingOf(world, transaction)).status).toBe("failed")
    says.find = () => found(confirmed(payment))
    await pass(world, dayMs, 12)
    expect((await standingOf(world, transaction)).received).toEqual(payment.source)
    expect(await paymentOf(world, payment.id)).toMatchObject({ status: "failed", refunds: [{ status: "completed" }] })
    await expectClean(world)
  })

  it("is looked for as long as it may be found again, where it was seen to wait", async () => {
    const { world, payment, transaction, says, calls } = await underWay()
    says.find = () => absent
    says.send = () => notSent
    await pass(world, 2 * dayMs, 8)
    expect((await standingOf(world, transaction)).status).toBe("broadcasted")
    const { length } = calls.sent
    says.find = () => found(confirmed(payment))
    await pass(world, dayMs, 12)
    expect(await standingOf(world, transaction)).toMatchObject({ status: "completed", received: payment.source })
    expect(await paymentOf(world, payment.id)).toMatchObject({ status: "failed", refunds: [{ status: "completed" }] })
    expect(calls.sent).toHaveLength(length)
    await expectClean(world)
  })

  it("is given up as soon as another one has paid", async () => {
    const { world, payment, transaction, says } = await underWay()
    const copy = ok(await world.kernel.crossBorder.transactions.accelerate(merchantId, payment.id)).view
    says.send = () => notSent
    await submitTransaction(world, copy, "0x02")
    says.find = (key) => (key === transaction.id ? found(confirmed(payment)) : absent)
    await pass(world, 120_000, 12)
    expect((await standingOf(world, transaction)).status).toBe("completed")
    expect(await standingOf(world, copy)).toMatchObject({ status: "failed", failureReason: "already_confirmed" })
    await expectClean(world)
  })
})

describe("a transaction that the chain leaves waiting", () => {
  it("is looked at every half minute while it is wanted, and no more when its money has come", async () => {
    const { world, payment, transaction, says, calls } = await underWay({ followEndedMs: 0 })
    await pass(world, 20 * 60_000, 40)
    says.find = () => found(confirmed(payment))
    await pass(world, 30_000, 1)
    expect((await standingOf(world, transaction)).status).toBe("completed")
    const before = calls.looked.length
    await pass(world, dayMs, 8)
    expect(calls.looked).toHaveLength(before)
    expect((await paymentOf(world, payment.id)).status).toBe("completed")
    await expectClean(world)
  })

  it("is looked at ever less often when its payment is over", async () => {
    const { world, calls } = await underWay()
    await pass(world, 2 * hourMs, 4)
    const before = calls.looked.length
    await pass(world, dayMs, 96)
    expect(calls.looked.length).toBeGreaterThan(before)
    expect(calls.looked.length).toBeLessThan(before + 20)
    await expectClean(world)
  })

  it("brings its money although somebody has a question meanwhile", async () => {
    const { world, payment, transaction, says } = await underWay()
    await Effect.runPromise(world.simulated.raiseRfi(payment.id, 1))
    const { activeRfi } = ok(await world.kernel.crossBorder.payments.hear(merchantId, payment.id))
    says.find = () => found(confirmed(payment))
    await pass(world, 60_000, 4)
    expect((await standingOf(world, transaction)).status).toBe("completed")
    expect(await viewOf(world, payment.id)).toMatchObject({
      ...{ activeRfi: { id: activeRfi?.id }, payment: { received: [{ transactionId: transaction.id }] } }
    })
    await expectClean(world)
  })
})

describe("a transaction that has failed", () => {
  it("is never sent again, and what it brings all the same is taken, once", async () => {
    const { world, payment, transaction, says, calls } = await underWay({ send: sent(failed) })
    expect((await standingOf(world, transaction)).status).toBe("failed")
    for (const [minutes, answer] of [
      [1, found(failed)],
      [2, absent],
      [4, away],
      [8, found(waiting)]
    ] as const) {
      says.find = () => answer
      const before = calls.looked.length
      await pass(world, minutes * 60_000, 4)
      expect(calls.looked.length).toBeGreaterThan(before)
    }
    expect((await standingOf(world, transaction)).received).toBe(null)
    says.find = () => found(confirmed(payment))
    await pass(world, 1_500_000, 6)
    expect((await standingOf(world, transaction)).received).toEqual(payment.source)
    await pass(world, 60_000, 4)
    expect((await paymentOf(world, payment.id)).status).toBe("completed")
    const before = calls.looked.length
    await pass(world, dayMs, 8)
    expect(calls.looked).toHaveLength(before)
    expect(calls.sent).toHaveLength(1)
    await expectClean(world)
  })

  it("is looked for ever less often, and not for longer than payments are followed", async () => {
    const { world, calls, says } = await underWay({ send: sent(failed), followEndedMs: 2 * dayMs })
    says.find = () => absent
    await pass(world, dayMs, 24)
    expect(calls.looked.length).toBeLessThan(12)
    await pass(world, 4 * dayMs, 12)
    const before = calls.looked.length
    await pass(world, 4 * dayMs, 12)
    expect(calls.looked).toHaveLength(before)
    await expectClean(world)
  })

  it("is not looked for at all where nothing is followed that has ended", async () => {
    const { world, calls } = await underWay({ send: sent(failed), followEndedMs: 0 })
    await pass(world, dayMs, 8)
    expect(calls.looked).toEqual([])
    await expectClean(world)
  })

  it("is looked for until the chain has answered once more", async () => {
    const { world, payment, transaction, says } = await underWay({ send: sent(failed), followEndedMs: 2 * dayMs })
    says.find = () => away
    await pass(world, 6 * dayMs, 12)
    says.find = () => found(confirmed(payment))
    await pass(world, dayMs, 12)
    expect((await standingOf(world, transaction)).received).toEqual(payment.source)
    expect(await paymentOf(world, payment.id)).toMatchObject({ status: "failed", refunds: [{ status: "completed" }] })
    await expectClean(world)
  })
})
