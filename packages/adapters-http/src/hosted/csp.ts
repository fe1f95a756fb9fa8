/**
 * What browsers are told to forbid. A page that takes card numbers runs the one script that it names, asks nobody but
 * its own server, and stands in nobody's frame (PCI DSS 6.4.3, 11.6.1).
 */

/**
 * The content security policy of a page (CSP Level 3). Markup that somebody smuggled in would have neither the nonce of
 * the page nor a way to turn a text into code.
 *
 * @example
 * pagePolicy("abc", "/pay/csp-report").includes("script-src 'nonce-abc'") // => true
 */
export const pagePolicy = (nonce: string, reportPath: string): string =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    // The form is sent by the script; sent by the browser it would carry the card in clear.
    "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
    // Browsers that know of the second leave the first alone.
    `report-uri ${reportPath}`,
    "report-to csp"
  ].join("; ")

/** The headers of a page beside its type and language. */
export const pageHeaders = (nonce: string, origin: string, reportPath: string): Readonly<Record<string, string>> => ({
  "content-security-policy": pagePolicy(nonce, reportPath),
  "reporting-endpoints": `csp="${origin}${reportPath}"`,
  "x-frame-options": "DENY",
  "permissions-policy": permissions,
  "cross-origin-opener-policy": "same-origin",
  "x-robots-tag": "noindex, nofollow",
  ...answerHeaders(origin),
  "cache-control": "no-store"
})

/** The headers of everything else. */
export const answerHeaders = (origin: string): Readonly<Record<string, string>> => ({
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
  ...(origin.startsWith("https:") ? { "strict-transport-security": "max-age=63072000" } : {})
})

const permissions = [
  "accelerometer",
  "camera",
  "display-capture",
  "fullscreen",
  "geolocation",
  "gyroscope",
  "magnetometer",
  "microphone",
  "midi",
  "payment",
  "publickey-credentials-get",
  "screen-wake-lock",
  "usb",
  "xr-spatial-tracking"
]
  .map((feature) => `${feature}=()`)
  .join(", ")

/**
 * Whether a request that is to change something comes from a page of this origin (Fetch Metadata §2.4; RFC 6454 §7).
 * Browsers send at least one of the two headers with every POST; whoever sends neither is no browser with our page.
 *
 * @example
 * const ownPage = (headers) => comesFrom(new Request("https://pay.example/", { headers }), "https://pay.example")
 * ownPage({ origin: "https://pay.example" }) // => true
 * ownPage({ origin: "https://elsewhere.example" }) // => false
 * ownPage({}) // => false
 */
export const comesFrom = (request: Request, origin: string): boolean => {
  const site = request.headers.get("sec-fetch-site")
  const claimed = request.headers.get("origin")
  if (site === null && claimed === null) return false
  return (site === null || site === "same-origin") && (claimed === null || claimed === origin)
}
