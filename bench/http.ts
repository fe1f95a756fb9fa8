/** What the HTTP edge costs per request, without sockets, beside a bare handler that reads and answers JSON. */
import { randomUUID } from "node:crypto"
import {
  apiKeyRecord,
  apiKeyVerifier,
  generateCardKey,
  memoryApiKeyStore,
  openCardDoor,
  v1Handler
} from "@paykernel/adapters-http"
import { memoryStore } from "@paykernel/core/memory"
import { compare, concurrently, printTable } from "./measure.ts"
import { acceptingShop, benchKeyRing, merchantId } from "./shop.ts"

const origin = "http://localhost:3000"
const apiKey = "bench-key-0001"

export const benchHttp = async (): Promise<void> => {
  const { fetch, kernel, cardId, close } = await openEdge()
  const payment = (): string =>
    JSON.stringify({
      idempotencyKey: randomUUID(),
      amount: { amount: "10.00", currency: "USD" },
      verification: "none",
      source: { id: cardId, type: "card" },
      metadata: { email: "ada@example.com", sessionId: "session", ipAddress: "192.0.2.1" }
    })
  const post = (handler: (request: Request) => Promise<Response>) => () =>
    asked(handler, new Request(`${origin}/v1/payments`, { method: "POST", headers, body: payment() }))
  const first = (await (
    await fetch(new Request(`${origin}/v1/payments`, { method: "POST", headers, body: payment() }))
  ).json()) as {
    readonly data: { readonly id: string }
  }
  const get = (handler: (request: Request) => Promise<Response>) => () =>
    asked(handler, new Request(`${origin}/v1/payments/${first.data.id}`, { headers }))
  const reads = await compare([
    { name: "bare handler", run: () => concurrently(8, 4000, get(bare)) },
    { name: "GET /v1/payments/{id}", run: () => concurrently(8, 4000, get(fetch)) }
  ])
  printTable("HTTP: reading one payment", reads)
  const writes = await compare([
    { name: "bare handler", run: () => concurrently(8, 2000, post(bare)) },
    { name: "POST /v1/payments, store in memory", run: () => concurrently(8, 2000, post(fetch)) }
  ])
  printTable("HTTP: creating a payment", writes)
  console.log(
    `\nPer request: ${microseconds(reads)} µs to read, ${microseconds(writes)} µs to create; bare: ${microseconds(reads, 0)} and ${microseconds(writes, 0)} µs.`
  )
  await close()
  await kernel.close()
}

const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" }

const microseconds = (rows: Awaited<ReturnType<typeof compare>>, at = 1): string =>
  (1e6 / (rows[at]?.perSecond ?? 1)).toFixed(0)

const asked = async (handler: (request: Request) => Promise<Response>, request: Request): Promise<void> => {
  const response = await handler(request)
  if (response.status >= 400) throw new Error(await response.text())
  await response.text()
}

const bare = async (request: Request): Promise<Response> => {
  const sent: unknown = request.method === "POST" ? await request.json() : null
  return new Response(JSON.stringify({ data: { sent } }), { headers: { "content-type": "application/json" } })
}

const openEdge = async () => {
  const { kernel, cardId } = await acceptingShop(memoryStore())
  const ring = await benchKeyRing()
  const pepper = await ring.derivedKey("api-keys")
  const keys = memoryApiKeyStore([await apiKeyRecord(pepper, { apiKey, merchantId, nowMs: Date.now() })])
  const verifier = apiKeyVerifier({ store: keys, pepper, nowMs: () => Date.now() })
  const { fetch, close } = v1Handler({
    kernel,
    cardDoor: await openCardDoor({ keys: [await generateCardKey({ nowMs: Date.now() })] }),
    authenticate: async (authorization) => {
      const answer = await verifier.authenticate(authorization)
      return answer._tag === "Authenticated" ? { merchantId: answer.merchantId } : answer
    },
    newRequestId: randomUUID,
    nowMs: () => Date.now()
  })
  return { fetch, kernel, cardId, close }
}
