import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { AttemptStatus } from "../../attempt/attempt.ts"
import type { CardStatus } from "../../card/card.ts"
import type { CheckoutStatus } from "../../checkout/checkout.ts"
import type { IntentRefundStatus } from "../../intent-refund/intent-refund.ts"
import type { PaymentStatus } from "../../payment/payment.ts"
import {
  anyAttempt,
  anyCard,
  anyCheckout,
  anyDeposit,
  anyIntent,
  anyIntentRefund,
  anyMerchant,
  anyPayment,
  anySettlement
} from "../../testing/arbitraries.ts"
import {
  cardDefinition,
  checkoutDefinition,
  depositDefinition,
  intentDefinition,
  intentRefundDefinition,
  merchantDefinition,
  paymentDefinition,
  settlementDefinition
} from "./aggregates.ts"

const numRuns = 200

/** What the retention is, whatever else the state holds. */
const always = <State>(
  states: fc.Arbitrary<State>,
  { retention }: { readonly retention: (state: State) => { readonly _tag: string } },
  expected: string
) => {
  fc.assert(
    fc.property(states, (state) => {
      expect(retention(state)._tag).toBe(expected)
    }),
    { numRuns }
  )
}

const attempts: { readonly [status in AttemptStatus]: "Open" | "Kept" } = {
  planned: "Open",
  sending: "Open",
  unknown: "Open",
  reversing: "Open",
  manual: "Open",
  orphaned: "Open",
  confirmed: "Kept",
  declined: "Kept",
  abandoned: "Kept",
  not_charged: "Kept"
}

const payments: { readonly [status in PaymentStatus]: "Open" | "Kept" } = {
  none: "Kept",
  pending: "Open",
  action_required: "Open",
  authorized: "Kept",
  confirmed: "Kept",
  paid: "Kept",
  failed: "Kept",
  voided: "Kept",
  cancelled: "Kept",
  expired: "Kept"
}

const cards: { readonly [status in CardStatus]: "Open" | "Kept" } = {
  none: "Kept",
  pending: "Open",
  complete: "Kept",
  failed: "Kept",
  presented: "Kept"
}

const checkouts: { readonly [status in CheckoutStatus]: "Open" | "Kept" } = {
  none: "Kept",
  open: "Kept",
  paying: "Open",
  completed: "Kept",
  cancelled: "Kept",
  expired: "Kept",
  failed: "Kept"
}

const refunds: { readonly [status in IntentRefundStatus]: "Open" | "Kept" } = {
  none: "Kept",
  pending: "Open",
  paid: "Kept",
  failed: "Kept"
}

describe("a payment", () => {
  it.each(Object.entries(attempts))("one of whose attempts is %s has to be %s", (status, expected) => {
    const one = anyAttempt.map((attempt) => ({ ...attempt, status: status as AttemptStatus }))
    const over = anyAttempt.map((attempt) => ({ ...attempt, status: "confirmed" as const }))
    const paid = fc
      .tuple(anyPayment, one, fc.array(over, { maxLength: 2 }))
      .map(([payment, attempt, others]) => ({ ...payment, status: "paid" as const, attempts: [...others, attempt] }))
    always(paid, paymentDefinition, expected)
  })

  it.each(Object.entries(payments))("that is %s, and moves no money, is %s", (status, expected) => {
    const idle = anyPayment.map((payment) => ({ ...payment, status: status as PaymentStatus, attempts: [] }))
    always(idle, paymentDefinition, expected)
  })
})

it.each(Object.entries(cards))("a card that is %s is %s", (status, expected) => {
  always(
    anyCard.map((card) => ({ ...card, status: status as CardStatus })),
    cardDefinition,
    expected
  )
})

it.each(Object.entries(checkouts))("a checkout that is %s is %s", (status, expected) => {
  always(
    anyCheckout.map((checkout) => ({ ...checkout, status: status as CheckoutStatus })),
    checkoutDefinition,
    expected
  )
})

it.each(Object.entries(refunds))("an intent's refund that is %s is %s", (status, expected) => {
  always(
    anyIntentRefund.map((refund) => ({ ...refund, status: status as IntentRefundStatus })),
    intentRefundDefinition,
    expected
  )
})

it("intents, deposits, merchants and settlements are kept", () => {
  always(anyIntent, intentDefinition, "Kept")
  always(anyDeposit, depositDefinition, "Kept")
  always(anyMerchant, merchantDefinition, "Kept")
  always(anySettlement, settlementDefinition, "Kept")
})
