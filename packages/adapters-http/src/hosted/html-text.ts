/**
 * HTML in which texts of others can only ever be texts. A template writes the tags, every value is escaped, and the one
 * way around it is a value that came out of a template itself.
 */

/** Markup that is safe to put into a page as it is. */
export type Html = { readonly markup: string }

type Value = Html | string | number | ReadonlyArray<Html>

/**
 * Joins markup and values. Attributes must stand in double quotes, and no value may stand in a `script` or `style`.
 *
 * @example
 * html`<p title="${'"'}">${"<b>"}</p>`.markup // => '<p title="&#34;">&#60;b&#62;</p>'
 */
export const html = (parts: TemplateStringsArray, ...values: ReadonlyArray<Value>): Html => ({
  markup: parts.reduce((before, part, place) => before + markupOf(values[place - 1] ?? "") + part)
})

export const nothing: Html = { markup: "" }

/** An attribute without a value, where it applies. */
export const flag = (name: "hidden" | "disabled", applies: boolean): Html => ({ markup: applies ? ` ${name}` : "" })

const markupOf = (value: Value): string => {
  if (typeof value === "string") return escapeHtml(value)
  if (typeof value === "number") return value.toString()
  return "markup" in value ? value.markup : value.map(({ markup }) => markup).join("")
}

const escapeHtml = (text: string): string => text.replace(/[&<>"'`]/gu, (char) => `&#${char.charCodeAt(0)};`)

/**
 * A text of somebody else as it may be shown: without characters that nobody sees and that turn the text around them
 * (Unicode UAX #9 §2), without half characters, and no longer than there is room for.
 *
 * @example
 * displayable("Acme\u202Egro.live", 8) // => "Acmegro…"
 */
export const displayable = (text: string, lengthMax: number): string => {
  const shown = [...text.toWellFormed().replace(/[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]+/gu, "")]
  return shown.length <= lengthMax ? shown.join("") : `${shown.slice(0, lengthMax - 1).join("")}…`
}
