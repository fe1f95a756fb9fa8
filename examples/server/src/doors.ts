/**
 * Everything that strangers reach of the kernel: `/v1`, `/api`, the pages under `/pay` where payers pay, and the
 * dashboard of merchants.
 */
import { randomUUID } from "node:crypto"
import {
  type ApiKeyVerifier,
  type ApiOptions,
  apiDialect,
  apiHandler,
  openCardDoor,
  type PublishedNotifications,
  type RateLimits,
  v1Handler
} from "@paykernel/adapters-http"
import { type DashboardOptions, dashboard } from "@paykernel/adapters-http/dashboard"
import { hostedPages, kernelDesk } from "@paykernel/adapters-http/hosted"
import type { Kernel } from "@paykernel/core"
import { simulatedWallet } from "@paykernel/core/simulator"
import type { ServerKeys } from "./keys.ts"
import type { Handler } from "./node-http.ts"

export type DoorsOptions = {
  readonly kernel: Kernel
  readonly clock: { readonly nowMs: () => number }
  readonly keys: ServerKeys
  readonly verifier: ApiKeyVerifier
  /** Where clients and payers find the server. */
  readonly address: string
  /** What receivers of webhooks check them by, and where they may be. */
  readonly notifications: PublishedNotifications
  readonly vetWebhookUrl: NonNullable<ApiOptions["vetWebhookUrl"]>
  /** Who may sign in to the dashboard, and the keys that are made there. */
  readonly dashboard: Pick<DashboardOptions, "accounts" | "apiKeys">
  readonly rateLimits?: RateLimits
  /** Whether `/v1` too sends payers to the origins only that their merchant has registered. */
  readonly areReturnsBound: boolean
  /** Who sends a request, as far as it can be told. */
  readonly clientAddress: (request: Request) => string | null
  readonly log: (line: string) => void
  readonly onDefect: (cause: unknown, requestId?: string) => void
}

/** The first of a kind, and then only now and then: whoever wants a log full cannot have it. */
const isMilestone = (count: number): boolean => /^10*$/u.test(String(count))

export type Doors = { readonly fetch: Handler; readonly close: () => Promise<void> }

export const openDoors = async (options: DoorsOptions): Promise<Doors> => {
  const { kernel, clock, keys, verifier, address, log, onDefect } = options
  const cardDoor = await openCardDoor({ keys: [keys.card] })
  const pageUrl = (page: string): string => `${address}/pay/${page}`
  const { clientAddress, rateLimits, notifications, vetWebhookUrl } = options
  const limits = rateLimits === undefined ? {} : { rateLimits: { ...rateLimits, clientAddress } }
  const common = {
    kernel,
    notifications,
    authenticate: verifier.authenticate,
    newRequestId: randomUUID,
    nowMs: clock.nowMs,
    onDefect,
    ...limits
  }
  const v1 = v1Handler({
    ...common,
    besideApi: true,
    cardDoor,
    onlyRegisteredReturns: options.areReturnsBound
  })
  const api = apiHandler({
    ...common,
    pageUrl,
    vetWebhookUrl,
    wallets: simulatedWallet(),
    allowLocalhost: true,
    publicUrl: address
  })
  const pages = hostedPages({
    desk: kernelDesk({ kernel, cardDoor, pageUrl }),
    publicUrl: `${address}/pay`,
    cardKey: () => cardDoor,
    pageKey: keys.pages,
    nowMs: clock.nowMs,
    ipAddressOf: clientAddress,
    ...(rateLimits === undefined ? {} : { rateLimits: { limiter: rateLimits.limiter, nowMs: rateLimits.nowMs } }),
    onPolicyReport: ({ directive, blocked, count }) => {
      if (isMilestone(count)) log(`policy: ${directive} refused ${blocked} (${count})`)
    },
    onDefect
  })
  const merchantPages = dashboard({
    ...options.dashboard,
    kernel,
    clientAddress,
    publicUrl: `${address}/dashboard`,
    // Whoever binds a sandbox to an address of the local network has no certificate for it.
    allowHttp: true,
    webhooks: { dialect: apiDialect() },
    nowMs: clock.nowMs,
    onDefect
  })
  return {
    fetch: (request) => {
      const { pathname } = new URL(request.url)
      if (/^\/dashboard(?:\/|$)/u.test(pathname)) return merchantPages(request)
      if (pathname.startsWith("/pay/")) return pages(request)
      return pathname.startsWith("/api/") ? api.fetch(request) : v1.fetch(request)
    },
    close: async () => v1.close()
  }
}
