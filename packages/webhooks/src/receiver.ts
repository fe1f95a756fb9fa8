/**
 * The receiving end as a fetch handler: everything between a request and a message that may be believed. What was wrong
 * with a message is never told to whoever sent it; the host learns it from `onRejected`.
 */
import * as Result from "effect/Result"
import { joined } from "./bytes.ts"
import type { Received } from "./received.ts"
import type { ReplayStore } from "./replay-store.ts"

export type ReceiverOptions<Message, Rejection> = {
  /**
   * Opens what has arrived, with `open`, `openHex`, `openCircle` or `openSns`; without a replay store, which belongs
   * here.
   */
  readonly open: (
    received: Received<Uint8Array>,
    nowMs: number
  ) => Result.Result<Message, Rejection> | Promise<Result.Result<Message, Rejection>>
  /** Handles a message. The sender is told that it has arrived when this has ended, and tries again where it fails. */
  readonly onMessage: (message: Message) => unknown
  /** Told of what was not opened, for a log. */
  readonly onRejected?: (rejection: Rejection) => void
  /**
   * Keeps a message from being handled twice. A process that dies while it handles one leaves it remembered in a store
   * that outlives it: where that matters, remember ids in the transaction that handles the message, and nothing here.
   */
  readonly replay?: {
    readonly store: ReplayStore
    readonly idOf: (message: Message) => string
    /** For how long ids are remembered. Default four days: the retries of a standard sender take three and a bit. */
    readonly keepMs?: number
  }
  /** The time in milliseconds: `Date.now`. */
  readonly now: () => number
  /** Default 256 KiB. */
  readonly bodyBytesMax?: number
}

/**
 * A handler that answers 204 to a message that was handled, 401 to one that was not opened, whatever the reason, 413 to
 * one that is too large, 400 to one that broke off, 405 to what is not POST, and 200 to HEAD, by which senders ask
 * whether somebody is there. An error of `onMessage` is thrown on, for the server to answer 500 and to tell of.
 *
 * @example
 * const receive = receiver({
 *   open: () => Result.fail({ _tag: "SignatureMismatch" }),
 *   onMessage: () => undefined,
 *   now: Date.now
 * })
 * const answer = await receive(new Request("https://shop.example/hooks", { method: "POST", body: "{}" }))
 * answer.status // => 401
 */
export const receiver = <Message, Rejection>(
  options: ReceiverOptions<Message, Rejection>
): ((request: Request) => Promise<Response>) => {
  const { bodyBytesMax = 256 * 1024 } = options
  const handleOnce = onceById(options)
  return async (request) => {
    if (request.method === "HEAD") return answer(200)
    if (request.method !== "POST") return answer(405, { allow: "POST, HEAD" })
    const payload = await readBody(request, bodyBytesMax)
    if (typeof payload === "number") return answer(payload)
    const nowMs = options.now()
    const opened = await options.open({ headers: request.headers, payload }, nowMs)
    if (Result.isFailure(opened)) {
      options.onRejected?.(opened.failure)
      return answer(401)
    }
    await handleOnce(opened.success, nowMs)
    return answer(204)
  }
}

/**
 * Handles each id once. An id is remembered before its message is handled, or two could be handled side by side, and
 * forgotten if that fails, or the sender's next attempt would be taken for done. Who repeats a message that is still
 * being handled waits for the outcome of the first.
 */
const onceById = <Message, Rejection>({ replay, onMessage }: ReceiverOptions<Message, Rejection>) => {
  if (replay === undefined) return async (message: Message): Promise<unknown> => onMessage(message)
  const { store, idOf, keepMs = 4 * 24 * 60 * 60 * 1000 } = replay
  const underWay = new Map<string, Promise<unknown>>()

  const handle = async (id: string, message: Message, nowMs: number): Promise<unknown> => {
    if ((await store.remember(id, nowMs + keepMs, nowMs)) === "seen") return
    try {
      return await onMessage(message)
    } catch (error) {
      await store.forget(id)
      throw error
    }
  }
  return async (message: Message, nowMs: number): Promise<unknown> => {
    const id = idOf(message)
    const known = underWay.get(id)
    if (known !== undefined) return known
    const handling = handle(id, message, nowMs).finally(() => underWay.delete(id))
    underWay.set(id, handling)
    return handling
  }
}

const answer = (status: number, headers: { readonly [name: string]: string } = {}): Response =>
  new Response(null, { status, headers: { "cache-control": "no-store", ...headers } })

/**
 * The body, or the status of the answer where there is none to be had. A declared length is believed only to refuse.
 */
const readBody = async (request: Request, bytesMax: number): Promise<Uint8Array | number> => {
  const declared = request.headers.get("content-length")
  if (declared !== null && !(Number(declared) <= bytesMax)) return 413
  if (request.body === null) return new Uint8Array()
  const reader = request.body.getReader()
  const chunks: Array<Uint8Array> = []
  let size = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return joined(...chunks)
      size += value.length
      if (size > bytesMax) {
        // Not awaited: a source that never confirms its cancellation must not hold the answer back.
        reader.cancel().catch(() => undefined)
        return 413
      }
      chunks.push(value)
    }
  } catch {
    return 400
  }
}
