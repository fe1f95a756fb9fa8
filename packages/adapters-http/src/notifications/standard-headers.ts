/** The signatures of the Standard Webhooks specification, which every message carries that a secret was given out for. */
import type { MessageToRender } from "@paykernel/core"
import { type SigningKey, sign, signingKey } from "@paykernel/webhooks"
import * as Redacted from "effect/Redacted"

type Signed = Pick<MessageToRender, "id" | "secrets" | "nowMs">

/** Under every secret that is still good; `also` are keys of the host's own. */
export const standardHeaders = async (
  { id, secrets, nowMs }: Signed,
  payload: string,
  also: ReadonlyArray<SigningKey> = []
): Promise<{ readonly [name: string]: string }> => {
  const keys = await Promise.all(secrets.map(keyOf))
  return { ...(await sign({ id, atMs: nowMs, payload }, [...keys, ...also])) }
}

/** A key is imported once for as long as whoever holds the secret remembers it. */
const keyOf = (secret: Redacted.Redacted<string>): Promise<SigningKey> => {
  const known = imported.get(secret) ?? signingKey(Redacted.value(secret))
  imported.set(secret, known)
  return known
}

const imported = new WeakMap<Redacted.Redacted<string>, Promise<SigningKey>>()
