/** The direct and hosted payment API for a host: a function from `Request` to `Response`. */
import type { AddressRefusal, Kernel } from "@paykernel/core"
import * as Effect from "effect/Effect"
import { apiBook } from "../docs/api-book.ts"
import { apiDocumentText } from "../docs/api-openapi.ts"
import { docsPage } from "../docs/docs-page.ts"
import { kernelMessageSchemaText } from "../docs/webhooks-schema.ts"
import { type Answer, jsonText, toResponse } from "../front/answer.ts"
import type { AllowedOrigins } from "../front/cors.ts"
import { type Caller, type FrontLimits, front, type Incoming } from "../front/front.ts"
import type { RateLimits } from "../front/rate-limits.ts"
import { throttle } from "../front/throttle.ts"
import type { PublishedNotifications } from "../notifications/open-notifications.ts"
import { type InProgress, inProgress } from "./in-progress.ts"
import type { Services } from "./operation.ts"
import { refuse } from "./published-error.ts"
import { refusals } from "./refusals.ts"
import { documentPath, messageSchemaPath, routes, subjectOf } from "./routes.ts"
import type { Wallets } from "./wallets.ts"

export type ApiOptions = {
  readonly kernel: Kernel
  /** Who calls, from the `Authorization` header; `apiKeyVerifier` makes one. Asked before a body is read. */
  readonly authenticate: (authorization: string | null) => Promise<Caller>
  /** The address of the page where a session is paid, made from the page's name. */
  readonly pageUrl: (page: string) => string
  /** Makes the `X-Request-Id` of a request that brought none: a UUID. */
  readonly newRequestId: () => string
  /** The kernel's own clock. */
  readonly nowMs: () => number
  /** Opens Apple Pay and Google Pay tokens. Without it these are not enabled. */
  readonly wallets?: Wallets
  /** Origins to which the merchant's payers may be sent. Default: those of the merchant's profile. */
  readonly returnOrigins?: (merchantId: string) => ReadonlyArray<string> | Promise<ReadonlyArray<string>>
  /** Lets registered origins of this machine use http, for development. Default `false`. */
  readonly allowLocalhost?: boolean
  /**
   * The payer's address, where the host can tell it. It is what payments are counted by when risk is assessed, so never
   * the address of the merchant's server. Default: not known.
   */
  readonly clientAddress?: (request: Request) => string | null
  /** The address under which payers know the host. Default: the origin of each request. */
  readonly publicUrl?: string
  /** How long an answer waits for the outcome of a payment. Default 10 000. */
  readonly waitMs?: number
  /** What receivers of webhooks check them by, from `openNotifications`. Absent: the kernel sends none. */
  readonly notifications?: PublishedNotifications
  /** `vet` of the sender of webhooks: which addresses it would call. Default: the rules for the public internet. */
  readonly vetWebhookUrl?: (url: string) => AddressRefusal | null
  /** Absent: callers are not counted. */
  readonly rateLimits?: RateLimits
  /** Defaults: 64 KiB, 16 levels, 256 keys in all. */
  readonly limits?: Partial<FrontLimits>
  /** Which web pages may call from a browser. Default none: an API key belongs on a server. */
  readonly allowedOrigins?: AllowedOrigins
  /** Told of every bug that became a 500. The error may hold anything, so mind where it is written. Must not throw. */
  readonly onDefect?: (error: unknown, requestId: string) => void
}

export type ApiHandler = {
  /** Answers every request; it never rejects. */
  readonly fetch: (request: Request) => Promise<Response>
}

const limitDefaults: FrontLimits = { bodyBytesMax: 64 * 1024, depthMax: 16, keysMax: 256 }
const waitMsDefault = 10_000

/**
 * Serves `/api`: health, direct payments, hosted payment sessions, the payers' way back from their bank, the OpenAPI
 * document at `/api/openapi.json` and a readable page at `/api/docs`. The pages where sessions are paid are served elsewhere.
 *
 * ```ts
 * const { fetch } = apiHandler({ kernel, authenticate, pageUrl, newRequestId, nowMs })
 * const response = await fetch(new Request("http://localhost/api/health", { headers: { authorization } }))
 * ```
 */
export const apiHandler = (options: ApiOptions): ApiHandler => {
  const { authenticate, newRequestId } = options
  const services = servicesOf(options)
  const paper = papers()
  const atOnce = inProgress()
  const alone: InProgress = (name, waitMs, work) => (name === "" ? work : atOnce(name, waitMs, work))
  return {
    fetch: front({
      routes,
      refusals,
      authenticate,
      newRequestId,
      onDefect: options.onDefect ?? (() => undefined),
      limits: { ...limitDefaults, ...options.limits },
      wholeFields,
      allowedOrigins: options.allowedOrigins ?? [],
      throttle: options.rateLimits === undefined ? undefined : throttle(options.rateLimits),
      serve: async (route, request, incoming) => {
        const { operate } = route
        if (operate === undefined) return toResponse(await paper(route.path))
        const call = { request, incoming, subject: subjectOf(route, incoming.url) }
        const working = Effect.suspend(() => operate(services, call))
        const answering = alone(nameOfKey(incoming), services.waitMs, working)
        return toResponse(await Effect.runPromise(Effect.catch(answering, (error) => Effect.succeed(refuse(error)))))
      }
    })
  }
}

/** Empty where there is no key, and then every request is one of its own. */
const nameOfKey = ({ merchantId, idempotencyKey }: Incoming): string =>
  idempotencyKey === null ? "" : JSON.stringify([merchantId, idempotencyKey])

/** Made when first asked for. */
const papers = (): ((path: string) => Promise<Answer>) => {
  let page: Promise<Answer> | undefined
  return async (path) => {
    if (path === documentPath) return jsonText(200, apiDocumentText())
    if (path === messageSchemaPath) return jsonText(200, kernelMessageSchemaText())
    page ??= docsPage([apiBook("openapi.json")])
    return page
  }
}

const wholeFields: ReadonlySet<string> = new Set(["amount"])

const servicesOf = (options: ApiOptions): Services => {
  const { kernel, pageUrl, nowMs, returnOrigins = profileOrigins(kernel) } = options
  return {
    kernel,
    pageUrl,
    nowMs,
    wallets: options.wallets ?? null,
    returnOrigins: async (merchantId) => returnOrigins(merchantId),
    allowLocalhost: options.allowLocalhost ?? false,
    clientAddress: options.clientAddress ?? (() => null),
    publicUrl: options.publicUrl ?? null,
    notifies: options.notifications !== undefined,
    verifyingKey: options.notifications?.verifyingKey ?? null,
    vetWebhookUrl: options.vetWebhookUrl ?? null,
    waitMs: options.waitMs ?? waitMsDefault
  }
}

const profileOrigins = (kernel: Kernel) => async (merchantId: string) => {
  const merchant = await kernel.merchants.get(merchantId)
  return merchant.ok ? merchant.value.profile.returnOrigins : []
}
