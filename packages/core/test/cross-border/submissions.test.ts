/** Transactions from the moment at which they are signed: what the chain is shown, who sends them, and who came first. */
import type { Commit, FundingChain, SignedFunding, Store } from "@paykernel/core/effect"
import { memoryStore } from "@paykernel/core/memory"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import {
  createTransaction,
  crossBorderWorld,
  merchantId,
  ok,
  payAs,
  paymentOf,
  submitTransaction,
  type WorldOptions
} from "./cross-border-world.ts"

type Chain = FundingChain["Service"]

const submissionOf = ({ tasks }: Commit) => tasks.find(({ kind }) => kind === "broadcast_transaction")

/** A world whose chain takes whatever was signed and leaves it waiting, and whose store keeps what it was asked to write. */
const leniently = async (change: (chain: Chain) => Partial<Chain>, options: WorldOptions = {}) => {
  const commits: Array<Commit> = []
  const own = memoryStore()
  const store: Store["Service"] = {
    ...own,
    commit: (commit) => {
      commits.push(commit)
      return own.commit(commit)
    }
  }
  const reachChain = (chain: Chain): Chain => {
    const lenient: Chain = {
      ...chain,
      check: () => Effect.succeed({ _tag: "Sound" }),
      broadcast: () => Effect.succeed({ _tag: "Sent", standing: { _tag: "Waiting", transactionHash: "0x1" } }),
      lookup: () => Effect.succeed({ _tag: "Found", standing: { _tag: "Waiting", transactionHash: "0x1" } })
    }
    return { ...lenient, ...change(lenient) }
  }
  const world = await crossBorderWorld({ store, reachChain, ...options })
  const planned = async () => createTransaction(world, (await payAs(world, "Ada Example")).payment)
  return { world, commits, planned }
}

describe("what was signed", () => {
  it("is shown to the chain with what it overtakes, and with nothing where it overtakes none", async () => {
    const shown: Array<SignedFunding> = []
    const showing = <A, E>(signed: SignedFunding, call: Effect.Effect<A, E>) =>
      Effect.suspend(() => {
        shown.push(signed)
        return call
      })
    const { world, planned } = await leniently(({ check, broadcast }) => ({
      check: (signed) => showing(signed, check(signed)),
      broadcast: (signed, timeoutMs) => showing(signed, broadcast(signed, timeoutMs))
    }))
    const transaction = await planned()
    await submitTransaction(world, transaction, "0x01")
    await world.kernel.drain()
    const { id: key, paymentId, message } = transaction
    const copy = ok(await world.kernel.crossBorder.transactions.accelerate(merchantId, paymentId)).view
    await submitTransaction(world, copy, "0x02")
    await world.kernel.drain()
    const first = { key, signedTransaction: "0x01", replaces: null }
    const second = { key: copy.id, signedTransaction: "0x02", replaces: { key, message } }
    expect(shown).toMatchObject([first, first, second, second])
  })

  it("is the first of two texts that are looked at together, and whoever gave the other is told so", async () => {
    const gate = Promise.withResolvers<void>()
    let checks = 0
    const { world, planned } = await leniently(({ check }) => ({
      check: (signed) =>
        checks++ === 0
          ? Effect.andThen(
              Effect.promise(() => gate.promise),
              check(signed)
            )
          : check(signed)
    }))
    const transaction = await planned()
    const { id, paymentId } = transaction
    const slow = world.kernel.crossBorder.transactions.submit(merchantId, paymentId, id, { signedTransaction: "0x01" })
    await expect.poll(() => checks).toBe(1)
    await submitTransaction(world, transaction, "0x02")
    gate.resolve()
    expect(await slow).toEqual({ ok: false, error: { _tag: "SignedTransactionAlreadySubmitted" } })
    const { transactions } = world.kernel.crossBorder
    expect(ok(await transactions.get(merchantId, paymentId, id)).signedTransaction).toBe("0x02")
  })

  it("is sent by the process that took it as far as it has room, and by anybody beyond that", async () => {
    const gate = Promise.withResolvers<void>()
    const { world, commits, planned } = await leniently(
      ({ broadcast }) => ({
        broadcast: (signed, timeoutMs) =>
          Effect.andThen(
            Effect.promise(() => gate.promise),
            broadcast(signed, timeoutMs)
          )
      }),
      { kernel: { worker: { idlePollMs: 20, concurrency: 1, queueMax: 1 } } }
    )
    const [first, second, third, last] = [await planned(), await planned(), await planned(), await planned()]
    /** For how long what was submitted is this process's own to send. */
    const leaseMs = () => {
      const lease = commits.map(submissionOf).findLast((task) => task !== undefined)?.bornLeased
      return lease == null ? null : lease.untilMs - world.clock.ms
    }
    // One is worked on, and one waits.
    for (const transaction of [first, second]) {
      await submitTransaction(world, transaction, "0x01")
      expect(leaseMs()).toBe(30_000)
    }
    await submitTransaction(world, third, "0x01")
    expect(leaseMs()).toBe(null)
    gate.resolve()
    await world.kernel.drain()
    await submitTransaction(world, last, "0x01")
    expect(leaseMs()).toBe(30_000)
    await world.kernel.drain()
    for (const { paymentId } of [first, second, third, last]) {
      expect((await paymentOf(world, paymentId)).transactions).toMatchObject([{ status: "broadcasted" }])
    }
    expect(world.incidents).toEqual([])
  })
})
