/** What a merchant says of an endpoint, why it cannot be so, and the one time that its secret is shown. */
import type { EndpointFailure, EndpointWithSecret } from "@paykernel/core"
import * as Redacted from "effect/Redacted"
import { flag, type Html, html, nothing, theirs } from "../view/markup.ts"
import { card, heading, input, notice } from "../view/parts.ts"
import { page, type Reply } from "../view/reply.ts"
import type { Visit } from "../visit.ts"

/** Types that are empty are all of them. */
export type EndpointEntry = { readonly url: string; readonly types: ReadonlyArray<string> }

export const entryOf = ({ form }: Visit, types: ReadonlyArray<string>): EndpointEntry => {
  const chosen = types.filter((type) => form.texts("types").includes(type))
  return { url: form.text("url").trim(), types: form.text("all") === "yes" ? [] : chosen }
}

export type EndpointFormParts = {
  readonly action: string
  readonly entry: EndpointEntry
  /** All that can be chosen. */
  readonly types: ReadonlyArray<string>
  readonly fault: string | null
  readonly button: string
}

export const endpointForm = (visit: Visit, { action, entry, types, fault, button }: EndpointFormParts): Html =>
  html`${fault === null ? nothing : notice("bad", fault)}
<form class="form" method="post" action="${visit.href(action)}">${visit.fields()}
${input({
  name: "url",
  label: "Address",
  type: "url",
  value: entry.url,
  lengthMax: 2048,
  hint: "https, on port 443 or 8443, and reachable from the internet.",
  more: html` required placeholder="https://shop.example/webhooks"`
})}
${types.length === 0 ? nothing : typeChoice(entry, types)}
<div class="buttons"><button class="main">${button}</button></div>
</form>`

const typeChoice = (entry: EndpointEntry, types: ReadonlyArray<string>): Html => {
  const isAll = entry.types.length === 0
  return html`<fieldset><legend>Told about</legend>
<label class="choice"><input type="radio" name="all" value="yes"${flag("checked", isAll)}>Everything, also what is
yet to come</label>
<label class="choice"><input type="radio" name="all" value="no"${flag("checked", !isAll)}>Only these:</label>
<div class="choices">
${types.map(
  (type) => html`<label class="choice"><input type="checkbox" name="types" value="${type}"${flag(
    "checked",
    entry.types.includes(type)
  )}>${theirs(type, 80)}</label>
`
)}</div></fieldset>`
}

export const faultOf = (failure: EndpointFailure): string => {
  switch (failure._tag) {
    case "AddressRefused":
      return addressFaults[failure.why]
    case "TooManyEndpoints":
      return `At most ${failure.countMax} endpoints can be set up.`
    case "EndpointTypesNotAllowed":
      return `At most ${failure.countMax} types can be chosen.`
    case "EndpointAlreadyExists":
      return "The endpoint is set up already. Reload the page to see it."
    case "EndpointAddressIsFixed":
      return "The address of this endpoint cannot be changed: set up another one."
    case "EndpointUnconfirmed":
      return "The endpoint has to confirm itself first."
    default:
      return "That is not possible with this endpoint."
  }
}

const addressFaults: Readonly<Record<Extract<EndpointFailure, { _tag: "AddressRefused" }>["why"], string>> = {
  not_a_url: "That is no address. It begins with https://",
  scheme_not_allowed: "The address has to begin with https://",
  port_not_allowed: "The address has to use port 443 or 8443.",
  credentials_not_allowed: "The address must not hold a name and a password.",
  address_not_public: "The address has to be reachable from the internet.",
  too_long: "The address is too long."
}

export const secretPage = (visit: Visit, { endpoint, secret }: EndpointWithSecret): Reply => {
  const next = visit.href(`/settings/webhooks/${endpoint.id}`)
  return page(
    "Webhook secret",
    html`${heading({ title: "Webhook secret", back: { href: visit.href("/settings/webhooks"), text: "Webhooks" } })}
${card(
  "Shown this once",
  html`<p>Keep it where your server finds it: it verifies that messages are ours. It cannot be shown again.</p>
<code class="secret" id="secret">${Redacted.value(secret)}</code>
<p class="buttons"><a class="button main" href="${next}">I have kept it</a></p>`
)}`
  )
}
