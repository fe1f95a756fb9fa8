/** Direct payments by bank transfer: nothing is anybody's until the bank says so, and it may take its time. */
import { memoryStore } from "@paykernel/core/memory"
import { memoryJournal, sandboxGateway } from "@paykernel/core/simulator"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { ada, customerInfo, type Json, newKey, openShop, type Shop } from "./shop.ts"

const day = 86_400_000
const byTransfer = { payment_method: "bank_transfer" }
const withoutCard = { card_number: null, cvv: null, expiry_month: null, expiry_year: null }

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

const transfer = (change: Json = {}, headers: Record<string, string> = {}) =>
  shop.pay({ ...byTransfer, ...withoutCard, customer_info: customerInfo, ...change }, headers)

const get = (id: unknown) => shop.call("GET", `/api/direct-payment/${id}`)

const confirm = (id: unknown, gatewayId: unknown) =>
  shop.call("POST", `/api/direct-payment/${id}/confirm`, { status: "success", gateway_id: gatewayId })

/** Net of the merchant's accounts, in minor units. */
const owed = async (): Promise<bigint> => {
  const balances = await shop.kernel.balances(ada)
  if (!balances.ok) throw new Error("no balances")
  return balances.value.unsettled.reduce((sum, { amount }) => sum + amount, 0n)
}

describe("a bank transfer", () => {
  it("is accepted at once, pending, and moves no money before the bank has it", async () => {
    const before = await owed()
    const begunAt = performance.now()
    const reply = await transfer({ metadata: { order: 7 } })
    expect(performance.now() - begunAt).toBeLessThan(3000)
    expect([reply.status, reply.json["message"]]).toEqual([202, "Payment is being processed"])
    expect(reply.data).toMatchObject({ status: "pending", customer_info: customerInfo, metadata: { order: 7 } })
    expect(reply.data["processed_at"]).toBeUndefined()
    const id = reply.data["transaction_id"]
    const forged = await confirm(id, reply.data["gateway_transaction_id"])
    expect([forged.status, forged.data["status"]]).toEqual([200, "pending"])
    expect(await owed()).toBe(before)
    expect(shop.charged()).toEqual([])

    shop.skip(61_000)
    const confirmed = await confirm(id, reply.data["gateway_transaction_id"])
    expect(confirmed.data["status"]).toBe("completed")
    expect((await get(id)).data).toMatchObject({ status: "completed", processed_at: expect.any(String) })
    expect(shop.charged()).toEqual(["10.00"])
    expect(await owed()).toBeGreaterThan(before)
    expect(await shop.kernel.audit(ada)).toEqual([])
  })

  it("that comes while nobody asks is found by the kernel itself", async () => {
    const reply = await transfer({ amount: 2000 })
    await shop.advance(30_000)
    expect((await get(reply.data["transaction_id"])).data["status"]).toBe("pending")
    await shop.advance(120_000)
    expect((await get(reply.data["transaction_id"])).data["status"]).toBe("completed")
  })

  it("that does not come fails, with the reason", async () => {
    const before = await owed()
    const reply = await transfer({ amount: 507 })
    expect(reply.status).toBe(202)
    await shop.advance(120_000)
    expect((await get(reply.data["transaction_id"])).data).toMatchObject({
      status: "failed",
      error: { code: "insufficient_funds", decline_code: "insufficient_funds" }
    })
    expect(await owed()).toBe(before)
  })

  it("sent again with its key is the same one, and with another card or method it is refused", async () => {
    const headers = { "idempotency-key": newKey() }
    const [first, second] = [await transfer({}, headers), await transfer({}, headers)]
    expect(second.data["transaction_id"]).toBe(first.data["transaction_id"])
    expect(second.headers.get("idempotent-replayed")).toBe("true")
    expect((await shop.pay({ customer_info: customerInfo }, headers)).error["code"]).toBe("idempotency_key_reused")
  })

  it("can be refunded once it has come, and shows in the list of payments as what it is", async () => {
    const reply = await transfer({ amount: 3000 })
    await shop.advance(120_000)
    const found = await shop.kernel.checkouts.get(ada, String(reply.data["transaction_id"]))
    const payment = found.ok ? found.value.latest?.payment : undefined
    expect(payment?.source).toEqual({ type: "bank_transfer", id: reply.data["transaction_id"] })
    const refund = { amount: { amount: 3000n, currency: "USD" } as const, reason: null }
    const refunded = await shop.kernel.payments.refund(ada, payment?.id ?? "", refund)
    expect(refunded.ok).toBe(true)
    await shop.kernel.drain()
    const after = await shop.kernel.payments.get(ada, payment?.id ?? "")
    expect(after.ok && after.value.payment.refunded.amount).toBe(3000n)
    expect(await shop.kernel.audit(ada)).toEqual([])
  })

  it("is asked of no merchant's bounds less than a card is", async () => {
    expect((await transfer({ amount: 49 })).error["code"]).toBe("invalid_amount")
    expect((await transfer({ currency: "EUR" })).error["code"]).toBe("invalid_currency")
    const suspended = await transfer({}, { authorization: "Bearer suspended" })
    expect([suspended.status, suspended.error["code"]]).toEqual([403, "account_suspended"])
  })
})

describe("a bank that takes days", () => {
  it("leaves no doubt behind: nobody is called, and the transfer is completed when it comes", async () => {
    let aheadMs = 0
    const nowMs = () => Math.floor(Date.UTC(2026, 0, 1) + performance.now() + aheadMs)
    const incidents: Array<string> = []
    const bank = sandboxGateway({
      journal: memoryJournal(),
      clock: { nowMs },
      random: () => 0.5,
      latencyMs: 0,
      transferMs: 4 * day,
      challengeUrl: (id) => `https://bank.example/3ds/${id}`
    })
    const patient = await openShop({
      kernel: {
        store: memoryStore(),
        gateway: bank.gateway,
        clock: { nowMs },
        onIncident: ({ kind }) => void incidents.push(kind)
      }
    })
    const { data } = await patient.pay({ ...byTransfer, ...withoutCard })
    const statusAfter = async (ms: number) => {
      aheadMs += ms
      patient.kernel.wake()
      await patient.kernel.drain()
      return (await patient.call("GET", `/api/direct-payment/${data["transaction_id"]}`)).data["status"]
    }
    for (let hours = 0; hours < 90; hours += 10) expect(await statusAfter(10 * 3_600_000)).toBe("pending")
    // A bank that cannot be asked for a moment, days after it was told, is no reason to call anybody.
    bank.setMode("lookup-down", 1)
    expect(await statusAfter(3_600_000)).toBe("pending")
    bank.setMode("normal", 1)
    expect(await statusAfter(10 * 3_600_000)).toBe("completed")
    expect(incidents).toEqual([])
    await patient.close()
  })
})
