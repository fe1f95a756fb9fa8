/** One request of somebody who is signed in, what the pages may use to answer it, and how a page is found. */
import type { Kernel, Merchant, Webhooks } from "@paykernel/core"
import type { Money } from "@paykernel/core/domain"
import type { MerchantApiKeys } from "../auth/index.ts"
import type { Turnstile } from "../turnstile.ts"
import type { Form } from "./door/form.ts"
import type { Format } from "./view/format.ts"
import type { Html } from "./view/markup.ts"
import type { Reply } from "./view/reply.ts"

/** What all visits share. */
export type Desk = {
  readonly kernel: Kernel
  readonly apiKeys: MerchantApiKeys
  /** `null`: this server sends no webhooks. */
  readonly webhooks: (WebhookWords & { readonly api: Webhooks }) | null
  readonly nowMs: () => number
  readonly currencies: Money.CurrencyTable | undefined
  /** Through which whoever reads a long list goes: the store serves payers too. */
  readonly counting: Turnstile
}

/** The dialect in which the merchant's own endpoint is spoken to, and all that it can be told. */
export type WebhookWords = { readonly dialect: { readonly name: string; readonly types: ReadonlyArray<string> } }

export type Visit = {
  readonly merchant: Merchant
  /** Who is signed in. */
  readonly email: string
  /** Of the query; at most 200 characters, empty where it is not there. */
  readonly query: (name: string) => string
  /** Of the path. */
  readonly param: (name: string) => string
  /** What was posted; empty for a page that is only looked at. */
  readonly form: Form
  /** The name of the form that was posted: whoever sends the same one again means the same deed. */
  readonly deed: string
  /** What every form has to carry: whose it is, and a name of its own. */
  readonly fields: () => Html
  /** The address of a path of the dashboard, such as `/payments`. */
  readonly href: (path: string) => string
  readonly format: Format
  /** Does something that no key makes safe to repeat. */
  readonly once: (work: () => Promise<Reply>) => Promise<Reply>
}

export type Route = {
  readonly method: "GET" | "POST"
  /** Parts that begin with a colon are parameters. */
  readonly path: string
  readonly handle: (desk: Desk, visit: Visit) => Promise<Reply>
  /** Of a form larger than others. */
  readonly bytesMax?: number
}

export const get = (path: string, handle: Route["handle"]): Route => ({ method: "GET", path, handle })
export const post = (path: string, handle: Route["handle"], more: Pick<Route, "bytesMax"> = {}): Route => ({
  method: "POST",
  path,
  handle,
  ...more
})
