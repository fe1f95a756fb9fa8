/** A page as a document: the order on one side, what there is to do about it on the other. */
import type { Brand } from "./brand-colour.ts"
import { type Html, html, nothing } from "./html-text.ts"
import { pageStyle } from "./page-style.ts"
import type { PageData } from "./page-wire.ts"

/** What is paid for, as it is shown. */
export type Order = {
  readonly merchant: string
  readonly logo: string | null
  readonly amount: string
  readonly description: string
}

export type PageParts = {
  readonly language: string
  readonly title: string
  readonly nonce: string
  readonly brand: Brand
  /** `null` on a page about no session. */
  readonly order: Order | null
  readonly main: Html
  /** `null` where nothing on the page needs the script. */
  readonly script: { readonly path: string; readonly integrity: string; readonly data: PageData } | null
}

export const page = ({ language, title, nonce, brand, order, main, script }: PageParts): string =>
  `<!doctype html>${
    html`
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${{ markup: pageStyle(brand) }}</style>
${
  script === null
    ? nothing
    : html`<noscript><style nonce="${nonce}">.needs-script { display: none }</style></noscript>
<script type="module" nonce="${nonce}" src="${script.path}" integrity="${script.integrity}"></script>`
}
</head>
<body${order === null ? html` class="bare"` : nothing}>
${order === null ? nothing : orderView(order)}
<main id="main"${script === null ? nothing : html` data-page="${JSON.stringify(script.data)}"`}>${main}
</main>
</body>
</html>
`.markup
  }`

const orderView = ({ merchant, logo, amount, description }: Order): Html => html`<header>
<div class="order">
<p class="merchant">${
  logo === null ? nothing : html`<img class="logo" src="${logo}" alt="" width="44" height="44">`
}<bdi>${merchant}</bdi></p>
<p class="amount">${amount}</p>
<p class="description"><bdi>${description}</bdi></p>
</div>
</header>`
