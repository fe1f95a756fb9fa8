/** The desk of the hosted pages, kept by a kernel: its checkouts are the sessions, and its card door opens the cards. */
import type {
  CheckoutView,
  Cvv,
  Kernel,
  Merchant,
  Pan,
  PayCheckoutFailure,
  PayCheckoutInput,
  Payer
} from "@paykernel/core"
import * as Result from "effect/Result"
import { declineOf } from "../api/decline.ts"
import type { CardDoor, CardDoorRejection } from "../openpgp/index.ts"
import type { CardPayment, DeclineCode, HostedDesk, HostedSession, HostedStatus, PayResult, Progress } from "./desk.ts"
import { declineCodes } from "./desk.ts"

export type KernelDeskOptions = {
  readonly kernel: Kernel
  readonly cardDoor: Pick<CardDoor, "decryptCard">
  /** Where a payer whose issuer asked for 3-D Secure comes back to: the session's own page. */
  readonly pageUrl: (page: string) => string
  /** How long a payer waits for the outcome before the page asks again. Default 10 s. */
  readonly waitMs?: number
}

/** A session is named by its page, which says whose it is. */
export const kernelDesk = ({ kernel, cardDoor, pageUrl, waitMs = 10_000 }: KernelDeskOptions): HostedDesk => {
  const find = async (page: string): Promise<CheckoutView | undefined> => {
    const found = await kernel.checkouts.ofPage(page)
    if (!found.ok && found.error._tag === "Unavailable") throw new Error("the kernel's store cannot be reached")
    return found.ok && found.value.checkout.kind === "hosted" ? found.value : undefined
  }

  const settled = async ({ checkout }: CheckoutView, ms: number): Promise<CheckoutView | undefined> => {
    const outcome = await kernel.checkouts.settled(checkout.merchantId, checkout.id, ms)
    return outcome.ok ? outcome.value : undefined
  }

  return {
    session: async (page) => {
      const found = await find(page)
      const view = found === undefined ? undefined : await settled(found, 0)
      if (view === undefined) return undefined
      const merchant = await kernel.merchants.get(view.checkout.merchantId)
      return merchant.ok ? sessionOf(view, merchant.value) : undefined
    },
    progress: async (page) => {
      const found = await find(page)
      const view = found === undefined ? undefined : await settled(found, 0)
      return view === undefined ? undefined : progressOf(view)
    },
    pay: async (page, payment) => {
      const view = await find(page)
      if (view === undefined) return { _tag: "SessionNotFound" }
      const opened = await cardDoor.decryptCard(payment.keyId, payment.encryptedData)
      if (Result.isFailure(opened)) return unopened(opened.failure, view)
      const { merchantId, id } = view.checkout
      const input = inputOf(view, payment, opened.success, pageUrl(page))
      const paid = await kernel.checkouts.pay(merchantId, id, input)
      if (!paid.ok && paid.error._tag === "Unavailable") {
        opened.success.cvv.destroy()
        return { _tag: "DeskBusy", retryAfterMs: paid.error.retryAfterMs }
      }
      if (!paid.ok && cardFaults.has(paid.error._tag)) return { ...progressOf(view), decline: "expired_card" }
      const after = await settled(view, waitMs)
      return after === undefined ? { _tag: "SessionNotFound" } : progressOf(after)
    }
  }
}

/** What forbids the card itself. Any other refusal is about the session, which is answered as it stands. */
const cardFaults: ReadonlySet<PayCheckoutFailure["_tag"]> = new Set(["CardExpired", "ExpiryOutOfRange"])

type Unopened = CardDoorRejection | { readonly _tag: "PanMalformed" | "PanChecksumFailed" | "CvvMalformed" }

const unopened = ({ _tag }: Unopened, view: CheckoutView): PayResult => {
  switch (_tag) {
    case "EncryptionKeyUnknown":
    case "CardDataUnreadable":
      return { _tag }
    case "DoorBusy":
      return { _tag: "DeskBusy", retryAfterMs: 1000 }
    case "PanMalformed":
    case "PanChecksumFailed":
      return { ...progressOf(view), decline: "invalid_card" }
    case "CvvMalformed":
      return { ...progressOf(view), decline: "invalid_cvv" }
  }
}

const inputOf = (
  { checkout }: CheckoutView,
  payment: CardPayment,
  { pan, cvv }: { readonly pan: Pan; readonly cvv: Cvv },
  returnUrl: string
): PayCheckoutInput => {
  const address = checkout.customer?.address
  const payer: Payer = {
    email: payment.email,
    phoneNumber: checkout.customer?.phone ?? null,
    sessionId: checkout.id,
    ipAddress: payment.ipAddress ?? ""
  }
  const billingDetails = {
    name: payment.name,
    city: address?.city ?? "",
    country: address?.country ?? "",
    line1: address?.line1 ?? "",
    line2: null,
    district: address?.state ?? null,
    postalCode: address?.postalCode ?? ""
  }
  const { attempt, expMonth, expYear } = payment
  return { attempt, card: { pan, cvv, expMonth, expYear, billingDetails }, payer, returnUrl }
}

const sessionOf = (view: CheckoutView, { name, profile }: Merchant): HostedSession => {
  const { id, amount, description, customer, expiresAtMs, returnUrl } = view.checkout
  return {
    ...progressOf(view),
    id,
    merchant: { name: profile.displayName ?? name, logoUrl: profile.logoUrl, colour: profile.colour },
    amount,
    description: description ?? "",
    customer: customer === null ? null : { name: customer.name ?? "", email: customer.email ?? "" },
    expiresAtMs: expiresAtMs ?? Number.MAX_SAFE_INTEGER,
    returnUrl
  }
}

const progressOf = ({ checkout, latest }: CheckoutView): Progress => {
  const status = statusOf({ checkout, latest })
  const failure = latest === null || latest.attempt.status !== "failed" ? null : latest.attempt.failure
  const receipt =
    checkout.status !== "completed" || latest === null
      ? null
      : {
          transactionId: latest.attempt.transactionId,
          paidAtMs: checkout.endedAtMs ?? checkout.updatedAtMs,
          last4: latest.payment.card.last4,
          network: latest.payment.card.network
        }
  return {
    status,
    decline: failure === null ? null : declineCode(declineOf(failure).code),
    challengeUrl: status === "action_required" ? (latest?.payment.authentication?.challengeUrl ?? null) : null,
    receipt
  }
}

const statusOf = ({ checkout, latest }: Pick<CheckoutView, "checkout" | "latest">): HostedStatus => {
  switch (checkout.status) {
    case "none":
    case "open":
      return "pending"
    case "paying":
      return latest?.payment.status === "action_required" ? "action_required" : "processing"
    case "completed":
    case "cancelled":
    case "expired":
    case "failed":
      return checkout.status
  }
}

const declineCode = (code: string): DeclineCode => declineCodes.find((one) => one === code) ?? "processing_error"
