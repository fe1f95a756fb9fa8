/** One endpoint: where it is, what it is told, its secret, and what became of what was sent. */
import type { Endpoint, EndpointFailure } from "@paykernel/core"
import { type Html, html, nothing, theirs } from "../view/markup.ts"
import { badge, card, facts, heading, input, notice, select } from "../view/parts.ts"
import { missing, notFound, page, type Reply, redirect } from "../view/reply.ts"
import { endpointStatuses } from "../view/words.ts"
import { type Desk, get, post, type Visit } from "../visit.ts"
import { deliveriesTable } from "./deliveries-table.ts"
import { type EndpointEntry, endpointForm, entryOf, faultOf, secretPage } from "./endpoint-form.ts"
import { isRemovable } from "./endpoint-removal.ts"
import { addressWith, daysOf } from "./listing.ts"

const recentMax = 10
const hourMs = 3_600_000

type Webhooks = NonNullable<Desk["webhooks"]>

/** Most of what is done with an endpoint: it ends with a word, or with the page and what is wrong. */
const acting =
  (act: (webhooks: Webhooks, visit: Visit, endpoint: Endpoint) => Promise<Reply | EndpointFailure>) =>
  async (desk: Desk, visit: Visit): Promise<Reply> =>
    visit.once(async () => {
      if (desk.webhooks === null) return notFound
      const found = await desk.webhooks.api.endpoints.get(visit.merchant.id, visit.param("endpoint"))
      if (!found.ok) return missing(found.error)
      const done = await act(desk.webhooks, visit, found.value)
      if (isReply(done)) return done
      if (done._tag === "EndpointNotFound") return notFound
      return endpointPage(desk, visit, found.value, {
        entry: entryOf(visit, desk.webhooks.dialect.types),
        fault: faultOf(done)
      })
    })

const isReply = (done: Reply | EndpointFailure): done is Reply =>
  done._tag === "Page" || done._tag === "Redirect" || done._tag === "NotFound" || done._tag === "Unavailable"

const back = ({ id }: Endpoint, done: string): Reply => redirect(`/settings/webhooks/${id}?done=${done}`)

const show = async (desk: Desk, visit: Visit): Promise<Reply> => {
  if (desk.webhooks === null) return notFound
  const found = await desk.webhooks.api.endpoints.get(visit.merchant.id, visit.param("endpoint"))
  return found.ok ? endpointPage(desk, visit, found.value, null) : missing(found.error)
}

const change = acting(async ({ api, dialect }, visit, endpoint) => {
  const entry = entryOf(visit, dialect.types)
  // Of another dialect the types are not known here, and stay.
  const types = endpoint.dialect === dialect.name ? { types: entry.types } : {}
  const changed = await api.endpoints.change(visit.merchant.id, endpoint.id, { url: entry.url, ...types })
  return changed.ok ? back(endpoint, "change") : changed.error
})

const enable = acting(async ({ api }, visit, endpoint) => {
  const enabled = visit.form.text("enabled") === "yes"
  const changed = await api.endpoints.change(visit.merchant.id, endpoint.id, { enabled })
  return changed.ok ? back(endpoint, enabled ? "enable" : "disable") : changed.error
})

const rotate = acting(async ({ api }, visit, endpoint) => {
  const hours = overlaps.find(({ value }) => value === visit.form.text("overlap"))?.hours ?? 24
  const rotated = await api.endpoints.rotateSecret(visit.merchant.id, endpoint.id, { overlapMs: hours * hourMs })
  return rotated.ok ? secretPage(visit, rotated.value) : rotated.error
})

const sendTest = acting(async ({ api }, visit, endpoint) => {
  const tested = await api.endpoints.test(visit.merchant.id, endpoint.id)
  return tested.ok ? back(endpoint, "test") : tested.error
})

const replayRange = acting(async ({ api }, visit, endpoint) => {
  const { fromMs, toMs } = daysOf(visit.form.text("from"), visit.form.text("to"))
  if (fromMs === null || toMs === null || toMs < fromMs) return back(endpoint, "no-range")
  const range = visit.form.text("what") === "all" ? { statuses: ["delivered", "dead", "withheld"] as const } : {}
  const done = await api.deliveries.replayAll(visit.merchant.id, endpoint.id, { fromMs, toMs, ...range })
  if (!done.ok) return missing(done.error)
  return back(endpoint, done.value.continueFromMs === null ? `replayed-${done.value.replayed}` : "replayed-some")
})

export const endpointRoutes = [
  get("/settings/webhooks/:endpoint", show),
  post("/settings/webhooks/:endpoint", change),
  post("/settings/webhooks/:endpoint/enabled", enable),
  post("/settings/webhooks/:endpoint/secret", rotate),
  post("/settings/webhooks/:endpoint/test", sendTest),
  post("/settings/webhooks/:endpoint/replay", replayRange)
]

const overlaps = [
  { value: "day", text: "Both work for a day", hours: 24 },
  { value: "week", text: "Both work for a week", hours: 168 },
  { value: "none", text: "The old one ends at once", hours: 0 }
] as const

const doneWords: Readonly<Record<string, Html | undefined>> = {
  change: notice("good", "The endpoint was changed."),
  enable: notice("good", "The endpoint is told again."),
  disable: notice("good", "The endpoint is told nothing until it is enabled again."),
  test: notice("good", "A test message is on its way. Reload in a moment to see the answer."),
  "no-range": notice("bad", "Choose the first and the last day of what is to be sent again."),
  "replayed-some": notice("good", "The first thousand will be sent again. Send the form once more for the rest.")
}

const doneWord = (visit: Visit): Html => {
  const done = visit.query("done")
  const replayed = /^replayed-(\d{1,4})$/u.exec(done)?.[1]
  if (replayed !== undefined) return notice("good", `${replayed} messages will be sent again.`)
  return doneWords[done] ?? nothing
}

type Fault = { readonly entry: EndpointEntry; readonly fault: string } | null

const endpointPage = async (desk: Desk, visit: Visit, endpoint: Endpoint, fault: Fault): Promise<Reply> => {
  if (desk.webhooks === null) return notFound
  const { api, dialect } = desk.webhooks
  const recent = await api.deliveries.list(visit.merchant.id, {
    where: { endpointId: endpoint.id },
    fromMs: null,
    toMs: null,
    page: { _tag: "First" },
    limit: recentMax
  })
  if (!recent.ok) return missing(recent.error)
  const action = `/settings/webhooks/${endpoint.id}`
  const entry = fault?.entry ?? { url: endpoint.url ?? "", types: endpoint.types }
  const types = endpoint.dialect === dialect.name ? dialect.types : []
  const log = addressWith(visit.href("/deliveries"), { endpoint: endpoint.id })
  return page(
    "Endpoint",
    html`${heading({
      title: html`Endpoint ${badge(endpointStatuses[endpoint.status])}`,
      back: { href: visit.href("/settings/webhooks"), text: "Webhooks" },
      beside: buttons(visit, endpoint, action)
    })}
${fault === null ? doneWord(visit) : nothing}
<div class="halves">
${card(
  "Address and messages",
  endpointForm(visit, { action, entry, types, fault: fault?.fault ?? null, button: "Save changes" })
)}
<div>
${card("Details", details(visit, endpoint))}
${card("Secret", secretForm(visit, action))}
${card("Send again", replayForm(visit, action))}
</div>
</div>
${card(
  "Latest deliveries",
  deliveriesTable(visit, recent.value.items, "Nothing was sent yet."),
  html`<a href="${log}">All deliveries</a>`
)}`,
    { status: fault === null ? 200 : 422 }
  )
}

const buttons = ({ href, fields }: Visit, endpoint: Endpoint, action: string): Html => {
  const isDisabled = endpoint.status === "disabled"
  const [value, text] = isDisabled ? (["yes", "Enable"] as const) : (["no", "Disable"] as const)
  return html`<div class="buttons">
<form method="post" action="${href(`${action}/test`)}">${fields()}<button>Send test message</button></form>
<form method="post" action="${href(`${action}/enabled`)}">${fields()}
<input type="hidden" name="enabled" value="${value}"><button>${text}</button></form>
${isRemovable(endpoint) ? html`<a class="button" href="${href(`${action}/remove`)}">Remove</a>` : nothing}
</div>`
}

const details = ({ format }: Visit, endpoint: Endpoint): Html => {
  const { name, disabledBecause, failingSinceMs, secrets } = endpoint
  const because = {
    merchant_asked: "You disabled it.",
    gone: "It said it is gone for good.",
    failing: "It failed for days."
  }
  return facts([
    ["Name", name === null ? null : theirs(name, 80)],
    ["Format", theirs(endpoint.dialect, 40)],
    ["Disabled", disabledBecause === null ? null : because[disabledBecause]],
    ["Failing since", failingSinceMs === null ? null : format.exactMoment(failingSinceMs)],
    ["Secrets in use", format.count(secrets.length)],
    ["Created", format.exactMoment(endpoint.createdAtMs)]
  ])
}

const secretForm = ({ href, fields }: Visit, action: string): Html => html`<form class="form" method="post"
action="${href(`${action}/secret`)}">${fields()}
<p class="hint">A new secret is shown once. Give your server time to learn it.</p>
${select("overlap", "The secret before", overlaps, "day")}
<div class="buttons"><button>Generate new secret</button></div></form>`

const replayForm = ({ href, fields }: Visit, action: string): Html => html`<form class="form" method="post"
action="${href(`${action}/replay`)}">${fields()}
${input({ name: "from", label: "From", type: "date", more: html` required` })}
${input({ name: "to", label: "To", type: "date", more: html` required` })}
${select(
  "what",
  "What",
  [
    { value: "failed", text: "What never arrived" },
    { value: "all", text: "Everything" }
  ],
  "failed"
)}
<div class="buttons"><button>Send again</button></div></form>`
