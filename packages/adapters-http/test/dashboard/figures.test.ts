/** What figures are made of: which payment counts for what, on which day, and how much of a long list is read. */
import type { PaymentItem } from "@paykernel/core"
import { money } from "@paykernel/core"
import { describe, expect, it } from "vitest"
import { figuresOf, readItems, successBps } from "../../src/dashboard/pages/figures.ts"

const dayMs = 86_400_000
const startMs = Date.UTC(2026, 0, 1)
const range = { fromMs: startMs, toMs: startMs + 3 * dayMs - 1 }

type Payment = PaymentItem["payment"]
type Change = { readonly day?: number; readonly currency?: "USD" | "EUR"; readonly captured?: bigint }

const item = (
  status: Payment["status"],
  { day = 0, currency = "USD", captured = 10_00n }: Change = {}
): PaymentItem => {
  const payment = {
    status,
    amount: money(10_00n, currency),
    captured: money(captured, currency),
    createdAtMs: startMs + day * dayMs
  } as Payment
  return { id: "p", payment, reversal: null }
}

const reversal = (change: Partial<NonNullable<PaymentItem["reversal"]>>): PaymentItem => ({
  ...item("paid"),
  reversal: {
    id: "r",
    type: "refund",
    asRefund: false,
    attemptId: null,
    amount: money(4_00n, "USD"),
    reason: null,
    status: "paid",
    failure: null,
    settlementId: null,
    createdAtMs: startMs + dayMs,
    updatedAtMs: 0,
    ...change
  }
})

const totalOf = (items: ReadonlyArray<PaymentItem>) => figuresOf(items, range, false, "")?.total

describe("figures", () => {
  it.each([
    ["pending", 0, 0, 0n],
    ["action_required", 0, 0, 0n],
    ["failed", 0, 1, 0n],
    ["authorized", 1, 0, 0n],
    ["confirmed", 1, 0, 10_00n],
    ["paid", 1, 0, 10_00n],
    ["voided", 1, 0, 0n],
    ["cancelled", 1, 0, 0n],
    ["expired", 1, 0, 0n]
  ] as const)("of a payment that is %s", (status, approved, failed, volume) => {
    expect(totalOf([item(status)])).toMatchObject({ approved, failed, volume: money(volume, "USD") })
  })

  it("count what went back, and not what is only asked back or was never charged", () => {
    const one = item("paid")
    const refunded = (back: PaymentItem) => totalOf([one, back])?.refunded.amount
    expect(refunded(reversal({}))).toBe(4_00n)
    expect(refunded(reversal({ type: "cancel", asRefund: true }))).toBe(4_00n)
    expect(refunded(reversal({ type: "cancel" }))).toBe(0n)
    expect(refunded(reversal({ status: "pending" }))).toBe(0n)
    expect(refunded(reversal({ status: "failed" }))).toBe(0n)
  })

  it("belong to the day in UTC on which something was created", () => {
    const items = [item("paid"), item("paid", { day: 2 }), item("failed", { day: 2.9999 }), reversal({})]
    const days = figuresOf(items, range, false, "")?.days ?? []
    expect(days.map(({ atMs, approved, failed, refunded }) => [atMs, approved, failed, refunded.amount])).toEqual([
      [startMs, 1, 0, 0n],
      [startMs + dayMs, 0, 0, 4_00n],
      [startMs + 2 * dayMs, 1, 1, 0n]
    ])
  })

  it("are never of two currencies at once", () => {
    const items = [item("paid"), item("paid", { currency: "EUR" }), item("paid", { currency: "EUR" })]
    expect(figuresOf(items, range, false, "")).toMatchObject({ currency: "EUR", currencies: ["EUR", "USD"] })
    expect(figuresOf(items, range, false, "USD")?.total).toMatchObject({ approved: 1, volume: money(10_00n, "USD") })
    expect(figuresOf(items, range, false, "<b>")?.currency).toBe("EUR")
    expect(figuresOf([], range, false, "USD")).toBeUndefined()
  })

  it("have no rate where nothing was decided", () => {
    expect(successBps({ approved: 0, failed: 0 })).toBeNull()
    expect(successBps({ approved: 2, failed: 1 })).toBe(6667)
  })
})

describe("a long list", () => {
  const asked: Array<unknown> = []
  const endless = (length: number) => ({
    payments: {
      list: async (_: string, request: { readonly limit: number; readonly page: unknown }) => {
        asked.push(request.page)
        const items = Array.from({ length: Math.min(request.limit, length) }, (_, n) => ({
          ...item("paid"),
          id: `${n}`
        }))
        return { ok: true as const, value: { items, hasNext: length > request.limit, hasPrevious: false } }
      }
    } as never
  })

  it("is read in parts and no further than ten of them, and the figures say where they begin", async () => {
    const read = await readItems(endless(5000), "m", range)
    if ("_tag" in read) throw new Error(read._tag)
    expect([read.items.length, read.isCut, asked.length]).toEqual([10_000, true, 10])
    expect(asked.at(1)).toEqual({ _tag: "After", id: "999" })
    expect(figuresOf(read.items, range, read.isCut, "")?.cutAtMs).toBe(startMs)
    const short = await readItems(endless(3), "m", range)
    expect(short).toMatchObject({ isCut: false })
  })

  it("that cannot be asked for is not guessed", async () => {
    const away = {
      payments: { list: async () => ({ ok: false, error: { _tag: "Unavailable", retryAfterMs: 7 } }) } as never
    }
    expect(await readItems(away, "m", range)).toEqual({ _tag: "Unavailable", retryAfterMs: 7 })
  })
})
