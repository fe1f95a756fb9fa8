/**
 * A kernel over any store, in which some merchants have done business: payments at every point at which money can stand,
 * and all of it decided by the kernel itself, so that an audit of it finds nothing.
 */
import { createKernel } from "../application/create-kernel.ts"
import type { CreatePaymentInput, Kernel, Outcome } from "../application/kernel-contract.ts"
import { Cvv } from "../card/cvv.ts"
import type { Payment } from "../payment/payment.ts"
import type { Store } from "../ports/store.ts"
import { memoryJournal } from "../simulator/journal.ts"
import { sandboxGateway } from "../simulator/sandbox-gateway.ts"
import { keyRingFromValues } from "../vault/key-ring.ts"
import { envelopeVault } from "../vault/vault.ts"
import { cardOf } from "./gateway-examples.ts"
import { exampleTerms, startMs, usd } from "./payment-examples.ts"

/** Where a merchant's payments have come to: `settled` and `refunded` ones have been paid out, the others not. */
export type Trade = {
  readonly [stage in "settled" | "refunded" | "authorized" | "voided" | "captured" | "cancelled"]: string
}

export type TradingKernel = {
  readonly kernel: Kernel
  /** Ids of payments, by merchant. */
  readonly trades: ReadonlyMap<string, Trade>
}

const holder = { email: "ada@example.com", phoneNumber: null, sessionId: "session-1", ipAddress: "192.0.2.1" }

/**
 * Opens the kernel and lets each merchant trade. The caller closes it.
 *
 * @example
 * const { kernel, trades } = await tradingKernel(myStore, ["merchant-1"])
 * const captured = await kernel.payments.get("merchant-1", trades.get("merchant-1").captured)
 * captured.value.payment.captured // => { amount: 600n, currency: "USD" }
 * await kernel.audit() // => []
 * await kernel.close()
 */
export const tradingKernel = async (
  store: Store["Service"],
  merchantIds: ReadonlyArray<string>
): Promise<TradingKernel> => {
  const clock = { nowMs: () => startMs }
  const challengeUrl = (id: string) => `https://bank.example/challenge/${id}`
  const bank = sandboxGateway({ journal: memoryJournal(), clock, random: () => 0.5, challengeUrl, latencyMs: 0 })
  const ring = await keyRingFromValues([{ id: "k1", key: "A".repeat(43) }])
  const kernel = createKernel({
    store,
    gateway: bank.gateway,
    vault: envelopeVault(ring),
    digestKey: new Uint8Array(32).fill(7),
    clock
  })
  const trades = new Map<string, Trade>()
  for (const merchantId of merchantIds) trades.set(merchantId, await trade(kernel, merchantId))
  return { kernel, trades }
}

const trade = async (kernel: Kernel, merchantId: string): Promise<Trade> => {
  await register(kernel, merchantId)
  const cardId = await submitCard(kernel, merchantId)
  const pay = async (autoCapture: boolean): Promise<string> => {
    const { id } = done(await kernel.payments.create(merchantId, paymentInput(cardId, autoCapture))).view
    await kernel.drain()
    return id
  }
  const settled = await pay(true)
  const refunded = await pay(true)
  const amount = usd(400n)
  done(await kernel.payments.refund(merchantId, refunded, { amount, reason: "requested_by_customer" }))
  await kernel.drain()
  done(await kernel.settlements.run(merchantId))
  const authorized = await pay(false)
  const voided = await pay(false)
  done(await kernel.payments.cancel(merchantId, voided, { reason: "requested_by_customer" }))
  const captured = await pay(false)
  done(await kernel.payments.capture(merchantId, captured, { amount: usd(600n) }))
  const cancelled = await pay(true)
  done(await kernel.payments.cancel(merchantId, cancelled, { reason: "duplicate" }))
  await kernel.drain()
  const stages = { settled, refunded, authorized, voided, captured, cancelled }
  for (const [stage, status] of Object.entries(statuses)) {
    const id = stages[stage as keyof Trade]
    const found = done(await kernel.payments.get(merchantId, id)).payment.status
    if (found !== status) throw new Error(`the ${stage} payment is ${found}`)
  }
  return stages
}

const statuses: { readonly [stage in keyof Trade]: Payment["status"] } = {
  settled: "paid",
  refunded: "paid",
  authorized: "authorized",
  voided: "voided",
  captured: "confirmed",
  cancelled: "cancelled"
}

export const register = async (kernel: Kernel, merchantId: string): Promise<void> => {
  const channels = [{ id: "channel-1", default: true, cardDescriptor: "SHOP", achDescriptor: "SHOP" }]
  const settlement = {
    settlementCurrency: "USDC",
    settlementRate: { numerator: 1n, denominator: 1n },
    settlementIntervalMs: 86_400_000
  } as const
  const terms = { ...exampleTerms, ...settlement }
  done(await kernel.merchants.register({ id: merchantId, name: "Shop", walletId: "1000000001", channels, terms }))
}

export const submitCard = async (kernel: Kernel, merchantId: string): Promise<string> => {
  const { pan, expMonth, expYear, billingDetails } = cardOf("4007400000000007")
  const cvv = Cvv.parse("123")
  if (cvv._tag === "Failure") throw new Error("no security code")
  const card = { pan, cvv: cvv.success, expMonth, expYear, billingDetails, holder }
  const { id } = done(await kernel.cards.submit(merchantId, card)).view
  await kernel.drain()
  return id
}

export const paymentInput = (cardId: string, autoCapture: boolean): CreatePaymentInput => ({
  amount: usd(1000n),
  cardId,
  cvv: null,
  autoCapture,
  verificationMethod: "none",
  successUrl: null,
  failureUrl: null,
  description: null,
  channel: null,
  payer: holder
})

export const done = <A, E extends { readonly _tag: string }>(outcome: Outcome<A, E>): A => {
  if (!outcome.ok) throw new Error(outcome.error._tag)
  return outcome.value
}
