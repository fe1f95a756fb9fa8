/**
 * What every request passes before it means anything: does the path exist, who is calling, is the body small and of
 * the right kind, and is the JSON beyond doubt. A stranger learns of a path that exists, and of nothing else.
 */
import * as Result from "effect/Result"
import { type Answer, toResponse } from "./answer.ts"
import { type AllowedOrigins, corsHeaders, preflight } from "./cors.ts"
import { isPlainJson } from "./media-type.ts"
import { declaredTooLarge, readBody } from "./read-body.ts"
import { requestIdOf } from "./request-id.ts"
import type { Route, RouteTable } from "./route-table.ts"
import { type JsonFault, type JsonLimits, type JsonObject, parseStrict } from "./strict-json.ts"

/** Who calls. `Malformed` and `Unknown` are answered alike; `Busy` means that the same key may be tried again. */
export type Caller =
  | { readonly merchantId: string }
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
}

/** Each API refuses in its own published words. */
export type Refusals = {
  readonly unknownPath: () => Answer
  readonly otherMethod: (methods: string) => Answer
  readonly bodyTooLarge: (bytesMax: number) => Answer
  readonly unsupportedMediaType: () => Answer
  readonly unauthenticated: () => Answer
  readonly busy: () => Answer
  readonly malformedBody: (fault: JsonFault | { readonly _tag: "BodyInterrupted" }) => Answer
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
  readonly onDefect: (error: unknown, requestId: string) => void
}

/** Answers every request; it never rejects. */
export const front =
  <R extends Route>(options: FrontOptions<R>) =>
  async (request: Request): Promise<Response> => {
    const requestId = requestIdOf(request, options.newRequestId)
    const response = await admit(options, request, requestId).catch((error: unknown) => {
      options.onDefect(error, requestId)
      return toResponse(options.refusals.defect())
    })
    const headers = {
      "x-request-id": requestId,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...corsHeaders(request, options.allowedOrigins)
    }
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value)
    return request.method === "HEAD" ? new Response(null, response) : response
  }

const admit = async <R extends Route>(
  options: FrontOptions<R>,
  request: Request,
  requestId: string
): Promise<Response> => {
  const { refusals } = options
  const url = new URL(request.url)
  const match = options.routes.match(request.method, url.pathname)
  if (match._tag === "Unknown") return toResponse(refusals.unknownPath())
  if (match._tag !== "Found") {
    return toResponse(match._tag === "Options" ? preflight(match.methods) : refusals.otherMethod(match.methods))
  }
  const { route } = match
  const merchantId = route.takesKey ? await merchantOf(options, request) : Result.succeed(null)
  if (Result.isFailure(merchantId)) return toResponse(merchantId.failure)
  const body = route.takesBody ? await bodyOf(options, request) : Result.succeed({})
  if (Result.isFailure(body)) return toResponse(body.failure)
  const idempotencyKey = keyOf(request)
  return options.serve(route, request, {
    requestId,
    url,
    merchantId: merchantId.success,
    body: body.success,
    idempotencyKey
  })
}

const merchantOf = async <R extends Route>(
  { authenticate, refusals }: FrontOptions<R>,
  request: Request
): Promise<Result.Result<string, Answer>> => {
  const caller = await authenticate(request.headers.get("authorization"))
  if ("merchantId" in caller) return Result.succeed(caller.merchantId)
  return Result.fail(caller._tag === "Busy" ? refusals.busy() : refusals.unauthenticated())
}

const bodyOf = async <R extends Route>(
  { refusals, limits }: FrontOptions<R>,
  request: Request
): Promise<Result.Result<JsonObject, Answer>> => {
  if (declaredTooLarge(request, limits.bodyBytesMax)) return Result.fail(refusals.bodyTooLarge(limits.bodyBytesMax))
  if (!isPlainJson(request)) return Result.fail(refusals.unsupportedMediaType())
  const bytes = await readBody(request, limits.bodyBytesMax)
  if (bytes instanceof Uint8Array) return Result.mapError(parseStrict(bytes, limits), refusals.malformedBody)
  return Result.fail(
    bytes._tag === "BodyTooLarge" ? refusals.bodyTooLarge(limits.bodyBytesMax) : refusals.malformedBody(bytes)
  )
}

const keyOf = (request: Request): string | null => {
  const header = request.headers.get("idempotency-key")
  return header === null ? null : header.replace(/^"(.*)"$/u, "$1")
}
