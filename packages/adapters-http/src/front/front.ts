/**
 * What every request passes before it means anything: does the path exist, who is calling, is the body small and of
 * the right kind, and is the JSON beyond doubt. A stranger learns of a path that exists, and of nothing else.
 */
import * as Result from "effect/Result"
import { type Answer, toResponse } from "./answer.ts"
import { type AllowedOrigins, corsHeaders, preflight } from "./cors.ts"
import type { MalformedBody } from "./malformed-body.ts"
import { isPlainJson } from "./media-type.ts"
import type { RateClass } from "./rate-limits.ts"
import { declaredTooLarge, readBody } from "./read-body.ts"
import { requestIdOf } from "./request-id.ts"
import type { Route, RouteMatch, RouteTable } from "./route-table.ts"
import { type JsonLimits, type JsonObject, parseStrict } from "./strict-json.ts"
import { type Passage, type Throttle, unlimited } from "./throttle.ts"

/**
 * Who calls. `keyId` tells a merchant's keys apart, so that each has limits of its own. `Malformed` and `Unknown` are
 * answered alike; `Busy` means that the same key may be tried again.
 */
export type Caller =
  | { readonly merchantId: string; readonly keyId?: string }
  | { readonly _tag: "Malformed" }
  | { readonly _tag: "Unknown" }
  | { readonly _tag: "Busy" }

export type FrontLimits = JsonLimits & { readonly bodyBytesMax: number }

/** A request as the operations see it. */
export type Incoming = {
  readonly requestId: string
  readonly url: URL
  /** `null` on the few paths that need no key. */
  readonly merchantId: string | null
  readonly body: JsonObject
  /** The `Idempotency-Key` header, without quotes (RFC 8941 §3.3.3 strings are quoted, most clients send none). */
  readonly idempotencyKey: string | null
  /** For operations on routes that take no JSON: its body is theirs to read. */
  readonly request: Request
}

/** Each API refuses in its own published words. */
export type Refusals = {
  readonly unknownPath: () => Answer
  readonly otherMethod: (methods: string) => Answer
  readonly bodyTooLarge: (bytesMax: number) => Answer
  readonly unsupportedMediaType: () => Answer
  readonly unauthenticated: () => Answer
  readonly busy: () => Answer
  readonly tooManyRequests: (retryAfterS: number) => Answer
  readonly malformedBody: (fault: MalformedBody) => Answer
  readonly defect: () => Answer
}

export type FrontOptions<R extends Route> = {
  readonly routes: RouteTable<R>
  readonly serve: (route: R, request: Request, incoming: Incoming) => Promise<Response>
  readonly refusals: Refusals
  readonly authenticate: (authorization: string | null) => Promise<Caller>
  readonly newRequestId: () => string
  readonly limits: FrontLimits
  readonly allowedOrigins: AllowedOrigins
  /** Fields of bodies that must be written as whole numbers, where they are numbers. */
  readonly wholeFields?: ReadonlySet<string>
  /** Absent: nobody is counted. */
  readonly throttle?: Throttle | undefined
  readonly onDefect: (error: unknown, requestId: string) => void
}

/** Answers every request; it never rejects. */
export const front =
  <R extends Route>(options: FrontOptions<R>) =>
  async (request: Request): Promise<Response> => {
    const requestId = requestIdOf(request, options.newRequestId)
    const url = new URL(request.url)
    const match = options.routes.match(request.method, url.pathname)
    const passage = (options.throttle ?? unlimited)(request, rateClassOf(match))
    const response = await admit(options, { request, requestId, url, match, passage }).catch((error: unknown) => {
      options.onDefect(error, requestId)
      return toResponse(options.refusals.defect())
    })
    const headers = {
      "x-request-id": requestId,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...passage.headers(),
      ...corsHeaders(request, options.allowedOrigins)
    }
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value)
    return request.method === "HEAD" ? new Response(null, response) : response
  }

type Arrival<R extends Route> = {
  readonly request: Request
  readonly requestId: string
  readonly url: URL
  readonly match: RouteMatch<R>
  readonly passage: Passage
}

const rateClassOf = (match: RouteMatch<Route>): RateClass =>
  (match._tag === "Found" ? match.route.rateClass : undefined) ?? "payments"

const admit = async <R extends Route>(options: FrontOptions<R>, arrival: Arrival<R>): Promise<Response> => {
  const { refusals } = options
  const { request, requestId, url, match, passage } = arrival
  if (match._tag === "Unknown") return toResponse(refusals.unknownPath())
  if (match._tag !== "Found") {
    return toResponse(match._tag === "Options" ? preflight(match.methods) : refusals.otherMethod(match.methods))
  }
  const { route } = match
  const merchantId = route.takesKey ? await merchantOf(options, request, passage) : Result.succeed(null)
  if (Result.isFailure(merchantId)) return toResponse(merchantId.failure)
  const body = route.takesBody ? await bodyOf(options, request) : Result.succeed({})
  if (Result.isFailure(body)) return toResponse(body.failure)
  const idempotencyKey = keyOf(request)
  return options.serve(route, request, {
    requestId,
    url,
    merchantId: merchantId.success,
    body: body.success,
    idempotencyKey,
    request
  })
}

const merchantOf = async <R extends Route>(
  { authenticate, refusals }: FrontOptions<R>,
  request: Request,
  passage: Passage
): Promise<Result.Result<string, Answer>> => {
  const lateS = passage.enter()
  if (lateS !== null) return Result.fail(refusals.tooManyRequests(lateS))
  const caller = await authenticate(request.headers.get("authorization"))
  if ("merchantId" in caller) {
    const waitS = await passage.admit(caller)
    return waitS === null ? Result.succeed(caller.merchantId) : Result.fail(refusals.tooManyRequests(waitS))
  }
  if (caller._tag === "Busy") return Result.fail(refusals.busy())
  const waitS = await passage.refuse(caller._tag)
  return Result.fail(waitS === null ? refusals.unauthenticated() : refusals.tooManyRequests(waitS))
}

const bodyOf = async <R extends Route>(
  { refusals, limits, wholeFields }: FrontOptions<R>,
  request: Request
): Promise<Result.Result<JsonObject, Answer>> => {
  if (declaredTooLarge(request, limits.bodyBytesMax)) return Result.fail(refusals.bodyTooLarge(limits.bodyBytesMax))
  if (!isPlainJson(request)) return Result.fail(refusals.unsupportedMediaType())
  const bytes = await readBody(request, limits.bodyBytesMax)
  if (bytes instanceof Uint8Array)
    return Result.mapError(parseStrict(bytes, limits, wholeFields), refusals.malformedBody)
  return Result.fail(
    bytes._tag === "BodyTooLarge" ? refusals.bodyTooLarge(limits.bodyBytesMax) : refusals.malformedBody(bytes)
  )
}

const keyOf = (request: Request): string | null => {
  const header = request.headers.get("idempotency-key")
  return header === null ? null : header.replace(/^"(.*)"$/u, "$1")
}
