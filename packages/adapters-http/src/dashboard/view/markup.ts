/**
 * HTML of the dashboard: Hono's template, which escapes every value, and which can be given nothing here but texts,
 * numbers and what came out of a template itself.
 */

import { html as honoHtml, raw } from "hono/html"
import { displayable } from "../../hosted/html-text.ts"

/** Markup that is safe to put into a page as it is. */
export type Html = ReturnType<typeof raw>

export type Value = Html | string | number | null | ReadonlyArray<Html>

/** Joins markup and values; `null` is nothing. Attributes must stand in double quotes. */
export const html = (parts: TemplateStringsArray, ...values: ReadonlyArray<Value>): Html => {
  const made = honoHtml(parts, ...values)
  // A promise is what a template of promises gives, and none can be put in.
  if (made instanceof Promise) throw new TypeError("a template has no promises")
  return made
}

/**
 * A text of somebody else: without what turns the text around it, no longer than there is room for, and in a direction
 * of its own.
 */
export const theirs = (text: string, lengthMax = 200): Html => html`<bdi>${displayable(text, lengthMax)}</bdi>`

/** An attribute without a value, where it applies. */
export const flag = (name: "checked" | "selected" | "required" | "open", applies: boolean): Html =>
  raw(applies ? ` ${name}` : "")

export const nothing: Html = raw("")

/** A style sheet as it is: of our own making, with nothing in it that a stranger wrote but a colour. */
export const rawStyle = (style: string): Html => raw(style)
