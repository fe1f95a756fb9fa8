/** The `/v1` API for a host: a function from `Request` to `Response` that needs nothing else of the runtime. */
import type { Kernel } from "@paykernel/core"
import { cpnRefusals, isOfCpn } from "../cpn/refusals.ts"
import { uploadTurnstile } from "../cpn/upload.ts"
import { apiBook } from "../docs/api-book.ts"
import { docsPage } from "../docs/docs-page.ts"
import { openApiText } from "../docs/openapi.ts"
import { v1Book } from "../docs/v1-book.ts"
import { jsonText, toResponse } from "../front/answer.ts"
import type { AllowedOrigins } from "../front/cors.ts"
import { type Caller, type FrontLimits, type FrontOptions, front } from "../front/front.ts"
import type { RateLimits } from "../front/rate-limits.ts"
import type { Route } from "../front/route-table.ts"
import { throttle } from "../front/throttle.ts"
import { nothingPublished, type PublishedNotifications } from "../notifications/open-notifications.ts"
import type { CardDoor } from "../openpgp/index.ts"
import { refusals } from "./refusals.ts"
import { docsPath, documentPath, routes } from "./routes.ts"
import { webHandler } from "./web-handler.ts"

export type V1Options = {
  readonly kernel: Kernel
  readonly cardDoor: CardDoor
  /** Who calls, from the `Authorization` header; `apiKeyVerifier` makes one. Asked before a body is read. */
  readonly authenticate: (authorization: string | null) => Promise<Caller>
  /** The address under which clients know the host, used in links. Default: the origin of each request. */
  readonly publicUrl?: string
  /** Makes the `X-Request-Id` of a request that brought none: a UUID. */
  readonly newRequestId: () => string
  /** The kernel's own clock: a list without `to` ends now. */
  readonly nowMs: () => number
  /**
   * Whether payers are sent back to the origins in the profile of their merchant only, as `/api` does. Default `false`:
   * the published API takes any https address.
   */
  readonly onlyRegisteredReturns?: boolean
  /** What receivers of webhooks check them by, from `openNotifications`. Without it there are no keys to look up. */
  readonly notifications?: PublishedNotifications
  /** Defaults: 64 KiB, 16 levels, 256 keys in all. Files for requests for information have a bound of their own. */
  readonly limits?: Partial<FrontLimits>
  /** How often the API may be called. Absent: as often as one likes. */
  readonly rateLimits?: RateLimits
  /** Which web pages may call from a browser. Default `*`. */
  readonly allowedOrigins?: AllowedOrigins
  /** Whether `/api` is served at the same address: `/docs` tells of it too then. Default `false`. */
  readonly besideApi?: boolean
  /** Told of every bug that became a 500. The error may hold anything, so mind where it is written. Must not throw. */
  readonly onDefect?: (error: unknown, requestId: string) => void
}

export type V1Handler = {
  /** Answers every request; it never rejects. */
  readonly fetch: (request: Request) => Promise<Response>
  /** Releases the handler. The kernel stays the host's to close. */
  readonly close: () => Promise<void>
}

const limitDefaults: FrontLimits = { bodyBytesMax: 64 * 1024, depthMax: 16, keysMax: 256 }

/**
 * Serves the published `/v1` API, `/ping` and what `/v2` has of subscriptions and cross-border payments, its OpenAPI
 * document at `/openapi.json` and a readable page at `/docs`.
 *
 * ```ts
 * const { fetch } = v1Handler({ kernel, cardDoor, authenticate, newRequestId, nowMs })
 * const response = await fetch(new Request("http://localhost/ping"))
 * ```
 */
export const v1Handler = (options: V1Options): V1Handler => {
  const { kernel, cardDoor, nowMs, authenticate, newRequestId, notifications = nothingPublished } = options
  const onDefect = options.onDefect ?? (() => undefined)
  const publicUrl = options.publicUrl ?? null
  const onlyRegisteredReturns = options.onlyRegisteredReturns ?? false
  const services = {
    kernel,
    cardDoor,
    notifications,
    publicUrl,
    onlyRegisteredReturns,
    nowMs,
    uploads: uploadTurnstile()
  }
  const api = webHandler(services, onDefect)
  const pages = documentPages(options.besideApi ?? false)
  const shared: Omit<FrontOptions<Route>, "refusals"> = {
    routes,
    authenticate,
    newRequestId,
    onDefect,
    limits: { ...limitDefaults, ...options.limits },
    allowedOrigins: options.allowedOrigins ?? "*",
    throttle: options.rateLimits === undefined ? undefined : throttle(options.rateLimits),
    serve: (route, request, incoming) => pages.get(route.path)?.() ?? api.serve(request, incoming)
  }
  const [ofV1, ofCpn] = [front({ ...shared, refusals }), front({ ...shared, refusals: cpnRefusals })]
  return {
    fetch: (request) => (isOfCpn(new URL(request.url).pathname) ? ofCpn(request) : ofV1(request)),
    close: api.close
  }
}

/** Made when first asked for: most hosts are asked for payments far more often than for their documents. */
const documentPages = (besideApi: boolean): ReadonlyMap<string, () => Promise<Response>> => {
  const document = once(async () => jsonText(200, openApiText()))
  const page = once(() => docsPage([v1Book("openapi.json"), ...(besideApi ? [apiBook("api/openapi.json")] : [])]))
  return new Map([
    [documentPath, async () => toResponse(await document())],
    [docsPath, async () => toResponse(await page())]
  ])
}

const once = <A>(make: () => Promise<A>): (() => Promise<A>) => {
  let made: Promise<A> | undefined
  return () => {
    made ??= make()
    return made
  }
}
