/** Payment pages without a browser: a client that reads what a page says to its script, and posts what that would. */
import { encryptCardData } from "../../src/browser/index.ts"
import { hostedPages } from "../../src/hosted/index.ts"
import type { PageData, PaymentBody } from "../../src/hosted/page-wire.ts"
import { pageKey } from "./payment-site.ts"
import { cards, type TestDesk, testDesk } from "./test-desk.ts"

export const origin = "https://pay.example"
export const nowMs = Date.UTC(2026, 0, 15, 12)

export type PageClient = TestDesk & {
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>
  readonly get: (sessionId: string, headers?: HeadersInit) => Promise<Response>
  /** What the page of a session says to its script. */
  readonly dataOf: (sessionId: string) => Promise<PageData>
  /** A payment as the page would post it. */
  readonly bodyFor: (sessionId: string, number?: string) => Promise<PaymentBody>
  readonly post: (sessionId: string, body: unknown, headers?: HeadersInit) => Promise<Response>
  readonly defects: ReadonlyArray<unknown>
}

export const pageClient = async (): Promise<PageClient> => {
  const desk = await testDesk({ nowMs: () => nowMs, challengeUrl: () => "https://bank.example/challenge" })
  const defects: Array<unknown> = []
  const serve = hostedPages({
    desk: desk.desk,
    publicUrl: `${origin}/pay`,
    cardKey: desk.cardKey,
    pageKey: await pageKey(),
    nowMs: () => nowMs,
    ipAddressOf: (request) => request.headers.get("x-real-ip"),
    onDefect: (error) => void defects.push(error)
  })
  const fetch: PageClient["fetch"] = (path, init) => serve(new Request(`${origin}${path}`, init))
  const get: PageClient["get"] = (sessionId, headers = {}) => fetch(`/pay/${sessionId}`, { headers })
  const dataOf = async (sessionId: string): Promise<PageData> => dataIn(await (await get(sessionId)).text())
  return {
    ...desk,
    fetch,
    get,
    dataOf,
    defects,
    bodyFor: async (sessionId, number = cards.good) => {
      const { attempt, keyId, publicKey } = await dataOf(sessionId)
      if (attempt === null) throw new Error("the page has no form")
      const sealed = await encryptCardData({ number, cvv: "123" }, { keyId, publicKey })
      return { attempt, ...sealed, expMonth: 4, expYear: 2030, name: "Ada Byron", email: "ada@example.com" }
    },
    post: (sessionId, body, headers = fromOwnPage) =>
      fetch(`/pay/${sessionId}/payment`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body)
      })
  }
}

export const fromOwnPage = { origin, "sec-fetch-site": "same-origin" }

export const dataIn = (page: string): PageData => JSON.parse(unescaped(/data-page="([^"]*)"/u.exec(page)?.[1] ?? ""))

export const unescaped = (text: string): string =>
  text.replace(/&#(\d+);/gu, (_, code) => String.fromCharCode(Number.parseInt(code, 10)))
