/** Which page a session gets, by how it stands. */
import type { Money } from "@paykernel/core/domain"
import type { CardDoor } from "../openpgp/index.ts"
import { logoSource, onwardUrl } from "./addresses.ts"
import { brandOf } from "./brand-colour.ts"
import type { HostedSession } from "./desk.ts"
import { filledTexts } from "./filled-texts.ts"
import { displayable, type Html } from "./html-text.ts"
import { type Order, page } from "./page.ts"
import { localAmount, localTime } from "./page-amount.ts"
import type { PageLocale } from "./page-locale.ts"
import { scriptIntegrity } from "./page-script.ts"
import type { PageTexts } from "./page-texts.ts"
import { challengeView, formView, noticeView, progressView, receiptView, returnLink } from "./page-views.ts"
import { type Attempt, type PageData, type ScriptTexts, scriptTextKeys } from "./page-wire.ts"
import type { Site } from "./site.ts"

/** The published key of a card door. */
export type PublishedKey = Pick<CardDoor, "keyId" | "publicKeyBase64">

export type Rendering = {
  readonly site: Site
  readonly locale: PageLocale
  readonly nonce: string
  readonly nowMs: number
  readonly currencies: Money.CurrencyTable | undefined
}

/** A session as its page is addressed: by a name that may say more than the session's id. */
export type Addressed = HostedSession & { readonly pageName: string }

export type RenderedPage = { readonly status: number; readonly body: string }

/** The page of a session. `attempt` is used where it gets a form. */
export const sessionPage = (
  session: Addressed,
  rendering: Rendering,
  key: PublishedKey,
  attempt: Attempt
): RenderedPage => {
  const { site, locale, nonce, nowMs, currencies } = rendering
  const order = orderOf(session, locale, site, currencies)
  const texts = filledTexts(locale.language, order)
  const { title, main, status, live } = viewOf(session, rendering, order, texts)
  const data: PageData = {
    paymentUrl: site.paymentPath(session.pageName),
    progressUrl: site.progressPath(session.pageName),
    keyId: key.keyId,
    publicKey: key.publicKeyBase64,
    attempt,
    month: new Date(nowMs).toISOString().slice(0, 7),
    expiresInMs: session.expiresAtMs - nowMs,
    texts: scriptTexts(texts)
  }
  const script = live ? { path: site.scriptPath, integrity: scriptIntegrity, data } : null
  const brand = brandOf(session.merchant.colour)
  return { status, body: page({ language: locale.language, title, nonce, brand, order, main, script }) }
}

/** A page about no session: there is none, or it could not be had. */
export const noSessionPage = (
  kind: "missing" | "broken" | "crowded",
  { locale, nonce }: Pick<Rendering, "locale" | "nonce">
): RenderedPage => {
  const texts = filledTexts(locale.language, {})
  const main = noticeView(texts[kind], texts[`${kind}Hint`])
  const brand = brandOf(null)
  const parts = { language: locale.language, title: texts[kind], nonce, brand, order: null, main, script: null }
  return { status: statuses[kind], body: page(parts) }
}

const statuses = { missing: 404, broken: 500, crowded: 429 }

type View = {
  readonly title: string
  readonly main: Html
  readonly status: number
  /** Whether the script has something to do. */
  readonly live: boolean
}

const viewOf = (session: HostedSession, { site, locale, nowMs }: Rendering, order: Order, texts: PageTexts): View => {
  const { decline, receipt, expiresAtMs } = session
  const status = session.status === "pending" && nowMs >= expiresAtMs ? "expired" : session.status
  switch (status) {
    case "pending": {
      const declined = decline === null ? null : `${texts[decline]} ${texts.notCharged}`
      const main = formView(texts, { customer: session.customer, declined })
      return { title: texts.title, main, status: 200, live: true }
    }
    case "processing":
      return { title: texts.paying, main: progressView(texts), status: 200, live: true }
    case "action_required": {
      const challengeUrl = challengeOf(session, site)
      return { title: texts.challenge, main: challengeView(texts, challengeUrl), status: 200, live: true }
    }
    case "completed": {
      if (receipt === null) throw new Error("a completed session has no receipt")
      const isFresh = nowMs - receipt.paidAtMs < freshForMs
      const main = receiptView(texts, {
        ...order,
        receipt,
        paidAt: localTime(receipt.paidAtMs, locale.numbers),
        returnUrl: returnUrlOf(session, site),
        returnInSeconds: isFresh ? returnInSeconds : null
      })
      return { title: texts.paid, main, status: 200, live: isFresh }
    }
    case "expired":
    case "cancelled":
    case "failed": {
      const back = returnLink(texts, returnUrlOf({ ...session, status }, site))
      const main = noticeView(texts[status], texts[`${status}Hint`], back)
      return { title: texts[status], main, status: status === "failed" ? 200 : 410, live: false }
    }
  }
}

const freshForMs = 60_000
const returnInSeconds = 10

/** The challenge of a session, checked: a page never sends its payer anywhere that is not an https address. */
export const challengeOf = ({ challengeUrl }: Pick<HostedSession, "challengeUrl">, site: Site): string => {
  const url = onwardUrl(challengeUrl, site.origin)
  if (url === undefined) throw new Error("the challenge of a session has no address that a browser may be sent to")
  return url.href
}

/** A convenience for the merchant's page, and no proof: whoever wants to know asks the API. */
const returnUrlOf = ({ id, returnUrl, status }: HostedSession, { origin }: Site): string | null => {
  const url = onwardUrl(returnUrl, origin)
  url?.searchParams.set("session_id", id)
  url?.searchParams.set("status", status)
  return url?.href ?? null
}

const orderOf = (
  { merchant, amount, description }: HostedSession,
  locale: PageLocale,
  { origin }: Site,
  currencies: Money.CurrencyTable | undefined
): Order => ({
  merchant: displayable(merchant.name, 100),
  logo: logoSource(merchant.logoUrl, origin) ?? null,
  amount: localAmount(amount, locale.numbers, currencies),
  description: displayable(description, 500)
})

const scriptTexts = (texts: PageTexts): ScriptTexts =>
  Object.fromEntries(scriptTextKeys.map((key) => [key, texts[key]])) as ScriptTexts
