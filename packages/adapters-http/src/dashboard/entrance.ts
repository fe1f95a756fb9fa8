/** Signing in and out: the two requests that are answered to whoever has no session. */
import type { Doorkeeper } from "./door/doorkeeper.ts"
import { formBytesMax, readForm } from "./door/form.ts"
import { comesFromOurselves } from "./door/origin-check.ts"
import { sessionCookie } from "./door/session-cookie.ts"
import { sameText } from "./door/session-token.ts"
import { pathAfterwards, refused, signedOut, signInForm, waiting } from "./pages/sign-in.ts"
import type { DashboardSite } from "./site.ts"
import type { Html } from "./view/markup.ts"
import { type Page, page } from "./view/reply.ts"
import { outdatedForm, type Responder, unreadableForm } from "./view/responder.ts"

export type EntranceParts = {
  readonly site: DashboardSite
  readonly door: Doorkeeper
  readonly respond: Responder
  readonly clientAddress: ((request: Request) => string | null) | undefined
}

export type Entrance = {
  readonly showSignIn: (request: Request) => Promise<Response>
  readonly signIn: (request: Request) => Promise<Response>
  readonly signOut: (request: Request) => Promise<Response>
}

export const entrance = ({ site, door, respond, clientAddress }: EntranceParts): Entrance => {
  const cookie = sessionCookie(site.isSecure)

  const signInPage = (to: string, email: string, message: Html | null, status = 200): Page =>
    page("Sign in", signInForm({ action: site.href("/sign-in"), to, email, message }), { status })

  const leave = async (request: Request): Promise<void> => {
    const token = cookie.read(request)
    if (token !== undefined) await door.signOut(token)
  }

  return {
    showSignIn: async (request) => {
      const { searchParams } = new URL(request.url)
      const message = searchParams.has("left") ? signedOut : null
      return respond.outside(signInPage(pathAfterwards(searchParams.get("to") ?? "/"), "", message))
    },
    signIn: async (request) => {
      if (!comesFromOurselves(request, site.origin)) return respond.outside(outdatedForm)
      const form = await readForm(request, formBytesMax)
      if ("_tag" in form) return respond.outside(unreadableForm(form._tag === "FormTooLarge"))
      const [to, email] = [pathAfterwards(form.text("to")), form.text("email")]
      const answer = await door.signIn(email, form.text("password"), clientAddress?.(request) ?? null)
      switch (answer._tag) {
        case "SignedIn":
          // Whatever session this browser brought is not the one that begins.
          await leave(request)
          return respond.redirect(to, { "set-cookie": cookie.set(answer.token) })
        case "Refused":
          return respond.outside(signInPage(to, email, refused, 403))
        case "Wait": {
          const retryAfter = { "retry-after": Math.ceil(answer.waitMs / 1000).toString() }
          return respond.outside(signInPage(to, email, waiting(answer.waitMs), 429), retryAfter)
        }
      }
    },
    signOut: async (request) => {
      if (!comesFromOurselves(request, site.origin)) return respond.outside(outdatedForm)
      const form = await readForm(request, formBytesMax)
      const token = cookie.read(request)
      const who = token === undefined ? undefined : await door.recognise(token)
      const isOurs = who === undefined || (!("_tag" in form) && sameText(who.formToken, form.text("token")))
      if (!isOurs) return respond.outside(outdatedForm)
      await leave(request)
      return respond.redirect("/sign-in?left", { "set-cookie": cookie.clear() })
    }
  }
}
