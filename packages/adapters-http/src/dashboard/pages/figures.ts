/**
 * What a stretch of time came to: volume, and how many payments went well, day by day. Read from the list of payments
 * in parts, and no further than a bound: figures that had to stop there say so.
 */
import type { Kernel, Payment, PaymentItem, PaymentStatus, ReadFailure } from "@paykernel/core"
import { Money } from "@paykernel/core/domain"
import { dayMs } from "./listing.ts"

export type DayFigures = {
  /** When it begins, in UTC. */
  readonly atMs: number
  /** Captured, and not cancelled since. */
  readonly volume: Money.Money
  readonly refunded: Money.Money
  /** Payments that the issuer has approved, whatever became of them. */
  readonly approved: number
  readonly failed: number
}

export type Figures = {
  readonly currency: Money.Currency
  /** All currencies of the time, that with most payments first. */
  readonly currencies: ReadonlyArray<Money.Currency>
  readonly days: ReadonlyArray<DayFigures>
  readonly total: Omit<DayFigures, "atMs">
  /** Since when they are complete; `null`: since the beginning. */
  readonly cutAtMs: number | null
}

const partMax = 1000
const partsMax = 10

export type Range = { readonly fromMs: number; readonly toMs: number }

/** Payments, refunds and cancels of a range, newest first, and whether there were more. */
export const readItems = async (
  { payments }: Pick<Kernel, "payments">,
  merchantId: string,
  range: Range
): Promise<{ readonly items: ReadonlyArray<PaymentItem>; readonly isCut: boolean } | ReadFailure> => {
  const items: Array<PaymentItem> = []
  for (let part = 0; part < partsMax; part++) {
    const last = items.at(-1)
    const page = last === undefined ? ({ _tag: "First" } as const) : ({ _tag: "After", id: last.id } as const)
    const listed = await payments.list(merchantId, { where: {}, ...range, page, limit: partMax })
    if (!listed.ok) return listed.error
    items.push(...listed.value.items)
    if (!listed.value.hasNext) return { items, isCut: false }
  }
  return { items, isCut: true }
}

/** The figures of one currency: the one that is asked for where there is any, else that with most payments. */
export const figuresOf = (
  items: ReadonlyArray<PaymentItem>,
  range: Range,
  isCut: boolean,
  asked: string
): Figures | undefined => {
  const currencies = byUse(items)
  const currency = currencies.find((one) => one === asked) ?? currencies[0]
  if (currency === undefined) return undefined
  const days = new Map(daysIn(range).map((atMs) => [atMs, { atMs, ...none(currency) }]))
  for (const item of items) {
    if (item.payment.amount.currency !== currency) continue
    const atMs = dayOf((item.reversal ?? item.payment).createdAtMs)
    const day = days.get(atMs)
    if (day !== undefined) days.set(atMs, { ...plus(day, contribution(item, currency)), atMs })
  }
  const list = [...days.values()]
  const oldest = items.at(-1)
  const cutAtMs = isCut && oldest !== undefined ? (oldest.reversal ?? oldest.payment).createdAtMs : null
  return { currency, currencies, days: list, total: list.reduce<Sum>(plus, none(currency)), cutAtMs }
}

/** How many of those that came to an outcome went well, in basis points; `null` where none did. */
export const successBps = ({ approved, failed }: Pick<DayFigures, "approved" | "failed">): number | null =>
  approved + failed === 0 ? null : Math.round((approved * 10_000) / (approved + failed))

type Sum = Omit<DayFigures, "atMs">

const none = (currency: Money.Currency): Sum => ({
  volume: Money.zero(currency),
  refunded: Money.zero(currency),
  approved: 0,
  failed: 0
})

const plus = (a: Sum, b: Sum): Sum => ({
  volume: { ...a.volume, amount: a.volume.amount + b.volume.amount },
  refunded: { ...a.refunded, amount: a.refunded.amount + b.refunded.amount },
  approved: a.approved + b.approved,
  failed: a.failed + b.failed
})

const contribution = ({ payment, reversal }: PaymentItem, currency: Money.Currency): Sum => {
  const nothing = none(currency)
  if (reversal !== null) {
    // A cancel before settlement took the payment out of the volume; what goes back later is a refund.
    const isRefund = reversal.status === "paid" && (reversal.type === "refund" || reversal.asRefund)
    return isRefund ? { ...nothing, refunded: reversal.amount } : nothing
  }
  if (payment.status === "failed") return { ...nothing, failed: 1 }
  if (!approvedStatuses.has(payment.status)) return nothing
  return { ...nothing, approved: 1, volume: isCharged(payment) ? payment.captured : nothing.volume }
}

const approvedStatuses: ReadonlySet<PaymentStatus> = new Set([
  "authorized",
  "confirmed",
  "paid",
  "voided",
  "cancelled",
  "expired"
])

const isCharged = ({ status }: Payment): boolean => status === "confirmed" || status === "paid"

const byUse = (items: ReadonlyArray<PaymentItem>): ReadonlyArray<Money.Currency> => {
  const uses = new Map<Money.Currency, number>()
  for (const { payment } of items) uses.set(payment.amount.currency, (uses.get(payment.amount.currency) ?? 0) + 1)
  return [...uses].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1)).map(([currency]) => currency)
}

const dayOf = (atMs: number): number => Math.floor(atMs / dayMs) * dayMs

const daysIn = ({ fromMs, toMs }: Range): ReadonlyArray<number> =>
  Array.from({ length: Math.floor((dayOf(toMs) - dayOf(fromMs)) / dayMs) + 1 }, (_, day) => dayOf(fromMs) + day * dayMs)
