/** Deliveries of webhooks in rows, wherever they are shown. */
import type { Delivery } from "@paykernel/core"
import { type Html, html, nothing, theirs } from "../view/markup.ts"
import { badge, card, table } from "../view/parts.ts"
import { deliveryStatuses } from "../view/words.ts"
import type { Desk, Visit } from "../visit.ts"

export const deliveriesTable = (visit: Visit, deliveries: ReadonlyArray<Delivery>, empty: string): Html =>
  table({
    caption: "Deliveries, newest first",
    columns: [
      { label: "Message" },
      { label: "Status", kind: "aside" },
      { label: "To" },
      { label: "Attempts" },
      { label: "Latest answer" },
      { label: "Created", kind: "number" }
    ],
    rows: deliveries.map((delivery) => [
      html`<a class="row" href="${visit.href(`/deliveries/${delivery.id}`)}">${theirs(delivery.type, 80)}</a>`,
      badge(deliveryStatuses[delivery.status]),
      target(delivery),
      visit.format.count(delivery.attemptsCount),
      answerWords(delivery.attempts.at(-1)?.answer),
      visit.format.moment(delivery.createdAtMs)
    ]),
    empty: html`<p>${empty}</p>`
  })

export const target = ({ target: to }: Delivery): Html | string =>
  to._tag === "Endpoint" ? html`Endpoint ${theirs(to.endpointId, 40)}` : theirs(to.url, 60)

type Answer = Delivery["attempts"][number]["answer"]

export const answerWords = (answer: Answer | undefined): string => {
  if (answer === undefined) return ""
  return answer._tag === "Answered" ? `HTTP ${answer.status}` : unanswered[answer.why]
}

const unanswered: Readonly<Record<Extract<Answer, { _tag: "Unanswered" }>["why"], string>> = {
  address_refused: "Address refused",
  name_not_found: "Name not found",
  connection_failed: "No connection",
  tls_failed: "TLS failed",
  connection_lost: "Connection lost",
  timed_out: "Timed out",
  answer_malformed: "Answer not understood"
}

const shownMax = 20

/** Those about one of these; nothing where this server sends none. */
export const deliveriesOfSubject = async (desk: Desk, visit: Visit, ids: ReadonlyArray<string>): Promise<Html> => {
  if (desk.webhooks === null) return nothing
  const listed = await desk.webhooks.api.deliveries.list(visit.merchant.id, {
    where: { subjectId: ids },
    fromMs: null,
    toMs: null,
    page: { _tag: "First" },
    limit: shownMax
  })
  if (!listed.ok) return card("Webhook deliveries", html`<p class="quiet">They cannot be shown just now.</p>`)
  const { items, hasNext } = listed.value
  return card(
    "Webhook deliveries",
    html`${deliveriesTable(visit, items, "Nobody was told about this.")}
${hasNext ? html`<p class="hint">The latest ${shownMax} are shown.</p>` : nothing}`
  )
}
