/** What a page answers, before it is an HTTP response. */
import type { Html } from "./markup.ts"

export type Reply =
  | Page
  /** To a path of the dashboard, such as `/payments`; 303, so that what was posted is not posted again. */
  | { readonly _tag: "Redirect"; readonly to: string }
  | { readonly _tag: "NotFound" }
  /** The store cannot be asked at this moment. */
  | { readonly _tag: "Unavailable"; readonly retryAfterMs: number }

export type Page = {
  readonly _tag: "Page"
  /** Default 200. */
  readonly status?: number
  readonly title: string
  readonly main: Html
  /** Of this page alone. Nothing of a stranger may be in it that is not a colour. */
  readonly style?: string
}

export const page = (title: string, main: Html, more: Partial<Pick<Page, "status" | "style">> = {}): Page => ({
  _tag: "Page",
  title,
  main,
  ...more
})

export const redirect = (to: string): Reply => ({ _tag: "Redirect", to })
export const notFound: Reply = { _tag: "NotFound" }

/** For what could not be read: it is either not there, or cannot be asked for now. */
export const missing = (error: { readonly _tag: string; readonly retryAfterMs?: number }): Reply =>
  error._tag === "Unavailable" ? { _tag: "Unavailable", retryAfterMs: error.retryAfterMs ?? 1000 } : notFound
