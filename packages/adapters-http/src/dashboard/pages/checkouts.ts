/** Pages that wait to be paid, and payments that were made in one call. */
import type { Checkout, CheckoutView, Listed } from "@paykernel/core"
import { type Html, html, nothing, theirs } from "../view/markup.ts"
import { badge, card, facts, heading, notice, select, table } from "../view/parts.ts"
import { missing, page, type Reply, redirect } from "../view/reply.ts"
import { checkoutStatuses, spoken } from "../view/words.ts"
import { type Desk, get, post, type Visit } from "../visit.ts"
import { deliveriesOfSubject } from "./deliveries-table.ts"
import { pageOf, pagingOf, perPage } from "./listing.ts"

const showCheckouts = async ({ kernel }: Desk, visit: Visit): Promise<Reply> => {
  const filters = { status: visit.query("status"), kind: visit.query("kind") }
  const where = {
    ...(isStatus(filters.status) ? { status: filters.status } : {}),
    ...(filters.kind === "hosted" || filters.kind === "direct" ? { kind: filters.kind } : {})
  }
  const request = { where, fromMs: null, toMs: null, page: pageOf(visit), limit: perPage }
  const listed = await kernel.checkouts.list(visit.merchant.id, request)
  if (!listed.ok) return missing(listed.error)
  return page("Checkouts", listView(visit, filters, listed.value))
}

const showCheckout = async (desk: Desk, visit: Visit): Promise<Reply> => {
  const found = await desk.kernel.checkouts.get(visit.merchant.id, visit.param("id"))
  if (!found.ok) return missing(found.error)
  const message = visit.query("done") === "cancel" ? notice("good", "The page can no longer be paid.") : nothing
  return page("Checkout", await view(desk, visit, found.value, message))
}

const cancel = async (desk: Desk, visit: Visit): Promise<Reply> => {
  const { checkouts } = desk.kernel
  const done = await checkouts.cancel(visit.merchant.id, visit.param("id"))
  if (done.ok) return redirect(`/checkouts/${done.value.checkout.id}?done=cancel`)
  if (done.error._tag === "CheckoutNotFound" || done.error._tag === "Unavailable") return missing(done.error)
  const found = await checkouts.get(visit.merchant.id, visit.param("id"))
  if (!found.ok) return missing(found.error)
  const message = notice("bad", "It cannot be cancelled as it stands now.")
  return page("Checkout", await view(desk, visit, found.value, message), { status: 422 })
}

export const checkoutRoutes = [
  get("/checkouts", showCheckouts),
  get("/checkouts/:id", showCheckout),
  post("/checkouts/:id/cancel", cancel)
]

const isStatus = (text: string): boolean => Object.hasOwn(checkoutStatuses, text) && text !== "none"

const statusOptions = [
  { value: "", text: "Any status" },
  ...Object.entries(checkoutStatuses)
    .filter(([value]) => value !== "none")
    .map(([value, { text }]) => ({ value, text }))
]

const kindOptions = [
  { value: "", text: "Any kind" },
  { value: "hosted", text: "Payment page" },
  { value: "direct", text: "Direct" }
]

type Filters = { readonly status: string; readonly kind: string }

const listView = (visit: Visit, filters: Filters, listed: Listed<Checkout>): Html => html`${heading({
  title: "Checkouts",
  lead: "Payment pages you have opened, and payments made in one call."
})}
<form class="filters" method="get" action="${visit.href("/checkouts")}">
${select("status", "Status", statusOptions, filters.status)}
${select("kind", "Kind", kindOptions, filters.kind)}
<div class="buttons"><button>Filter</button></div>
</form>
<section class="card">
${table({
  caption: "Checkouts, newest first",
  columns: [
    { label: "Amount" },
    { label: "Status", kind: "aside" },
    { label: "Kind" },
    { label: "Description" },
    { label: "Customer" },
    { label: "Created", kind: "number" }
  ],
  rows: listed.items.map((checkout) => [
    html`<a class="row" href="${visit.href(`/checkouts/${checkout.id}`)}">${visit.format.money(checkout.amount)}</a>`,
    badge(checkoutStatuses[checkout.status]),
    checkout.kind === "hosted" ? "Payment page" : "Direct",
    checkout.description === null ? "" : theirs(checkout.description, 60),
    customerName(checkout),
    visit.format.moment(checkout.createdAtMs)
  ]),
  empty: html`<p>No checkout here.</p>`
})}
${pagingOf(visit, "/checkouts", filters, listed, ({ id }) => id)}
</section>`

const customerName = ({ customer }: Checkout): Html | string => {
  const name = customer?.email ?? customer?.name ?? null
  return name === null ? "" : theirs(name, 60)
}

const view = async (desk: Desk, visit: Visit, { checkout }: CheckoutView, message: Html): Promise<Html> => {
  const { href, format, fields } = visit
  const { id, status, kind } = checkout
  const mayCancel = status === "open" && kind === "hosted"
  return html`${heading({
    title: html`${format.money(checkout.amount)} ${badge(checkoutStatuses[status])}`,
    back: { href: href("/checkouts"), text: "Checkouts" },
    beside: mayCancel
      ? html`<form method="post" action="${href(`/checkouts/${id}/cancel`)}">${fields()}
<button class="bad">Cancel this page</button></form>`
      : nothing
  })}
${message}
${card("Details", details(visit, checkout))}
${card("Payments", tries(visit, checkout))}
${await deliveriesOfSubject(desk, visit, [id])}`
}

const details = ({ format }: Visit, checkout: Checkout): Html => {
  const { customer, description, returnUrl, webhookUrl, metadata, expiresAtMs, endedAtMs } = checkout
  const told = (text: string | null | undefined): Html | null =>
    text === null || text === undefined ? null : theirs(text, 300)
  return facts([
    ["ID", html`<code>${checkout.id}</code>`],
    ["Kind", checkout.kind === "hosted" ? "Payment page" : "Direct"],
    ["Description", told(description)],
    ["Customer", told(customer?.name)],
    ["Email", told(customer?.email)],
    ["Back to", told(returnUrl)],
    ["Webhook", told(webhookUrl)],
    ["Metadata", metadata === null ? null : html`<code>${theirs(metadata, 2000)}</code>`],
    ["Open until", expiresAtMs === null ? null : format.exactMoment(expiresAtMs)],
    ["Ended", endedAtMs === null ? null : format.exactMoment(endedAtMs)],
    ["Created", format.exactMoment(checkout.createdAtMs)]
  ])
}

const trySays = { open: { text: "Under way", tone: "busy" }, succeeded: { text: "Succeeded", tone: "good" } } as const

const tries = ({ href }: Visit, { payments }: Checkout): Html =>
  table({
    caption: "Payments that were tried, oldest first",
    columns: [{ label: "Transaction" }, { label: "Status", kind: "aside" }, { label: "Reason" }],
    rows: payments.map(({ id, transactionId, status, failure }) => [
      html`<a class="row" href="${href(`/payments/${id}`)}">${transactionId}</a>`,
      badge(status === "failed" ? { text: "Failed", tone: "bad" } : trySays[status]),
      failure === null ? "" : spoken(failure)
    ]),
    empty: html`<p>Nobody has tried to pay yet.</p>`
  })
