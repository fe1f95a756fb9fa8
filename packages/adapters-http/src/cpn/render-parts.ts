/** Parts that the things of the cross-border API have in common, as it shows them. */
import type { Money, Quote } from "@paykernel/core"
import { Money as MoneyRoom } from "@paykernel/core/domain"
import { toBase64 } from "../base64.ts"
import type { AmountBody, CertificateBody, FeesBody, SettlementTimeBody } from "./field.schema.ts"

/**
 * Under the name of the asset itself, with all its decimals.
 *
 * @example
 * renderAmount({ amount: 110_270_000n, currency: "USDC" }) // => { amount: "110.270000", currency: "USDC" }
 */
export const renderAmount = (amount: Money): AmountBody => ({
  amount: MoneyRoom.format(amount),
  currency: amount.currency
})

const feeTypes = {
  tax: "TAX_FEE",
  payout_institution: "BFI_TRANSACTION_FEE",
  network_service: "CIRCLE_SERVICE_FEE",
  blockchain_gas: "BLOCKCHAIN_GAS_FEE"
} as const satisfies {
  readonly [Type in Quote["fees"]["breakdown"][number]["type"]]: FeesBody["breakdown"][number]["type"]
}

export const renderFees = ({ breakdown, total }: Quote["fees"]): FeesBody => ({
  totalAmount: renderAmount(total),
  breakdown: breakdown.map(({ type, amount }) => ({ type: feeTypes[type], amount: renderAmount(amount) }))
})

const units = { minutes: "MINUTES", hours: "HOURS", days: "DAYS", weeks: "WEEKS" } as const

/** The published form has texts. */
export const renderSettlementTime = ({ min, max, unit }: Quote["fiatSettlementTime"]): SettlementTimeBody => ({
  min: String(min),
  max: String(max),
  unit: units[unit]
})

export const renderCertificate = ({ id, domain, certificatePem, jwk }: Quote["certificate"]): CertificateBody => ({
  id,
  certPem: toBase64(new TextEncoder().encode(certificatePem)),
  domain,
  jwk: { kty: jwk.kty, crv: jwk.crv, kid: jwk.kid, x: jwk.x, y: jwk.y }
})
