/**
 * Whether a request that is to change something comes from one of these pages. Browsers say so themselves (Fetch
 * Metadata §2.4), or name the page's origin (RFC 6454 §7); whoever says neither is no browser with our page.
 */

/**
 * `origin` is where visitors find the pages. A server that is known by several names, as every machine is to itself, is
 * asked by its own pages under the name of the request.
 *
 * @example
 * const from = (headers) => comesFromOurselves(new Request("https://pay.example/", { headers }), "https://pay.example")
 * from({ "sec-fetch-site": "same-origin" }) // => true
 * from({ "sec-fetch-site": "same-site", origin: "https://pay.example" }) // => false
 * from({ origin: "https://elsewhere.example" }) // => false
 * from({}) // => false
 */
export const comesFromOurselves = (request: Request, origin: string): boolean => {
  const site = request.headers.get("sec-fetch-site")
  if (site !== null) return site === "same-origin"
  const claimed = request.headers.get("origin")
  return claimed !== null && (claimed === origin || claimed === new URL(request.url).origin)
}
