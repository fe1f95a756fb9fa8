import { Cvv, type KernelOptions } from "@paykernel/core"
import { cvvLocker } from "@paykernel/core/effect"
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
  submitCard,
  type World,
  world
} from "../kernel-world.ts"
import { away, losing, replaceableStore } from "../standing-in.ts"

const opened: Array<World> = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.kernel.close()
})

const code = (): Cvv => Result.getOrThrow(Cvv.parse("321"))
const isDestroyed = (cvv: Cvv): boolean => {
  try {
    return cvv.reveal() === ""
  } catch {
    return true
  }
}

const open = async (script: Script = {}, options: Partial<KernelOptions> = {}) => {
  const { own, instead, store } = replaceableStore()
  const shop = await world(script, { worker: { idlePollMs: 3_600_000 }, store, ...options })
  opened.push(shop)
  return { shop, own, instead, card: await submitCard(shop) }
}

const keyed = {
  scope: "host",
  key: "k",
  meaning: "ten dollars",
  answer: ({ id }: { readonly id: string }) => ({ status: 201, body: id })
}

describe("the security code of a payment", () => {
  it("is gone when the authorization was answered", async () => {
    const { shop, card } = await open()
    const cvv = code()
    await shop.kernel.payments.create(merchantId, paymentInput(card.id, { verificationMethod: "cvv", cvv }))
    await shop.kernel.drain()
    expect(isDestroyed(cvv)).toBe(true)
  })

  it.each(["before", "after"] as const)("is gone though the outcome was lost %s it was written", async (when) => {
    const { shop, own, instead, card } = await open()
    const outcome = losing(own, (commit) => commit.lease?.then._tag === "Done", when)
    instead.commit = outcome.commit
    const cvv = code()
    await shop.kernel.payments.create(merchantId, paymentInput(card.id, { verificationMethod: "cvv", cvv }))
    await shop.kernel.drain()
    expect(outcome.hasStruck()).toBe(true)
    expect(isDestroyed(cvv)).toBe(true)
  })

  it("is gone when an adapter throws", async () => {
    const { shop, card } = await open({
      send: () => {
        throw new Error("a bug of the adapter")
      }
    })
    const cvv = code()
    await shop.kernel.payments.create(merchantId, paymentInput(card.id, { verificationMethod: "cvv", cvv }))
    await shop.kernel.drain()
    expect(isDestroyed(cvv)).toBe(true)
  })

  it("is left whole while nothing was accepted, so that the same request can be repeated", async () => {
    const seen: Array<string | undefined> = []
    const script: Script = {
      send: async (operation) => {
        seen.push(operation.authorization?.card.cvv?.reveal())
        return approve(operation)
      }
    }
    // Where one place is all there is, the first request has to have given it back.
    const { shop, own, instead, card } = await open(script, { cvvsMax: 1 })
    const cvv = code()
    const input = paymentInput(card.id, { verificationMethod: "cvv", cvv })
    instead.commit = losing(own, ({ idempotency }) => idempotency !== null, "before").commit
    const first = await shop.kernel.payments.create(merchantId, input, keyed)
    expect(first).toMatchObject({ ok: false, error: { _tag: "Unavailable" } })
    const second = await shop.kernel.payments.create(merchantId, input, keyed)
    if (!second.ok) throw new Error(second.error._tag)
    await shop.kernel.drain()
    expect((await paymentOf(shop, second.value.view.id)).status).toBe("confirmed")
    expect(seen).toEqual(["321"])
    expect(isDestroyed(cvv)).toBe(true)
  })

  it("is gone when the repetition turns out to be a replay, and is never sent for it", async () => {
    const { shop, own, instead, card } = await open()
    const cvv = code()
    const input = paymentInput(card.id, { verificationMethod: "cvv", cvv })
    instead.commit = losing(own, ({ idempotency }) => idempotency !== null, "after").commit
    await shop.kernel.payments.create(merchantId, input, keyed)
    const second = await shop.kernel.payments.create(merchantId, input, keyed)
    if (!second.ok) throw new Error(second.error._tag)
    expect(second.value.replayed).toBe(true)
    expect(isDestroyed(cvv)).toBe(true)
    await pass(shop, 60_000, 20)
    expect(shop.calls.filter(({ call }) => call === "send")).toEqual([])
    expect((await paymentOf(shop, second.value.view.id)).status).toBe("failed")
  })

  it("still serves when nothing had left: a store that was away costs no payment", async () => {
    const { shop, own, instead, card } = await open()
    instead.sealedRecord = () => {
      instead.sealedRecord = own.sealedRecord
      return away()
    }
    const input = paymentInput(card.id, { verificationMethod: "cvv", cvv: code() })
    const paid = await shop.kernel.payments.create(merchantId, input)
    if (!paid.ok) throw new Error(paid.error._tag)
    await pass(shop, 5000, 5)
    expect((await paymentOf(shop, paid.value.view.id)).status).toBe("confirmed")
    expect(shop.calls.map(({ call }) => call)).toEqual(["send"])
  })

  it("is not sent when it is older than ten minutes, nor is anything sent in its place", async () => {
    const { shop, card } = await open(
      {},
      {
        risk: {
          assessCard: () => Effect.succeed({ decision: "approved", reason: "" }),
          assessPayment: () =>
            Effect.sync(() => {
              if (opened[0] !== undefined) opened[0].clock.ms += 600_000
              return { decision: "approved", reason: "" } as const
            })
        }
      }
    )
    const cvv = code()
    const input = paymentInput(card.id, { verificationMethod: "cvv", cvv })
    const paid = await shop.kernel.payments.create(merchantId, input)
    if (!paid.ok) throw new Error(paid.error._tag)
    const ended = { status: "failed", failure: "payment_unprocessable" }
    await expect.poll(() => paymentOf(shop, paid.value.view.id)).toMatchObject(ended)
    expect(shop.calls.filter(({ call }) => call === "send")).toEqual([])
    expect(isDestroyed(cvv)).toBe(true)
  })

  it("waits for a gateway that refuses connections, and is sent once when it is back", async () => {
    let refuses = true
    const seen: Array<string | undefined> = []
    const { shop, card } = await open({
      send: async (operation) => {
        if (refuses) return { _tag: "NotSent", why: "refused" }
        seen.push(operation.authorization?.card.cvv?.reveal())
        return approve(operation)
      }
    })
    const paid = await shop.kernel.payments.create(
      merchantId,
      paymentInput(card.id, { verificationMethod: "cvv", cvv: code() })
    )
    if (!paid.ok) throw new Error(paid.error._tag)
    await pass(shop, 30_000, 6)
    refuses = false
    await pass(shop, 60_000, 6)
    expect(seen).toEqual(["321"])
    expect((await paymentOf(shop, paid.value.view.id)).status).toBe("confirmed")
  })
})

describe("a security code that nobody came for", () => {
  it("is gone after ten minutes, though the process still waits for what comes before it", async () => {
    const answer = Promise.withResolvers<void>()
    const { shop, card } = await open(
      {
        send: async (operation) => {
          await answer.promise
          return approve(operation)
        }
      },
      { worker: { idlePollMs: 3_600_000, concurrency: 1 }, sweeper: { expireCodesEveryMs: 1 } }
    )
    const cvv = code()
    await shop.kernel.payments.create(merchantId, paymentInput(card.id))
    await shop.kernel.payments.create(merchantId, paymentInput(card.id, { verificationMethod: "cvv", cvv }))
    expect(cvv.reveal()).toBe("321")
    shop.clock.ms += 600_000
    try {
      await expect.poll(() => isDestroyed(cvv)).toBe(true)
    } finally {
      // What still waits for its answer is waited for at the end.
      answer.resolve()
    }
  })
})

describe("the locker of codes", () => {
  const locker = () => {
    const clock = { ms: 1_000_000 }
    return { clock, cvvs: cvvLocker(2, { nowMs: () => clock.ms }) }
  }

  it("has a bound, and destroys what nobody came for before it refuses", () => {
    const { clock, cvvs } = locker()
    const old = code()
    expect(cvvs.put("a", old)).toBe(true)
    expect(cvvs.put("b", code())).toBe(true)
    expect(cvvs.put("c", code())).toBe(false)
    clock.ms += 600_000
    expect(cvvs.put("c", code())).toBe(true)
    expect(isDestroyed(old)).toBe(true)
  })

  it.each([600_000, -600_000])("counts a life by its distance from its start, %i ms", (ms) => {
    const { clock, cvvs } = locker()
    const cvv = code()
    cvvs.put("a", cvv)
    clock.ms += ms
    expect(cvvs.has("a")).toBe(false)
    expect(isDestroyed(cvv)).toBe(true)
  })

  it("never destroys a code that a call is using", () => {
    const { clock, cvvs } = locker()
    const cvv = code()
    cvvs.put("a", cvv)
    const used = cvvs.take("a")
    cvvs.discard("a")
    clock.ms += 3_600_000
    cvvs.expire()
    cvvs.clear()
    expect(used?.cvv.reveal()).toBe("321")
    used?.destroy()
    expect(isDestroyed(cvv)).toBe(true)
  })

  it("knows a code by the name that it comes to have, and by no other", () => {
    const { cvvs } = locker()
    cvvs.put("a", code())
    cvvs.rename("a", "b")
    expect([cvvs.has("a"), cvvs.has("b")]).toEqual([false, true])
    expect(cvvs.take("b")?.cvv.reveal()).toBe("321")
  })

  it("gives a code back whole, and destroys those that it has when it is cleared", () => {
    const { cvvs } = locker()
    const [back, kept] = [code(), code()]
    cvvs.put("a", back)
    cvvs.put("b", kept)
    cvvs.withdraw("a")
    cvvs.clear()
    expect([isDestroyed(back), isDestroyed(kept)]).toEqual([false, true])
    expect([cvvs.has("a"), cvvs.has("b")]).toEqual([false, false])
  })

  it("gives a code to one call at a time, and to another only when the first did not happen", () => {
    const { cvvs } = locker()
    cvvs.put("a", code())
    const first = cvvs.take("a")
    expect(cvvs.take("a")).toBeUndefined()
    expect(cvvs.isInUse("a")).toBe(true)
    first?.putBack()
    first?.destroy()
    expect(cvvs.isInUse("a")).toBe(false)
    expect(cvvs.take("a")?.cvv.reveal()).toBe("321")
  })
})
