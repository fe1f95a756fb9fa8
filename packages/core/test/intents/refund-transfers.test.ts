/** How a refund is carried to its end on its chain: by one process at a time, and with a chain that says what a test says. */
import type { Incident } from "@paykernel/core"
import type { Blockchain, Commit, Store, TransferLookup, TransferReply } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { describe, expect, it, onTestFinished } from "vitest"
import { world as openKernel } from "../kernel-world.ts"
import { atClaim, type MomentOfClaim } from "../moment-of-claim.ts"
import {
  dayMs,
  finalityMs,
  half,
  intentOf,
  intentWorld,
  merchantId,
  ok,
  openIntent,
  pass,
  payIn,
  refund,
  refundsOf,
  usdc,
  type WorldOptions,
  whole
} from "./intent-world.ts"

type Chain = Blockchain["Service"]
type Broadcast = Extract<TransferReply, { readonly _tag: "Broadcast" }>

const unheard: TransferReply = { _tag: "Unknown", why: "a test" }
const unseen: TransferLookup = { _tag: "Unavailable", why: "a test" }
const absent: TransferLookup = { _tag: "AbsentFinal" }

const broadcast = (change: Partial<Broadcast> = {}): Broadcast => ({
  ...{ _tag: "Broadcast", transactionHash: "0xfeed", networkFee: usdc(7n), confirmations: 1, final: false },
  ...change
})

/** Something that happens once. */
type Moment = { work: (() => Promise<unknown>) | null }

const happen = (moment: Moment): Effect.Effect<void> =>
  Effect.promise(async () => {
    const { work } = moment
    moment.work = null
    await work?.()
  })

/** What a chain says of refunds, and what it was asked. Where nothing is said it answers as it does. */
const speaking = () => {
  const calls: Array<"send" | "look"> = []
  const says: { send: TransferReply | null; look: TransferLookup | null } = { send: null, look: null }
  const beforeSend: Moment = { work: null }
  const beforeLook: Moment = { work: null }
  const note = (call: "send" | "look"): void => {
    if (calls.length > 40) throw new Error("there is no end to it")
    calls.push(call)
  }
  const reachChain = (chain: Chain): Chain => ({
    ...chain,
    sendRefund: (operation, timeoutMs) =>
      Effect.flatMap(happen(beforeSend), () => {
        note("send")
        return says.send === null ? chain.sendRefund(operation, timeoutMs) : Effect.succeed(says.send)
      }),
    lookupRefund: (key, timeoutMs) =>
      Effect.flatMap(happen(beforeLook), () => {
        note("look")
        return says.look === null ? chain.lookupRefund(key, timeoutMs) : Effect.succeed(says.look)
      })
  })
  return { calls, says, beforeSend, beforeLook, reachChain }
}

/** A merchant with an intent that was paid, whose refunds a test speaks of. */
const paidWorld = async (options: WorldOptions = {}) => {
  const { reachChain, ...chain } = speaking()
  const afterLoad: Moment = { work: null }
  const reach = (store: Store["Service"]): Store["Service"] => ({
    ...store,
    load: (ref) => Effect.tap(store.load(ref), () => (ref.type === "intent_refund" ? happen(afterLoad) : Effect.void))
  })
  const world = await intentWorld({ reach, reachChain, ...options })
  const intent = await payIn(world, await openIntent(world), whole)
  const giveBack = async (): Promise<string> => {
    const { id } = await refund(world, intent.id, { amount: half })
    await world.kernel.drain()
    return id
  }
  const hear = () => world.kernel.intents.hear(merchantId, intent.id)
  return { world, intent, ...chain, afterLoad, giveBack, hear }
}

const escalations = (incidents: ReadonlyArray<Incident>) => incidents.filter(({ kind }) => kind === "attempt_escalated")

describe("a refund of which its chain says", () => {
  it.each<[string, TransferReply, ReadonlyArray<string>]>([
    ["nothing is asked about at once", unheard, ["send", "look"]],
    ["that it is on its way is left alone for a while", broadcast(), ["send"]]
  ])("%s", async (_, reply, expected) => {
    const { world, intent, calls, says, giveBack } = await paidWorld()
    Object.assign(says, { send: reply, look: unseen })
    await giveBack()
    expect(calls).toEqual(expected)
    expect(await refundsOf(world, intent.id)).toMatchObject([{ status: "pending" }])
  })

  it("at once that it is final is done with", async () => {
    const { world, intent, calls, says, giveBack } = await paidWorld()
    says.send = broadcast({ final: true })
    await giveBack()
    expect(await refundsOf(world, intent.id)).toMatchObject([{ status: "paid", networkFee: usdc(7n) }])
    const query = { lane: "money", owner: "a test", nowMs: 1e15, leaseMs: 1, limit: 100 } as const
    const left = await Effect.runPromise(world.store.claim(query))
    expect(left.filter(({ kind }) => kind === "refund_transfer")).toEqual([])
    expect(calls).toEqual(["send"])
    expect(await world.kernel.audit()).toEqual([])
  })

  it("time and again that it never came is put off by a lease after eight messages", async () => {
    const { world, intent, calls, says, giveBack } = await paidWorld()
    Object.assign(says, { send: unheard, look: absent })
    await giveBack()
    const asked = ["send", ...Array.from({ length: 7 }, () => ["look", "send"]).flat()]
    expect(calls).toEqual(asked)
    world.clock.ms += 29_999
    await world.kernel.drain()
    expect(calls).toEqual(asked)
    Object.assign(says, { send: null, look: null })
    world.clock.ms++
    await world.kernel.drain()
    expect(calls.slice(asked.length)).toEqual(["look", "send"])
    await pass(world, 2 * finalityMs)
    expect(await refundsOf(world, intent.id)).toMatchObject([{ status: "paid" }])
  })

  it("that it costs what nobody can book is asked about until it can be, and the operator is told", async () => {
    const { world, intent, says, giveBack } = await paidWorld()
    says.send = broadcast({ networkFee: { amount: 7n, currency: "EURC" } })
    const id = await giveBack()
    expect(world.incidents).toMatchObject([
      { kind: "task_failed", aggregate: { type: "intent_refund", id }, why: "TransferRefused" }
    ])
    says.send = null
    await pass(world, 10 * 60_000, 10)
    expect(await refundsOf(world, intent.id)).toMatchObject([{ status: "paid", networkFee: { currency: "USDC" } }])
    expect(await world.kernel.audit()).toEqual([])
  })
})

describe("whoever hears of an intent", () => {
  it("sends no refund again that the chain does not know: that is its worker's to do", async () => {
    const { world, intent, calls, says, giveBack, hear } = await paidWorld()
    Object.assign(says, { send: unheard, look: unseen })
    await giveBack()
    const [before] = await refundsOf(world, intent.id)
    says.look = absent
    ok(await hear())
    expect(await refundsOf(world, intent.id)).toEqual([before])
    Object.assign(says, { send: null, look: null })
    await pass(world, 10 * 60_000, 10)
    expect(await refundsOf(world, intent.id)).toMatchObject([{ status: "paid" }])
    expect(calls.filter((call) => call === "send")).toHaveLength(2)
  })

  it("brings news of a refund that is a person's, who is called once", async () => {
    const { world, intent, says, giveBack, hear } = await paidWorld()
    Object.assign(says, { send: unheard, look: unseen })
    await giveBack()
    await pass(world, 2 * dayMs, 6)
    expect(escalations(world.incidents)).toHaveLength(1)
    says.look = { _tag: "Found", standing: broadcast() }
    ok(await hear())
    const manual = { status: "pending", transactionHash: "0xfeed", attempt: { status: "manual" } }
    expect(await refundsOf(world, intent.id)).toMatchObject([manual])
    expect(escalations(world.incidents)).toHaveLength(1)
    says.look = { _tag: "Found", standing: broadcast({ final: true }) }
    expect(ok(await hear())).toMatchObject({ refunded: half, refunding: usdc(0n) })
    expect(await refundsOf(world, intent.id)).toMatchObject([{ status: "paid" }])
    expect(await world.kernel.audit()).toEqual([])
  })

  it("may end a refund while its worker is about to, which is no news", async () => {
    const { world, intent, says, beforeLook, afterLoad, giveBack, hear } = await paidWorld()
    const id = await giveBack()
    says.look = { _tag: "Found", standing: broadcast({ final: true }) }
    // Between what its worker reads of the refund, once the chain has answered, and what he reads of its intent.
    beforeLook.work = async () => Object.assign(afterLoad, { work: hear })
    await pass(world, 2 * finalityMs, 1)
    expect(afterLoad.work).toBe(null)
    expect(await refundsOf(world, intent.id)).toMatchObject([{ id, status: "paid" }])
    expect(await intentOf(world, intent.id)).toMatchObject({ refunded: half, refunding: usdc(0n) })
    expect(world.incidents).toEqual([])
    expect(await world.kernel.audit()).toEqual([])
  })
})

describe("a refund of a worker", () => {
  it("who comes to it late is held anew before the chain is asked", async () => {
    const moment: MomentOfClaim = { kind: "", pass: () => {} }
    const commits: Array<Commit> = []
    const { world, says, giveBack } = await paidWorld({
      reach: (store) => ({
        ...atClaim(moment)(store),
        commit: (commit) => {
          commits.push(commit)
          return store.commit(commit)
        }
      })
    })
    Object.assign(says, { send: unheard, look: unseen })
    const id = await giveBack()
    const late: MomentOfClaim = {
      kind: "refund_transfer",
      pass: () => {
        world.clock.ms += 25_000
        commits.length = 0
      }
    }
    Object.assign(moment, late)
    await pass(world, 1_000, 1)
    const leases = commits.flatMap(({ lease }) => (lease?.id === `${id}:refund-transfer` ? [lease.then] : []))
    expect(leases).toMatchObject([{ _tag: "Hold", untilMs: world.clock.ms + 30_000 }, { _tag: "Again" }])
  })

  /** Another process takes the refund over, by a clock that is ahead, and its message is under way when this one goes on. */
  const overtaken = async () => {
    const made = await paidWorld()
    const { world, intent } = made
    const other = speaking()
    const [sending, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    other.beforeSend.work = () => {
      sending.resolve()
      return gate.promise
    }
    const box: { peer?: Awaited<ReturnType<typeof openKernel>> } = {}
    const takeOver = async () => {
      const intents = { ...world.settings, blockchain: other.reachChain(world.chains.blockchain) }
      const clock = { nowMs: () => world.clock.ms + 60_000 }
      box.peer = await openKernel({}, { intents, clock }, world)
      onTestFinished(box.peer.kernel.close)
      void box.peer.kernel.drain()
      await sending.promise
    }
    const end = async () => {
      gate.resolve()
      if (box.peer === undefined) throw new Error("nobody has taken it over")
      const { kernel, incidents } = box.peer
      await kernel.drain()
      await pass({ kernel, clock: world.clock }, 2 * finalityMs)
      expect(await refundsOf(world, intent.id)).toMatchObject([{ status: "paid" }])
      expect(world.chains.transactions().filter(({ kind }) => kind === "refund")).toHaveLength(1)
      expect([...world.incidents, ...incidents]).toEqual([])
      expect(await kernel.audit()).toEqual([])
    }
    return { ...made, other, takeOver, end }
  }

  it("who was overtaken before he began is left to whoever has begun", async () => {
    const { calls, other, afterLoad, giveBack, takeOver, end } = await overtaken()
    afterLoad.work = takeOver
    await giveBack()
    await end()
    expect(calls).toEqual([])
    expect(other.calls.filter((call) => call === "send")).toHaveLength(1)
  })

  it("who was overtaken while the chain was asked is left to whoever sends it again", async () => {
    const { world, calls, says, other, beforeLook, giveBack, takeOver, end } = await overtaken()
    Object.assign(says, { send: unheard, look: unseen })
    await giveBack()
    other.says.look = absent
    beforeLook.work = async () => {
      await takeOver()
      other.says.look = null
    }
    await pass(world, 1_000, 1)
    await end()
    expect(calls.filter((call) => call === "send")).toHaveLength(1)
    expect(other.calls.filter((call) => call === "send")).toHaveLength(1)
  })
})
