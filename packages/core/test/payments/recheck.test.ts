/** Asking the gateway again, one step at a time. */
import { money } from "@paykernel/core"
import type { Attempt } from "@paykernel/core/domain"
import { changeMerchant, changePayment, payDirectly } from "@paykernel/core/effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { hearGateway, recheckPayment } from "../../src/application/payments/recheck-payment.ts"
import { type BareDesk, bareDesk } from "../bare-desk.ts"
import { approval, paid, paymentIn } from "../bare-payments.ts"
import { direct, good } from "../checkouts/checkout-shop.ts"
import { approve, merchantId, merchantInput, scriptedGateway, usd, type World } from "../kernel-world.ts"

describe("asking the gateway again about a payment", () => {
  const approved = (amount: bigint): Attempt.GatewayLookup => ({ _tag: "Found", verdict: approval(amount) })

  /** A gateway that answers no message of these kinds, and says of it afterwards what the test has it say. */
  const silentAbout = async (...kinds: ReadonlyArray<string>) => {
    const says: { lookup: Attempt.GatewayLookup } = { lookup: { _tag: "Unavailable", why: "down" } }
    const calls: World["calls"] = []
    const gateway = scriptedGateway(
      {
        send: async (operation) =>
          kinds.includes(operation.kind) ? { _tag: "Unknown", why: "timeout" } : approve(operation),
        lookup: async () => says.lookup
      },
      calls
    )
    const capabilities = { ...gateway.capabilities, bankTransfers: true }
    const desk = await bareDesk({}, { gateway: { ...gateway, capabilities } })
    const recheck = async (id: string) => {
      calls.length = 0
      const told = await desk.run(recheckPayment(desk.operations, desk.directory, merchantId, id))
      return { told, asked: calls.map(({ call }) => call) }
    }
    return { desk, says, recheck }
  }

  const transferred = async ({ operations, directory, run, workOff }: BareDesk): Promise<string> => {
    const input = { ...direct(good), card: null }
    const { view } = Result.getOrThrow(await run(payDirectly(operations, directory, merchantId, input, undefined)))
    await workOff()
    return view.latest?.payment.id ?? ""
  }

  const refund = async (desk: BareDesk, paymentId: string, amount: bigint): Promise<void> => {
    const asked = changePayment(desk.operations, desk.directory, {
      ...{ merchantId, paymentId, request: undefined },
      command: ({ attemptId, gatewayKey, reversalId, sendNow, nowMs }) => ({
        ...{ _tag: "RefundPayment", amount: usd(amount), reason: null },
        ...{ reversalId, attemptId, gatewayKey, sendNow, nowMs }
      })
    })
    Result.getOrThrow(await desk.run(asked))
    await desk.workOff()
  }

  it("is left to the task of a doubt that is young", async () => {
    const { desk, recheck } = await silentAbout("authorize")
    const id = await paid(desk)
    const { told, asked } = await recheck(id)
    expect(told).toMatchObject({ success: { status: "pending", attempts: [{ status: "unknown" }] } })
    expect(asked).toEqual([])
  })

  it("brings a transfer that has come, and nothing less certain", async () => {
    const { desk, says, recheck } = await silentAbout("authorize")
    const id = await transferred(desk)
    says.lookup = { _tag: "AbsentFinal" }
    const before = await paymentIn(desk, id)
    expect(before?.attempts).toMatchObject([{ status: "unknown" }])
    expect(await recheck(id)).toEqual({ told: Result.succeed(before), asked: ["lookup"] })
    says.lookup = approved(2500n)
    expect(await recheck(id)).toMatchObject({ told: { success: { status: "confirmed" } }, asked: ["lookup"] })
    expect(await recheck(id)).toMatchObject({ told: { success: { status: "confirmed" } }, asked: [] })
  })

  it("is about a transfer that is awaited, and not about one that is given back", async () => {
    const { desk, recheck } = await silentAbout("refund")
    const id = await transferred(desk)
    await refund(desk, id, 500n)
    const { told, asked } = await recheck(id)
    expect(told).toMatchObject({ success: { attempts: [{ status: "confirmed" }, { status: "unknown" }] } })
    expect(asked).toEqual([])
  })

  it("is about everything that was left to a person, one after the other", async () => {
    const { desk, says, recheck } = await silentAbout("refund")
    const id = await paid(desk)
    // For an amount that nobody asked for: only a person can tell what that means.
    says.lookup = approved(1n)
    await refund(desk, id, 300n)
    await refund(desk, id, 300n)
    expect((await paymentIn(desk, id))?.attempts.map(({ status }) => status)).toEqual(["confirmed", "manual", "manual"])
    says.lookup = approved(300n)
    expect(await recheck(id)).toMatchObject({ told: { success: { refunded: usd(600n) } }, asked: ["lookup", "lookup"] })
  })

  it("changes nothing where the contract has no fees for what was found, and can be repeated once it has", async () => {
    const { desk, says, recheck } = await silentAbout("authorize")
    says.lookup = approved(1n)
    const id = await paid(desk)
    expect((await paymentIn(desk, id))?.attempts).toMatchObject([{ status: "manual" }])
    const change = (terms: typeof merchantInput.terms) =>
      desk.run(changeMerchant(desk.directory, merchantId, { _tag: "ChangeTerms", terms }))
    const fee = { kind: "fixed", name: "in another currency", amount: money(30n, "EUR") } as const
    Result.getOrThrow(await change({ ...merchantInput.terms, feeSchedule: { fee, onExcess: "limit" } }))
    says.lookup = approved(1000n)
    expect((await recheck(id)).told).toMatchObject({ failure: { _tag: "FeesNotAssessable" } })
    expect((await paymentIn(desk, id))?.status).toBe("pending")
    Result.getOrThrow(await change(merchantInput.terms))
    expect((await recheck(id)).told).toMatchObject({ success: { status: "confirmed" } })
  })

  it("has the worker look at once where something is to be done about what was heard", async () => {
    const desk = await bareDesk({
      send: async () => ({
        ...{ _tag: "Declined", reference: null, code: "card_not_honored" },
        ...{ avs: "U", cvv: "unavailable" }
      })
    })
    const id = await paid(desk)
    const gatewayKey = (await paymentIn(desk, id))?.attempts[0]?.gatewayKey ?? ""
    const message = { gatewayKey, verdict: approval(1000n) }
    for (const woken of [1, 1]) {
      const heard = await desk.run(hearGateway(desk.operations, desk.directory, merchantId, id, message))
      expect(heard).toMatchObject({ success: { attempts: [{ status: "orphaned" }] } })
      expect(desk.hands.woken).toBe(woken)
    }
  })
})
