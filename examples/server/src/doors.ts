/** Everything that strangers reach of the kernel: `/v1`, `/api`, and the pages under `/pay` where payers pay. */
import { randomUUID } from "node:crypto"
import { type ApiKeyVerifier, apiHandler, openCardDoor, type RateLimits, v1Handler } from "@paykernel/adapters-http"
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
  readonly rateLimits?: RateLimits
  readonly onDefect: (cause: unknown, requestId?: string) => void
}

export type Doors = { readonly fetch: Handler; readonly close: () => Promise<void> }

export const openDoors = async (options: DoorsOptions): Promise<Doors> => {
  const { kernel, clock, keys, verifier, address, onDefect } = options
  const cardDoor = await openCardDoor({ keys: [keys.card] })
  const pageUrl = (page: string): string => `${address}/pay/${page}`
  const limits = options.rateLimits === undefined ? {} : { rateLimits: options.rateLimits }
  const common = {
    kernel,
    authenticate: verifier.authenticate,
    newRequestId: randomUUID,
    nowMs: clock.nowMs,
    onDefect,
    ...limits
  }
  const v1 = v1Handler({ ...common, cardDoor })
  const api = apiHandler({
    ...common,
    pageUrl,
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
    onDefect
  })
  return {
    fetch: (request) => {
      const { pathname } = new URL(request.url)
      if (pathname.startsWith("/pay/")) return pages(request)
      return pathname.startsWith("/api/") ? api.fetch(request) : v1.fetch(request)
    },
    close: async () => v1.close()
  }
}
