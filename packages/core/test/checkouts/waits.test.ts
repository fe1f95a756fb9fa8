/** How long whoever waits for a payment is kept, and how often he has the store read, on a clock that moves when slept on. */
import { payDirectly, type Store, settledCheckout } from "@paykernel/core/effect"
import { memoryStore } from "@paykernel/core/memory"
import { envelopeVault, keyRingFromValues } from "@paykernel/core/vault"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { createKernelIn } from "../../src/application/create-kernel.ts"
import { bareDesk } from "../bare-desk.ts"
import { digestKey, merchantId, merchantInput, scriptedGateway } from "../kernel-world.ts"
import { virtualTime } from "../virtual-time.ts"
import { direct, good, ok, openPage, pay, paying, settled } from "./checkout-shop.ts"

/** A process that accepts and leaves the work to others, on a store whose every read takes its time. */
const waiting = async (readMs = 0) => {
  const { time, runtime } = virtualTime()
  const own = memoryStore()
  const reads: Array<string> = []
  const store: Store["Service"] = {
    ...own,
    load: (ref) =>
      Effect.suspend(() => {
        reads.push(ref.type)
        time.passedMs += readMs
        return own.load(ref)
      })
  }
  const clock = { ms: Date.UTC(2026, 0, 1) }
  const ring = await keyRingFromValues([{ id: "k1", key: "A".repeat(43) }])
  const options = {
    store,
    gateway: scriptedGateway({}, []),
    vault: envelopeVault(ring),
    digestKey,
    clock: { nowMs: () => clock.ms }
  }
  const kernel = createKernelIn(runtime, { ...options, worker: false })
  ok(await kernel.merchants.register(merchantInput))
  // Its worker runs in real time, and only when it is told to.
  const worker = createKernelIn(Context.empty(), { ...options, worker: { idlePollMs: 3_600_000 } })
  const id = await openPage({ kernel })
  const begin = async () => {
    await pay({ kernel }, id, paying(good, "first", null))
    reads.length = 0
    time.passedMs = 0
  }
  const measured = async (waitMs: number) => {
    const { checkout } = await settled({ kernel }, id, waitMs)
    return { status: checkout.status, passedMs: time.passedMs, reads: [...reads] }
  }
  return { kernel, worker, id, time, reads, begin, measured }
}

describe("waiting for a payment under way", () => {
  it("ends when the time is over, and reads the checkout once and the payment at every look", async () => {
    const { begin, measured, time } = await waiting()
    await begin()
    const { status, passedMs, reads } = await measured(2000)
    expect({ status, passedMs }).toEqual({ status: "paying", passedMs: 2000 })
    expect(reads.slice(0, 2)).toEqual(["checkout", "payment"])
    expect(new Set(reads.slice(2))).toEqual(new Set(["payment"]))
    // One look before the first pause, and one after each.
    expect(reads).toHaveLength(2 + time.sleptMs.length)
    expect(time.sleptMs.length).toBeLessThan(20)
    // Ever more seldom, and never so seldom that somebody at a page would notice.
    expect([time.sleptMs[0], Math.max(...time.sleptMs)]).toEqual([5, 200])
  })

  it.each([1, 30, 250, 3000])("counts the time that reading takes: %i ms", async (readMs) => {
    const { begin, measured } = await waiting(readMs)
    await begin()
    const { passedMs } = await measured(1000)
    // The look that was under way when the time ended is still made use of.
    expect(passedMs).toBeLessThan(Math.max(1000, 2 * readMs) + readMs + 1)
  })

  it.each([0, -1, Number.NaN, 0.5])("is one look or two for %d ms", async (waitMs) => {
    const { begin, measured } = await waiting()
    await begin()
    const { status, passedMs, reads } = await measured(waitMs)
    expect(status).toBe("paying")
    expect(passedMs).toBe(waitMs === 0.5 ? 0.5 : 0)
    expect(reads).toEqual(["checkout", "payment", ...(waitMs === 0.5 ? ["payment"] : [])])
  })

  it("ends after a minute, however long somebody would wait", async () => {
    const { begin, measured } = await waiting()
    await begin()
    expect((await measured(Number.POSITIVE_INFINITY)).passedMs).toBe(60_000)
  })

  it("is one look where the payment is over", async () => {
    const { begin, measured, worker, id } = await waiting()
    await begin()
    await worker.drain()
    const { status, passedMs, reads } = await measured(2000)
    expect({ status, passedMs }).toEqual({ status: "completed", passedMs: 0 })
    expect(reads.slice(-2)).toEqual(["checkout", "payment"])
    expect(ok(await worker.checkouts.get(merchantId, id)).latest?.payment.status).toBe("confirmed")
    await worker.close()
  })

  it("is no waiting where nothing is under way", async () => {
    const { kernel, id, reads, measured, time } = await waiting()
    reads.length = 0
    expect(await measured(2000)).toMatchObject({ status: "open", reads: ["checkout"] })
    expect(time.passedMs).toBe(0)
    ok(await kernel.checkouts.cancel(merchantId, id))
    reads.length = 0
    expect(await measured(2000)).toMatchObject({ status: "cancelled", reads: ["checkout"] })
  })
})

describe("waiting for a bank transfer", () => {
  /** The bank has been told of it, and says nothing for certain yet. */
  const awaited = async () => {
    const scripted = scriptedGateway({ send: async () => ({ _tag: "Unknown", why: "it has to come first" }) }, [])
    const capabilities = { ...scripted.capabilities, bankTransfers: true }
    const desk = await bareDesk({}, { gateway: { ...scripted, capabilities } })
    const { operations, directory, instead, own, run, workOff } = desk
    const input = { ...direct(good), card: null }
    const { view } = Result.getOrThrow(await run(payDirectly(operations, directory, merchantId, input, undefined)))
    await workOff()
    const reads: Array<string> = []
    instead.load = (ref) => {
      reads.push(ref.type)
      return own.load(ref)
    }
    return async (waitMs: number) => {
      const found = await run(settledCheckout(operations, directory, merchantId, view.checkout.id, waitMs))
      return { status: Result.getOrThrow(found).checkout.status, reads }
    }
  }

  it("is one look for whoever has no time", async () => {
    const settledIn = await awaited()
    expect(await settledIn(0)).toEqual({ status: "paying", reads: ["checkout", "payment"] })
  })

  it("is one question to the bank, and one more look, for whoever has: what takes days is not waited for", async () => {
    const settledIn = await awaited()
    const asking = ["payment"]
    expect(await settledIn(2000)).toEqual({ status: "paying", reads: ["checkout", "payment", ...asking, "payment"] })
  })
})
