/** What has become of each checkout, by its events alone: which payments were begun for it, and under which tries. */
import type { CheckoutEventJson, CheckoutJson } from "../../checkout/checkout.schema.ts"
import type { Report } from "./problems.ts"

export type CheckoutPart = { readonly id: string; readonly attempt: string; status: "open" | "succeeded" | "failed" }

export type CheckoutEntry = {
  readonly id: string
  status: string
  version: number
  readonly statuses: Set<string>
  /** Its payments, oldest first. */
  readonly parts: Array<CheckoutPart>
  /** As it was last written. */
  state: CheckoutJson
}

export type CheckoutBook = ReturnType<typeof openCheckoutBook>

export const openCheckoutBook = (report: Report) => {
  const byPayment = new Map<string, CheckoutEntry>()

  const begin = (checkout: CheckoutEntry, id: string, attempt: string): void => {
    const { parts } = checkout
    const open = parts.find(({ status }) => status === "open")
    if (open !== undefined) report("I1", `${checkout.id}: ${id} is begun, and ${open.id} is under way`)
    if (byPayment.has(id)) report("I1", `${checkout.id}: ${id} pays for another checkout`)
    byPayment.set(id, checkout)
    parts.push({ id, attempt, status: "open" })
  }
  const end = (checkout: CheckoutEntry, id: string, status: "succeeded" | "failed"): CheckoutPart | undefined => {
    const part = checkout.parts.find((one) => one.id === id)
    if (part?.status === "open") part.status = status
    else report("I5", `${checkout.id}: ${id} has an outcome, and was not under way`)
    return part
  }
  /** Takes in an event of the checkout. */
  const happen = (checkout: CheckoutEntry, event: CheckoutEventJson): void => {
    const { id, state } = checkout
    const isWish = event._tag === "CheckoutPaymentStarted" || event._tag === "CheckoutCancelled"
    if (isWish && state.expiresAtMs !== null && event.atMs >= state.expiresAtMs) {
      report("I5", `${id}: ${event._tag} when its time is over`)
    }
    const triesOf = (attempt: string) => checkout.parts.filter((part) => part.attempt === attempt).length
    switch (event._tag) {
      case "CheckoutPaymentStarted":
        if (triesOf(event.attempt) > 0) report("I1", `${id}: the try ${event.attempt} is begun twice`)
        begin(checkout, event.paymentId, event.attempt)
        return
      case "CheckoutSteppedUp": {
        const attempt = end(checkout, event.paymentId, "failed")?.attempt ?? ""
        if (triesOf(attempt) !== 1) report("I1", `${id}: the try ${attempt} is stepped up again`)
        begin(checkout, event.authenticatedPaymentId, attempt)
        return
      }
      case "CheckoutCompleted":
        end(checkout, event.paymentId, "succeeded")
        return
      case "CheckoutPaymentDeclined":
      case "CheckoutFailed":
        end(checkout, event.paymentId, "failed")
        return
      case "CheckoutOpened":
      case "CheckoutCancelled":
      case "CheckoutExpired":
        return
    }
  }
  /** Called when all events of a write were taken in. */
  const written = ({ id, parts, state }: CheckoutEntry): void => {
    const text = (all: ReadonlyArray<CheckoutPart>): string =>
      all.map((part) => `${part.id} ${part.status} of ${part.attempt}`).join()
    if (text(state.payments) !== text(parts)) {
      report("I5", `${id}: its payments are stored as ${text(state.payments)}, its events say ${text(parts)}`)
    }
  }
  return { byPayment, happen, written }
}
