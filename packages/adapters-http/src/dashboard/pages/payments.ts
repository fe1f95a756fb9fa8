/** The payments of a merchant: found by id, transaction or email address, or filtered by status and day. */
import type { Listed, PaymentItem, PaymentStatus } from "@paykernel/core"
import { type Html, html, nothing, theirs } from "../view/markup.ts"
import { badge, heading, input, select, table } from "../view/parts.ts"
import { missing, page, type Reply, redirect } from "../view/reply.ts"
import { paymentStatuses, reversalWord } from "../view/words.ts"
import { type Desk, get, type Visit } from "../visit.ts"
import { daysOf, pageOf, pagingOf, perPage } from "./listing.ts"

type Filters = { readonly q: string; readonly status: string; readonly from: string; readonly to: string }

const showPayments = async (desk: Desk, visit: Visit): Promise<Reply> => {
  const filters = filtersOf(visit)
  const named = await findNamed(desk, visit, filters.q)
  if (named !== undefined) return named
  const where = {
    ...(isStatus(filters.status) ? { status: filters.status } : {}),
    ...(filters.q.includes("@") ? { email: filters.q.toLowerCase() } : {})
  }
  // What is searched for and is neither a name nor an address is found nowhere.
  const isAskable = filters.q === "" || filters.q.includes("@")
  const request = { where, ...daysOf(filters.from, filters.to), page: pageOf(visit), limit: perPage }
  const listed = isAskable ? await desk.kernel.payments.list(visit.merchant.id, request) : nowhere
  if (!listed.ok) return missing(listed.error)
  const isFiltered = Object.values(filters).some((filter) => filter !== "")
  const rows = rowsOf(visit, listed.value.items)
  return page(
    "Payments",
    html`${heading({ title: "Payments" })}
${filterForm(visit, filters, isFiltered)}
<section class="card">
${table({ caption: "Payments, newest first", columns, rows, empty: emptyList(isFiltered) })}
${pagingOf(visit, "/payments", filters, listed.value, ({ id }) => id)}
</section>`
  )
}

export const paymentRoutes = [get("/payments", showPayments)]

const nowhere = {
  ok: true,
  value: { items: [], hasNext: false, hasPrevious: false } satisfies Listed<PaymentItem>
} as const

const filtersOf = (visit: Visit): Filters => ({
  q: visit.query("q").trim(),
  status: visit.query("status"),
  from: visit.query("from"),
  to: visit.query("to")
})

const idShape = /^[A-Za-z0-9-]{1,64}$/u
const transactionShape = /^txn_[A-Za-z0-9]{1,32}$/u

/** Whoever types a name is led to what it names. */
const findNamed = async ({ kernel }: Desk, { merchant }: Visit, q: string): Promise<Reply | undefined> => {
  if (transactionShape.test(q)) {
    const found = await kernel.checkouts.ofTransaction(merchant.id, q)
    if (!found.ok) return found.error._tag === "Unavailable" ? missing(found.error) : undefined
    return found.value.latest === null ? undefined : redirect(`/payments/${found.value.latest.payment.id}`)
  }
  if (!idShape.test(q)) return undefined
  const found = await kernel.payments.get(merchant.id, q.toLowerCase())
  if (found.ok) return redirect(`/payments/${found.value.payment.id}`)
  return found.error._tag === "Unavailable" ? missing(found.error) : undefined
}

const isStatus = (text: string): text is PaymentStatus => Object.hasOwn(paymentStatuses, text) && text !== "none"

const statusOptions = [
  { value: "", text: "Any status" },
  ...Object.entries(paymentStatuses)
    .filter(([value]) => value !== "none")
    .map(([value, { text }]) => ({ value, text }))
]

const searchHint = html` placeholder="ID, transaction or email"`

const filterForm = (
  visit: Visit,
  filters: Filters,
  isFiltered: boolean
): Html => html`<form class="filters" method="get"
action="${visit.href("/payments")}" role="search">
${input({ name: "q", label: "Search", type: "search", value: filters.q, more: searchHint })}
${select("status", "Status", statusOptions, filters.status)}
${input({ name: "from", label: "From", type: "date", value: filters.from })}
${input({ name: "to", label: "To", type: "date", value: filters.to })}
<div class="buttons"><button class="main">Search</button>
${isFiltered ? html`<a class="button" href="${visit.href("/payments")}">Clear</a>` : nothing}</div>
</form>`

export const columns = [
  { label: "Amount" },
  { label: "Status", kind: "aside" },
  { label: "Kind" },
  { label: "Paid with" },
  { label: "Customer" },
  { label: "Created", kind: "number" }
] as const

/** A refund or a cancel is listed on its own, and leads to its payment. */
export const rowsOf = (visit: Visit, items: ReadonlyArray<PaymentItem>): ReadonlyArray<ReadonlyArray<Html | string>> =>
  items.map(({ payment, reversal }) => {
    const amount = (reversal ?? payment).amount
    const href = visit.href(`/payments/${payment.id}`)
    const kind = kinds[reversal?.type ?? "payment"]
    return [
      html`<a class="row" href="${href}">${reversal === null ? "" : "−"}${visit.format.money(amount)}</a>`,
      badge(reversal === null ? paymentStatuses[payment.status] : reversalWord(reversal)),
      kind,
      paidWith(payment),
      payment.payer.email === "" ? "" : theirs(payment.payer.email, 60),
      visit.format.moment((reversal ?? payment).createdAtMs)
    ]
  })

const kinds = { payment: "Payment", refund: "Refund", cancel: "Cancel" } as const

export const paidWith = ({ source, card }: PaymentItem["payment"]): Html | string => {
  if (source.type === "bank_transfer") return "Bank transfer"
  if (card.last4 === "") return "Card"
  const network = card.network === "UNKNOWN" ? "Card" : networks[card.network]
  return html`${network} ···· ${card.last4}`
}

const networks = { VISA: "Visa", MASTERCARD: "Mastercard", AMEX: "American Express" } as const

const emptyList = (isFiltered: boolean): Html =>
  isFiltered
    ? html`<p>No payment matches. Ids and email addresses have to be complete.</p>`
    : html`<p>No payments yet. They appear here as soon as one is made.</p>`
