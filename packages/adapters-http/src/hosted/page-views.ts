/** What the main part of a page shows, for each way a session can stand. */
import type { HostedReceipt } from "./desk.ts"
import { displayable, flag, type Html, html, nothing } from "./html-text.ts"
import type { PageTexts } from "./page-texts.ts"
import { emailLengthMax, isEmail, isPayerName, nameLengthMax } from "./payer-fields.ts"

export type FormView = {
  readonly customer: { readonly name: string; readonly email: string } | null
  /** What the last decline says, where there was one. */
  readonly declined: string | null
}

export const formView = (texts: PageTexts, { customer, declined }: FormView): Html => {
  const name = prefilled(customer?.name, isPayerName)
  const email = prefilled(customer?.email, isEmail)
  return html`
<section id="form" aria-labelledby="form-title">
<h1 id="form-title">${texts.cardDetails}</h1>
<noscript><p class="notice">${texts.needsScript} ${texts.turnScriptOn}</p></noscript>
<p class="notice" id="notice" role="alert" tabindex="-1"${flag("hidden", declined === null)}>${declined ?? ""}</p>
<form id="card-form" class="needs-script" novalidate>
${field(
  texts.number,
  "number",
  html`inputmode="numeric" autocomplete="cc-number" placeholder="1234 1234 1234 1234"`,
  html`<span class="brand" id="brand" aria-live="polite"></span>`
)}
<div class="pair">
${field(texts.expiry, "expiry", html`inputmode="numeric" autocomplete="cc-exp" placeholder="${texts.expiryShape}"`)}
${field(texts.cvv, "cvv", html`inputmode="numeric" autocomplete="cc-csc" maxlength="4" placeholder="123"`)}
</div>
${field(texts.name, "name", html`autocomplete="cc-name" maxlength="${nameLengthMax}" value="${name}"`)}
${field(texts.email, "email", html`type="email" autocomplete="email" maxlength="${emailLengthMax}" value="${email}"`)}
<button class="button" id="pay" type="submit" disabled>${texts.pay}</button>
<p class="hint form-end">${texts.encrypted}</p>
</form>
</section>
${waiting(texts, true)}`
}

/** What the payer would have to mend is left for him to write. */
const prefilled = (text: string | undefined, isFine: (text: string) => boolean): string =>
  text !== undefined && isFine(text) ? displayable(text, text.length) : ""

/** No field has a name, so that no browser could send one even if it wanted to. */
const field = (label: string, id: string, attributes: Html, beside: Html = nothing): Html => html`<div class="field">
<label for="${id}">${label}</label>
<div class="input"><input id="${id}" ${attributes} required aria-describedby="${id}-error" spellcheck="false">${beside}</div>
<p class="error" id="${id}-error" aria-live="polite"></p>
</div>`

const waiting = (texts: PageTexts, hidden: boolean): Html => html`
<section id="progress" class="waiting" aria-labelledby="progress-title"${flag("hidden", hidden)}>
<div class="spinner"></div>
<h1 id="progress-title" tabindex="-1">${texts.paying}</h1>
<p class="hint" id="progress-hint" role="status">${texts.payingHint}</p>
</section>`

/** Somebody is paying, here or in another tab. */
export const progressView = (texts: PageTexts): Html => waiting(texts, false)

export const challengeView = (texts: PageTexts, challengeUrl: string): Html => html`
<h1>${texts.challenge}</h1>
<p class="hint soon">${texts.challengeHint}</p>
<a class="button" href="${challengeUrl}" rel="noreferrer">${texts.challengeLink}</a>`

export type ReceiptView = {
  readonly amount: string
  readonly merchant: string
  readonly receipt: HostedReceipt
  readonly paidAt: string
  readonly returnUrl: string | null
  /** `null` where the payment was not made just now: whoever looks at an old receipt is not sent away. */
  readonly returnInSeconds: number | null
}

export const receiptView = (texts: PageTexts, view: ReceiptView): Html => html`
<div class="mark"></div>
<h1>${texts.paid}</h1>
<dl>
<dt>${texts.receiptAmount}</dt><dd>${view.amount}</dd>
<dt>${texts.receiptMerchant}</dt><dd>${view.merchant}</dd>
<dt>${texts.receiptCard}</dt><dd>${networkName(view.receipt.network)} •••• ${displayable(view.receipt.last4, 4)}</dd>
<dt>${texts.receiptTime}</dt><dd>${view.paidAt}</dd>
<dt>${texts.receiptReference}</dt><dd>${displayable(view.receipt.transactionId, 64)}</dd>
</dl>
${view.returnUrl === null ? nothing : wayBack(texts, view.returnUrl, view.returnInSeconds)}`

const wayBack = (texts: PageTexts, returnUrl: string, seconds: number | null): Html => html`
${
  seconds === null
    ? nothing
    : html`<p class="hint soon" id="return-soon" data-seconds="${seconds}">${texts.returnSoon.replace(
        "{seconds}",
        seconds.toString()
      )}</p>`
}
${returnLink(texts, returnUrl)}
${
  seconds === null
    ? nothing
    : html`<button class="button quiet-button needs-script" id="stay" type="button">${texts.stay}</button>`
}`

/** A session that is over, or none at all. */
export const noticeView = (title: string, hint: string, back: Html = nothing): Html => html`
<h1>${title}</h1>
<p class="hint">${hint}</p>
${back}`

/** For payers who are told to go back to the merchant; nothing where he has named no address. */
export const returnLink = (texts: PageTexts, returnUrl: string | null): Html =>
  returnUrl === null
    ? nothing
    : html`<a class="button" id="return" href="${returnUrl}" rel="noreferrer">${texts.returnLink}</a>`

const networkNames = new Map([
  ["VISA", "Visa"],
  ["MASTERCARD", "Mastercard"],
  ["AMEX", "American Express"]
])

const networkName = (network: string): string => networkNames.get(network) ?? ""
