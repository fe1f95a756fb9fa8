/**
 * The demo merchants, one behind each API key. What identifies a merchant is derived from its key, so that a server
 * that starts again with the same keys finds the same merchants.
 */
import type { Pepper } from "@paykernel/adapters-http"
import { defaultFeeSchedule, type Kernel, type MerchantTerms, money } from "@paykernel/core"
import * as Redacted from "effect/Redacted"

export type DemoMerchants = {
  readonly pepper: Pepper
  readonly apiKeys: ReadonlyArray<Redacted.Redacted<string>>
  readonly settlementIntervalMs: number
  /** Default: payers are sent nowhere. */
  readonly returnOrigins?: ReadonlyArray<string>
}

/** An API key, and the merchant that it speaks for. */
export type KeyHolder = { readonly apiKey: Redacted.Redacted<string>; readonly merchantId: string }

/** Registers the merchants that are new, brings the terms of the others up to date, and says whose key is whose. */
export const registerMerchants = async (
  kernel: Kernel,
  { pepper, apiKeys, settlementIntervalMs, returnOrigins = [] }: DemoMerchants
): Promise<ReadonlyArray<KeyHolder>> => {
  const holders: Array<KeyHolder> = []
  for (const [place, apiKey] of apiKeys.entries()) {
    const identity = await identityOf(pepper, Redacted.value(apiKey))
    await register(kernel, identity, `Demo merchant ${place + 1}`, termsOf(settlementIntervalMs))
    await allowReturns(kernel, identity.merchantId, returnOrigins)
    holders.push({ apiKey, merchantId: identity.merchantId })
  }
  return holders
}

/** Card payments in US dollars, paid out in USDC one for one. */
const termsOf = (settlementIntervalMs: number): MerchantTerms => ({
  feeSchedule: defaultFeeSchedule,
  minAmount: money(1n, "USD"),
  maxAmount: money(100_000_000n, "USD"),
  partialCapture: true,
  settlementCurrency: "USDC",
  settlementRate: { numerator: 1n, denominator: 1n },
  settlementIntervalMs
})

const register = async (kernel: Kernel, identity: Identity, name: string, terms: MerchantTerms): Promise<void> => {
  const { merchantId, channelId, walletId } = identity
  const known = await kernel.merchants.get(merchantId)
  if (known.ok && known.value.terms.settlementIntervalMs === terms.settlementIntervalMs) return
  const channels = [{ id: channelId, default: true, cardDescriptor: "PAYKERNEL DEMO", achDescriptor: "PAYKERNEL DEMO" }]
  const changed = known.ok
    ? await kernel.merchants.changeTerms(merchantId, { ...known.value.terms, ...terms })
    : await kernel.merchants.register({ id: merchantId, name, walletId, channels, terms })
  if (!changed.ok) throw new Error(`the demo merchant could not be registered: ${changed.error._tag}`)
}

/** What else a merchant has said of itself stays. */
const allowReturns = async (
  kernel: Kernel,
  merchantId: string,
  returnOrigins: ReadonlyArray<string>
): Promise<void> => {
  const known = await kernel.merchants.get(merchantId)
  if (!known.ok) throw new Error(`the demo merchant cannot be read: ${known.error._tag}`)
  const { profile } = known.value
  if (returnOrigins.every((origin) => profile.returnOrigins.includes(origin))) return
  const changed = await kernel.merchants.changeProfile(merchantId, { ...profile, returnOrigins })
  if (!changed.ok) throw new Error(`the demo merchant cannot be changed: ${changed.error._tag}`)
}

type Identity = { readonly merchantId: string; readonly channelId: string; readonly walletId: string }

/** From a keyed digest: merchants' ids are seen by many, and must tell nothing about a key. */
const identityOf = async (pepper: Pepper, apiKey: string): Promise<Identity> => {
  const digest = new Uint8Array(
    await crypto.subtle.sign("HMAC", pepper, new TextEncoder().encode(`demo-merchant:${apiKey}`))
  )
  const wallet = new DataView(digest.buffer).getUint32(28) % 1_000_000_000
  return {
    merchantId: uuidOf(digest.subarray(0, 16)),
    channelId: uuidOf(digest.subarray(12, 28)),
    walletId: `1${wallet.toString().padStart(9, "0")}`
  }
}

/** Version 8, for ids of one's own making (RFC 9562 §5.8). */
const uuidOf = (bytes: Uint8Array): string => {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
  const variant = "89ab".charAt((bytes[8] ?? 0) & 3)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
}
