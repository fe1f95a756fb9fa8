/** What the documentation page says of `/api` beside its operations. */
import { apiErrorCodes } from "./api-error-codes.ts"
import { apiDocument } from "./api-openapi.ts"
import type { Book } from "./docs-page.ts"

const basics = `<p>Every call carries <code>Authorization: Bearer &lt;key&gt;</code>. Bodies are JSON in UTF-8, at most 64 KiB.
Amounts are whole numbers of minor units: 1000 is $10.00.</p>
<pre><code>curl -H "Authorization: Bearer $KEY" "$HOST/api/health"</code></pre>
<p><strong>Repeat safely.</strong> Both POSTs that begin something take an <code>Idempotency-Key</code> header. The same
request with the same key is carried out once, and the same key with another request is refused with 422.</p>
<p><strong>Direct payments wait</strong> for the outcome: 200 is paid, 400 with a <code>card_error</code> is declined, 202 is
not over. With <code>requires_action</code> the payer has to be sent to <code>3ds_url</code>; without it, ask later.</p>
<p><strong>Bank transfers</strong> are accepted with 202 and stay <code>pending</code> until the bank has the money.</p>
<p><strong>Hosted payments</strong> are paid on a page: send the payer to <code>payment_url</code>. Whatever comes back with a
browser proves nothing; ask for the session.</p>`

/** `href`: where its OpenAPI document is, seen from the page. */
export const apiBook = (href: string): Book => ({
  document: apiDocument(),
  href,
  prefix: "api-",
  basics,
  errors: {
    about: `A refusal is <code>{"error": {"code", "message", "type", "decline_code"?}}</code>. Decide by
<code>code</code>; <code>decline_code</code> is the issuer's own reason.`,
    columns: ["Code", "HTTP", "Type", "Meaning"],
    rows: apiErrorCodes.map(({ code, http, type, meaning }) => [code, http, type ?? "", meaning])
  }
})
