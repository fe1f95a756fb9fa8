/**
 * The hosted payment pages for a host: a function from `Request` to `Response`. A page shows how a session stands and,
 * while it can be paid, takes a card that is encrypted before it leaves the browser.
 */
import type { Money } from "@paykernel/core/domain"
import * as Result from "effect/Result"
import { htmlType, jsonType } from "../front/answer.ts"
import { isPlainJson } from "../front/media-type.ts"
import { declaredTooLarge, readBody } from "../front/read-body.ts"
import { parseStrict } from "../front/strict-json.ts"
import { answerHeaders, comesFrom, pageHeaders } from "./csp.ts"
import type { HostedDesk, PayRefusal, Progress } from "./desk.ts"
import { type PageLimits, type PageThrottle, pageThrottle } from "./page-limits.ts"
import { pageLocale } from "./page-locale.ts"
import { scriptResponse } from "./page-script.ts"
import { isSealed, mintAttempt, mintNonce, type PageKey } from "./page-seal.ts"
import type { PageError, PaymentBody, ProgressAnswer } from "./page-wire.ts"
import { readPaymentBody } from "./payment-body.ts"
import { type PolicyReport, policyReportCounter, readPolicyReports } from "./policy-reports.ts"
import { challengeOf, noSessionPage, type PublishedKey, type RenderedPage, sessionPage } from "./session-page.ts"
import { type Route, siteAt } from "./site.ts"

export type HostedPagesOptions = {
  readonly desk: HostedDesk
  /** Where payers reach the pages, such as `https://pay.example/pay`: a page is at `<publicUrl>/<session id>`. */
  readonly publicUrl: string
  /** To whose key cards are encrypted; asked at every page, because keys are replaced. */
  readonly cardKey: () => PublishedKey
  readonly pageKey: PageKey
  /** The kernel's own clock. */
  readonly nowMs: () => number
  /** The payer's address, which only the host knows to read behind its proxies. Default: not known. */
  readonly ipAddressOf?: (request: Request) => string | null
  /** Default: the standard currencies. */
  readonly currencies?: Money.CurrencyTable
  /** Absent: requests are not counted. Clients are told apart by `ipAddressOf`. */
  readonly rateLimits?: PageLimits
  /** Told of what browsers say that the pages' policy refused, in a few words that anybody may have made up. Must not throw. */
  readonly onPolicyReport?: (report: PolicyReport) => void
  /** Told of every bug that became a 500. The error may hold anything, so mind where it is written. Must not throw. */
  readonly onDefect?: (error: unknown) => void
}

/**
 * Serves the pages. It never rejects.
 *
 * ```ts
 * const serve = hostedPages({ desk, publicUrl: "https://pay.example/pay", cardKey: () => door, pageKey, nowMs })
 * const response = await serve(new Request("https://pay.example/pay/sess_7Q2M9XK4T1BD"))
 * ```
 */
export const hostedPages = (options: HostedPagesOptions): ((request: Request) => Promise<Response>) => {
  const { desk, pageKey, cardKey, nowMs, currencies } = options
  const site = siteAt(options.publicUrl)
  const throttled: PageThrottle = options.rateLimits === undefined ? async () => null : pageThrottle(options.rateLimits)
  const countReport = policyReportCounter()

  const pageResponse = (request: Request, render: (nonce: string) => RenderedPage): Response => {
    const nonce = mintNonce()
    const { status, body } = render(nonce)
    const { language } = localeOf(request)
    const about = { "content-type": htmlType, "content-language": language }
    return new Response(body, { status, headers: { ...about, ...pageHeaders(nonce, site.origin, site.reportPath) } })
  }
  const json = (status: number, value: unknown, more: Readonly<Record<string, string>> = {}): Response =>
    new Response(JSON.stringify(value), {
      status,
      headers: { "content-type": jsonType, "cache-control": "no-store", ...answerHeaders(site.origin), ...more }
    })
  const error = (name: PageError, more: Readonly<Record<string, string>> = {}): Response =>
    json(statusOf[name], { error: name }, more)

  const missing = (request: Request): Response =>
    pageResponse(request, (nonce) => noSessionPage("missing", { locale: localeOf(request), nonce }))

  const showPage = async (request: Request, sessionId: string): Promise<Response> => {
    const [session, attempt] = await Promise.all([desk.session(sessionId), mintAttempt(pageKey, sessionId)])
    if (session === undefined) return missing(request)
    const rendering = { site, locale: localeOf(request), nowMs: nowMs(), currencies }
    return pageResponse(request, (nonce) =>
      sessionPage({ ...session, pageName: sessionId }, { ...rendering, nonce }, cardKey(), attempt)
    )
  }

  const tell = async (sessionId: string, progress: Progress): Promise<Response> => {
    const { status, decline } = progress
    const answer: ProgressAnswer = {
      status,
      decline,
      challengeUrl: status === "action_required" ? challengeOf(progress, site) : null,
      attempt: status === "pending" ? await mintAttempt(pageKey, sessionId) : null
    }
    return json(200, answer)
  }

  const showProgress = async (sessionId: string): Promise<Response> => {
    const progress = await desk.progress(sessionId)
    return progress === undefined ? error("session_not_found") : tell(sessionId, progress)
  }

  const takePayment = async (request: Request, sessionId: string): Promise<Response> => {
    if (!comesFrom(request, site.origin)) return error("forbidden")
    const body = await readPayment(request)
    if (typeof body === "string") return error(body)
    if (!(await isSealed(pageKey, sessionId, body.attempt))) return error("outdated")
    const ipAddress = options.ipAddressOf?.(request) ?? null
    const result = await desk.pay(sessionId, { ...body, attempt: body.attempt.id, ipAddress })
    if (!("_tag" in result)) return tell(sessionId, result)
    if (result._tag !== "DeskBusy") return error(refusals[result._tag])
    return error("busy", { "retry-after": Math.ceil(result.retryAfterMs / 1000).toString() })
  }

  const takeReports = async (request: Request): Promise<Response> => {
    const reports = await readPolicyReports(request)
    for (const report of reports ?? []) options.onPolicyReport?.(countReport(report))
    return new Response(null, { status: reports === undefined ? 400 : 204, headers: answerHeaders(site.origin) })
  }

  const refuseFor = (seconds: number, request: Request, route: Route): Response => {
    const more = { "retry-after": seconds.toString() }
    if (route._tag !== "Page") return json(429, { error: "busy" }, more)
    const page = pageResponse(request, (nonce) => noSessionPage("crowded", { locale: localeOf(request), nonce }))
    page.headers.set("retry-after", more["retry-after"])
    return page
  }

  const serve = async (request: Request, route: Route): Promise<Response> => {
    switch (route._tag) {
      case "Page":
        return showPage(request, route.sessionId)
      case "Progress":
        return showProgress(route.sessionId)
      case "Payment":
        return takePayment(request, route.sessionId)
      case "Script":
        return scriptResponse(request.headers.get("accept-encoding"), answerHeaders(site.origin))
      case "Report":
        return takeReports(request)
    }
  }

  return async (request) => {
    const route = site.routeOf(new URL(request.url).pathname)
    if (route === undefined) return headless(request, missing(request))
    const methods = posted.has(route._tag) ? ["POST"] : ["GET", "HEAD"]
    if (!methods.includes(request.method)) {
      return new Response(null, { status: 405, headers: { allow: methods.join(", "), ...answerHeaders(site.origin) } })
    }
    const seconds = await throttled(route, options.ipAddressOf?.(request) ?? null)
    if (seconds !== null) return headless(request, refuseFor(seconds, request, route))
    const response = await serve(request, route).catch((defect: unknown) => {
      options.onDefect?.(defect)
      if (route._tag !== "Page") return error("server_error")
      return pageResponse(request, (nonce) => noSessionPage("broken", { locale: localeOf(request), nonce }))
    })
    return headless(request, response)
  }
}

const posted: ReadonlySet<Route["_tag"]> = new Set(["Payment", "Report"])

const localeOf = (request: Request) => pageLocale(request.headers.get("accept-language"))

const headless = (request: Request, response: Response): Response =>
  request.method === "HEAD" ? new Response(null, response) : response

const bodyBytesMax = 16 * 1024

const readPayment = async (request: Request): Promise<PaymentBody | PageError> => {
  if (!isPlainJson(request)) return "unsupported_media_type"
  if (declaredTooLarge(request, bodyBytesMax)) return "body_too_large"
  const bytes = await readBody(request, bodyBytesMax)
  if (!(bytes instanceof Uint8Array)) return bytes._tag === "BodyTooLarge" ? "body_too_large" : "invalid_request"
  const parsed = parseStrict(bytes, { depthMax: 2, keysMax: 16 })
  return Result.isFailure(parsed) ? "invalid_request" : (readPaymentBody(parsed.success) ?? "invalid_request")
}

const refusals: Readonly<Record<Exclude<PayRefusal["_tag"], "DeskBusy">, PageError>> = {
  SessionNotFound: "session_not_found",
  EncryptionKeyUnknown: "outdated",
  CardDataUnreadable: "card_data_unreadable"
}

const statusOf: Readonly<Record<PageError, number>> = {
  forbidden: 403,
  unsupported_media_type: 415,
  body_too_large: 413,
  invalid_request: 400,
  outdated: 409,
  card_data_unreadable: 400,
  session_not_found: 404,
  busy: 503,
  server_error: 500
}
