/** Pages as HTTP responses, and the pages about what cannot be shown. */
import { htmlType } from "../../front/answer.ts"
import { mintNonce } from "../../hosted/page-seal.ts"
import { dashboardHeaders } from "../door/page-headers.ts"
import type { DashboardSite } from "../site.ts"
import { renderDocument, type Signed } from "./layout.ts"
import { type Html, html, rawStyle } from "./markup.ts"
import { heading } from "./parts.ts"
import { type Page, page, type Reply } from "./reply.ts"
import { styleName } from "./style.ts"

export type Responder = {
  readonly reply: (reply: Reply, signed: Signed | null) => Response
  readonly redirect: (path: string, headers?: Readonly<Record<string, string>>) => Response
  /** A page for whoever is not signed in. */
  readonly outside: (page: Page, headers?: Readonly<Record<string, string>>) => Response
  readonly broken: () => Response
  readonly methodNotAllowed: (allowed: ReadonlyArray<string>) => Response
}

export const responder = (site: DashboardSite): Responder => {
  const { origin, href } = site

  const write = (shown: Page, signed: Signed | null, headers: Readonly<Record<string, string>> = {}): Response => {
    const { title, main, status = 200, style } = shown
    const nonce = style === undefined ? null : mintNonce()
    const body = renderDocument({
      title,
      main,
      href,
      signed,
      styleHref: href(`/${styleName}`),
      style: nonce === null || style === undefined ? null : { nonce, text: rawStyle(style) }
    })
    const about = { "content-type": htmlType, "content-language": "en" }
    return new Response(body, { status, headers: { ...about, ...dashboardHeaders(origin, nonce), ...headers } })
  }

  const redirect: Responder["redirect"] = (path, headers = {}) =>
    new Response(null, {
      status: 303,
      headers: { location: href(path), ...dashboardHeaders(origin, null), ...headers }
    })

  return {
    redirect,
    outside: (shown, headers) => write(shown, null, headers),
    reply: (reply, signed) => {
      switch (reply._tag) {
        case "Page":
          return write(reply, signed)
        case "Redirect":
          return redirect(reply.to)
        case "NotFound":
          return write(nothingHere(href("/")), signed)
        case "Unavailable":
          return write(busyNow, signed, { "retry-after": Math.ceil(reply.retryAfterMs / 1000).toString() })
      }
    },
    broken: () => write(broken, null),
    methodNotAllowed: (allowed) => write(notThisWay(href("/")), null, { allow: allowed.join(", ") })
  }
}

const problem = (status: number, title: string, text: Html | string): Page =>
  page(title, html`${heading({ title, lead: text })}`, { status })

const nothingHere = (home: string): Page =>
  problem(
    404,
    "Nothing here",
    html`There is no such page, or nothing of yours by this name. <a href="${home}">Go to the
overview</a>.`
  )

const busyNow = problem(
  503,
  "One moment",
  "The server cannot answer just now. Please reload the page in a few seconds."
)

const broken = problem(500, "Something went wrong", "This was our fault, and we have been told. Please try again.")

const notThisWay = (home: string): Page =>
  problem(405, "Nothing here", html`This page cannot be opened like that. <a href="${home}">Go to the overview</a>.`)

export const outdatedForm = problem(
  403,
  "This page is out of date",
  "You may have signed in again since it was opened. Nothing was done: please go back, reload the page, and try again."
)

export const alreadySent = problem(
  409,
  "Already done",
  "This form was sent before, and what it asked for has been done. Nothing was done twice."
)

export const unreadableForm = (tooLarge: boolean): Page =>
  tooLarge
    ? problem(413, "Too large", "What was sent is larger than it may be. Nothing was done.")
    : problem(415, "Not understood", "What was sent is no form of this page. Nothing was done.")
