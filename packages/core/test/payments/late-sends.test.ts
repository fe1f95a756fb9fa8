import { Cvv, type KernelOptions } from "@paykernel/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { afterEach, describe, expect, it } from "vitest"
import {
  approve,
  merchantId,
  pass,
  paymentInput,
  paymentOf,
  type Script,
  scriptedGateway,
  submitCard,
  usd,
  type World,
  world
} from "../kernel-world.ts"
import { distant, replaceableStore } from "../standing-in.ts"

const opened: Array<World> = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.kernel.close()
})

const open = async (script: Script, options: Partial<KernelOptions>, share?: World): Promise<World> => {
  const shop = await world(script, { worker: { idlePollMs: 3_600_000 }, ...options }, share)
  opened.push(shop)
  return shop
}

/** A door that a call waits at until it is opened. */
const door = () => {
  let open = (): void => {}
  const opens = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, opens }
}

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))

describe("a message that had to wait for its turn", () => {
  it("is not taken for absent before the quiet period after it really left", async () => {
    const first = door()
    const seller = await open({}, {})
    const card = await submitCard(seller)
    const crowded = await open(
      {
        send: async (operation) => {
          if (operation.amount.amount !== 1000n) return { _tag: "Unknown", why: "timeout" }
          await first.opens
          return approve(operation)
        }
      },
      { worker: { idlePollMs: 3_600_000, concurrency: 1 }, store: distant(seller.store) },
      seller
    )
    // Both are accepted while there is a place, and there is one place.
    const [, waiting] = await Promise.all([
      crowded.kernel.payments.create(merchantId, paymentInput(card.id)),
      crowded.kernel.payments.create(merchantId, paymentInput(card.id, { amount: usd(777n) }))
    ])
    if (!waiting?.ok) throw new Error("not accepted")
    crowded.clock.ms += 40_000
    first.open()
    await crowded.kernel.drain()
    const mine = waiting.value.view.attempts[0]?.gatewayKey
    expect(crowded.calls.filter(({ call, key }) => call === "send" && key === mine)).toHaveLength(1)
    expect((await paymentOf(crowded, waiting.value.view.id)).attempts[0]).toMatchObject({ status: "unknown" })
    await pass(crowded, 10_000, 10)
    expect(crowded.calls.filter(({ call, key }) => call === "send" && key === mine).length).toBeGreaterThan(1)
  })
})

/**
 * A holder stands still before it sends, long enough for another to take over, look up and send; then its clock is set
 * back to a time at which it still held its lease. `beforeMs`: by how much it is set back before all that.
 */
const overtaken = async (beforeMs: number): Promise<void> => {
  const { own, instead, store } = replaceableStore()
  const paused = await open({}, { store, callTimeoutMs: 1000 })
  const card = await submitCard(paused)
  const prepared = door()
  instead.sealedRecord = (place) =>
    Effect.andThen(
      Effect.promise(() => prepared.opens),
      own.sealedRecord(place)
    )
  paused.clock.ms -= beforeMs
  const created = await paused.kernel.payments.create(merchantId, paymentInput(card.id))
  if (!created.ok) throw new Error(created.error._tag)
  await soon()
  paused.clock.ms += 42_000
  const heir = await open({ lookup: async () => ({ _tag: "AbsentYet" }) }, {}, { ...paused, store: own })
  await heir.kernel.drain()
  expect(heir.calls.map(({ call }) => call)).toEqual(["lookup", "send"])
  // The paused process looks at its clock before it is set back, which whoever polls does.
  await paused.kernel.merchants.get(merchantId)
  paused.clock.ms -= 20_000
  prepared.open()
  await soon()
  expect(paused.calls.filter(({ call }) => call === "send")).toEqual([])
  expect((await paymentOf(heir, created.value.view.id)).status).toBe("confirmed")
}

describe("a holder that was overtaken", () => {
  it("sends nothing, also when the clock was set back to a time at which it still held its lease", () => overtaken(0))
})

describe("a clock that was set back by an hour", () => {
  it.each([
    ["none", null],
    ["cvv", "123"]
  ] as const)(
    "holds up nothing that is asked for afterwards: it is sent once, with verification %s",
    async (method, code) => {
      const shop = await open({}, {})
      const card = await submitCard(shop)
      shop.clock.ms -= 3_600_000
      const cvv = code === null ? null : Result.getOrThrow(Cvv.parse(code))
      const input = paymentInput(card.id, { verificationMethod: method, cvv })
      const created = await shop.kernel.payments.create(merchantId, input)
      if (!created.ok) throw new Error(created.error._tag)
      await shop.kernel.drain()
      expect(await paymentOf(shop, created.value.view.id)).toMatchObject({
        status: "confirmed",
        attempts: [{ sends: 1 }]
      })
      expect(shop.calls.map(({ call }) => call)).toEqual(["send"])
      expect(shop.incidents).toEqual([])
    }
  )

  it("lets no lease last longer that was renewed afterwards, however often it is set back", () => overtaken(3_600_000))
})

describe("an adapter of a gateway", () => {
  it("that neither answers nor can be interrupted does not keep its place for ever", async () => {
    const calls: World["calls"] = []
    const gateway = scriptedGateway({}, calls)
    let first = true
    const shop = await open(
      {},
      {
        gateway: {
          ...gateway,
          send: (operation, timeoutMs) => {
            if (!first) return gateway.send(operation, timeoutMs)
            first = false
            return Effect.uninterruptible(Effect.never)
          }
        },
        callTimeoutMs: 30,
        worker: { idlePollMs: 3_600_000, concurrency: 1 }
      }
    )
    const card = await submitCard(shop)
    const stuck = await shop.kernel.payments.create(merchantId, paymentInput(card.id))
    const next = await shop.kernel.payments.create(merchantId, paymentInput(card.id))
    if (!stuck.ok || !next.ok) throw new Error("not accepted")
    await shop.kernel.drain()
    expect((await paymentOf(shop, next.value.view.id)).status).toBe("confirmed")
    await pass(shop, 30_000, 10)
    expect((await paymentOf(shop, stuck.value.view.id)).status).toBe("confirmed")
  }, 5000)

  it("that throws leaves a doubt, which is looked up", async () => {
    let throws = true
    const shop = await open(
      {
        send: async (operation) => {
          if (throws) throw new Error("a bug")
          return approve(operation)
        }
      },
      {}
    )
    const card = await submitCard(shop)
    const paid = await shop.kernel.payments.create(merchantId, paymentInput(card.id))
    if (!paid.ok) throw new Error(paid.error._tag)
    await shop.kernel.drain()
    throws = false
    await pass(shop, 30_000, 10)
    expect((await paymentOf(shop, paid.value.view.id)).status).toBe("confirmed")
    expect(shop.calls.map(({ call }) => call).slice(0, 2)).toEqual(["send", "lookup"])
    expect(shop.incidents).toMatchObject([{ kind: "task_failed", why: "Error: a bug" }])
  })
})
