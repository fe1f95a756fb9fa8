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
  const keys = await Promise.all(secrets.map((secret) => keyOf(Redacted.value(secret))))
  return { ...(await sign({ id, atMs: nowMs, payload }, [...keys, ...also])) }
}

/** Keys are imported once and used for many messages. The one that was used longest ago makes room. */
const keyOf = (secret: string): Promise<SigningKey> => {
  const known = imported.get(secret) ?? signingKey(secret)
  imported.delete(secret)
  imported.set(secret, known)
  const [oldest] = imported.keys()
  if (imported.size > importedMax && oldest !== undefined) imported.delete(oldest)
  return known
}

const imported = new Map<string, Promise<SigningKey>>()
const importedMax = 1000
