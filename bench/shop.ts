/** The shop that every bench of payments uses: one merchant, one verified card, and a kernel. */
import {
  type CreatePaymentInput,
  Cvv,
  createKernel,
  defaultFeeSchedule,
  type Kernel,
  type KernelOptions,
  money,
  Pan,
  rational
} from "@paykernel/core"
import { memoryJournal, sandboxGateway } from "@paykernel/core/simulator"
import { envelopeVault, keyRingFromValues } from "@paykernel/core/vault"
import * as Result from "effect/Result"

export const merchantId = "0193a000-0000-7000-8000-000000000001"

export const benchKeyRing = () => keyRingFromValues([{ id: "k1", key: "A".repeat(43) }])

/** What every merchant here is registered with, beside an id. */
export const registration = {
  name: "Bench",
  walletId: "1000000001",
  channels: [],
  terms: {
    feeSchedule: defaultFeeSchedule,
    minAmount: money(1n, "USD"),
    maxAmount: money(1_000_000n, "USD"),
    partialCapture: true,
    settlementCurrency: "USDC",
    settlementRate: Result.getOrThrow(rational(1n, 1n)),
    settlementIntervalMs: 86_400_000
  }
} as const

export type Shop = { readonly kernel: Kernel; readonly cardId: string }

/** Its kernel leaves all tasks alone: what the gateway answers later is no part of accepting a payment. */
export const acceptingShop = (store: KernelOptions["store"]): Promise<Shop> => openShop(store, { worker: false })

/** Its kernel also carries payments out. */
export const workingShop = (store: KernelOptions["store"]): Promise<Shop> => openShop(store, {})

/** Creates a payment that is captured as soon as it is approved, under an idempotency key. */
export const pay = async ({ kernel, cardId }: Shop, key: string): Promise<void> => {
  const input: CreatePaymentInput = {
    amount: money(1000n, "USD"),
    cardId,
    cvv: null,
    autoCapture: true,
    verificationMethod: "none",
    successUrl: null,
    failureUrl: null,
    description: "one coffee",
    channel: null,
    payer: { email: "ada@example.com", phoneNumber: null, sessionId: "session", ipAddress: "192.0.2.1" }
  }
  const accepted = await kernel.payments.create(merchantId, input, {
    scope: "bench",
    key,
    meaning: { cardId, amount: "10.00", currency: "USD", email: input.payer.email },
    answer: (payment) => ({ status: 201, body: JSON.stringify({ id: payment.id, status: payment.status }) })
  })
  if (!accepted.ok) throw new Error(accepted.error._tag)
}

const openShop = async (store: KernelOptions["store"], how: Pick<KernelOptions, "worker">): Promise<Shop> => {
  const { gateway } = sandboxGateway({
    journal: memoryJournal(),
    clock: { nowMs: () => Date.now() },
    random: Math.random,
    latencyMs: 1,
    challengeUrl: (id) => `http://localhost/${id}`
  })
  const options = {
    store,
    gateway,
    vault: envelopeVault(await benchKeyRing()),
    digestKey: new Uint8Array(32).fill(7)
  }
  const cardId = await savedCard(createKernel(options))
  return { kernel: createKernel({ ...options, ...how }), cardId }
}

/** Registers the merchant and saves a card with a worker at hand that verifies it. */
const savedCard = async (kernel: Kernel): Promise<string> => {
  await kernel.merchants.register({ ...registration, id: merchantId })
  const submitted = await kernel.cards.submit(merchantId, {
    pan: Result.getOrThrow(Pan.parse("4007400000000007")),
    cvv: Result.getOrThrow(Cvv.parse("123")),
    expMonth: 12,
    expYear: 2035,
    billingDetails: {
      name: "Ada",
      city: "Boston",
      country: "US",
      line1: "1 Main St",
      line2: null,
      district: "MA",
      postalCode: "02101"
    },
    holder: { email: "ada@example.com", phoneNumber: null, sessionId: "session", ipAddress: "192.0.2.1" }
  })
  if (!submitted.ok) throw new Error(submitted.error._tag)
  await kernel.drain()
  await kernel.close()
  return submitted.value.view.id
}
