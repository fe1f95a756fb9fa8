/**
 * The page on which a payer answers his issuer's challenge. It works without scripts, with a keyboard, a screen reader
 * and on a small phone, and knows nothing of the card.
 */
import { sha256 } from "@noble/hashes/sha2.js"

export type ChallengePage = {
  /** As the payer knows it. */
  readonly merchant: string
  /** Decimal text in major units. */
  readonly amount: string
  readonly currency: string
  /** Only this page has it: an answer without it is refused. */
  readonly formToken: string
}

export type ChallengeNotice = "unknown" | "expired" | "answered" | "unreadable"

/**
 * The challenge as HTML: what is to be paid and to whom, and a form that posts `answer` (`approve`, `fail` or
 * `cancel`) and `token` back to the page's own address.
 *
 * @example
 * challengePage({ merchant: "<b>", amount: "5.66", currency: "USD", formToken: "t" }).includes("<b>") // => false
 */
export const challengePage = ({ merchant, amount, currency, formToken }: ChallengePage): string =>
  page(
    "Confirm your payment",
    `<p>Your bank asks you to confirm this payment.</p>
<dl>
<dt>Merchant</dt><dd>${escaped(merchant)}</dd>
<dt>Amount</dt><dd class="amount">${escaped(amount)} ${escaped(currency)}</dd>
</dl>
<form method="post">
<input type="hidden" name="token" value="${escaped(formToken)}">
<button name="answer" value="approve" class="approve">Approve</button>
<button name="answer" value="fail">Fail</button>
<button name="answer" value="cancel">Cancel</button>
</form>
<p class="note">This is a simulated bank. No real money moves.</p>`
  )

/**
 * A page that says why there is nothing to answer, with a way back to the merchant where there is one.
 *
 * @example
 * noticePage("expired", undefined).includes("<form") // => false
 */
export const noticePage = (what: ChallengeNotice, returnUrl: string | undefined): string => {
  const { title, text } = notices[what]
  const back = returnUrl === undefined ? "" : `\n<p><a href="${escaped(returnUrl)}">Return to the merchant</a></p>`
  return page(title, `<p>${text}</p>${back}`)
}

/**
 * Headers of every answer: nothing may be loaded, framed, cached or told to the next site. The form may lead on to the
 * return address and from there to wherever the merchant sends the payer, because browsers hold `form-action` against
 * every redirect that follows.
 *
 * @example
 * pageHeaders("https://shop.example/back")["x-content-type-options"] // => "nosniff"
 */
export const pageHeaders = (returnUrl: string | undefined): Readonly<Record<string, string>> => {
  const onward = returnUrl?.startsWith("http:") ? "https: http:" : "https:"
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${styleDigest()}'`,
    `form-action 'self' ${onward}`,
    "base-uri 'none'",
    "frame-ancestors 'none'"
  ]
  return {
    "content-security-policy": policy.join("; "),
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin"
  }
}

const notices: Readonly<Record<ChallengeNotice, { readonly title: string; readonly text: string }>> = {
  unknown: { title: "Unknown challenge", text: "There is no payment to confirm at this address." },
  expired: { title: "Too late", text: "The time to confirm this payment has run out. Nothing was charged." },
  answered: { title: "Already answered", text: "This payment was answered before. Nothing has changed." },
  unreadable: { title: "Answer not understood", text: "Your answer did not come from the page of this challenge." }
}

const page = (title: string, main: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${main}
</main>
</body>
</html>
`

const style = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0; }
main { box-sizing: border-box; max-width: 26rem; margin: 0 auto; padding: 1.5rem 1rem; }
h1 { font-size: 1.5rem; line-height: 1.2; }
dt { font-size: 0.875rem; }
dd { margin: 0 0 0.75rem; overflow-wrap: anywhere; }
.amount { font-size: 1.25rem; font-weight: 600; }
form { display: grid; gap: 0.75rem; margin-top: 1.5rem; }
button { font: inherit; color: inherit; background: none; min-height: 3rem; border: 2px solid; border-radius: 0.5rem; }
.approve { color: #fff; background: #0b5c3b; border-color: #0b5c3b; }
button:focus-visible, a:focus-visible { outline: 3px solid #1a66ff; outline-offset: 2px; }
.note { font-size: 0.875rem; }
`

const styleDigest = (): string => btoa(String.fromCharCode(...sha256(new TextEncoder().encode(style))))

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;"
}

const escaped = (text: string): string => text.replace(/[&<>"']/gu, (character) => escapes[character] ?? "")
