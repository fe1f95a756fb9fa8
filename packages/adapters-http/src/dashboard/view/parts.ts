/** What pages are made of: tables that become cards on a phone, lists of facts, badges, forms and the way to more. */
import { type Html, html, nothing } from "./markup.ts"
import type { Word } from "./words.ts"

export const badge = ({ text, tone }: Word): Html => html`<span class="badge ${tone}">${text}</span>`

/** `aside` stands beside the first one on a card, without its label. */
export type Column = { readonly label: string; readonly kind?: "number" | "actions" | "aside" }

export type TableParts = {
  /** Read out, and not shown: the heading above says it. */
  readonly caption: string
  readonly columns: ReadonlyArray<Column>
  readonly rows: ReadonlyArray<ReadonlyArray<Html | string>>
  /** Shown where there are no rows. */
  readonly empty: Html
}

/** Roles are written out, because a table whose parts are laid out as blocks would lose them. */
export const table = ({ caption, columns, rows, empty }: TableParts): Html => {
  if (rows.length === 0) return html`<div class="empty">${empty}</div>`
  const kindOf = (place: number): string => columns[place]?.kind ?? "text"
  const heads = columns.map(
    ({ label }, place) => html`<th role="columnheader" scope="col" class="${kindOf(place)}">${label}</th>`
  )
  const cellOf = (cell: Html | string, place: number): Html => {
    const label = columns[place]?.label ?? ""
    return html`<td role="cell" class="${kindOf(place)}" data-label="${label}"><div>${cell}</div></td>`
  }
  const lines = rows.map((cells) => html`<tr role="row">${cells.map(cellOf)}</tr>\n`)
  return html`<table role="table">
<caption class="unseen">${caption}</caption>
<thead role="rowgroup"><tr role="row">${heads}</tr></thead>
<tbody role="rowgroup">
${lines}</tbody>
</table>`
}

export type Fact = readonly [label: string, value: Html | string | null]

/** Facts that are `null` are left out. */
export const facts = (list: ReadonlyArray<Fact>): Html => {
  const told = list.filter(([, value]) => value !== null)
  return html`<dl class="facts">
${told.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>\n`)}</dl>`
}

export const card = (title: string, body: Html, actions: Html = nothing): Html => html`<section class="card">
<div class="card-head"><h2>${title}</h2>${actions}</div>
${body}
</section>`

/** `bad` is read out at once. */
export const notice = (tone: "good" | "bad" | "info", text: Html | string): Html =>
  html`<p class="notice ${tone}" role="${tone === "bad" ? "alert" : "status"}">${text}</p>`

export type Heading = {
  readonly title: Html | string
  readonly beside?: Html
  readonly back?: { readonly href: string; readonly text: string }
  readonly lead?: Html | string
}

export const heading = ({ title, beside = nothing, back, lead }: Heading): Html => html`<header class="page-head">
${back === undefined ? nothing : html`<a class="back" href="${back.href}">${back.text}</a>`}
<div class="title"><h1>${title}</h1>${beside}</div>
${lead === undefined ? nothing : html`<p class="lead">${lead}</p>`}
</header>`

export type Option = { readonly value: string; readonly text: string }

export const select = (name: string, label: string, options: ReadonlyArray<Option>, chosen: string): Html =>
  html`<label class="field"><span>${label}</span><select name="${name}">
${options.map(({ value, text }) =>
  value === chosen
    ? html`<option value="${value}" selected>${text}</option>\n`
    : html`<option value="${value}">${text}</option>\n`
)}</select></label>`

export type InputParts = {
  readonly name: string
  readonly label: string
  readonly value?: string
  readonly type?: "text" | "search" | "date" | "url" | "email" | "password" | "datetime-local"
  readonly hint?: string
  readonly lengthMax?: number
  /** More attributes. */
  readonly more?: Html
}

export const input = (parts: InputParts): Html => {
  const { name, label, value = "", type = "text", hint, lengthMax = 200, more = nothing } = parts
  const hinted = hint === undefined ? nothing : html` aria-describedby="${name}-hint"`
  return html`<label class="field"><span>${label}</span>
<input type="${type}" name="${name}" value="${value}" maxlength="${lengthMax}"${hinted}${more}></label>${
    hint === undefined ? nothing : html`<p class="hint" id="${name}-hint">${hint}</p>`
  }`
}

/** The way to what is older and newer; `null` where there is no more. */
export const paging = (older: string | null, newer: string | null): Html =>
  older === null && newer === null
    ? nothing
    : html`<nav class="paging" aria-label="Pages">
${wayTo(newer, "prev", "Newer")}
${wayTo(older, "next", "Older")}
</nav>`

const wayTo = (href: string | null, rel: "prev" | "next", text: string): Html =>
  href === null
    ? html`<span class="button off">${text}</span>`
    : html`<a class="button" href="${href}" rel="${rel}">${text}</a>`
