/** The server's published encryption key, fetched once a day at most: it changes rarely, and clients are told so. */

/** `publicKey` is base64 over an armored OpenPGP public key. */
export type EncryptionKey = { readonly keyId: string; readonly publicKey: string }

/** The server did not give its key. `status` is that of its answer, or `undefined` if there was none to read. */
export class EncryptionKeyUnavailable extends Error {
  override readonly name = "EncryptionKeyUnavailable"
  readonly status: number | undefined

  constructor(status: number | undefined, options?: ErrorOptions) {
    super(`the encryption key could not be fetched${status === undefined ? "" : ` (status ${status})`}`, options)
    this.status = status
  }
}

/**
 * The key to encrypt card data to, kept in memory for 24 hours per server and API key. Calls at the same time share
 * one request, and a failure is not kept. Rejects with `EncryptionKeyUnavailable`.
 */
export const fetchEncryptionKey = (
  baseUrl: string,
  apiKey: string,
  fetchWith: typeof fetch = fetch
): Promise<EncryptionKey> => {
  const address = JSON.stringify([baseUrl, apiKey])
  const kept = cache.get(address)
  // A monotonic clock: setting the wall clock must not make a key old or keep it for ever.
  if (kept !== undefined && performance.now() - kept.fetchedAtMs < dayMs) return kept.key
  const key = request(baseUrl, apiKey, fetchWith)
  const entry = { key, fetchedAtMs: performance.now() }
  cache.delete(address)
  cache.set(address, entry)
  const [oldest] = cache.keys()
  if (cache.size > maxKept && oldest !== undefined) cache.delete(oldest)
  key.catch(() => cache.get(address) === entry && cache.delete(address))
  return key
}

type Kept = { readonly key: Promise<EncryptionKey>; readonly fetchedAtMs: number }

const dayMs = 24 * 60 * 60 * 1000
const maxKept = 16
const cache = new Map<string, Kept>()

const request = async (baseUrl: string, apiKey: string, fetchWith: typeof fetch): Promise<EncryptionKey> => {
  const url = `${baseUrl.replace(/\/+$/u, "")}/v1/encryption/public`
  const response = await fetchWith(url, {
    headers: { Accept: "application/json", Authorization: `Bearer ${apiKey}` }
  }).catch((cause: unknown) => {
    throw new EncryptionKeyUnavailable(undefined, { cause })
  })
  if (!response.ok) throw new EncryptionKeyUnavailable(response.status)
  const key = readBody(await response.json().catch(() => undefined))
  if (key === undefined) throw new EncryptionKeyUnavailable(response.status)
  return key
}

const readBody = (body: unknown): EncryptionKey | undefined => {
  const data = member(body, "data")
  const keyId = member(data, "keyId")
  const publicKey = member(data, "publicKey")
  return typeof keyId === "string" && typeof publicKey === "string" ? { keyId, publicKey } : undefined
}

const member = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? new Map<string, unknown>(Object.entries(value)).get(name) : undefined
