/** One payment: how it stands, what happened, what it did to the books, who was told, and what can be done. */
import type { CheckoutView, Outcome, Payment, PaymentEvent, Reversal } from "@paykernel/core"
import type { Ledger } from "@paykernel/core/domain"
import { type Html, html, nothing, theirs } from "../view/markup.ts"
import { badge, card, facts, heading, notice, table } from "../view/parts.ts"
import { missing, page, type Reply, redirect } from "../view/reply.ts"
import { paymentStatuses, reversalWord, spoken } from "../view/words.ts"
import { type Desk, get, type Visit } from "../visit.ts"
import { deliveriesOfSubject } from "./deliveries-table.ts"
import { deedsOf } from "./payment-deeds.ts"
import { paidWith } from "./payments.ts"
import { timeline } from "./timeline.ts"

type About = {
  readonly payment: Payment
  readonly checkout: CheckoutView | null
  readonly history: ReadonlyArray<PaymentEvent>
  readonly ledger: ReadonlyArray<Ledger.LedgerTransaction>
}

const showPayment = async (desk: Desk, visit: Visit): Promise<Reply> => {
  const { kernel } = desk
  const { id: merchantId } = visit.merchant
  const found = await kernel.payments.get(merchantId, visit.param("id"))
  if (!found.ok) return missing(found.error)
  const { payment, reversal } = found.value
  if (reversal !== null) return redirect(`/payments/${payment.id}`)
  const [history, ledger, checkout] = await Promise.all([
    kernel.payments.history(merchantId, payment.id),
    kernel.payments.ledger(merchantId, payment.id),
    checkoutOf(desk, payment)
  ])
  if (!history.ok) return missing(history.error)
  if (!ledger.ok) return missing(ledger.error)
  const about = { payment, checkout, history: history.value, ledger: ledger.value }
  return page(`Payment of ${visit.format.money(payment.amount)}`, await view(desk, visit, about))
}

export const paymentRoute = get("/payments/:id", showPayment)

/** A payment that was made on a page, or in one call, is the latest of a checkout. */
const checkoutOf = async ({ kernel }: Desk, payment: Payment): Promise<CheckoutView | null> => {
  const session = payment.payer.sessionId
  if (!/^[A-Za-z0-9._~-]{1,128}$/u.test(session)) return null
  const found: Outcome<CheckoutView, unknown> = await kernel.checkouts.get(payment.merchantId, session)
  return found.ok && found.value.checkout.payments.some(({ id }) => id === payment.id) ? found.value : null
}

const view = async (desk: Desk, visit: Visit, about: About): Promise<Html> => {
  const { payment, history, ledger, checkout } = about
  const { format, href } = visit
  const done = doneWords[visit.query("done")]
  return html`${heading({
    title: html`${format.money(payment.amount)} ${badge(paymentStatuses[payment.status])}`,
    beside: buttons(visit, payment),
    back: { href: href("/payments"), text: "Payments" }
  })}
${done === undefined ? nothing : notice("good", done)}
<div class="halves">
<div>
${card("Details", details(visit, payment, checkout))}
${card("Customer", customer(payment))}
</div>
${card("Timeline", timeline(visit, history))}
</div>
${card("Refunds and cancels", reversals(visit, payment))}
${card("Ledger entries", entries(visit, ledger))}
${await deliveriesOfSubject(desk, visit, checkout === null ? [payment.id] : [payment.id, checkout.checkout.id])}`
}

const doneWords: Readonly<Record<string, string | undefined>> = {
  capture: "The capture was accepted. Reload in a moment to see what came of it.",
  cancel: "The cancel was accepted. Reload in a moment to see what came of it.",
  refund: "The refund was accepted. Reload in a moment to see what came of it."
}

const deedWords = { capture: "Capture", cancel: "Cancel", refund: "Refund" } as const

const buttons = ({ href }: Visit, payment: Payment): Html =>
  html`<div class="buttons">${deedsOf(payment).map(
    (deed) => html`<a class="${deed === "capture" ? "button main" : "button"}" href="${href(
      `/payments/${payment.id}/${deed}`
    )}">${deedWords[deed]}</a>
`
  )}</div>`

const details = ({ format, href }: Visit, payment: Payment, checkout: CheckoutView | null): Html => {
  const { captured, refunded, fees, failure, verification, risk, settlementId } = payment
  const transaction = checkout?.checkout.payments.find(({ id }) => id === payment.id)?.transactionId ?? null
  return facts([
    ["ID", html`<code>${payment.id}</code>`],
    ["Transaction", transaction === null ? null : html`<code>${transaction}</code>`],
    [
      "Checkout",
      checkout === null
        ? null
        : html`<a href="${href(`/checkouts/${checkout.checkout.id}`)}">${checkout.checkout.id}</a>`
    ],
    ["Description", payment.description === null ? null : theirs(payment.description, 300)],
    ["Paid with", paidWith(payment)],
    ["Captured", payment.capturedAtMs === null ? null : format.money(captured)],
    ["Refunded", refunded.amount === 0n ? null : format.money(refunded)],
    ["Fees", payment.capturedAtMs === null ? null : format.money(fees)],
    ["Failure", failure === null ? null : spoken(failure)],
    ["Checks", verification === null ? null : `Address ${spoken(verification.avs)}, CVV ${spoken(verification.cvv)}`],
    [
      "Risk",
      risk === null ? null : theirs(risk.reason === "" ? risk.decision : `${risk.decision}: ${risk.reason}`, 120)
    ],
    ["Capture by", captureBy(payment) === null ? null : format.moment(captureBy(payment) ?? 0)],
    [
      "Settlement",
      settlementId === null ? null : html`<a href="${href(`/settlements/${settlementId}`)}">${settlementId}</a>`
    ],
    ["Created", format.exactMoment(payment.createdAtMs)],
    ["Updated", format.exactMoment(payment.updatedAtMs)]
  ])
}

const captureBy = ({ status, authorizationExpiresAtMs }: Payment): number | null =>
  status === "authorized" ? authorizationExpiresAtMs : null

const customer = ({ payer }: Payment): Html => {
  const told = (text: string | null): Html | null => (text === null || text === "" ? null : theirs(text, 120))
  const list = [
    ["Email", told(payer.email)],
    ["Phone", told(payer.phoneNumber)],
    ["IP address", told(payer.ipAddress)]
  ] as const
  return list.every(([, value]) => value === null) ? html`<p class="quiet">Nothing is known.</p>` : facts(list)
}

const reversals = ({ format }: Visit, payment: Payment): Html =>
  table({
    caption: "Refunds and cancels of this payment",
    columns: [
      { label: "Amount" },
      { label: "Kind" },
      { label: "Status", kind: "aside" },
      { label: "Reason" },
      { label: "Created", kind: "number" }
    ],
    rows: payment.reversals.map((reversal) => [
      format.money(reversal.amount),
      kindOf(reversal),
      html`${badge(reversalWord(reversal))} ${reversal.failure === null ? "" : spoken(reversal.failure)}`,
      reversal.reason === null ? "" : spoken(reversal.reason),
      format.moment(reversal.createdAtMs)
    ]),
    empty: html`<p>Nothing was given back.</p>`
  })

const kindOf = ({ type, asRefund }: Reversal): string => {
  if (type === "refund") return "Refund"
  return asRefund ? "Cancel, as a refund" : "Cancel"
}

const entries = ({ format }: Visit, ledger: ReadonlyArray<Ledger.LedgerTransaction>): Html =>
  table({
    caption: "Ledger entries of this payment, oldest first",
    columns: [
      { label: "Entry" },
      { label: "Account" },
      { label: "Layer", kind: "aside" },
      { label: "Debit", kind: "number" },
      { label: "Credit", kind: "number" },
      { label: "Time", kind: "number" }
    ],
    rows: ledger.flatMap(({ kind, atMs, postings }) =>
      postings.map(({ account, layer, amount }) => [
        spoken(kind),
        spoken(account),
        layer === "held" ? "Held" : "Posted",
        amount.amount > 0n ? format.money(amount) : "",
        amount.amount < 0n ? format.money({ ...amount, amount: -amount.amount }) : "",
        format.moment(atMs)
      ])
    ),
    empty: html`<p>This payment has moved no money.</p>`
  })
