/** A kernel over memory adapters with a clock that tests move and a gateway that answers as a test scripts it. */

import {
  type Card,
  type CreatePaymentInput,
  Cvv,
  createKernel,
  defaultFeeSchedule,
  type Incident,
  type Kernel,
  type KernelOptions,
  money,
  Pan,
  type Payment,
  rational,
  type SubmitCardInput
} from "@paykernel/core"
import type { Attempt } from "@paykernel/core/domain"
import type { CardGateway, ClaimedTask, GatewayOperation, Store } from "@paykernel/core/effect"
import { memoryStore } from "@paykernel/core/memory"
import { envelopeVault, keyRingFromValues } from "@paykernel/core/vault"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"

/** Of every kernel in these stories: they may share a store. */
export const digestKey = new Uint8Array(32).fill(7)

export const merchantId = "0193a000-0000-7000-8000-000000000001"

export type Script = {
  readonly send?: (operation: GatewayOperation) => Promise<Attempt.GatewayReply>
  readonly lookup?: (key: string) => Promise<Attempt.GatewayLookup>
  readonly reverse?: (key: string) => Promise<Attempt.GatewayReversal>
}

export type Call = { readonly call: "send" | "lookup" | "reverse"; readonly key: string; readonly kind?: string }

const value = <A, E>(result: Result.Result<A, E>): A => Result.getOrThrow(result)

export const usd = (amount: bigint) => money(amount, "USD")

/** A refusal of the issuer's, whatever was asked. */
export const declined = {
  _tag: "Declined",
  reference: null,
  code: "card_not_honored",
  avs: "U",
  cvv: "unavailable"
} as const

export const approve = (operation: GatewayOperation): Attempt.GatewayReply => ({
  _tag: "Approved",
  reference: `ref-${operation.key}`,
  amount: operation.amount,
  avs: "Y",
  cvv: operation.authorization?.verificationMethod === "cvv" ? "pass" : "not_requested"
})

export const scriptedGateway = (script: Script, calls: Array<Call>): CardGateway["Service"] => ({
  name: "scripted",
  capabilities: {
    idempotentByKey: true,
    keyTtlMs: 24 * 3_600_000,
    lookupByKey: true,
    lookupLagMs: 1000,
    maxInFlightMs: 2000,
    reverseByKey: true
  },
  send: (operation) => {
    calls.push({ call: "send", key: operation.key, kind: operation.kind })
    return Effect.promise(async () => (script.send ?? (async (one) => approve(one)))(operation))
  },
  lookup: (key) => {
    calls.push({ call: "lookup", key })
    return Effect.promise(async () => (script.lookup ?? (async () => ({ _tag: "AbsentYet" })))(key))
  },
  reverse: (key) => {
    calls.push({ call: "reverse", key })
    return Effect.promise(async () => (script.reverse ?? (async () => ({ _tag: "Reversed" })))(key))
  },
  verifyCard: () =>
    Effect.succeed({ error: null, avs: "Y", cvv: "pass", issuerCountry: "US", fundingType: "credit" as const }),
  authenticate: () => Effect.succeed({ _tag: "AuthenticationPassed", eci: "05" as const })
})

export const merchantInput: Parameters<Kernel["merchants"]["register"]>[0] = {
  id: merchantId,
  name: "Corner shop",
  walletId: "1000000001",
  channels: [
    { id: "0193a000-0000-7000-8000-0000000000c1", default: true, cardDescriptor: "SHOP", achDescriptor: "SHOP" }
  ],
  terms: {
    feeSchedule: defaultFeeSchedule,
    minAmount: usd(1n),
    maxAmount: usd(1_000_000n),
    partialCapture: true,
    settlementCurrency: "USDC",
    settlementRate: value(rational(1n, 1n)),
    settlementIntervalMs: 300_000
  }
}

export type World = Awaited<ReturnType<typeof world>>

/** Opens a world with one merchant and one verified card. `share` opens a second process on the store of another. */
export const world = async (
  script: Script = {},
  options: Partial<KernelOptions> = {},
  share?: { store: Store["Service"]; clock: { ms: number } }
) => {
  const clock = share?.clock ?? { ms: Date.UTC(2026, 0, 1) }
  const store = share?.store ?? memoryStore()
  const calls: Array<Call> = []
  const incidents: Array<Incident> = []
  const ring = await keyRingFromValues([{ id: "k1", key: "A".repeat(43) }])
  const kernel = createKernel({
    store,
    gateway: scriptedGateway(script, calls),
    vault: envelopeVault(ring),
    digestKey,
    clock: { nowMs: () => clock.ms },
    onIncident: (incident) => incidents.push(incident),
    worker: { idlePollMs: 20 },
    ...options
  })
  if (share === undefined) {
    const registered = await kernel.merchants.register(merchantInput)
    if (!registered.ok) throw new Error(registered.error._tag)
  }
  return { kernel, store, clock, calls, incidents }
}

export const cardInput = (): SubmitCardInput => ({
  pan: value(Pan.parse("4007400000000007")),
  cvv: value(Cvv.parse("123")),
  expMonth: 12,
  expYear: 2030,
  billingDetails: {
    name: "Ada Buyer",
    city: "Boston",
    country: "US",
    line1: "1 Main St",
    line2: null,
    district: "MA",
    postalCode: "02101"
  },
  holder: { email: "ada@example.com", phoneNumber: null, sessionId: "s", ipAddress: "192.0.2.1" }
})

export const submitCard = async ({ kernel }: Pick<World, "kernel">): Promise<Card> => {
  const submitted = await kernel.cards.submit(merchantId, cardInput())
  if (!submitted.ok) throw new Error(submitted.error._tag)
  await kernel.drain()
  return submitted.value.view
}

export const paymentInput = (cardId: string, change: Partial<CreatePaymentInput> = {}): CreatePaymentInput => ({
  amount: usd(1000n),
  cardId,
  cvv: null,
  autoCapture: true,
  verificationMethod: "none",
  successUrl: null,
  failureUrl: null,
  description: null,
  channel: null,
  payer: { email: "ada@example.com", phoneNumber: null, sessionId: "s", ipAddress: "192.0.2.1" },
  ...change
})

export const paymentOf = async ({ kernel }: Pick<World, "kernel">, id: string): Promise<Payment> => {
  const found = await kernel.payments.get(merchantId, id)
  if (!found.ok) throw new Error(found.error._tag)
  return found.value.payment
}

/** Lets time pass in steps, each followed by the work that fell due. */
export const pass = async (
  { kernel, clock }: Pick<World, "kernel" | "clock">,
  ms: number,
  steps = 8
): Promise<void> => {
  for (let step = 0; step < steps; step++) {
    clock.ms += Math.ceil(ms / steps)
    await kernel.drain()
  }
}

export type { ClaimedTask }

/** The newest of whatever is listed. */
export const firstPage = { where: {}, fromMs: null, toMs: null, page: { _tag: "First" }, limit: 10 } as const

/** All of whatever is listed, where that is little. */
export const everything = { ...firstPage, limit: 100 }
