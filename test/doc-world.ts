/**
 * A small world for examples: a moment, a merchant and his card, and adapters in memory that know both. It is real all
 * the way: the card was verified by the simulated issuer before an example sees it.
 */
import { type CreatePaymentInput, Cvv, createKernel, Pan, type SubmitCardInput } from "@paykernel/core"
import type { Merchant } from "@paykernel/core/domain"
import { memoryStore } from "@paykernel/core/memory"
import { memoryJournal, type SandboxGateway, sandboxGateway } from "@paykernel/core/simulator"
import { PaymentExamples } from "@paykernel/core/testing"
import { envelopeVault, keyRingFromValues } from "@paykernel/core/vault"
import * as Result from "effect/Result"
import type { Scope } from "./example-code.ts"

export const nowMs = Date.UTC(2026, 0, 1)
export const clock = { nowMs: () => nowMs }

export const terms: Merchant.MerchantTerms = {
  ...PaymentExamples.exampleTerms,
  settlementCurrency: "USDC",
  settlementRate: { numerator: 1n, denominator: 1n },
  settlementIntervalMs: 86_400_000
}

export const registration = {
  id: "merchant-1",
  name: "Bookshop",
  walletId: "1000000001",
  channels: [{ id: "channel-1", default: true, cardDescriptor: "BOOKSHOP", achDescriptor: "BOOKSHOP" }],
  terms
}

export const submission: SubmitCardInput = {
  pan: Result.getOrThrow(Pan.parse("4007400000000007")),
  cvv: Result.getOrThrow(Cvv.parse("123")),
  expMonth: 12,
  // The kernel of the examples runs on the real clock.
  expYear: new Date().getFullYear() + 3,
  billingDetails: {
    name: "Ada Lovelace",
    city: "Boston",
    country: "US",
    line1: "1 Main Street",
    line2: null,
    district: "MA",
    postalCode: "02201"
  },
  holder: { email: "ada@example.com", phoneNumber: null, sessionId: "session-1", ipAddress: "192.0.2.1" }
}

export const sandbox = (): SandboxGateway =>
  sandboxGateway({
    journal: memoryJournal(),
    clock,
    random: () => 0.5,
    challengeUrl: (id) => `https://bank.example/challenge/${id}`,
    latencyMs: 0
  })

export const vault = async () => envelopeVault(await keyRingFromValues([{ id: "k1", key: "A".repeat(43) }]))

/** Adapters under which a merchant has a verified card. */
export const kernelParts = async (): Promise<Scope> => {
  const store = memoryStore()
  const { gateway } = sandbox()
  const digestKey = new Uint8Array(32).fill(7)
  const parts = { store, gateway, vault: await vault(), digestKey }
  const kernel = createKernel(parts)
  await kernel.merchants.register(registration)
  const card = await kernel.cards.submit(registration.id, submission)
  if (!card.ok) throw new Error(`the card was refused: ${card.error._tag}`)
  await kernel.drain()
  await kernel.close()
  const input: CreatePaymentInput = {
    amount: PaymentExamples.usd(1_000n),
    cardId: card.value.view.id,
    cvv: null,
    autoCapture: true,
    verificationMethod: "none",
    successUrl: null,
    failureUrl: null,
    description: null,
    channel: null,
    payer: submission.holder
  }
  return { ...parts, merchantId: registration.id, input }
}
