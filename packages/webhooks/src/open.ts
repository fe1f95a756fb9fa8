/**
 * Opens a received webhook. The payload comes out of `open` and only after a signature has held, so a receiver that
 * reads what `open` gives cannot have forgotten to check.
 */
import * as Result from "effect/Result"
import { type Bytes, fromBase64, toBase64 } from "./base64.ts"
import { sameText } from "./bytes.ts"
import { type Claim, type ClaimOptions, type ClaimRejection, defaultToleranceMs, readClaim } from "./claim.ts"
import type { VerifyingKey } from "./keys.ts"
import type { Received } from "./received.ts"
import type { ReplayStore } from "./replay-store.ts"
import { signedContent } from "./sign.ts"

export type Opened<Payload extends string | Uint8Array> = {
  /** The same for every attempt to deliver the message. A signature alone does not stop a replay: see `replay`. */
  readonly id: string
  readonly timestampMs: number
  readonly payload: Payload
}

export type OpenOptions = Omit<ClaimOptions, "keys"> & {
  /** Keys of which any may have signed: the current one, and during a rotation the one before. */
  readonly keys: ReadonlyArray<VerifyingKey>
  /** Where ids are remembered for as long as the tolerance. Whoever fails to handle a message has it forget the id. */
  readonly replay?: ReplayStore
}

export type OpenRejection =
  | ClaimRejection
  | { readonly _tag: "SignatureMismatch" }
  /** Genuine, and opened before. */
  | { readonly _tag: "MessageRepeated"; readonly id: string }

/** The payload, if one of the message's signatures holds under one of the keys, or why it is refused. */
export const open = async <Payload extends string | Uint8Array>(
  received: Received<Payload>,
  options: OpenOptions
): Promise<Result.Result<Opened<Payload>, OpenRejection>> => {
  const claim = readClaim(received.headers, options)
  if (Result.isFailure(claim)) return Result.fail(claim.failure)
  const { id, timestamp, timestampMs, signatures } = claim.success
  const content = signedContent(id, timestamp, received.payload)
  const held = await Promise.all(options.keys.map((key) => holds(key, content, signatures)))
  if (!held.includes(true)) return Result.fail({ _tag: "SignatureMismatch" })
  // From the second after that one on, its own timestamp refuses it.
  const untilMs = timestampMs + (options.toleranceMs ?? defaultToleranceMs) + 1000
  const remembered = await options.replay?.remember(id, untilMs, options.nowMs)
  return remembered === "seen"
    ? Result.fail({ _tag: "MessageRepeated", id })
    : Result.succeed({ id, timestampMs, payload: received.payload })
}

const holds = async (key: VerifyingKey, content: Bytes, signatures: Claim["signatures"]): Promise<boolean> => {
  const candidates = signatures.filter(({ version }) => version === key.version)
  if (key.version === "v1a") {
    const verified = candidates.map(async ({ base64 }) => {
      const signature = fromBase64(base64)
      return signature !== undefined && crypto.subtle.verify("Ed25519", key.verifying, signature, content)
    })
    return (await Promise.all(verified)).includes(true)
  }
  // Once per key and not once per signature: a large payload must not be hashed sixteen times.
  const expected = toBase64(new Uint8Array(await crypto.subtle.sign("HMAC", key.verifying, content)))
  return candidates.some(({ base64 }) => sameText(base64, expected))
}
