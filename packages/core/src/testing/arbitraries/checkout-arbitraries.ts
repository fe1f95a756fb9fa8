import * as fc from "fast-check"
import type {
  Checkout,
  CheckoutCommand,
  CheckoutEvent,
  CheckoutKind,
  CheckoutOutcome,
  CheckoutPayment,
  CheckoutStatus,
  Customer
} from "../../checkout/checkout.ts"
import { checkoutLifetimeMaxMs } from "../../checkout/checkout-decide.ts"
import { paymentErrorCodes } from "../../payment/payment-error-code.ts"
import { anyMoney, moneyIn } from "./money-arbitraries.ts"
import { anyEmail, anyId, anyOf, anyText, anyTimeMs, orNull } from "./text-arbitraries.ts"

const anyCode = fc.constantFrom(...paymentErrorCodes)

const anyCustomer: fc.Arbitrary<Customer> = fc.record({
  name: orNull(anyText),
  email: orNull(anyEmail),
  phone: orNull(anyText),
  address: orNull(
    fc.record({
      line1: orNull(anyText),
      city: orNull(anyText),
      state: orNull(anyText),
      postalCode: orNull(anyText),
      country: orNull(fc.constantFrom("US", "GB"))
    })
  )
})

const kind = anyOf<CheckoutKind>({ direct: true, hosted: true })

const order = {
  id: anyId,
  merchantId: anyId,
  kind,
  amount: anyMoney,
  description: orNull(anyText),
  customer: orNull(anyCustomer),
  metadata: orNull(anyText.map((text) => JSON.stringify({ text }))),
  webhookUrl: orNull(fc.constant("https://shop.example/hook")),
  returnUrl: orNull(fc.constant("https://shop.example/back")),
  expiresAtMs: orNull(anyTimeMs)
}

const anyCheckoutPayment: fc.Arbitrary<CheckoutPayment> = fc.record({
  id: anyId,
  transactionId: fc.stringMatching(/^txn_[A-Z2-7]{12}$/u),
  attempt: anyText,
  status: anyOf<CheckoutPayment["status"]>({ open: true, succeeded: true, failed: true }),
  failure: orNull(anyCode)
})

/** A checkout in any state, whether or not a history leads to it. */
export const anyCheckout: fc.Arbitrary<Checkout> = fc.record({
  status: anyOf<CheckoutStatus>({
    none: true,
    open: true,
    paying: true,
    completed: true,
    cancelled: true,
    expired: true,
    failed: true
  }),
  ...order,
  payments: fc.array(anyCheckoutPayment, { maxLength: 3 }),
  endedAtMs: orNull(anyTimeMs),
  createdAtMs: anyTimeMs,
  updatedAtMs: anyTimeMs
})

const declined = { paymentId: anyId, code: anyCode, atMs: anyTimeMs }

export const anyCheckoutEvent: fc.Arbitrary<CheckoutEvent> = fc.oneof(
  fc.record({ _tag: fc.constant("CheckoutOpened" as const), ...order, atMs: anyTimeMs }),
  fc.record({
    _tag: fc.constant("CheckoutPaymentStarted" as const),
    paymentId: anyId,
    transactionId: anyText,
    attempt: anyText,
    atMs: anyTimeMs
  }),
  fc.record({ _tag: fc.constantFrom("CheckoutPaymentDeclined" as const, "CheckoutFailed" as const), ...declined }),
  fc.record({
    _tag: fc.constant("CheckoutSteppedUp" as const),
    paymentId: anyId,
    authenticatedPaymentId: anyId,
    atMs: anyTimeMs
  }),
  fc.record({ _tag: fc.constant("CheckoutCompleted" as const), paymentId: anyId, atMs: anyTimeMs }),
  fc.record({
    _tag: fc.constantFrom("CheckoutCancelled" as const, "CheckoutExpired" as const),
    atMs: anyTimeMs
  })
)

/** Around the time that the checkouts of these commands run out; some are over before, and some would last too long. */
const nowMs = fc.constantFrom(1_000, 1_004, 1_009, 1_010)
const expiresAtMs = orNull(fc.constantFrom(1_010, 1_005, 1_020, 1_020 + checkoutLifetimeMaxMs))

const opening = fc.record({
  _tag: fc.constant("OpenCheckout" as const),
  ...order,
  amount: fc.oneof({ arbitrary: moneyIn("USD", 1n, 10n ** 9n), weight: 4 }, anyMoney),
  expiresAtMs,
  nowMs
})

/** Of a few tries, so that names come again. A try's first payment is `p-n`, the authenticated one `p-n-3ds`. */
const tried = fc.integer({ min: 1, max: 2 })

const anyOutcome: fc.Arbitrary<CheckoutOutcome> = fc.oneof(
  { arbitrary: fc.record({ _tag: fc.constant("Succeeded" as const) }), weight: 2 },
  fc.record({ _tag: fc.constant("Failed" as const), code: fc.constantFrom("card_failed", "payment_not_funded") }),
  fc.record({ _tag: fc.constant("Failed" as const), code: fc.constant("three_d_secure_required" as const) })
)

/** What may be heard of the payments that were or were not made for a checkout. */
export const anyCheckoutOutcome: fc.Arbitrary<Extract<CheckoutCommand, { readonly _tag: "RecordPayment" }>> = fc
  .record({ tried, isStepUp: fc.boolean(), mayStepUp: fc.boolean(), outcome: anyOutcome, nowMs })
  .map(({ tried, isStepUp, mayStepUp, ...said }) => ({
    _tag: "RecordPayment",
    paymentId: isStepUp ? `p-${tried}-3ds` : `p-${tried}`,
    authenticatedPaymentId: mayStepUp ? `p-${tried}-3ds` : null,
    ...said
  }))

export const anyCheckoutCommand: fc.Arbitrary<CheckoutCommand> = fc.oneof(
  { arbitrary: opening, weight: 2 },
  {
    arbitrary: fc.record({ tried, nowMs }).map(
      ({ tried, nowMs }): CheckoutCommand => ({
        _tag: "StartPayment",
        paymentId: `p-${tried}`,
        transactionId: `txn_${tried}`,
        attempt: `a-${tried}`,
        nowMs
      })
    ),
    weight: 3
  },
  { arbitrary: anyCheckoutOutcome, weight: 4 },
  fc.record({ _tag: fc.constant("CancelCheckout" as const), nowMs }),
  fc.record({ _tag: fc.constant("ExpireCheckout" as const), nowMs })
)
