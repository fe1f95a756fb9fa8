/** What must hold between a checkout, its payments and the bank whenever any of them is written, and in the end. */
import { type AttemptEntry, isOpen } from "./attempt-book.ts"
import type { BankTruth } from "./bank-truth.ts"
import type { Books, PaymentEntry } from "./books.ts"
import type { CheckoutEntry, CheckoutPart } from "./checkout-book.ts"
import type { Report } from "./problems.ts"

export const checkCheckout = (checkout: CheckoutEntry, books: Books, truth: BankTruth, report: Report): void => {
  const { id, status, parts } = checkout
  const count = (wanted: CheckoutPart["status"]): number => parts.filter((part) => part.status === wanted).length
  if (count("succeeded") !== (status === "completed" ? 1 : 0)) {
    report("TRUTH", `${id} is ${status}, and ${count("succeeded")} of its payments have succeeded`)
  }
  if (count("open") !== (status === "paying" ? 1 : 0)) {
    report("I5", `${id} is ${status}, and ${count("open")} of its payments are under way`)
  }
  for (const part of parts) checkPart(checkout, part, books, report)
  const charges = chargesOf(checkout, books, truth)
  if (charges > 1) report("I1", `${id} is charged ${charges} times`)
  if (charges > 0 && status !== "paying" && status !== "completed") report("TRUTH", `${id} is ${status}, and charged`)
}

const checkPart = ({ id, state, parts }: CheckoutEntry, part: CheckoutPart, books: Books, report: Report): void => {
  const payment = books.payments.get(part.id)
  if (payment === undefined) {
    report("I6", `${id}: its payment ${part.id} is not stored`)
    return
  }
  const { amount, source, verificationMethod } = payment.state
  const first = parts.find(({ attempt }) => attempt === part.attempt)
  if (amount.amount !== state.amount.amount || amount.currency !== state.amount.currency) {
    report("TRUTH", `${id}: ${part.id} is of another amount`)
  }
  if (part.status === "succeeded" && !payment.statuses.has("confirmed")) {
    report("TRUTH", `${id} is completed by ${part.id}, which was not captured`)
  }
  if (part.status === "failed" && !givenUp.has(payment.status)) {
    report("TRUTH", `${id} has given up ${part.id}, which is ${payment.status}`)
  }
  if (first === undefined || first.id === part.id) return
  const refused = books.payments.get(first.id)?.state
  if (refused?.failure !== "three_d_secure_required") report("TRUTH", `${id}: ${part.id} steps up what was not refused`)
  if (refused?.source.id !== source.id) report("TRUTH", `${id}: ${part.id} is made with another card`)
  if (verificationMethod !== "three_d_secure") report("FORGED", `${id}: ${part.id} does not ask who pays`)
}

const givenUp: ReadonlySet<string> = new Set(["failed", "voided", "expired"])

/** Payments of it whose authorization stands at the bank. They are captured with it. */
const chargesOf = ({ parts }: CheckoutEntry, books: Books, truth: BankTruth): number =>
  parts.filter(({ id }) =>
    books.payments
      .get(id)
      ?.state.attempts.some(({ kind, gatewayKey }) => kind === "authorize" && truth.standing(gatewayKey) !== undefined)
  ).length

/** A payment by transfer, or with a card that pays once, is part of a checkout from its first moment on. */
export const checkBelonging = ({ id, state: { source } }: PaymentEntry, books: Books, report: Report): void => {
  const isForCheckout = source.type === "bank_transfer" || books.cards.get(source.id)?.status === "presented"
  if (isForCheckout && !books.checkouts.byPayment.has(id)) report("TRUTH", `${id} is part of no checkout`)
}

/** A message about to leave moves money for a checkout only while that waits for this very payment. */
export const checkPaying = ({ key, paymentId }: AttemptEntry, books: Books, report: Report): void => {
  const checkout = books.checkouts.byPayment.get(paymentId)
  const part = checkout?.parts.find(({ id }) => id === paymentId)
  if (checkout === undefined || (checkout.status === "paying" && part?.status === "open")) return
  report("I1", `${key} is sent to pay ${checkout.id}, which is ${checkout.status}`)
}

/** In the end nobody waits, and what is completed was charged once. */
export const compareCheckout = (
  checkout: CheckoutEntry,
  books: Books,
  truth: BankTruth,
  nowMs: number,
  report: Report
): void => {
  const { id, status, parts, state } = checkout
  const attempts = parts.flatMap((part) => books.payments.get(part.id)?.state.attempts ?? [])
  // A person has still to say what became of it.
  if (attempts.some((attempt) => attempt.status === "manual")) return
  if (status === "paying") report("I9", `${id} is still being paid`)
  if (attempts.some(({ kind, status: at }) => kind === "authorize" && isOpen(at))) report("I9", `${id} is in doubt`)
  if (status === "open" && state.expiresAtMs !== null && state.expiresAtMs < nowMs - graceMs) {
    report("I9", `${id} is still open, and has expired`)
  }
  const charges = chargesOf(checkout, books, truth)
  if (charges !== (status === "completed" ? 1 : 0)) report("TRUTH", `${id} is ${status}, and charged ${charges} times`)
}

const graceMs = 3_600_000
