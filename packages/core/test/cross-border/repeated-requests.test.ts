/** The same payment abroad, asked for again: one payment, one answer. */
import type { KernelOptions } from "@paykernel/core"
import type { PayoutNetwork } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { bestQuote, crossBorderWorld, errorOf, inputFor, merchantId, ok, pass } from "./cross-border-world.ts"
import { create, listed } from "./kept-records.ts"

describe("a request that comes again", () => {
  it("is answered as the first time, byte for byte, and has no effect", async () => {
    const world = await crossBorderWorld()
    const input = await inputFor(world, await bestQuote(world))
    const first = ok(await create(world, input, "key-1"))
    await pass(world, 3_600_000)
    const again = ok(await create(world, input, "key-1"))
    expect(again).toMatchObject({ replayed: true, answer: first.answer, view: { payment: { status: "failed" } } })
    expect(await listed(world)).toHaveLength(1)
    expect(errorOf(await create(world, input, "key-1", "another"))).toBe("IdempotencyKeyReused")
    expect(errorOf(await create(world, input, "\n"))).toBe("IdempotencyKeyInvalid")
  })

  it("means another one when the time of its key is over", async () => {
    const world = await crossBorderWorld()
    const first = ok(await create(world, await inputFor(world, await bestQuote(world)), "key-1")).view.payment
    await pass(world, 29 * 86_400_000)
    const input = await inputFor(world, await bestQuote(world))
    expect(ok(await create(world, input, "key-1"))).toMatchObject({
      replayed: true,
      view: { payment: { id: first.id } }
    })
    await pass(world, 86_400_000)
    const again = ok(await create(world, await inputFor(world, await bestQuote(world)), "key-1"))
    expect(again).toMatchObject({ replayed: false, view: { payment: { status: "crypto_funds_pending" } } })
    expect(again.view.payment.id).not.toBe(first.id)
    expect(await listed(world)).toHaveLength(2)
  })

  it("at once makes one payment, and one answer", async () => {
    const world = await crossBorderWorld()
    const input = await inputFor(world, await bestQuote(world))
    const outcomes = await Promise.all([1, 2, 3].map(() => create(world, input, "key-1")))
    const settled = await create(world, input, "key-1")
    for (const outcome of [...outcomes, settled]) {
      // Whoever came second while nothing was known yet is asked to come again.
      if (outcome.ok) expect(outcome.value.answer).toEqual(ok(settled).answer)
      else expect(outcome.error._tag).toBe("Unavailable")
    }
    expect(await listed(world)).toHaveLength(1)
    const quote = ok(await world.kernel.crossBorder.quotes.get(merchantId, input.quoteId))
    expect(quote).toMatchObject({ status: "used", paymentId: ok(settled).view.payment.id })
  })

  it("finds its own quote taken by the first, and gives the answer of both", async () => {
    const [told, sent] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let [asked, taken] = [0, 0]
    const reach = (network: PayoutNetwork["Service"]): PayoutNetwork["Service"] => ({
      ...network,
      // Asked once before there is anything to pay with, and then by whoever makes a payment: the first of them waits.
      requirements: (quoteId) =>
        Effect.tap(network.requirements(quoteId), () =>
          ++asked === 2 ? Effect.promise(() => told.promise) : Effect.void
        ),
      submit: (payment, timeoutMs) =>
        Effect.tap(network.submit(payment, timeoutMs), () => {
          taken++
          return Effect.promise(() => sent.promise)
        })
    })
    const world = await crossBorderWorld({ reach })
    const input = await inputFor(world, await bestQuote(world))
    const second = create(world, input, "key-1")
    await expect.poll(() => asked).toBe(2)
    const first = create(world, input, "key-1")
    await expect.poll(() => taken).toBe(1)
    expect(errorOf(await create(world, input, "key-1", "another"))).toBe("IdempotencyKeyReused")
    told.resolve()
    const { view, answer: given } = ok(await second)
    sent.resolve()
    expect(ok(await first)).toMatchObject({ answer: given, view: { payment: { id: view.payment.id } } })
    expect(await listed(world)).toHaveLength(1)
    expect(await world.kernel.audit()).toEqual([])
  })

  it("finds a payment whose answer was lost by the process that made it", async () => {
    const silent: { submits: number } = { submits: 0 }
    const reach = (network: PayoutNetwork["Service"]): PayoutNetwork["Service"] => ({
      ...network,
      // The process that made it never comes back from its call.
      submit: (payment, timeoutMs) =>
        ++silent.submits === 1
          ? Effect.andThen(network.submit(payment, timeoutMs), Effect.never)
          : network.submit(payment, timeoutMs)
    })
    const world = await crossBorderWorld({ reach, kernel: { callTimeoutMs: 5_000 } satisfies Partial<KernelOptions> })
    const input = await inputFor(world, await bestQuote(world))
    void create(world, input, "key-1")
    await expect.poll(() => silent.submits).toBe(1)
    const again = ok(await create(world, input, "key-1"))
    expect(again).toMatchObject({ replayed: false, view: { payment: { status: "crypto_funds_pending" } } })
    expect(again.answer?.body).toBe(`${again.view.payment.id} crypto_funds_pending`)
    expect(await listed(world)).toHaveLength(1)
    expect(errorOf(await create(world, input, "key-1", "another"))).toBe("IdempotencyKeyReused")
  })
})
