/**
 * What a bank says of an operation by itself, on its way to a node. It may be lost, come twice or come late: what it
 * says is also found by asking, and a node takes its word like any answer about the key.
 */
import { type CurrencyTable, type Kernel, currencies as standardCurrencies } from "@paykernel/core"
import type { Attempt } from "@paykernel/core/domain"
import * as Effect from "effect/Effect"
import { readVerdict, writeVerdict } from "./answer-wire.ts"
import { decodeBankMessage, encodeMessage } from "./gateway-wire.schema.ts"
import { wireVersion } from "./gateway-wire.ts"
import { readPost, refusal, unauthorized } from "./private-post.ts"
import { exchangeWith, type Remote } from "./remote.ts"
import { type AcceptedSecrets, secretVerifier } from "./shared-secret.ts"

export type BankMessage = {
  readonly gatewayKey: string
  readonly merchantId: string
  readonly paymentId: string
  readonly verdict: Attempt.GatewayVerdict
}

/**
 * `heard`: a node has taken it, or knew it already. `refused`: it is about nothing that the node knows, or the node
 * does not know us. `unheard`: no node was there; it may be sent again.
 */
export type Delivery = "heard" | "refused" | "unheard"

export type PostBankMessageOptions = Omit<Remote, "url"> & {
  /** The nodes, each worth the others: they are tried in this order until one has heard it. */
  readonly urls: ReadonlyArray<string>
  /** Of each try. Default 5000. */
  readonly timeoutMs?: number
  readonly currencies?: CurrencyTable
}

/**
 * Tells a node. Rejects with a `RangeError` on addresses and secrets that `httpGateway` would refuse; else never.
 *
 * @example
 * await postBankMessage(bankMessage, { urls: ["https://node.internal/bank"], secret, fetch: unreachable })
 * // => "unheard"
 */
export const postBankMessage = async (message: BankMessage, options: PostBankMessageOptions): Promise<Delivery> => {
  const { urls, timeoutMs = 5000, currencies = standardCurrencies, ...remote } = options
  const { gatewayKey, merchantId, paymentId } = message
  const verdict = writeVerdict(message.verdict, currencies)
  const body = encodeMessage({ version: wireVersion, gatewayKey, merchantId, paymentId, verdict })
  const nodes = urls.map((url) => exchangeWith({ ...remote, url }, answerBytesMax))
  let delivery: Delivery = "unheard"
  for (const tell of nodes) {
    const arrival = await Effect.runPromise(tell(body, timeoutMs))
    // A node has nothing to say to it, so whoever says something is no node.
    if (arrival._tag === "Answered" && arrival.text === "") return "heard"
    if (arrival._tag === "Refused" && refusing.has(arrival.status)) delivery = "refused"
  }
  return delivery
}

export type BankMessageHandlerOptions = {
  readonly kernel: { readonly payments: Pick<Kernel["payments"], "hear"> }
  readonly secret: AcceptedSecrets
  readonly currencies?: CurrencyTable
  /** Default 16 KiB. */
  readonly bodyBytesMax?: number
  /** Told of every bug that became a 500. The error may hold anything, so mind where it is written. Must not throw. */
  readonly onDefect?: (error: unknown) => void
}

/**
 * The other end of `postBankMessage`, on every node. It answers when what was said is durable.
 *
 * @example
 * const { fetch } = bankMessageHandler({ kernel, secret })
 * const stranger = await fetch(new Request("http://localhost/bank", { method: "POST" }))
 * stranger.status // => 401
 */
export const bankMessageHandler = (
  options: BankMessageHandlerOptions
): { readonly fetch: (request: Request) => Promise<Response> } => {
  const isHolder = secretVerifier(options.secret)
  return {
    fetch: async (request) => {
      try {
        return isHolder(request.headers.get("authorization")) ? await hear(options, request) : unauthorized()
      } catch (error) {
        options.onDefect?.(error)
        return refusal(500)
      }
    }
  }
}

const hear = async (options: BankMessageHandlerOptions, request: Request): Promise<Response> => {
  const { kernel, currencies = standardCurrencies, bodyBytesMax = 16 * 1024 } = options
  if (request.method !== "POST") return refusal(405, { allow: "POST" })
  const text = await readPost(request, bodyBytesMax)
  if (typeof text !== "string") return text
  const wire = decodeBankMessage(text)
  const verdict = wire && readVerdict(wire.verdict, currencies)
  if (wire === undefined || verdict === undefined) return refusal(400)
  const { merchantId, paymentId, gatewayKey } = wire
  const heard = await kernel.payments.hear(merchantId, paymentId, { gatewayKey, verdict })
  if (heard.ok) return refusal(204)
  return heard.error._tag === "Unavailable" ? refusal(503, { "retry-after": "1" }) : refusal(404)
}

const answerBytesMax = 1024

/** What a node will say of this message every time. */
const refusing: ReadonlySet<number> = new Set([400, 401, 404, 413])
