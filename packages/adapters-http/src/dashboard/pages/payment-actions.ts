/**
 * Capturing, cancelling and refunding. Each is asked for, shown once more in words, and then done. The name of the form
 * is the key under which it is done, so that whoever sends it twice has done it once.
 */
import type { ChangePaymentFailure, IdempotentRequest, Payment, PaymentItem, ReversalReason } from "@paykernel/core"
import { Money } from "@paykernel/core/domain"
import * as Result from "effect/Result"
import { type Html, html, nothing } from "../view/markup.ts"
import { card, facts, heading, input, notice, select } from "../view/parts.ts"
import { missing, notFound, page, type Reply, redirect } from "../view/reply.ts"
import { alreadySent } from "../view/responder.ts"
import { paymentStatuses, reasonsToChoose, spoken } from "../view/words.ts"
import { type Desk, get, post, type Visit } from "../visit.ts"
import { amountMax, type Deed, deedsOf } from "./payment-deeds.ts"
import { paidWith } from "./payments.ts"

type Asked = { readonly amount: string; readonly reason: string }

/** The deed as it is asked for; and with what is wrong with it, where it was asked for wrongly. */
const askDeed =
  (deed: Deed) =>
  async (desk: Desk, visit: Visit): Promise<Reply> => {
    const found = await desk.kernel.payments.get(visit.merchant.id, visit.param("id"))
    if (!found.ok) return missing(found.error)
    const { payment } = found.value
    if (!deedsOf(payment).includes(deed)) return askPage(visit, payment, deed, { amount: "", reason: "" }, notNow)
    const asked = { amount: visit.query("amount").trim(), reason: visit.query("reason") }
    if (visit.query("step") !== "confirm") {
      const amount = Money.format(amountMax(payment, deed), desk.currencies)
      return askPage(visit, payment, deed, { ...asked, amount }, null)
    }
    const amount = readAmount(desk, payment, deed, asked.amount)
    if (typeof amount === "string") return askPage(visit, payment, deed, asked, amount)
    return confirmPage(desk, visit, { payment, deed, amount, reason: reasonOf(asked.reason) })
  }

const doDeed =
  (deed: Deed) =>
  async (desk: Desk, visit: Visit): Promise<Reply> => {
    const { payments } = desk.kernel
    const found = await payments.get(visit.merchant.id, visit.param("id"))
    if (!found.ok) return missing(found.error)
    const { payment, reversal } = found.value
    if (reversal !== null) return notFound
    const asked = { amount: visit.form.text("amount"), reason: visit.form.text("reason") }
    const amount = parsed(desk, payment, asked.amount)
    if (amount === undefined) return askPage(visit, payment, deed, asked, notAnAmount)
    const reason = reasonOf(asked.reason)
    const meaning = { deed, payment: payment.id, ...asked }
    const request: IdempotentRequest<PaymentItem> = { scope: "dashboard", key: visit.deed, meaning, answer: seeOther }
    const { id: merchantId } = visit.merchant
    const done = await {
      capture: () => payments.capture(merchantId, payment.id, { amount }, request),
      cancel: () => payments.cancel(merchantId, payment.id, { reason }, request),
      refund: () => payments.refund(merchantId, payment.id, { amount, reason }, request)
    }[deed]()
    if (done.ok) return redirect(`/payments/${payment.id}?done=${deed}`)
    if (done.error._tag === "Unavailable" || done.error._tag === "PaymentNotFound") return missing(done.error)
    if (done.error._tag === "IdempotencyKeyReused") return alreadySent
    return askPage(visit, payment, deed, asked, objection(done.error, visit.format.money))
  }

export const paymentActionRoutes = (["capture", "cancel", "refund"] as const).flatMap((deed) => [
  get(`/payments/:id/${deed}`, askDeed(deed)),
  post(`/payments/:id/${deed}`, doDeed(deed))
])

/** What is kept for whoever repeats the request: that it was done. */
const seeOther = ({ payment }: PaymentItem) => ({ status: 303, body: payment.id })

const parsed = (desk: Desk, { amount }: Payment, text: string): Money.Money | undefined =>
  Result.getOrUndefined(Money.parse(text, amount.currency, desk.currencies))

const readAmount = (desk: Desk, payment: Payment, deed: Deed, text: string): Money.Money | string => {
  const most = amountMax(payment, deed)
  if (deed === "cancel") return most
  const amount = parsed(desk, payment, text)
  if (amount === undefined || !Money.isPositive(amount)) return notAnAmount
  const isTooMuch = Money.hasCurrency(amount, most.currency) && Money.compare(amount, most) > 0
  return isTooMuch ? `At most ${Money.format(most, desk.currencies)} ${most.currency} can be ${past[deed]}.` : amount
}

const notAnAmount = "That is no amount. Write it in digits, with a point before the decimals, such as 12.50."
const notNow = "That is not possible with this payment any more."

const reasonOf = (text: string): ReversalReason | null => reasonsToChoose.find((one) => one === text) ?? null

const present = { capture: "Capture", cancel: "Cancel payment", refund: "Refund" } as const
const past = { capture: "captured", cancel: "cancelled", refund: "refunded" } as const

const reasonField = (chosen: string): Html =>
  select(
    "reason",
    "Reason",
    [{ value: "", text: "None given" }, ...reasonsToChoose.map((value) => ({ value, text: spoken(value) }))],
    chosen
  )

const askPage = (visit: Visit, payment: Payment, deed: Deed, asked: Asked, fault: string | null): Reply => {
  const { href, merchant, format } = visit
  const isPossible = fault !== notNow
  const most = amountMax(payment, deed)
  const isWhole = deed === "capture" && !merchant.terms.partialCapture
  const amountField =
    deed === "cancel"
      ? nothing
      : input({
          name: "amount",
          label: `Amount in ${most.currency}`,
          value: asked.amount,
          lengthMax: 40,
          hint: isWhole ? "Your terms allow the whole amount only." : `Up to ${format.money(most)}`,
          more: isWhole
            ? html` required readonly inputmode="decimal" autocomplete="off"`
            : html` required inputmode="decimal" autocomplete="off"`
        })
  const form = html`<form class="form" method="get" action="${href(`/payments/${payment.id}/${deed}`)}">
<input type="hidden" name="step" value="confirm">
${amountField}
${deed === "capture" ? nothing : reasonField(asked.reason)}
<div class="buttons"><button class="main">Continue</button>
<a class="button" href="${href(`/payments/${payment.id}`)}">Back</a></div>
</form>`
  return page(
    present[deed],
    html`${headingOf(visit, payment, deed)}
${fault === null ? nothing : notice("bad", fault)}
${isPossible ? html`<section class="card">${form}</section>` : nothing}`,
    { status: fault === null ? 200 : 422 }
  )
}

type Decided = {
  readonly payment: Payment
  readonly deed: Deed
  readonly amount: Money.Money
  readonly reason: ReversalReason | null
}

const confirmPage = (desk: Desk, visit: Visit, { payment, deed, amount, reason }: Decided): Reply => {
  const { href, format, fields } = visit
  const sum = format.money(amount)
  const button = { capture: `Capture ${sum}`, cancel: "Cancel this payment", refund: `Refund ${sum}` }[deed]
  return page(
    present[deed],
    html`${headingOf(visit, payment, deed)}
${card(
  "Please confirm",
  html`${facts([
    ["Payment", html`<code>${payment.id}</code>`],
    ["Paid with", paidWith(payment)],
    [deed === "cancel" ? "Amount" : `Amount to be ${past[deed]}`, sum],
    ["Reason", reason === null ? null : spoken(reason)],
    ["What happens", consequence(payment, deed)]
  ])}
<form method="post" action="${href(`/payments/${payment.id}/${deed}`)}">${fields()}
<input type="hidden" name="amount" value="${Money.format(amount, desk.currencies)}">
<input type="hidden" name="reason" value="${reason ?? ""}">
<div class="buttons"><button class="${deed === "capture" ? "main" : "bad"}">${button}</button>
<a class="button" href="${href(`/payments/${payment.id}`)}">Do nothing</a></div>
</form>`
)}`
  )
}

const consequence = ({ status }: Payment, deed: Deed): string => {
  if (deed === "capture") return "The payer is charged. What is not captured is released."
  if (deed === "refund") return "The money goes back to the payer. This cannot be undone."
  return status === "confirmed"
    ? "The charge is undone before it is settled. This cannot be undone."
    : "The reservation is released, and the payer is not charged. This cannot be undone."
}

const headingOf = ({ href, format }: Visit, payment: Payment, deed: Deed): Html =>
  heading({
    title: present[deed],
    back: { href: href(`/payments/${payment.id}`), text: "Payment" },
    lead: `Of ${format.money(payment.amount)}, ${paymentStatuses[payment.status].text.toLowerCase()}`
  })

const objection = (failure: ChangePaymentFailure, spell: Visit["format"]["money"]): string => {
  switch (failure._tag) {
    case "AmountNotPositive":
      return notAnAmount
    case "CaptureExceedsAuthorized":
      return `At most ${spell(failure.authorized)} can be captured.`
    case "RefundExceedsRemaining":
      return `At most ${spell(failure.remaining)} can be refunded.`
    case "PartialCaptureNotEnabled":
      return "Your terms allow the whole amount only."
    case "AuthorizationHasExpired":
      return "The authorization has expired."
    case "OperationInFlight":
      return "Something is still under way with this payment. Please try again in a moment."
    default:
      return notNow
  }
}
