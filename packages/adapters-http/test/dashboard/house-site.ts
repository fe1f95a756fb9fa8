/** The house on a real server, with the API and the payment pages of the same kernel beside it. */
import { randomUUID } from "node:crypto"
import { hostedPages, kernelDesk } from "../../src/hosted/index.ts"
import { apiHandler, generateCardKey, openCardDoor } from "../../src/index.ts"
import { serve } from "../gateway/http-server.ts"
import { type House, type HouseOptions, openHouse } from "./house.ts"

export type HouseSite = House & { readonly origin: string }

export const openSite = async (options: HouseOptions = {}): Promise<HouseSite> => {
  let answer: (request: Request) => Promise<Response> = async () => new Response(null, { status: 503 })
  const server = await serve((request) => answer(request))
  const { origin } = new URL(server.url)
  const house = await openHouse({ ...options, publicUrl: `${origin}/dashboard` })
  const { kernel, nowMs, verifier } = house
  const pageUrl = (page: string): string => `${origin}/pay/${page}`
  const onDefect = (error: unknown) => void house.defects.push(error)
  const cardDoor = await openCardDoor({ keys: [await generateCardKey({ nowMs: nowMs() })] })
  const hmac = { name: "HMAC", hash: "SHA-256" }
  const pageKey = await crypto.subtle.importKey("raw", new Uint8Array(32).fill(5), hmac, false, ["sign"])
  const pages = hostedPages({
    desk: kernelDesk({ kernel, cardDoor, pageUrl }),
    publicUrl: `${origin}/pay`,
    cardKey: () => cardDoor,
    pageKey,
    nowMs,
    onDefect
  })
  const api = apiHandler({
    kernel,
    authenticate: verifier.authenticate,
    pageUrl,
    newRequestId: randomUUID,
    nowMs,
    onDefect
  })
  answer = (request) => {
    // The test server names every request alike; the handlers know themselves by the name that visitors use.
    const { pathname, search } = new URL(request.url)
    const named = new Request(`${origin}${pathname}${search}`, request)
    if (pathname.startsWith("/pay/")) return pages(named)
    return pathname.startsWith("/api/") ? api.fetch(named) : house.serve(named)
  }
  return {
    ...house,
    origin,
    close: async () => {
      await server.close()
      await house.close()
    }
  }
}
