/**
 * A client may lose an answer and ask again. A key binds the first request and its answer, so that asking again
 * gives the same answer and does nothing a second time.
 *
 * What a key is bound to: the answer that was written in the same commit as the effect of the request, kept as the same
 * bytes. What never binds a key, so that the request may be repaired and sent again with it: everything answered without
 * a commit, which is failed authentication (401, 403), a rate limit (429), a body that is malformed or too large (400,
 * 413), a refusal by the rules (400, 404, 409), and every failure of ours (5xx). A gateway's unknown outcome is not an
 * answer: the payment it left behind is.
 */
import * as Result from "effect/Result"

/** How long a key stays bound unless the host says otherwise; longer than any automatic retry. */
export const retentionMsDefault = 30 * 24 * 60 * 60 * 1_000

/** The part of a stored record that decides. `held`: what the request began has not ended. */
export type BoundKey = { readonly fingerprint: string; readonly expiresAtMs: number; readonly held: boolean }

export type KeyCheck<Bound extends BoundKey> =
  /** Nothing is bound to the key: carry the request out. */
  | { readonly _tag: "Fresh" }
  /** The same request was carried out: give its answer again. */
  | { readonly _tag: "Replay"; readonly record: Bound }
  /** The key is bound to a request that meant something else: refuse. */
  | { readonly _tag: "KeyReused" }

/**
 * How a request stands to what its key is bound to. A record is over at `expiresAtMs` itself, unless it is held, and then
 * the key is as good as new. While an outcome is open, however long that takes, asking again must not begin anew.
 *
 * @example
 * check(undefined, "4f2k", 0) // => { _tag: "Fresh" }
 * check({ fingerprint: "4f2k", expiresAtMs: 10, held: false }, "other", 9) // => { _tag: "KeyReused" }
 * check({ fingerprint: "4f2k", expiresAtMs: 10, held: false }, "other", 10) // => { _tag: "Fresh" }
 * check({ fingerprint: "4f2k", expiresAtMs: 10, held: true }, "other", 10) // => { _tag: "KeyReused" }
 */
export const check = <Bound extends BoundKey>(
  record: Bound | undefined,
  fingerprint: string,
  nowMs: number
): KeyCheck<Bound> => {
  if (record === undefined || (nowMs >= record.expiresAtMs && !record.held)) return { _tag: "Fresh" }
  return record.fingerprint === fingerprint ? { _tag: "Replay", record } : { _tag: "KeyReused" }
}

/** The text cannot be an idempotency key. */
export type KeyMalformed = { readonly _tag: "KeyMalformed" }

/**
 * Reads an idempotency key: 1 to 255 printable ASCII characters, taken as they are. An API that asks for more, such
 * as a UUID, asks at its own edge.
 *
 * @example
 * parseKey("order-1881") // => Result.succeed("order-1881")
 * parseKey("") // => Result.fail({ _tag: "KeyMalformed" })
 */
export const parseKey = (text: string): Result.Result<string, KeyMalformed> =>
  keyShape.test(text) ? Result.succeed(text) : Result.fail({ _tag: "KeyMalformed" })

const keyShape = /^[\x20-\x7e]{1,255}$/u
