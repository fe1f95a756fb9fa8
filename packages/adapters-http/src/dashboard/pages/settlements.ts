/** What was paid out, and for which payments. */
import type { Listed, PaymentItem, Settlement } from "@paykernel/core"
import { type Html, html } from "../view/markup.ts"
import { card, facts, heading, table } from "../view/parts.ts"
import { missing, page, type Reply } from "../view/reply.ts"
import { type Desk, get, type Visit } from "../visit.ts"
import { pageOf, pagingOf, perPage } from "./listing.ts"
import { columns, rowsOf } from "./payments.ts"

const showSettlements = async ({ kernel }: Desk, visit: Visit): Promise<Reply> => {
  const request = { where: {}, fromMs: null, toMs: null, page: pageOf(visit), limit: perPage }
  const listed = await kernel.settlements.list(visit.merchant.id, request)
  if (!listed.ok) return missing(listed.error)
  return page(
    "Settlements",
    html`${heading({ title: "Settlements" })}
<section class="card">
${list(visit, listed.value.items)}
${pagingOf(visit, "/settlements", {}, listed.value, ({ id }) => id)}
</section>`
  )
}

const list = ({ href, format }: Visit, settlements: ReadonlyArray<Settlement>): Html =>
  table({
    caption: "Settlements, newest first",
    columns: [
      { label: "Payout" },
      { label: "Credits", kind: "number" },
      { label: "Debits", kind: "number" },
      { label: "Fees", kind: "number" },
      { label: "Created", kind: "number" }
    ],
    rows: settlements.map(({ id, payout, totalCredits, totalDebits, paymentFees, createdAtMs }) => [
      html`<a class="row" href="${href(`/settlements/${id}`)}">${format.money(payout)}</a>`,
      format.money(totalCredits),
      format.money(totalDebits),
      format.money(paymentFees),
      format.moment(createdAtMs)
    ]),
    empty: html`<p>Nothing was settled yet. Captured payments are settled at the interval of your terms.</p>`
  })

const showSettlement = async ({ kernel }: Desk, visit: Visit): Promise<Reply> => {
  const { id: merchantId } = visit.merchant
  const found = await kernel.settlements.get(merchantId, visit.param("id"))
  if (!found.ok) return missing(found.error)
  const where = { settlementId: found.value.id }
  const request = { where, fromMs: null, toMs: null, page: pageOf(visit), limit: perPage }
  const payments = await kernel.payments.list(merchantId, request)
  if (!payments.ok) return missing(payments.error)
  return page(`Settlement of ${visit.format.money(found.value.payout)}`, view(visit, found.value, payments.value))
}

export const settlementRoutes = [get("/settlements", showSettlements), get("/settlements/:id", showSettlement)]

const view = (visit: Visit, settlement: Settlement, payments: Listed<PaymentItem>): Html => {
  const { format, href } = visit
  const { id, walletId, totalCredits, totalDebits, paymentFees, payout, createdAtMs } = settlement
  const empty = html`<p>Nothing on this page.</p>`
  const rows = rowsOf(visit, payments.items)
  return html`${heading({
    title: html`Settlement of ${format.money(payout)}`,
    back: { href: href("/settlements"), text: "Settlements" }
  })}
${card(
  "Details",
  facts([
    ["ID", html`<code>${id}</code>`],
    ["Wallet", walletId],
    ["Credits", format.money(totalCredits)],
    ["Debits", format.money(totalDebits)],
    ["Fees", format.money(paymentFees)],
    ["Payout", format.money(payout)],
    ["Created", format.exactMoment(createdAtMs)]
  ])
)}
${card(
  "Payments and refunds in it",
  html`${table({ caption: "Payments and refunds of this settlement", columns, rows, empty })}
${pagingOf(visit, `/settlements/${id}`, {}, payments, (item) => item.id)}`
)}`
}
