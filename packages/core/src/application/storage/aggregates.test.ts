import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { encodeAttempt } from "../../attempt/attempt.schema.ts"
import type { Attempt } from "../../attempt/attempt.ts"
import type { Card } from "../../card/card.ts"
import { noCard } from "../../card/card-evolve.ts"
import type { Checkout, CheckoutPayment } from "../../checkout/checkout.ts"
import { noCheckout } from "../../checkout/checkout-evolve.ts"
import type { CrossBorderPayment } from "../../cross-border/cross-border.ts"
import { noPayment as noCrossBorderPayment } from "../../cross-border/cross-border-evolve.ts"
import { noDelivery } from "../../delivery/delivery-evolve.ts"
import type { Deposit } from "../../deposit/deposit.ts"
import { noDeposit } from "../../deposit/deposit-evolve.ts"
import { noIntent } from "../../intent/intent-evolve.ts"
import { noIntentRefund } from "../../intent-refund/intent-refund-evolve.ts"
import { noMerchant } from "../../merchant/merchant-evolve.ts"
import { noProfile } from "../../merchant/merchant-profile.ts"
import { money } from "../../money/index.ts"
import type { Payment, Reversal } from "../../payment/payment.ts"
import { decide } from "../../payment/payment-decide.ts"
import { noPayment } from "../../payment/payment-evolve.ts"
import { collections } from "../../ports/aggregate.ts"
import type { Json } from "../../ports/commit.ts"
import { noSettlement } from "../../settlement/settlement-evolve.ts"
import {
  anyCard,
  anyCheckout,
  anyCrossBorderPayment,
  anyDelivery,
  anyDeposit,
  anyEndpoint,
  anyIntent,
  anyIntentRefund,
  anyPayment,
  anySettlement
} from "../../testing/arbitraries.ts"
import {
  cardDefinition,
  checkoutDefinition,
  deliveriesKept,
  deliveryDefinition,
  depositDefinition,
  endpointDefinition,
  intentDefinition,
  intentRefundDefinition,
  merchantDefinition,
  paymentDefinition,
  settlementDefinition
} from "./aggregates.ts"
import {
  crossBorderDefinition,
  onchainDefinition,
  payoutRefundDefinition,
  quoteDefinition,
  rfiDefinition
} from "./cross-border-aggregates.ts"

const usd = (amount: bigint) => money(amount, "USD")
const usdc = (amount: bigint) => money(amount, "USDC")

const confirmed: Payment = {
  ...noPayment,
  status: "confirmed",
  id: "p-1",
  merchantId: "m-1",
  source: { type: "card", id: "card-1" },
  payer: { email: "Ada@Example.org", phoneNumber: null, sessionId: "s", ipAddress: "2001:DB8::1" },
  authorized: usd(1_000n),
  captured: usd(900n),
  refunded: usd(100n),
  refunding: usd(50n),
  createdAtMs: 5
}

const refund: Reversal = {
  id: "r-1",
  type: "refund",
  asRefund: false,
  attemptId: "a-2",
  amount: usd(100n),
  reason: null,
  status: "paid",
  failure: null,
  settlementId: null,
  createdAtMs: 7,
  updatedAtMs: 8
}

const voiding: Attempt = {
  id: "a-3",
  kind: "void",
  gatewayKey: "k",
  amount: usd(900n),
  needsCvv: false,
  status: "sending",
  sends: 1,
  plannedAtMs: 9,
  startedAtMs: 9,
  firstStartedAtMs: 9,
  unknownSinceMs: null,
  reference: null,
  undos: 0
}

/** What waits for a settlement, by the ids of the items. */
const awaiting = (payment: Payment) =>
  paymentDefinition
    .index(payment)
    .filter(({ fields }) => fields["awaiting"] === "settlement")
    .map(({ id }) => id)

describe("how a payment is found", () => {
  it("is listed with each of its refunds and cancels", () => {
    expect(paymentDefinition.index({ ...confirmed, reversals: [refund] })).toEqual([
      {
        collection: "payments",
        id: "p-1",
        createdAtMs: 5,
        fields: {
          status: "confirmed",
          source: "card-1",
          settlementId: null,
          awaiting: "settlement",
          email: "ada@example.org",
          ipAddress: "2001:db8::1",
          type: "card",
          review: null
        }
      },
      {
        collection: "payments",
        id: "r-1",
        createdAtMs: 7,
        fields: {
          status: "paid",
          source: "card-1",
          settlementId: null,
          awaiting: null,
          email: null,
          ipAddress: null,
          type: "card",
          review: null
        }
      }
    ])
  })

  it.each<[string, Payment, ReadonlyArray<string>]>([
    ["a captured payment", confirmed, ["p-1"]],
    ["nothing captured yet", { ...confirmed, status: "authorized" }, []],
    ["a void on its way", { ...confirmed, attempts: [voiding] }, []],
    ["a void in a person's hands", { ...confirmed, attempts: [{ ...voiding, status: "manual" }] }, []],
    ["a void that was declined", { ...confirmed, attempts: [{ ...voiding, status: "declined" }] }, ["p-1"]],
    ["a refund before settlement goes with the payment", { ...confirmed, reversals: [refund] }, ["p-1"]],
    ["a refund after settlement", { ...confirmed, status: "paid", reversals: [refund] }, ["r-1"]],
    [
      "a refund that was taken out already",
      { ...confirmed, status: "paid", reversals: [{ ...refund, settlementId: "s-1" }] },
      []
    ],
    ["a refund with an open end", { ...confirmed, status: "paid", reversals: [{ ...refund, status: "pending" }] }, []]
  ])("waits for settlement: %s", (_, payment, ids) => {
    expect(awaiting(payment)).toEqual(ids)
  })

  it("waits for settlement exactly where the settlement would be accepted", () => {
    const seen = new Set<boolean>()
    fc.assert(
      fc.property(anyPayment, (payment) => {
        const decided = decide(payment, { _tag: "SettlePayment", settlementId: "s-1", nowMs: 9 })
        expect(awaiting(payment).length > 0).toBe(Result.isSuccess(decided))
        seen.add(Result.isSuccess(decided))
      }),
      { numRuns: 10_000 }
    )
    expect(seen.size).toBe(2)
  })

  it("counts what is being refunded as given back", () => {
    expect(paymentDefinition.bounds(confirmed)).toEqual({ authorized: 1_000n, captured: 900n, refunded: 150n })
  })
})

describe("how the others are found", () => {
  it("lists a saved card, and a presented one only by the number it had", () => {
    const card: Card = { ...noCard, status: "complete", id: "card-1", fingerprint: "f-1", createdAtMs: 5 }
    const collectionsOf = (one: Card) => cardDefinition.index(one).map(({ collection }) => collection)
    expect(collectionsOf(card)).toEqual(["cards"])
    expect(collectionsOf({ ...card, status: "presented" })).toEqual(["presentedCards"])
  })

  it("finds a checkout by its own name and by those of its transactions, each once", () => {
    const payment = (id: string, transactionId: string): CheckoutPayment => ({
      ...{ id, transactionId, attempt: transactionId },
      ...{ status: "failed", failure: "card_failed" }
    })
    const checkout: Checkout = {
      ...noCheckout,
      status: "open",
      id: "sess_1",
      customer: { name: null, email: "Ada@Example.org", phone: null, address: null },
      payments: [payment("p-1", "txn_1"), payment("p-1-3ds", "txn_1"), payment("p-2", "txn_2")],
      createdAtMs: 5
    }
    expect(checkoutDefinition.index(checkout)).toEqual([
      {
        collection: "checkouts",
        id: "sess_1",
        createdAtMs: 5,
        fields: { status: "open", kind: "hosted", email: "ada@example.org" }
      },
      { collection: "transactions", id: "txn_1", createdAtMs: 5, fields: {} },
      { collection: "transactions", id: "txn_2", createdAtMs: 5, fields: {} }
    ])
  })

  it("lists what was paid to an intent and given back among the payments, with the intent as their source", () => {
    const deposit = { ...noDeposit, id: "d-1", intentId: "i-1", createdAtMs: 5 }
    const refund = { ...noIntentRefund, id: "r-1", intentId: "i-1", createdAtMs: 6 }
    const statusesOf = (status: Deposit["status"]) =>
      depositDefinition.index({ ...deposit, status }).map(({ fields }) => fields["status"])
    expect((["seen", "confirming", "final", "dropped"] as const).flatMap(statusesOf)).toEqual([
      "pending",
      "pending",
      "paid",
      "failed"
    ])
    const unknown = { settlementId: null, awaiting: null, email: null, ipAddress: null, review: null }
    const fields = { source: "i-1", type: "blockchain", ...unknown }
    expect(intentRefundDefinition.index({ ...refund, status: "pending" })).toEqual([
      { collection: "payments", id: "r-1", createdAtMs: 6, fields: { ...fields, status: "pending" } }
    ])
    const manual = { ...refund, status: "pending" as const, attempt: { ...voiding, status: "manual" as const } }
    expect(intentRefundDefinition.index(manual)[0]?.fields["review"]).toBe("manual")
    expect(intentRefundDefinition.index({ ...manual, status: "failed" })[0]?.fields["review"]).toBeNull()
  })

  it("gives back no more of an intent than was paid to it, on its way or there", () => {
    const intent = { ...noIntent, paid: usdc(9n), refunding: usdc(4n), refunded: usdc(3n) }
    expect(intentDefinition.bounds(intent)).toEqual({ authorized: 9n, captured: 9n, refunded: 7n })
  })

  it("finds an intent by how it stands", () => {
    const intent = { ...noIntent, status: "expired" as const, context: "underpaid" as const, id: "i-1", createdAtMs: 5 }
    expect(intentDefinition.index(intent)).toEqual([
      {
        collection: "intents",
        id: "i-1",
        createdAtMs: 5,
        fields: { status: "expired", context: "underpaid", kind: "transient" }
      }
    ])
  })

  it("finds what goes to an address under the endpoint whose secret signs it", () => {
    const listed = (delivery: typeof noDelivery) => deliveryDefinition.index(delivery)[0]?.fields["endpointId"]
    expect(listed({ ...noDelivery, target: { _tag: "Endpoint", endpointId: "e-1" } })).toBe("e-1")
    expect(listed({ ...noDelivery, target: { _tag: "Address", url: "https://shop.example" } })).toBe("default")
  })

  it("lets go of a delivery some time after it has ended, and of none that is still to be tried", () => {
    const { retention } = deliveriesKept(1_000)
    expect(retention({ ...noDelivery, status: "waiting", updatedAtMs: 5 })).toEqual({ _tag: "Kept" })
    for (const status of ["delivered", "dead", "withheld"] as const) {
      expect(retention({ ...noDelivery, status, updatedAtMs: 5 })).toEqual({ _tag: "Until", atMs: 1_005 })
    }
  })

  it("lists a settlement under its own id, by the time at which it was made", () => {
    expect(settlementDefinition.index({ ...noSettlement, id: "s-1", createdAtMs: 5 })).toEqual([
      { collection: "settlements", id: "s-1", createdAtMs: 5, fields: {} }
    ])
  })

  it("uses the declared fields and no others", () => {
    const declared: { readonly [collection: string]: ReadonlyArray<string> } = collections
    const everything = fc.oneof(
      anyPayment.map(paymentDefinition.index),
      anyCard.map(cardDefinition.index),
      anyCheckout.map(checkoutDefinition.index),
      anyIntent.map(intentDefinition.index),
      anyDeposit.map(depositDefinition.index),
      anyIntentRefund.map(intentRefundDefinition.index),
      anySettlement.map(settlementDefinition.index),
      anyEndpoint.map(endpointDefinition.index),
      anyCrossBorderPayment.map(crossBorderDefinition.index),
      anyDelivery.map(deliveryDefinition.index)
    )
    fc.assert(
      fc.property(everything, (entries) => {
        for (const { collection, fields } of entries) {
          expect(Object.keys(fields).toSorted()).toEqual([...(declared[collection] ?? [])].toSorted())
        }
      }),
      { numRuns: 5_000 }
    )
  })
})

describe("a cross-border payment", () => {
  const payment: CrossBorderPayment = {
    ...noCrossBorderPayment,
    ...{ status: "failed", id: "p-1", source: usdc(10n), customerRefId: "c-1", refCode: null, createdAtMs: 5 },
    received: [
      { transactionId: "t-1", amount: usdc(10n) },
      { transactionId: "t-2", amount: usdc(3n) },
      { transactionId: "t-3", amount: money(7n, "EURC") }
    ],
    refunds: [
      { id: "r-1", status: "created", amount: usdc(4n), transactionHash: null },
      { id: "r-2", status: "failed", amount: usdc(9n), transactionHash: null }
    ]
  }
  const { index, bounds, retention } = crossBorderDefinition

  it("is found by how it stands and by what its maker calls it", () => {
    expect(index(payment)).toEqual([
      {
        collection: "crossBorderPayments",
        id: "p-1",
        createdAtMs: 5,
        fields: { status: "failed", customerRefId: "c-1", refCode: null }
      }
    ])
  })

  it("gives back and pays out no more than came, in the currency that was agreed on", () => {
    expect(bounds(payment)).toEqual({ authorized: 13n, captured: 13n, refunded: 4n })
    expect(bounds({ ...payment, status: "completed" })?.refunded).toBe(14n)
    expect(bounds({ ...payment, status: "fiat_payment_initiated" })?.refunded).toBe(14n)
    expect(bounds({ ...payment, status: "crypto_funds_pending" })?.refunded).toBe(4n)
  })

  it("is open while money may move for it, and gone some time after it was withdrawn", () => {
    expect(retention(payment)).toEqual({ _tag: "Open" })
    expect(retention({ ...payment, refunds: [] })).toEqual({ _tag: "Kept" })
    const refunds = payment.refunds.map((refund) => ({ ...refund, status: "completed" as const }))
    expect(retention({ ...payment, refunds })).toEqual({ _tag: "Kept" })
    expect(retention({ ...payment, refunds: [], status: "created" })).toEqual({ _tag: "Open" })
    expect(retention({ ...payment, status: "withdrawn", updatedAtMs: 7 })).toEqual({ _tag: "Until", atMs: 86_400_007 })
  })

  it("has parts that are open while they may still come to something", () => {
    const quote = { ...quoteDefinition.initial, expiresAtMs: 7 }
    expect(quoteDefinition.retention({ ...quote, status: "open" })).toEqual({ _tag: "Until", atMs: 86_400_007 })
    expect(quoteDefinition.retention({ ...quote, status: "used" })).toEqual({ _tag: "Kept" })
    const transaction = onchainDefinition.initial
    expect(onchainDefinition.retention({ ...transaction, status: "broadcasted" })).toEqual({ _tag: "Open" })
    expect(onchainDefinition.retention({ ...transaction, status: "completed" })).toEqual({ _tag: "Kept" })
    const rfi = rfiDefinition.initial
    expect(rfiDefinition.retention({ ...rfi, status: "in_review" })).toEqual({ _tag: "Open" })
    expect(rfiDefinition.retention({ ...rfi, status: "approved" })).toEqual({ _tag: "Kept" })
    const refund = payoutRefundDefinition.initial
    expect(payoutRefundDefinition.retention({ ...refund, status: "created" })).toEqual({ _tag: "Open" })
    expect(payoutRefundDefinition.retention({ ...refund, status: "failed" })).toEqual({ _tag: "Kept" })
  })
})

it("a stored merchant comes back with its channels, and is refused where one of them is malformed", () => {
  const channel = { id: "c-1", default: true, cardDescriptor: "CORNER SHOP", achDescriptor: "CORNER" }
  const merchant = { ...noMerchant, channels: [channel] }
  const stored = merchantDefinition.encodeState(merchant) as { readonly [field: string]: string }
  expect(merchantDefinition.decodeState(stored, 2)).toEqual(merchant)
  for (const field of Object.keys(channel)) {
    const malformed = { ...stored, channels: [{ ...channel, [field]: 7 }] }
    expect(() => merchantDefinition.decodeState(malformed, 2)).toThrow()
  }
})

describe("an attempt stored before it was counted how often undoing it was begun", () => {
  const { undos: _, ...stored } = encodeAttempt(voiding)

  it("was begun to be undone once where that is under way, as part of a payment or of a refund", () => {
    const payment = paymentDefinition.encodeState(confirmed) as { readonly [field: string]: Json }
    const attempts = [stored, { ...stored, status: "reversing" }, { ...stored, status: "manual" }]
    const undos = paymentDefinition.decodeState({ ...payment, attempts }, 1).attempts.map((one) => one.undos)
    expect(undos).toEqual([0, 1, 0])
    const refund = intentRefundDefinition.encodeState(noIntentRefund) as { readonly [field: string]: Json }
    expect(intentRefundDefinition.decodeState(refund, 1)).toEqual(noIntentRefund)
    expect(intentRefundDefinition.decodeState({ ...refund, attempt: stored }, 1).attempt).toEqual(voiding)
  })

  it.each([null, "payment", 7, [], { attempts: [null] }, { attempts: 7 }])("is none where it is %j", (json) => {
    expect(() => paymentDefinition.decodeState(json, 1)).toThrow()
    expect(() => intentRefundDefinition.decodeState(json, 1)).toThrow()
  })

  it("has the events that it had", () => {
    const event = { _tag: "PaymentVoided", reversalId: "r-1", atMs: 5 } as const
    expect(paymentDefinition.decodeEvent(event, 1)).toEqual(event)
    const sent = { _tag: "IntentRefundSent", atMs: 5 } as const
    expect(intentRefundDefinition.decodeEvent(sent, 1)).toEqual(sent)
  })
})

describe("a merchant stored before merchants had a profile", () => {
  it("has an empty one, and everything else as it was", () => {
    const { profile, ...before } = merchantDefinition.encodeState(noMerchant) as { readonly profile: object }
    expect(profile).toEqual(noProfile)
    expect(merchantDefinition.decodeState(before, 1)).toEqual(noMerchant)
    expect(() => merchantDefinition.decodeState(before, 2)).toThrow()
  })

  it.each([null, "merchant", 7])("is none where it is %j", (json) => {
    expect(() => merchantDefinition.decodeState(json, 1)).toThrow()
  })
})
