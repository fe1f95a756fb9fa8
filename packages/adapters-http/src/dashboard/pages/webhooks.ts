/** The addresses that are told what happens: which there are, and the merchant's own to be set up. */
import { defaultEndpointId, type Endpoint } from "@paykernel/core"
import { type Html, html, nothing, theirs } from "../view/markup.ts"
import { badge, card, heading, notice, table } from "../view/parts.ts"
import { missing, notFound, page, type Reply } from "../view/reply.ts"
import { endpointStatuses } from "../view/words.ts"
import { type Desk, get, post, type Visit } from "../visit.ts"
import { type EndpointEntry, endpointForm, entryOf, faultOf, secretPage } from "./endpoint-form.ts"

const endpointsShownMax = 100

const showWebhooks = async (desk: Desk, visit: Visit): Promise<Reply> =>
  desk.webhooks === null ? absent() : overview(desk, visit, noEntry, null)

/** Whoever sends the form again is shown the same secret. */
const create = async (desk: Desk, visit: Visit): Promise<Reply> => {
  const { webhooks } = desk
  if (webhooks === null) return notFound
  const entry = entryOf(visit, webhooks.dialect.types)
  if (entry.url === "") return overview(desk, visit, entry, "An address is needed.")
  const { name: dialect } = webhooks.dialect
  const input = { id: defaultEndpointId, dialect, name: null, url: entry.url, types: entry.types }
  const made = await webhooks.api.endpoints.create(visit.merchant.id, input, {
    scope: "dashboard",
    key: visit.deed,
    meaning: { deed: "create-endpoint", ...entry },
    answer: ({ endpoint }) => ({ status: 200, body: endpoint.id })
  })
  if (made.ok) return secretPage(visit, made.value.view)
  if (made.error._tag === "Unavailable") return missing(made.error)
  return overview(desk, visit, entry, faultOf(made.error))
}

export const webhookRoutes = [get("/settings/webhooks", showWebhooks), post("/settings/webhooks", create)]

const noEntry: EndpointEntry = { url: "", types: [] }

const overview = async (desk: Desk, visit: Visit, entry: EndpointEntry, fault: string | null): Promise<Reply> => {
  if (desk.webhooks === null) return notFound
  const { api, dialect } = desk.webhooks
  const listed = await api.endpoints.list(visit.merchant.id, {
    where: {},
    fromMs: null,
    toMs: null,
    page: { _tag: "First" },
    limit: endpointsShownMax
  })
  if (!listed.ok) return missing(listed.error)
  const endpoints = listed.value.items
  const isSetUp = endpoints.some(({ id }) => id === defaultEndpointId)
  const { href } = visit
  const setUp = card(
    "Set up your endpoint",
    html`<p class="hint">We send a signed POST to this address whenever something happens.</p>
${endpointForm(visit, { action: "/settings/webhooks", entry, types: dialect.types, fault, button: "Set up endpoint" })}`
  )
  return page(
    "Webhooks",
    html`${heading({
      title: "Webhooks",
      beside: html`<a class="button" href="${href("/deliveries")}">Deliveries</a>`,
      lead: "Tell your server about payments as they happen."
    })}
${visit.query("done") === "remove" ? notice("good", "The endpoint was removed.") : nothing}
${isSetUp ? nothing : setUp}
${card("Endpoints", endpointTable(visit, endpoints))}`,
    { status: fault === null ? 200 : 422 }
  )
}

const endpointTable = ({ href, format }: Visit, endpoints: ReadonlyArray<Endpoint>): Html =>
  table({
    caption: "Endpoints, newest first",
    columns: [
      { label: "Address" },
      { label: "Status", kind: "aside" },
      { label: "Told about" },
      { label: "Format" },
      { label: "Created", kind: "number" }
    ],
    rows: endpoints.map((endpoint) => [
      html`<a class="row" href="${href(`/settings/webhooks/${endpoint.id}`)}">${
        endpoint.url === null ? "No address yet" : theirs(endpoint.url, 80)
      }</a>`,
      badge(endpointStatuses[endpoint.status]),
      endpoint.types.length === 0 ? "Everything" : theirs(endpoint.types.join(", "), 120),
      theirs(endpoint.dialect, 40),
      format.moment(endpoint.createdAtMs)
    ]),
    empty: html`<p>No endpoint yet.</p>`
  })

const absent = (): Reply =>
  page(
    "Webhooks",
    html`${heading({ title: "Webhooks" })}<div class="empty"><p>This server does not send webhooks.</p></div>`
  )
