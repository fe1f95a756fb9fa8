/** The keys by which a merchant's server is known: made, seen, revoked. A key is shown once, where it is made. */
import * as Redacted from "effect/Redacted"
import type { CreateApiKeyRejection, CreatedApiKey, ListedApiKey } from "../../auth/index.ts"
import { type Html, html, nothing, theirs } from "../view/markup.ts"
import { badge, card, facts, heading, input, notice, select, table } from "../view/parts.ts"
import { notFound, page, type Reply, redirect } from "../view/reply.ts"
import { type Desk, get, post, type Visit } from "../visit.ts"
import { addressWith } from "./listing.ts"

const shownMax = 200

const showKeys = async (desk: Desk, visit: Visit): Promise<Reply> => keysPage(desk, visit, doneWord(visit), 200)

const createKey = async (desk: Desk, visit: Visit): Promise<Reply> =>
  visit.once(async () => {
    const mode = visit.form.text("mode") === "live" ? "live" : "test"
    const made = await desk.apiKeys.create(visit.merchant.id, { mode, name: visit.form.text("name") })
    return made.ok ? newKeyPage(visit, made.value) : keysPage(desk, visit, notice("bad", faultOf(made.error)), 422)
  })

/** What the merchant is about to revoke, shown once more: a key that is gone stops a shop. */
const askRevoke = async (desk: Desk, visit: Visit): Promise<Reply> => {
  const keys = await desk.apiKeys.list(visit.merchant.id)
  const key = keys.find(({ id, revokedAtMs }) => id === visit.query("id") && revokedAtMs === null)
  if (key === undefined) return notFound
  const { href, format, fields } = visit
  const back = { href: href("/settings/api-keys"), text: "API Keys" }
  return page(
    "Revoke key",
    html`${heading({ title: "Revoke this key?", back })}
${card(
  "Please confirm",
  html`${facts([
    ["Name", nameOf(key)],
    ["Key", shownKey(key)],
    ["Last used", key.lastUsedAtMs === null ? "Never" : format.moment(key.lastUsedAtMs)],
    ["What happens", "Whoever calls with this key is refused at once. This cannot be undone."]
  ])}
<form method="post" action="${href("/settings/api-keys/revoke")}">${fields()}
<input type="hidden" name="id" value="${key.id}">
<div class="buttons"><button class="bad">Revoke key</button><a class="button" href="${back.href}">Do nothing</a></div>
</form>`
)}`
  )
}

const revokeKey = async (desk: Desk, visit: Visit): Promise<Reply> => {
  const revoked = await desk.apiKeys.revoke(visit.merchant.id, visit.form.text("id"))
  return revoked.ok ? redirect("/settings/api-keys?done=revoke") : notFound
}

export const apiKeyRoutes = [
  get("/settings/api-keys", showKeys),
  post("/settings/api-keys", createKey),
  get("/settings/api-keys/revoke", askRevoke),
  post("/settings/api-keys/revoke", revokeKey)
]

const doneWord = (visit: Visit): Html =>
  visit.query("done") === "revoke" ? notice("good", "The key is revoked. Nobody can call with it any more.") : nothing

const faultOf = (rejection: CreateApiKeyRejection): string => {
  switch (rejection._tag) {
    case "NameInvalid":
      return "Give the key a name of 1 to 80 characters, by which you will know it."
    case "TooManyKeys":
      return `At most ${rejection.activeKeysMax} keys can work at a time. Revoke one that is not needed.`
    case "Busy":
      return "Many keys are being made at this moment. Please try again."
  }
}

const keysPage = async (desk: Desk, visit: Visit, message: Html, status: number): Promise<Reply> => {
  const keys = await desk.apiKeys.list(visit.merchant.id)
  return page(
    "API Keys",
    html`${heading({ title: "API Keys", lead: "Your server calls the API with one of these. Keep them secret." })}
${message}
${card("Generate a key", newKeyForm(visit))}
${card("Keys", keyTable(visit, keys.slice(0, shownMax)))}
${keys.length > shownMax ? html`<p class="hint">The first ${shownMax} are shown.</p>` : nothing}`,
    { status }
  )
}

const newKeyForm = ({ href, fields }: Visit): Html => html`<form class="form" method="post"
action="${href("/settings/api-keys")}">${fields()}
${input({
  name: "name",
  label: "Name",
  lengthMax: 80,
  hint: "Where it is used, such as “Web shop”.",
  more: html` required autocomplete="off"`
})}
${select("mode", "Mode", modes, "test")}
<div class="buttons"><button class="main">Generate New Key</button></div>
</form>`

const modes = [
  { value: "test", text: "Test" },
  { value: "live", text: "Live" }
]

const keyTable = ({ href, format }: Visit, keys: ReadonlyArray<ListedApiKey>): Html =>
  table({
    caption: "API keys: those that work first",
    columns: [
      { label: "Name" },
      { label: "Key" },
      { label: "Mode", kind: "aside" },
      { label: "Created" },
      { label: "Last used" },
      { label: "Revoke", kind: "actions" }
    ],
    rows: keys.map((key) => [
      nameOf(key),
      shownKey(key),
      key.revokedAtMs === null ? modeBadge(key) : badge({ text: "Revoked", tone: "quiet" }),
      format.moment(key.createdAtMs),
      key.lastUsedAtMs === null ? html`<span class="quiet">Never</span>` : format.moment(key.lastUsedAtMs),
      key.revokedAtMs === null ? revokeLink(href("/settings/api-keys/revoke"), key) : ""
    ]),
    empty: html`<p>No key yet.</p>`
  })

const revokeLink = (path: string, key: ListedApiKey): Html =>
  html`<a href="${addressWith(path, { id: key.id })}">Revoke<span class="unseen"> ${nameOf(key)}</span></a>`

const nameOf = ({ name }: ListedApiKey): Html | string => (name === null ? "Unnamed" : theirs(name, 80))

const shownKey = ({ mode, lastFour }: ListedApiKey): Html => {
  const start = mode === null ? "" : `pk_${mode}_`
  return html`<code>${start}····${lastFour ?? ""}</code>`
}

const modeBadge = ({ mode }: ListedApiKey): Html =>
  mode === null ? html`` : badge(mode === "live" ? { text: "Live", tone: "good" } : { text: "Test", tone: "busy" })

const newKeyPage = (visit: Visit, made: CreatedApiKey): Reply => {
  const href = visit.href("/settings/api-keys")
  return page(
    "New key",
    html`${heading({ title: "Your new key", back: { href, text: "API Keys" } })}
${card(
  "Shown this once",
  html`<p>Copy it to where your server finds it. It works at once, and cannot be shown again.</p>
<code class="secret" id="secret">${Redacted.value(made.apiKey)}</code>
<p class="buttons"><a class="button main" href="${href}">I have kept it</a></p>`
)}`
  )
}
