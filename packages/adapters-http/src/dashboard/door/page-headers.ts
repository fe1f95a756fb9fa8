/**
 * What browsers are told to forbid. These pages run no script at all, ask nobody but their own server, stand in
 * nobody's frame, and are not kept.
 */
import { answerHeaders } from "../../hosted/csp.ts"

/** `nonce` admits the style of one page; `null` where it has none of its own. */
export const dashboardHeaders = (origin: string, nonce: string | null): Readonly<Record<string, string>> => ({
  "content-security-policy": [
    "default-src 'none'",
    `style-src 'self'${nonce === null ? "" : ` 'nonce-${nonce}'`}`,
    "img-src data:",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'"
  ].join("; "),
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "x-robots-tag": "noindex, nofollow",
  ...answerHeaders(origin),
  // Under a stricter one browsers send our own forms with an origin of `null` (Fetch §3.2).
  "referrer-policy": "same-origin",
  "cache-control": "no-store"
})
