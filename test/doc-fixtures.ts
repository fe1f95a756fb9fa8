/**
 * What the examples in docstrings take for granted: a card, a payment, a gateway. Each is what a reader of the file
 * would expect under that name, and real: an example that needs a kernel gets one, over adapters in memory.
 */
import * as Core from "@paykernel/core"
import { money, zero } from "@paykernel/core"
import {
  Attempt,
  Card,
  Checkout,
  Delivery,
  Endpoint,
  Fees,
  type Ledger,
  Merchant,
  Payment,
  type Settlement
} from "@paykernel/core/domain"
import { memoryRateLimiter, memoryStore } from "@paykernel/core/memory"
import {
  memoryChainJournal,
  memoryJournal,
  simulatedBlockchain,
  simulatedExchangeRates
} from "@paykernel/core/simulator"
import * as Testing from "@paykernel/core/testing"
import { decider, PaymentExamples } from "@paykernel/core/testing"
import { keyRingFromValues } from "@paykernel/core/vault"
import { freshDatabase } from "@paykernel/test-postgres"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { onTestFinished } from "vitest"
import { intentRooms } from "./doc-intents.ts"
import { receiversRoom } from "./doc-receivers.ts"
import { clock, kernelParts, nowMs, registration, sandbox, submission, terms, vault } from "./doc-world.ts"
import type { Scope } from "./example-code.ts"

/** What an example in this file may use, beside what its room and its file export. */
export const fixturesOf = async (file: string): Promise<Scope> => {
  const rooms = fixtures.filter(([prefix]) => file.startsWith(prefix))
  const given: Array<Scope> = [everywhere]
  for (const [, make] of rooms) given.push(await make())
  return Object.assign({}, ...given)
}

const usd = PaymentExamples.usd
const eur = (amount: bigint) => money(amount, "EUR")

const everywhere: Scope = { ...Core, Effect, Result, fc, usd, eur, nowMs, clock }

const { fold, history } = decider({ initial: Payment.noPayment, decide: Payment.decide, evolve: Payment.evolve })

/** USD 10.00, authorized and not captured. */
const authorized = fold(
  history(
    PaymentExamples.requestPayment({ autoCapture: false }),
    PaymentExamples.recordReply("authorize-1", PaymentExamples.approved())
  )
)

const attemptRoom = (): Scope => {
  const plan = PaymentExamples.attemptPlan()
  const attempt = Attempt.planAttempt(plan)
  return {
    plan,
    attempt,
    sending: attempt,
    planned: Attempt.planAttempt({ ...plan, startedAtMs: null }),
    policy: PaymentExamples.examplePolicy,
    capabilities: PaymentExamples.examplePolicy.capabilities
  }
}

const submit = (change: Partial<Extract<Card.CardCommand, { _tag: "SubmitCard" }>> = {}): Card.CardCommand => ({
  _tag: "SubmitCard",
  id: "card-1",
  merchantId: "merchant-1",
  billingDetails: submission.billingDetails,
  expMonth: 12,
  expYear: 2030,
  network: "VISA",
  last4: "0007",
  bin: "400740",
  fingerprint: "8b6ff2a4-6dd5-8b62-9d49-0a4b1d0e3f57",
  holder: submission.holder,
  nowMs,
  ...change
})

const cardRoom = (): Scope => {
  const cardVerified: Card.CardEvent = {
    _tag: "CardVerified",
    avs: "Y",
    cvv: "pass",
    issuerCountry: "US",
    fundingType: "credit",
    atMs: nowMs
  }
  const pendingCard = Result.getOrThrow(Card.decide(Card.noCard, submit())).events.reduce(Card.evolve, Card.noCard)
  return { submit, pendingCard, cardVerified }
}

const merchantRoom = (): Scope => {
  const registered = Merchant.decide(Merchant.noMerchant, { _tag: "RegisterMerchant", ...registration, nowMs })
  return { terms, activeMerchant: Result.getOrThrow(registered).events.reduce(Merchant.evolve, Merchant.noMerchant) }
}

const settlementRoom = (): Scope => {
  const owner = { id: "settlement-1", merchantId: "merchant-1", walletId: "1000000001" }
  const complete: Settlement.SettlementCommand = {
    _tag: "CompleteSettlement",
    ...owner,
    lines: [{ _tag: "PaymentLine", paymentId: "payment-1", captured: usd(1_000n), fees: usd(59n) }],
    settlementCurrency: "USDC",
    rate: { numerator: 1n, denominator: 1n },
    nowMs
  }
  const settlementCompleted: Settlement.SettlementEvent = {
    _tag: "SettlementCompleted",
    ...owner,
    totalCredits: usd(1_000n),
    totalDebits: zero("USD"),
    paymentFees: usd(59n),
    payout: money(9_410_000n, "USDC"),
    atMs: nowMs
  }
  return { complete, settlementCompleted }
}

const checkoutRoom = (): Scope => {
  const opened = Checkout.decide(Checkout.noCheckout, {
    _tag: "OpenCheckout",
    id: "sess_ABCDEFGHIJKL",
    merchantId: "merchant-1",
    kind: "hosted",
    amount: usd(1_000n),
    description: null,
    customer: null,
    metadata: null,
    webhookUrl: null,
    returnUrl: null,
    expiresAtMs: nowMs + 86_400_000,
    nowMs
  })
  return { openCheckout: Result.getOrThrow(opened).events.reduce(Checkout.evolve, Checkout.noCheckout) }
}

const endpointRoom = (): Scope => {
  const created = Endpoint.decide(Endpoint.noEndpoint, {
    ...{ _tag: "CreateEndpoint", id: "endpoint-1", merchantId: "merchant-1", dialect: "paykernel.v1", name: null },
    ...{ url: "https://shop.example/hook", types: [], secretId: "secret-1", mustConfirm: false, nowMs }
  })
  return { enabledEndpoint: Result.getOrThrow(created).events.reduce(Endpoint.evolve, Endpoint.noEndpoint) }
}

const deliveryRoom = (): Scope => {
  const planned = Delivery.decide(Delivery.noDelivery, {
    ...{ _tag: "PlanDelivery", id: "delivery-1", merchantId: "merchant-1", messageId: "message-1", type: "payments" },
    ...{ dialect: "paykernel.v1", target: { _tag: "Endpoint", endpointId: "endpoint-1" } },
    ...{ subject: { type: "payment", id: "payment-1", version: 1 }, withheld: false, firstAttemptAtMs: nowMs, nowMs }
  })
  return { waitingDelivery: Result.getOrThrow(planned).events.reduce(Delivery.evolve, Delivery.noDelivery) }
}

/** A payment is captured, as dialects of webhooks are told of it. */
const change = {
  ...{ type: "payment", id: "payment-1", merchantId: "merchant-1", version: 3, atMs: nowMs },
  ...{ event: { _tag: "PaymentCaptured" }, before: authorized, after: authorized }
}

const applicationRoom = async (): Promise<Scope> => ({
  ...(await kernelParts()),
  change,
  digest: Core.keyedDigest(new Uint8Array(32).fill(7))
})

const ledgerRoom = (): Scope => {
  const transaction: Ledger.LedgerTransaction = {
    id: "payment-1:capture",
    merchantId: "merchant-1",
    kind: "capture",
    reference: { type: "payment", id: "payment-1" },
    atMs: nowMs,
    postings: []
  }
  return { transaction }
}

/** A server that publishes a key for card data. */
const browserRoom = async (): Promise<Scope> => {
  const { generateCardKey, openCardDoor } = await import("@paykernel/adapters-http")
  const door = await openCardDoor({ keys: [await generateCardKey({ nowMs: Date.now() })] })
  const data = { keyId: door.keyId, publicKey: door.publicKeyBase64 }
  return { apiKey: "key", fetchWith: async () => Response.json({ data }) }
}

/** An API that answers with an offer of nothing, and a quote with a certificate to encrypt for. */
const crossBorderRoom = async (): Promise<Scope> => {
  const { generateNetworkKey, openNetworkKey } = await import("@paykernel/core/simulator")
  const { certificate } = await openNetworkKey(await generateNetworkKey(), { domain: "bank.example", nowMs })
  const fetch = async () => Response.json({ data: [] }, { status: 201 })
  return { apiKey: "key", fetch, request: {}, quote: { certificate } }
}

/** A bank in another process that nobody can reach, and a node that it speaks to. */
const gatewayRoom = async (): Promise<Scope> => {
  const { gateway } = sandbox()
  const bankMessage = {
    gatewayKey: "key-1",
    merchantId: "merchant-1",
    paymentId: "payment-1",
    verdict: { _tag: "Declined", reference: null, code: "payment_failed", avs: "Y", cvv: "pass" }
  }
  return {
    gateway,
    bankMessage,
    capabilities: gateway.capabilities,
    secret: Redacted.make("a-secret-of-32-characters-at-least"),
    unreachable: () => Promise.reject(new Error("unreachable")),
    kernel: Core.createKernel({
      gateway,
      store: memoryStore(),
      vault: await vault(),
      digestKey: new Uint8Array(32),
      worker: false
    })
  }
}

const simulatorRoom = (): Scope => ({
  random: () => 0.5,
  sandbox: sandbox(),
  cardOf: (name: string): Card.Card => ({
    ...Card.noCard,
    billingDetails: { ...submission.billingDetails, name }
  }),
  options: {
    journal: memoryJournal(),
    clock,
    currencies: Core.currencies,
    challengeUrl: (id: string) => `https://bank.example/challenge/${id}`,
    challengeTtlMs: 900_000,
    secretFor: (purpose: string) => purpose
  },
  amounts: {
    parse: (amount: string, currency: string) => Result.getOrThrow(Core.parse(amount, currency)),
    format: (amount: Core.Money) => Core.format(amount)
  }
})

const riskRoom = (): Scope => ({
  counts: { perCard: 1, perEmail: 1, perIp: 1 },
  subjectWith: (email: string) => ({
    issuerCountry: "US",
    billingCountry: "US",
    fingerprint: "8b6ff2a4-6dd5-8b62-9d49-0a4b1d0e3f57",
    email,
    ipAddress: "192.0.2.1"
  })
})

const testingRoom = async (): Promise<Scope> => {
  const ready = await vault()
  const approved = PaymentExamples.recordReply("authorize-1", PaymentExamples.approved())
  let keys = 0
  return {
    ...Testing,
    ...Payment,
    memoryStore,
    memoryRateLimiter,
    keyRingFromValues,
    requested: PaymentExamples.requestPayment(),
    approved,
    repeatedApproval: approved,
    change,
    adapters: await kernelParts(),
    myVault: () => ready,
    openMyStore: async () => memoryStore(),
    myStore: memoryStore(),
    gateway: sandbox().gateway,
    approvedCard: () => ({ ...submission, cvv: null }),
    nextKey: () => `key-${++keys}`,
    nextName: () => `name-${++keys}`,
    blockchain: simulatedBlockchain({ journal: memoryChainJournal(), clock, random: () => 0.5, secret: "of examples" })
      .blockchain,
    refundAddress: "0x8381470ED67C3802402dbbFa0058E8871F017A6F",
    ...receiversRoom(),
    myRates: () => simulatedExchangeRates({ clock }).exchangeRates
  }
}

/** By the beginning of the file's path. */
const postgresRoom = async (): Promise<Scope> => {
  const { url, drop } = await freshDatabase()
  onTestFinished(drop)
  return { databaseUrl: url }
}

const fixtures: ReadonlyArray<readonly [prefix: string, make: () => Scope | Promise<Scope>]> = [
  ["packages/adapters-http/src/browser/", browserRoom],
  ["packages/adapters-http/src/cross-border-client/", crossBorderRoom],
  ["packages/adapters-sql/src/postgres/", postgresRoom],
  ["packages/adapters-http/src/gateway/", gatewayRoom],
  ["packages/adapters-http/src/front/", () => ({ limits: { depthMax: 16, keysMax: 256 } })],
  ["packages/core/src/attempt/", attemptRoom],
  ["packages/core/src/card/", cardRoom],
  ["packages/core/src/checkout/", checkoutRoom],
  ["packages/core/src/delivery/", deliveryRoom],
  ["packages/core/src/endpoint/", endpointRoom],
  ["packages/core/src/fees/", () => ({ ...Fees })],
  ...intentRooms,
  ["packages/core/src/ledger/", ledgerRoom],
  ["packages/core/src/merchant/", merchantRoom],
  ["packages/core/src/payment/", () => ({ authorized, capture: PaymentExamples.capturePayment() })],
  ["packages/core/src/risk/", riskRoom],
  ["packages/core/src/settlement/", settlementRoom],
  ["packages/core/src/application/", applicationRoom],
  ["packages/core/src/simulator/", simulatorRoom],
  ["packages/core/src/testing/", testingRoom]
]
