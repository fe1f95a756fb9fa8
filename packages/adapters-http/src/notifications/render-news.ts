/**
 * The thing that news are about, as `/v1` shows it at its own address. What can grow long is also given in shorter forms:
 * a payment with fewer of its refunds, an intent with fewer of its payments, and a card without the details of its
 * holder.
 */
import type { Change } from "@paykernel/core"
import { renderSettlement } from "../v1/render-account.ts"
import { renderCard } from "../v1/render-card.ts"
import { renderDeposit, renderIntent, renderIntentRefund } from "../v1/render-intent.ts"
import { renderItem } from "../v1/render-payment.ts"
import type { News } from "./news.ts"

export type RenderedNews = { readonly [name: string]: unknown }

/** The fullest form first. The last one is short enough for any message. */
export const renderNews = (news: News, change: Change, walletId: string): ReadonlyArray<RenderedNews> => {
  switch (change.type) {
    case "payment":
      return renderPaymentNews(news, change.after, walletId)
    case "card": {
      const card = renderCard(change.after)
      const { country, district } = card.billingDetails
      return [card, { ...card, billingDetails: { country, ...(district === undefined ? {} : { district }) } }]
    }
    case "intent":
      return intentForms(change.after).map((intent) => renderIntent(intent, walletId))
    case "deposit":
      return [renderDeposit(change.after, walletId)]
    case "intent_refund":
      return [renderIntentRefund(change.after, walletId)]
    case "settlement":
      return [renderSettlement(change.after)]
    default:
      throw new Error(`no news are made of a change of a ${change.type}`)
  }
}

type Intent = Extract<Change, { readonly type: "intent" }>["after"]

/** With all that it names, and with the newest of it. */
const intentForms = (intent: Intent): ReadonlyArray<Intent> => {
  const { depositIds, refundIds, timeline } = intent
  const newest = { depositIds: depositIds.slice(-entriesKept), refundIds: refundIds.slice(-entriesKept) }
  return [intent, { ...intent, ...newest, timeline: timeline.slice(0, entriesKept) }]
}

const entriesKept = 20

type Payment = Extract<Change, { readonly type: "payment" }>["after"]

const renderPaymentNews = (news: News, payment: Payment, walletId: string): ReadonlyArray<RenderedNews> => {
  const reversal = "id" in news ? (payment.reversals.find(({ id }) => id === news.id) ?? null) : null
  return refundsShown.map((count) => {
    const shown = withFewerRefunds(payment, count, reversal?.id ?? null)
    return renderItem({ id: reversal?.id ?? payment.id, payment: shown, reversal }, walletId)
  })
}

const refundsShown = [Number.POSITIVE_INFINITY, 20, 5, 0]

/** The newest ones, and the one that this is about. */
const withFewerRefunds = (payment: Payment, count: number, aboutId: string | null): Payment => {
  const refunds = payment.reversals.filter(({ type }) => type === "refund")
  const shown = new Set(refunds.slice(Math.max(0, refunds.length - count)))
  return {
    ...payment,
    reversals: payment.reversals.filter((one) => one.type === "cancel" || one.id === aboutId || shown.has(one))
  }
}
