/** The secrets between the nodes and the bank, one for each direction, in files of their owner alone. */
import { randomBytes } from "node:crypto"
import { join } from "node:path"
import type { SharedSecret } from "@paykernel/adapters-http/gateway"
import { privateFile } from "@paykernel/example-server/private-file"
import * as Redacted from "effect/Redacted"

export type Secrets = {
  /** Proves a node to the bank. */
  readonly gateway: SharedSecret
  /** Proves the bank to a node. */
  readonly messages: SharedSecret
}

/** Reads the secrets of a directory, and makes those that are missing. */
export const openSecrets = async (directory: string): Promise<Secrets> => ({
  gateway: await openSecret(join(directory, "gateway-secret")),
  messages: await openSecret(join(directory, "messages-secret"))
})

export const openSecret = async (path: string): Promise<SharedSecret> =>
  Redacted.make(await privateFile(path, () => randomBytes(32).toString("base64url")), { label: "shared secret" })
