/** A page as a document: who is signed in, where one can go, and what is there. */
import { displayable } from "../../hosted/html-text.ts"
import { type Html, html, nothing, theirs } from "./markup.ts"

export type Signed = {
  readonly merchant: string
  readonly email: string
  readonly isSuspended: boolean
  /** Of the dashboard, such as `/payments/7`. */
  readonly path: string
  readonly fields: () => Html
}

export type Document = {
  readonly title: string
  readonly main: Html
  readonly href: (path: string) => string
  readonly styleHref: string
  /** A style of this page alone, with the nonce under which it is allowed. */
  readonly style: { readonly nonce: string; readonly text: Html } | null
  /** `null`: nobody is signed in. */
  readonly signed: Signed | null
}

export const renderDocument = (parts: Document): string => {
  const { title, main, styleHref, style, signed } = parts
  return `<!doctype html>${html`
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${displayable(title, 120)} · ${displayable(signed?.merchant ?? "Payments", 80)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${styleHref}">
${style === null ? nothing : html`<style nonce="${style.nonce}">${style.text}</style>`}
</head>
${
  signed === null
    ? html`<body class="outside"><main id="main">${main}</main></body>`
    : html`<body>
<a class="skip" href="#main">Skip to content</a>
${frame(parts, signed)}
<main id="main" tabindex="-1">
${signed.isSuspended ? suspended : nothing}${main}
<footer>Dates and times are in UTC.</footer>
</main>
</body>`
}
</html>
`}`
}

const places = [
  ["/", "Overview"],
  ["/payments", "Payments"],
  ["/checkouts", "Checkouts"],
  ["/balances", "Balances"],
  ["/settlements", "Settlements"]
] as const

const settings = [
  ["/settings/api-keys", "API Keys"],
  ["/settings/webhooks", "Webhooks"],
  ["/settings/branding", "Branding"]
] as const

/** Twice, because a phone folds it away: whichever is not shown is not there for anybody. */
const frame = (parts: Document, signed: Signed): Html => html`<header class="bar">
<a class="shop" href="${parts.href("/")}">${mark(signed)}${theirs(signed.merchant, 80)}</a>
<details class="menu"><summary>Menu</summary><div>${navigation(parts, signed)}</div></details>
</header>
<aside class="side"><div>
<a class="shop" href="${parts.href("/")}">${mark(signed)}${theirs(signed.merchant, 80)}</a>
${navigation(parts, signed)}
</div></aside>`

const mark = ({ merchant }: Signed): Html =>
  html`<span class="mark" aria-hidden="true">${[...displayable(merchant, 80)][0]?.toUpperCase() ?? ""}</span>`

const navigation = ({ href }: Document, { path, email, fields }: Signed): Html => {
  const link = ([place, text]: readonly [string, string]): Html => {
    const isHere = place === "/" ? path === "/" : path === place || path.startsWith(`${place}/`)
    return html`<li><a href="${href(place)}"${isHere ? html` aria-current="page"` : nothing}>${text}</a></li>\n`
  }
  return html`<nav aria-label="Main">
<ul>
${places.map(link)}</ul>
<p class="group">Settings</p>
<ul>
${settings.map(link)}</ul>
</nav>
<form class="leave" method="post" action="${href("/sign-out")}">${fields()}
<p>${theirs(email, 80)}</p>
<button class="link">Sign out</button>
</form>`
}

const suspended = html`<p class="notice bad" role="status">This merchant is suspended: new payments are refused.</p>`
