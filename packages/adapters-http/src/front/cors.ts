/** Cross-origin access for browser clients (Fetch Standard §3.3). Keys travel in a header, never in a cookie. */
import type { Answer } from "./answer.ts"
import { empty } from "./answer.ts"

/** `*`, or the origins that may call from a browser. */
export type AllowedOrigins = "*" | ReadonlyArray<string>

const requestHeaders = "Authorization, Content-Type, X-Request-Id, Idempotency-Key"
const responseHeaders = [
  "X-Request-Id, Link, Idempotent-Replayed, Retry-After",
  "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"
].join(", ")

/** What every response says to a browser. A foreign origin is told nothing, which is a refusal. */
export const corsHeaders = (request: Request, allowed: AllowedOrigins): Answer["headers"] => {
  if (allowed === "*") {
    return { "access-control-allow-origin": "*", "access-control-expose-headers": responseHeaders }
  }
  const origin = request.headers.get("origin")
  if (origin === null || !allowed.includes(origin)) return { vary: "Origin" }
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": responseHeaders,
    vary: "Origin"
  }
}

/** The answer to OPTIONS on a path that exists; `methods` are the path's own. */
export const preflight = (methods: string): Answer =>
  empty(204, {
    allow: methods,
    "access-control-allow-methods": methods,
    "access-control-allow-headers": requestHeaders,
    "access-control-max-age": "600"
  })
