/** Payment pages on a real server, with the issuer's challenge and the merchant's shop beside them. */
import { hostedPages } from "../../src/hosted/index.ts"
import { serve } from "../gateway/http-server.ts"
import { type TestDesk, type TestDeskOptions, testDesk } from "./test-desk.ts"

export type PaymentSite = TestDesk & {
  readonly origin: string
  readonly pageUrl: (sessionId: string) => string
  /** Where the merchant sends payers back to: a page of this server, so that a visit is not a foreign request. */
  readonly shopUrl: string
  readonly defects: ReadonlyArray<unknown>
  readonly close: () => Promise<void>
}

export const paymentSite = async (options: Partial<TestDeskOptions> = {}): Promise<PaymentSite> => {
  const nowMs = options.nowMs ?? (() => Date.now())
  const defects: Array<unknown> = []
  let answer: (request: Request) => Promise<Response> = async () => new Response(null, { status: 503 })
  const server = await serve((request) => answer(request))
  const { origin } = new URL(server.url)
  const challengeUrl = (sessionId: string): string => `${origin}/bank/${sessionId}`
  const desk = await testDesk({ challengeUrl, ...options, nowMs })
  const pages = hostedPages({
    desk: desk.desk,
    publicUrl: `${origin}/pay`,
    cardKey: desk.cardKey,
    pageKey: await pageKey(),
    nowMs,
    onDefect: (error) => void defects.push(error)
  })
  answer = async (request) => {
    const { pathname, searchParams } = new URL(request.url)
    const [, place, sessionId = ""] = pathname.split("/")
    if (place === "shop") return text("Thank you for your order")
    if (place !== "bank") return pages(request)
    const said = searchParams.get("answer")
    if (said === null) return text(`<a href="?answer=yes">Approve</a> <a href="?answer=no">Refuse</a>`)
    desk.answerChallenge(sessionId, said === "yes")
    return new Response(null, { status: 303, headers: { location: `/pay/${sessionId}` } })
  }
  return {
    ...desk,
    origin,
    pageUrl: (sessionId) => `${origin}/pay/${sessionId}`,
    shopUrl: `${origin}/shop`,
    defects,
    close: server.close
  }
}

export const pageKey = (): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", new Uint8Array(32).fill(7), { name: "HMAC", hash: "SHA-256" }, false, ["sign"])

const text = (body: string): Response =>
  new Response(`<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Test</title>${body}`, {
    headers: { "content-type": "text/html" }
  })
