/** Between a request and a page: who is asking, whether the form is one of ours, and what the page may use. */
import { pageLocale } from "../hosted/page-locale.ts"
import type { Doorkeeper, SignedIn } from "./door/doorkeeper.ts"
import { emptyForm, type Form, type FormFault, formBytesMax, readForm } from "./door/form.ts"
import { alreadyDone, onlyOnce } from "./door/once.ts"
import { comesFromOurselves } from "./door/origin-check.ts"
import { sessionCookie } from "./door/session-cookie.ts"
import { mintToken, sameText } from "./door/session-token.ts"
import type { DashboardSite } from "./site.ts"
import { formatIn } from "./view/format.ts"
import { html } from "./view/markup.ts"
import { missing, type Reply } from "./view/reply.ts"
import { alreadySent, outdatedForm, type Responder, unreadableForm } from "./view/responder.ts"
import type { Desk, Route, Visit } from "./visit.ts"

export type ReceptionParts = {
  readonly site: DashboardSite
  readonly door: Doorkeeper
  readonly desk: Desk
  readonly respond: Responder
}

export type Reception = (request: Request, route: Route, params: Readonly<Record<string, string>>) => Promise<Response>

export const reception = ({ site, door, desk, respond }: ReceptionParts): Reception => {
  const cookie = sessionCookie(site.isSecure)
  const once = onlyOnce<Reply>()

  const formOf = async (request: Request, route: Route, who: SignedIn): Promise<Form | FormFault> => {
    if (route.method === "GET") return emptyForm
    // Before the body is read: strangers' forms cost nothing.
    if (!comesFromOurselves(request, site.origin)) return foreign
    const form = await readForm(request, route.bytesMax ?? formBytesMax)
    if ("_tag" in form) return form
    const isOurs = sameText(who.formToken, form.text("token")) && deedShape.test(form.text("deed"))
    return isOurs ? form : foreign
  }

  return async (request, route, params) => {
    const url = new URL(request.url)
    const path = url.pathname.slice(site.home.length) || "/"
    const token = cookie.read(request)
    const who = token === undefined ? undefined : await door.recognise(token)
    if (who === undefined) {
      const to = route.method === "GET" && path !== "/" ? `?to=${encodeURIComponent(path)}` : ""
      return respond.redirect(`/sign-in${to}`)
    }
    const known = await desk.kernel.merchants.get(who.merchantId)
    if (!known.ok) return respond.reply(missing(known.error), null)
    const merchant = known.value
    const fields = () => html`<input type="hidden" name="token" value="${who.formToken}">
<input type="hidden" name="deed" value="${mintToken()}">`
    const name = merchant.profile.displayName ?? merchant.name
    const isSuspended = merchant.status === "suspended"
    const signed = { merchant: name, email: who.email, isSuspended, path, fields }
    const form = await formOf(request, route, who)
    if ("_tag" in form) return respond.reply(faultPage(form), signed)
    const deed = form.text("deed")
    const visit: Visit = {
      merchant,
      email: who.email,
      form,
      deed,
      fields,
      href: site.href,
      format: formatIn(pageLocale(request.headers.get("accept-language")).numbers, desk.currencies),
      query: (key) => (url.searchParams.get(key) ?? "").slice(0, queryLengthMax).replaceAll("\0", ""),
      param: (key) => params[key] ?? "",
      once: async (work) => {
        const done = await once(`${who.digest}:${deed}`, desk.nowMs(), work)
        return done === alreadyDone ? alreadySent : done
      }
    }
    // What nothing is named by need not be looked for, and a database may refuse to.
    const isNamed = Object.values(params).every((param) => nameShape.test(param))
    return respond.reply(isNamed ? await route.handle(desk, visit) : { _tag: "NotFound" }, signed)
  }
}

const foreign: FormFault = { _tag: "ForeignForm" }

const faultPage = ({ _tag }: FormFault): Reply =>
  _tag === "ForeignForm" ? outdatedForm : unreadableForm(_tag === "FormTooLarge")

const queryLengthMax = 200
const nameShape = /^[A-Za-z0-9._~-]{1,128}$/u
/** As `fields` mints them. */
const deedShape = /^[A-Za-z0-9_-]{43}$/u
