/** How one attempt comes to its end, step by step, whatever the gateway says and whoever else is at it. */
import { type KernelOptions, money } from "@paykernel/core"
import { Payment } from "@paykernel/core/domain"
import { changeMerchant, paymentDefinition } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { transact } from "../../src/application/commit/transact.ts"
import { hold } from "../../src/application/operations.ts"
import { hearGateway } from "../../src/application/payments/recheck-payment.ts"
import { type BareDesk, bareDesk } from "../bare-desk.ts"
import { approval, claimed, code, create, paid, paymentIn, savedCard, whysOf } from "../bare-payments.ts"
import { approve, declined, merchantId, merchantInput } from "../kernel-world.ts"

describe("an attempt whose gateway takes nothing and finds nothing, time and again", () => {
  it("is put off by a lease after eight messages, all under one key", async () => {
    const desk = await bareDesk({
      send: async () => ({ _tag: "Unknown", why: "timeout" }),
      lookup: async () => ({ _tag: "AbsentFinal" })
    })
    const id = await paid(desk)
    const asked = Array.from({ length: 8 }, () => ["send", "lookup"]).flat()
    expect(desk.calls.map(({ call }) => call)).toEqual(asked)
    expect(new Set(desk.calls.map(({ key }) => key)).size).toBe(1)
    const dueAtMs = desk.clock.ms + desk.operations.leaseMs
    await expect(claimed(desk, "attempt", dueAtMs - 1)).rejects.toThrow("is due")
    expect((await claimed(desk, "attempt", dueAtMs)).subject).toBe((await paymentIn(desk, id))?.attempts[0]?.id)
  })
})

describe("an attempt of which the gateway spoke before its task came to it", () => {
  it("is not sent, and leaves no task behind", async () => {
    const desk = await bareDesk()
    const { id: cardId } = await savedCard(desk)
    desk.hands.room = null
    const { view } = Result.getOrThrow(await desk.run(create(desk, cardId)))
    const gatewayKey = view.attempts[0]?.gatewayKey ?? ""
    const heard = hearGateway(desk.operations, desk.directory, merchantId, view.id, {
      gatewayKey,
      verdict: approval(1000n)
    })
    expect(await desk.run(heard)).toMatchObject({ success: { status: "confirmed" } })
    await desk.carryOut(await claimed(desk, "attempt", desk.clock.ms))
    expect(desk.calls).toEqual([])
    expect(desk.incidents).toEqual([])
    await expect(claimed(desk, "attempt", desk.clock.ms + 1e12)).rejects.toThrow("is due")
  })
})

describe("an attempt that never leaves", () => {
  it("is given up after a day: a payer who has gone is not charged when the gateway is back", async () => {
    let refuses = true
    const desk = await bareDesk({
      send: async (operation) => (refuses ? { _tag: "NotSent", why: "refused" } : approve(operation))
    })
    const id = await paid(desk)
    const day = 86_400_000
    desk.clock.ms += day - 1
    await desk.carryOut(await claimed(desk, "attempt", desk.clock.ms))
    expect(await paymentIn(desk, id)).toMatchObject({ status: "pending", attempts: [{ status: "planned" }] })
    refuses = false
    desk.calls.length = 0
    desk.clock.ms += 60_001
    await desk.carryOut(await claimed(desk, "attempt", desk.clock.ms))
    expect(desk.calls).toEqual([])
    const attempts = [{ status: "abandoned" }]
    expect(await paymentIn(desk, id)).toMatchObject({ status: "failed", failure: "payment_failed", attempts })
    expect(new Set(await whysOf(desk, id))).toEqual(new Set(["refused", "overdue"]))
  })
})

describe("the security code of a payment", () => {
  const withCode = async (atOnce: boolean) => {
    const desk = await bareDesk({ lookup: async () => ({ _tag: "Unavailable", why: "down" }) })
    const { id } = await savedCard(desk)
    desk.hands.room = { atOnce }
    const cvv = code()
    const { view } = Result.getOrThrow(await desk.run(create(desk, id, { verificationMethod: "cvv", cvv })))
    return { desk, cvv, id: view.id, gatewayKey: view.attempts[0]?.gatewayKey ?? "" }
  }

  it("is destroyed where the gateway has spoken before the message left", async () => {
    const { desk, cvv, id, gatewayKey } = await withCode(false)
    Result.getOrThrow(
      await desk.run(
        hearGateway(desk.operations, desk.directory, merchantId, id, { gatewayKey, verdict: approval(1000n, "pass") })
      )
    )
    expect(cvv.reveal()).toBe("321")
    await desk.workOff()
    expect(() => cvv.reveal()).toThrow("destroyed")
    expect(desk.calls).toEqual([])
  })

  it("is destroyed where a message may have left, in the very process that keeps it too", async () => {
    const { desk, cvv, id } = await withCode(true)
    desk.clock.ms += desk.operations.leaseMs
    await desk.carryOut(await claimed(desk, "attempt", desk.clock.ms))
    expect(() => cvv.reveal()).toThrow("destroyed")
    expect(desk.calls.map(({ call }) => call)).not.toContain("send")
    expect((await paymentIn(desk, id))?.attempts[0]?.sends).toBe(1)
  })

  it("is destroyed where another, whose clock is ahead, has taken over and is in doubt already", async () => {
    const { desk, cvv, id } = await withCode(true)
    const { operations, clock, run } = desk
    const others = await claimed(desk, "attempt", clock.ms + operations.leaseMs)
    const lost = { _tag: "DeclareHolderLost", attemptId: others.subject, nowMs: clock.ms } as const
    const declared = transact({
      ...{ definition: paymentDefinition, merchantId, id },
      decide: (payment) => Payment.decide(payment, lost),
      lease: () => hold(others, clock.ms + 2 * operations.leaseMs)
    })
    Result.getOrThrow(await run(declared))
    await desk.workOff()
    expect(() => cvv.reveal()).toThrow("destroyed")
    expect(desk.calls.map(({ call }) => call)).toEqual(["lookup"])
    expect((await paymentIn(desk, id))?.attempts).toMatchObject([{ status: "unknown" }])
  })

  it("is missed where it is gone: nothing is sent, and the history says why", async () => {
    const { desk, id } = await withCode(false)
    desk.operations.cvvs.clear()
    await desk.workOff()
    expect(desk.calls).toEqual([])
    expect(await paymentIn(desk, id)).toMatchObject({ status: "failed", failure: "payment_unprocessable" })
    expect(await whysOf(desk, id)).toEqual(["cvv_lost"])
  })

  it("is missed where its time is over by the moment it is wanted, and nothing is sent in its place", async () => {
    const approved = { decision: "approved", reason: "" } as const
    const late: { passMs: () => void } = { passMs: () => {} }
    const risk: KernelOptions["risk"] = {
      assessCard: () => Effect.succeed(approved),
      assessPayment: () => Effect.sync(late.passMs).pipe(Effect.as(approved))
    }
    const desk = await bareDesk({}, { risk })
    late.passMs = () => {
      desk.clock.ms += 600_000
    }
    const id = await paid(desk, { verificationMethod: "cvv", cvv: code() })
    expect(desk.calls).toEqual([])
    expect(await paymentIn(desk, id)).toMatchObject({ status: "failed", failure: "payment_unprocessable" })
    expect(await whysOf(desk, id)).toEqual(["cvv_lost", "cvv_lost"])
  })
})

describe("a success that comes after a failure was heard of", () => {
  it("has the worker look at once, which undoes it", async () => {
    const desk: BareDesk = await bareDesk({
      send: async (operation) => {
        const message = { gatewayKey: operation.key, verdict: declined }
        await desk.run(hearGateway(desk.operations, desk.directory, merchantId, operation.paymentId, message))
        expect(desk.hands.woken).toBe(0)
        return approve(operation)
      }
    })
    const id = await paid(desk)
    expect(desk.hands.woken).toBe(1)
    await desk.carryOut(await claimed(desk, "attempt", desk.clock.ms))
    expect(await paymentIn(desk, id)).toMatchObject({ status: "failed", attempts: [{ status: "not_charged" }] })
  })
})

describe("a reversal that nobody answers", () => {
  it("is asked for once, and again later", async () => {
    const desk = await bareDesk({
      send: async () => ({ _tag: "Unknown", why: "timeout" }),
      lookup: async () => ({ _tag: "AbsentFinal" }),
      reverse: async () => ({ _tag: "ReversalUnknown", why: "timeout" })
    })
    const { id: cardId } = await savedCard(desk)
    const input = { verificationMethod: "cvv", cvv: code() } as const
    const { view } = Result.getOrThrow(await desk.run(create(desk, cardId, input)))
    await desk.workOff()
    expect(desk.calls.map(({ call }) => call)).toEqual(["send", "lookup", "reverse"])
    expect((await paymentIn(desk, view.id))?.attempts).toMatchObject([{ status: "reversing" }])
    desk.clock.ms += 60_000
    await desk.carryOut(await claimed(desk, "attempt", desk.clock.ms))
    expect(desk.calls.map(({ call }) => call)).toEqual(["send", "lookup", "reverse", "reverse"])
  })
})

describe("a message that waited for its turn", () => {
  it("starts anew where it has waited too long, and its history says so", async () => {
    const desk = await bareDesk()
    const { id: cardId } = await savedCard(desk)
    const { view } = Result.getOrThrow(await desk.run(create(desk, cardId)))
    desk.clock.ms += 25_000
    await desk.workOff()
    expect(desk.calls.map(({ call }) => call)).toEqual(["send"])
    expect(await paymentIn(desk, view.id)).toMatchObject({
      ...{ status: "confirmed", attempts: [{ startedAtMs: desk.clock.ms }] }
    })
    expect(await whysOf(desk, view.id)).toEqual(["waited too long"])
  })

  it("is sent once where another, whose clock is ahead, has taken it over and is sending it", async () => {
    let meanwhile = async (): Promise<void> => {}
    const desk = await bareDesk({
      send: async (operation) => {
        const now = meanwhile
        meanwhile = async () => {}
        await now()
        return approve(operation)
      }
    })
    const { id: cardId } = await savedCard(desk)
    desk.hands.room = { atOnce: false }
    const { view } = Result.getOrThrow(await desk.run(create(desk, cardId)))
    const others = await claimed(desk, "attempt", desk.clock.ms + desk.operations.leaseMs)
    meanwhile = desk.workOff
    desk.clock.ms += 1
    await desk.carryOut(others)
    expect(desk.calls.map(({ call }) => call)).toEqual(["send"])
    expect(await paymentIn(desk, view.id)).toMatchObject({ status: "confirmed", attempts: [{ sends: 1 }] })
    expect(desk.incidents).toEqual([])
  })
})

describe("a reply that the contract has no fees for", () => {
  it("is said to be refused, and asked for again until it has", async () => {
    const lookup = async () => ({ _tag: "Found", verdict: approval(1000n) }) as const
    const desk = await bareDesk({ lookup })
    const { id: cardId } = await savedCard(desk)
    const change = (terms: typeof merchantInput.terms) =>
      desk.run(changeMerchant(desk.directory, merchantId, { _tag: "ChangeTerms", terms }))
    const fee = { kind: "fixed", name: "in another currency", amount: money(30n, "EUR") } as const
    const { view } = Result.getOrThrow(await desk.run(create(desk, cardId)))
    Result.getOrThrow(await change({ ...merchantInput.terms, feeSchedule: { fee, onExcess: "limit" } }))
    await desk.workOff()
    expect(desk.incidents).toMatchObject([{ kind: "task_failed", why: "OutcomeRefused" }])
    Result.getOrThrow(await change(merchantInput.terms))
    desk.clock.ms += 60_000
    await desk.carryOut(await claimed(desk, "attempt", desk.clock.ms))
    expect((await paymentIn(desk, view.id))?.status).toBe("confirmed")
    expect(desk.calls.map(({ call }) => call)).toEqual(["send", "lookup"])
  })
})

describe("a payment whose card is gone from the vault", () => {
  it("is not sent, says so, and is tried again", async () => {
    const desk = await bareDesk()
    const card = await savedCard(desk)
    const place = { merchantId, recordId: card.id, field: "pan" }
    const nothing = { idempotency: null, aggregates: [], ledger: [], tasks: [], lease: null, sealed: [] }
    await Effect.runPromise(desk.own.commit({ ...nothing, erased: [place] }))
    const { view } = Result.getOrThrow(await desk.run(create(desk, card.id)))
    await desk.workOff()
    expect(desk.incidents).toMatchObject([{ kind: "task_failed", why: "CredentialsLost" }])
    expect(desk.calls).toEqual([])
    expect(await whysOf(desk, view.id)).toEqual(["not prepared"])
    await claimed(desk, "attempt", desk.clock.ms + 60_000)
  })
})
