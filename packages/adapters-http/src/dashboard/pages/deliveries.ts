/** What was sent to the merchant's servers, what they answered, and sending it once more. */
import type { Delivery, DeliveryAttempt } from "@paykernel/core"
import { type Html, html, nothing, theirs } from "../view/markup.ts"
import { badge, card, facts, heading, notice, select, table } from "../view/parts.ts"
import { missing, notFound, page, type Reply, redirect } from "../view/reply.ts"
import { deliveryStatuses } from "../view/words.ts"
import { type Desk, get, post, type Visit } from "../visit.ts"
import { answerWords, deliveriesTable, target } from "./deliveries-table.ts"
import { pageOf, pagingOf, perPage } from "./listing.ts"

const showDeliveries = async ({ webhooks }: Desk, visit: Visit): Promise<Reply> => {
  if (webhooks === null) return notFound
  const filters = { status: visit.query("status"), endpoint: visit.query("endpoint") }
  const where = {
    ...(isStatus(filters.status) ? { status: filters.status } : {}),
    ...(/^[A-Za-z0-9._~-]{1,128}$/u.test(filters.endpoint) ? { endpointId: filters.endpoint } : {})
  }
  const request = { where, fromMs: null, toMs: null, page: pageOf(visit), limit: perPage }
  const listed = await webhooks.api.deliveries.list(visit.merchant.id, request)
  if (!listed.ok) return missing(listed.error)
  return page(
    "Deliveries",
    html`${heading({
      title: "Deliveries",
      back: { href: visit.href("/settings/webhooks"), text: "Webhooks" },
      lead: "Every message that was sent, or is to be."
    })}
<form class="filters" method="get" action="${visit.href("/deliveries")}">
${select("status", "Status", statusOptions, filters.status)}
<input type="hidden" name="endpoint" value="${filters.endpoint}">
<div class="buttons"><button>Filter</button></div>
</form>
<section class="card">
${deliveriesTable(visit, listed.value.items, "Nothing here yet.")}
${pagingOf(visit, "/deliveries", filters, listed.value, ({ id }) => id)}
</section>`
  )
}

const isStatus = (text: string): boolean => Object.hasOwn(deliveryStatuses, text) && text !== "none"

const statusOptions = [
  { value: "", text: "Any status" },
  ...Object.entries(deliveryStatuses)
    .filter(([value]) => value !== "none")
    .map(([value, { text }]) => ({ value, text }))
]

const showDelivery = async ({ webhooks }: Desk, visit: Visit): Promise<Reply> => {
  if (webhooks === null) return notFound
  const found = await webhooks.api.deliveries.get(visit.merchant.id, visit.param("id"))
  if (!found.ok) return missing(found.error)
  return deliveryPage(visit, found.value, visit.query("done") === "replay" ? replayed : nothing)
}

const replay = async ({ webhooks }: Desk, visit: Visit): Promise<Reply> =>
  visit.once(async () => {
    if (webhooks === null) return notFound
    const done = await webhooks.api.deliveries.replay(visit.merchant.id, visit.param("id"))
    if (done.ok) return redirect(`/deliveries/${done.value.id}?done=replay`)
    return missing(done.error)
  })

export const deliveryRoutes = [
  get("/deliveries", showDeliveries),
  get("/deliveries/:id", showDelivery),
  post("/deliveries/:id/replay", replay)
]

const replayed = notice("good", "The message will be sent again. Reload in a moment to see the answer.")

const deliveryPage = (visit: Visit, delivery: Delivery, message: Html): Reply => {
  const { format, href, fields } = visit
  const { subject } = delivery
  const about = subject.type === "payment" ? `/payments/${subject.id}` : `/checkouts/${subject.id}`
  const isShown = subject.type === "payment" || subject.type === "checkout"
  return page(
    "Delivery",
    html`${heading({
      title: html`${theirs(delivery.type, 80)} ${badge(deliveryStatuses[delivery.status])}`,
      back: { href: href("/deliveries"), text: "Deliveries" },
      beside: html`<form method="post" action="${href(`/deliveries/${delivery.id}/replay`)}">${fields()}
<button>Send again</button></form>`
    })}
${message}
${card(
  "Details",
  facts([
    ["Message", html`<code>${delivery.messageId}</code>`],
    ["To", target(delivery)],
    [
      "About",
      isShown ? html`<a href="${href(about)}">${subject.type} ${subject.id}</a>` : `${subject.type} ${subject.id}`
    ],
    ["Attempts", format.count(delivery.attemptsCount)],
    ["Next attempt", delivery.nextAttemptAtMs === null ? null : format.exactMoment(delivery.nextAttemptAtMs)],
    ["Created", format.exactMoment(delivery.createdAtMs)]
  ])
)}
<h2 class="unseen">Attempts</h2>
${delivery.attempts.length === 0 ? notice("info", "Nothing was sent yet.") : nothing}
${delivery.attempts.toReversed().map((attempt) => attemptCard(visit, attempt))}`
  )
}

const attemptCard = ({ format }: Visit, attempt: DeliveryAttempt): Html => {
  const { answer, durationMs, requestHeaders } = attempt
  return html`<section class="card">
<div class="card-head"><h3>${format.exactMoment(attempt.atMs)}</h3>
<span class="quiet">${answerWords(answer)}, after ${format.count(durationMs)} ms</span></div>
<details><summary>Request headers</summary>${headers(requestHeaders)}</details>
${
  answer._tag === "Unanswered"
    ? nothing
    : html`<details><summary>Answer</summary><div>${headers(answer.headers)}
<pre tabindex="0" role="region" aria-label="Body of the answer">${theirs(answer.bodyStart, 1024)}</pre></div></details>`
}
</section>`
}

const headers = (list: DeliveryAttempt["requestHeaders"]): Html =>
  table({
    caption: "Headers",
    columns: [{ label: "Name" }, { label: "Value" }],
    rows: list.map(([name, value]) => [html`<code>${theirs(name, 100)}</code>`, theirs(value, 300)]),
    empty: html`<p>None.</p>`
  })
