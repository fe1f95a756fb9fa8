/** What the documentation page says of `/v1` beside its operations. */
import type { Book } from "./docs-page.ts"
import { errorCodes } from "./error-codes.ts"
import { openApiDocument } from "./openapi.ts"

const basics = `<p>Every call but <code>/ping</code> carries <code>Authorization: Bearer &lt;key&gt;</code>. Bodies are JSON in
UTF-8, at most 64 KiB. Fields marked * are required; unknown fields are ignored; <code>null</code> means absent.</p>
<pre><code>curl -H "Authorization: Bearer $KEY" "$HOST/v1/configuration"</code></pre>
<p><strong>Repeat safely.</strong> A POST may take an <code>idempotencyKey</code>, a UUID. The same request with
the same key is carried out once and answered alike each time, marked <code>Idempotent-Replayed: true</code>, for
30 days. A request that was refused binds no key: correct it and send it again.</p>
<p><strong>Card data</strong> is encrypted by the client to the key of <code>/v1/encryption/public</code> and never
shown again.</p>
<p><strong>Payments are asynchronous.</strong> Read a payment until its status has left <code>pending</code>.
<code>confirmed</code> is approved, <code>paid</code> is settled, <code>failed</code> says why in
<code>errorCode</code>.</p>
<p><strong>Lists</strong> are newest first. Follow the <code>Link</code> header from page to page.</p>`

/** `href`: where its OpenAPI document is, seen from the page. */
export const v1Book = (href: string): Book => ({
  document: openApiDocument(),
  href,
  prefix: "",
  basics,
  errors: {
    about: `A refusal is <code>{"code","message","errors"?}</code>; with code 2, <code>errors</code> names each field by its
dotted path in <code>location</code>.`,
    columns: ["Code", "HTTP", "Meaning"],
    rows: errorCodes
  }
})
