/**
 * Requests for information about the parties of a payment. One that is refused, or not answered in time, ends a payment
 * that has not begun to be paid out; later than that, what becomes of the payment is the network's to say.
 */
import type { CrossBorderEvent, CrossBorderPayment, CrossBorderRejection, RfiReference } from "./cross-border.ts"
import {
  type Command,
  type CrossBorderDecision,
  happened,
  nothingNew,
  refollow,
  refused
} from "./cross-border-decision.ts"
import type { FailureCode } from "./failure-code.ts"

/** In the life of one payment. */
export const rfisMax = 10

/** The request that is open, of which there is one at most. */
export const openRfi = ({ rfis }: CrossBorderPayment): RfiReference | undefined =>
  rfis.find(({ status }) => rankOf[status] < rankOf.approved)

export const recordRfi = (payment: CrossBorderPayment, command: Command<"RecordRfi">): CrossBorderDecision => {
  const { rfi, code, nowMs: atMs } = command
  const known = payment.rfis.find(({ id }) => id === rfi.id)
  if (known !== undefined && rankOf[known.status] >= rankOf[rfi.status] && !reopens(known, rfi)) return nothingNew
  const refusal = known === undefined ? refusalOf(payment) : undefined
  if (refusal !== undefined) return refused(refusal)
  const recorded: CrossBorderEvent = { _tag: "RfiRecorded", rfi: { id: rfi.id, status: rfi.status }, atMs }
  const failure = failureOf(rfi, code)
  const mayFail = payment.status === "created" || payment.status === "crypto_funds_pending"
  if (failure === undefined || !mayFail) {
    return happened(payment, [recorded], known === undefined ? refollow(payment, rfi.id, atMs) : [])
  }
  return happened(payment, [recorded, { _tag: "PaymentFailed", code: failure, atMs }])
}

const refusalOf = (payment: CrossBorderPayment): CrossBorderRejection | undefined => {
  const open = openRfi(payment)
  if (open !== undefined) return { _tag: "AnotherRfiActive", rfiId: open.id }
  return payment.rfis.length >= rfisMax ? { _tag: "TooManyRfis", limit: rfisMax } : undefined
}

const failureOf = ({ status }: RfiReference, code: FailureCode | null): FailureCode | undefined => {
  if (status === "expired") return "PM03005"
  return status === "rejected" ? (code ?? "PM03004") : undefined
}

/** The answer was refused, which is the request's own to say: it is told here in the commit in which it happens. */
const reopens = (known: RfiReference, rfi: RfiReference): boolean =>
  known.status === "in_review" && rfi.status === "information_required"

/** How far a request has come. What is further never goes back, but for an answer that was refused. */
const rankOf: { readonly [status in RfiReference["status"]]: number } = {
  information_required: 0,
  in_review: 1,
  approved: 2,
  rejected: 2,
  expired: 2
}
