/** A merchant of a running server: the model over `/v1`, in plain fetch, with an API key and a card that is good. */

import * as Result from "effect/Result"
import { format, money, parse } from "../../money/index.ts"
import type { MerchantRequest, SeenPayment } from "./merchant-books.ts"
import type { MerchantSide, Told } from "./merchant-side.ts"

export type HttpSideOptions = {
  /** Such as `http://127.0.0.1:3000`, without `/v1`. */
  readonly baseUrl: string
  readonly apiKey: string
  /** A card of this merchant whose verification is complete. */
  readonly cardId: string
  readonly pollMs?: number
  readonly fetchWith?: typeof fetch
}

type Wire = {
  readonly id: string
  readonly type: string
  readonly status: string
  readonly amount: Amount
  readonly captured?: boolean
  readonly captureAmount?: Amount
  readonly cancel?: { readonly status: string }
  readonly refunds?: ReadonlyArray<{ readonly status: string; readonly amount: Amount }>
}

type Amount = { readonly amount: string; readonly currency: string }

/**
 * The merchant of this API key. What there was before is left out of its list and of what it is owed. Payments must not be
 * paid out meanwhile: the server's settlement interval has to be longer than the run.
 */
export const httpSide = async (options: HttpSideOptions): Promise<MerchantSide> => {
  const { cardId, pollMs = 5 } = options
  const { get, post } = clientOf(options)
  const keys = new Map<string, string>()
  const list = async (filter = ""): Promise<ReadonlyArray<Wire>> =>
    dataOf(await get<ReadonlyArray<Wire>>(`/v1/payments?pageSize=200${filter}`))
  const owed = async (): Promise<bigint> => {
    const { unsettled } = dataOf(await get<{ readonly unsettled: ReadonlyArray<Amount> }>("/v1/balances"))
    return unsettled.reduce((sum, amount) => sum + minorOf(amount), 0n)
  }
  const read = async (id: string): Promise<Wire | null> => (await get<Wire>(`/v1/payments/${id}`)).data
  const before = { ids: new Set((await list()).map(({ id }) => id)), owed: await owed() }
  const capturing = new Set<string>()

  return {
    ask: async (key, request) => {
      const own = keys.get(key) ?? crypto.randomUUID()
      keys.set(key, own)
      const { path, body } = messageOf(request, cardId)
      const answer = await post<Wire>(path, { idempotencyKey: own, ...body })
      if (answer.status === 409 && answer.code === 1083) return { outcome: "key reused" }
      if (answer.status >= 500 || answer.status === 429) throw new Error(`${path} was answered with ${answer.status}`)
      if (answer.status >= 400) return { outcome: "refused" }
      if (request.kind === "capture") capturing.add(request.payment)
      return { outcome: "accepted", id: answer.data?.id ?? "", text: answer.text } satisfies Told
    },
    settled: async () => {
      const isOpen = async (): Promise<boolean> => {
        for (const id of capturing) if ((await read(id))?.captured === true) capturing.delete(id)
        return capturing.size > 0 || (await list("&status=pending")).length > 0
      }
      while (await isOpen()) await new Promise((resolve) => setTimeout(resolve, pollMs))
    },
    read: async (id) => {
      const payment = await read(id)
      return payment === null ? null : seenOf(payment)
    },
    list: async () =>
      (await list()).filter(({ id, type }) => type === "payment" && !before.ids.has(id)).map(({ id }) => id),
    owed: async () => (await owed()) - before.owed,
    close: async () => {}
  }
}

const seenOf = (payment: Wire): SeenPayment => {
  if (payment.status === "failed") return { status: "failed", captured: 0n, refunded: refundedOf(payment) }
  // Whatever is captured at once says nothing of a capture.
  const isHeld = payment.captured === false
  const captured = isHeld ? 0n : minorOf(payment.captureAmount ?? payment.amount)
  // A cancel after a refund returned what was left.
  const refunded = payment.cancel?.status === "paid" ? captured : refundedOf(payment)
  return { status: "confirmed", captured, refunded }
}

const refundedOf = ({ refunds = [] }: Wire): bigint =>
  refunds.reduce((sum, { status, amount }) => (status === "paid" ? sum + minorOf(amount) : sum), 0n)

const messageOf = (request: MerchantRequest, cardId: string): { readonly path: string; readonly body: object } => {
  switch (request.kind) {
    case "create": {
      const { amount, autoCapture } = request
      const payment = {
        amount: wireOf(amount),
        autoCapture,
        source: { id: cardId, type: "card" },
        verification: "none"
      }
      return { path: "/v1/payments", body: { ...payment, metadata: payer } }
    }
    case "capture":
      return {
        path: `/v1/payments/${request.payment}/capture`,
        body: request.amount === null ? {} : { amount: wireOf(request.amount) }
      }
    case "refund":
      return { path: `/v1/payments/${request.payment}/refund`, body: { amount: wireOf(request.amount) } }
    case "cancel":
      return { path: `/v1/payments/${request.payment}/cancel`, body: {} }
  }
}

const payer = { email: "ada@example.com", sessionId: "session-1", ipAddress: "192.0.2.1" }

type Answer<A> = {
  readonly status: number
  readonly text: string
  readonly data: A | null
  readonly code: number | null
}

const clientOf = ({ baseUrl, apiKey, fetchWith = fetch }: HttpSideOptions) => {
  const call = async <A>(method: string, path: string, body?: object): Promise<Answer<A>> => {
    const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" }
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
    const response = await fetchWith(`${baseUrl}${path}`, init)
    const text = await response.text()
    const parsed = text === "" ? {} : (JSON.parse(text) as { readonly data?: A; readonly code?: number })
    return { status: response.status, text, data: parsed.data ?? null, code: parsed.code ?? null }
  }
  return {
    get: <A>(path: string) => call<A>("GET", path),
    post: <A>(path: string, body: object) => call<A>("POST", path, body)
  }
}

const dataOf = <A>({ data, status, text }: Answer<A>): A => {
  if (data === null) throw new Error(`answered with ${status}: ${text}`)
  return data
}

const wireOf = (amount: bigint): Amount => ({ amount: format(money(amount, "USD")), currency: "USD" })

const minorOf = ({ amount, currency }: Amount): bigint => Result.getOrThrow(parse(amount, currency)).amount
