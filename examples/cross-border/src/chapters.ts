/** What happens in the story, chapter by chapter. Each ends with lines for the reader, or throws where it came otherwise. */
import { randomUUID } from "node:crypto"
import type { PaymentBody, RfiBody } from "@paykernel/adapters-http/cross-border-client"
import { type Institution, told, type Version } from "./institution.ts"
import { answerOf, documentsOf } from "./parties.ts"

export type Chapter = readonly [title: string, happen: (at: Institution) => Promise<ReadonlyArray<string>>]

const isCompleted = ({ status }: PaymentBody): boolean => status === "COMPLETED"
const isFailed = ({ status }: PaymentBody): boolean => status === "FAILED"

const amountOf = ({ amount, currency }: { readonly amount: string; readonly currency: string }): string =>
  `${amount} ${currency}`

const fromQuoteToCompleted =
  (version: Version): Chapter[1] =>
  async (at) => {
    const quote = await at.quote(version)
    const payment = await at.pay("Jo Example", version)
    await at.fund(payment, version)
    const { fiatNetworkPaymentRef } = await at.until(payment, isCompleted)
    return [
      `${amountOf(quote.sourceAmount)} buys ${amountOf(quote.destinationAmount)} at ${quote.exchangeRate.rate}`,
      ...quote.fees.breakdown.map((fee) => `of it ${amountOf(fee.amount)} is a ${fee.type}`),
      `payment ${payment.id}: ${payment.status}, signed, COMPLETED`,
      `the bank calls it ${fiatNetworkPaymentRef}`
    ]
  }

const overtake: Chapter[1] = async (at) => {
  const payment = await at.pay("Jo Example")
  const options = { idempotencyKey: randomUUID(), version: "VERSION_1", signer: at.wallet.signMeanly } as const
  const first = told(await at.client.transactions.fund(payment.id, options))
  await at.until(payment, ({ onChainTransactions: [one] }) => one?.status === "BROADCASTED")
  await at.advance(600)
  const copy = told(
    await at.client.transactions.accelerate(payment.id, { idempotencyKey: randomUUID(), signer: at.wallet.sign })
  )
  const { onChainTransactions } = await at.until(payment, isCompleted)
  const statusOf = (id: string) => onChainTransactions.find((one) => one.id === id)?.status
  return [
    `transaction ${first.id}: waits for ten minutes, ${statusOf(first.id)}`,
    `transaction ${copy.id}: the same with a better fee, ${statusOf(copy.id)}`,
    `payment ${payment.id}: COMPLETED`
  ]
}

const answer = async ({ client }: Institution, rfi: RfiBody, name?: string): Promise<string> => {
  const documents = documentsOf(rfi)
  const { status } = told(await client.rfis.answer(rfi, { fields: answerOf(rfi, name), documents }))
  const files = documents.length === 0 ? "" : ` and ${documents.length} documents`
  return `${rfi.level} asks; encrypted fields${files} are sent: ${status}`
}

/** Asked at once, when the payment is made. */
const answerFirst =
  (originatorName: string): Chapter[1] =>
  async (at) => {
    const payment = await at.pay(originatorName)
    const { activeRfi } = payment
    if (activeRfi === undefined) throw new Error("nothing was asked")
    const sent = await answer(at, activeRfi)
    await at.until(payment, ({ status }) => status === "CRYPTO_FUNDS_PENDING")
    const { status } = told(await at.client.rfis.get(payment.id, activeRfi.id))
    await at.fund(payment)
    await at.until(payment, isCompleted)
    return [`payment ${payment.id}: ${payment.status}`, sent, `${status}: the payment is cleared, funded and COMPLETED`]
  }

const answerWrongly: Chapter[1] = async (at) => {
  const payment = await at.pay("CreateRfi")
  const { activeRfi } = payment
  if (activeRfi === undefined) throw new Error("nothing was asked")
  const incomplete = await at.client.rfis.answer(activeRfi, { fields: { NAME: "Example Works Inc" }, documents: [] })
  if (incomplete.ok || incomplete.error._tag !== "AnswerNotAsRequired") throw new Error("half an answer was sent")
  const sent = await answer(at, activeRfi, "Rejected")
  const { failureReason, failureCode } = await at.until(payment, isFailed)
  return [
    `half an answer never leaves the house: ${incomplete.error.fields.length} fields are missing`,
    sent,
    `payment ${payment.id}: FAILED with ${failureReason} ${failureCode}`
  ]
}

const answerLater: Chapter[1] = async (at) => {
  const payment = await at.pay("Jo Example")
  const during = await answer(at, await at.raiseRfi(payment, 1))
  await at.until(payment, ({ rfis: [one] }) => one?.status === "APPROVED")
  await at.fund(payment)
  await at.until(payment, isCompleted)
  const after = await answer(at, await at.raiseRfi(payment, 2))
  const { rfis } = await at.until(payment, (now) => now.rfis.every((one) => one.status === "APPROVED"))
  return [
    `before the money: ${during}`,
    `after the payout: ${after}`,
    `payment ${payment.id}: COMPLETED, ${rfis.length} requests APPROVED`
  ]
}

const refunded =
  (originatorName: string, expected: "COMPLETED" | "FAILED"): Chapter[1] =>
  async (at) => {
    const payment = await at.pay(originatorName)
    await at.fund(payment)
    const { failureReason, failureCode } = await at.until(payment, isFailed)
    const { refunds } = await at.until(payment, ({ refunds: [one] }) => one?.status === expected)
    const refund = told(await at.client.refunds.get(payment.id, refunds[0]?.id ?? ""))
    const lines = [
      `payment ${payment.id}: FAILED with ${failureReason} ${failureCode}`,
      `refund of ${amountOf(refund.amount)} to ${refund.refundAddress}: ${refund.status}`
    ]
    if (expected === "COMPLETED") return [...lines, `it came back by ${refund.transactionHash}`]
    const { caseRefId } = told(
      await at.client.tickets.create({
        idempotencyKey: randomUUID(),
        paymentId: payment.id,
        issueType: "REVERSE_FUNDS",
        description: "The refund has failed. Please send it again.",
        email: "operations@bank.example"
      })
    )
    return [...lines, `support is asked, case ${caseRefId}`]
  }

export const chapters: ReadonlyArray<Chapter> = [
  ["A hundred dollars go to Mexico, signed as a transfer", fromQuoteToCompleted("VERSION_1")],
  ["The same, signed as a permit: the network pays for the gas", fromQuoteToCompleted("VERSION_2")],
  ["A transaction that waits is overtaken", overtake],
  ["The institution abroad asks first: level 1", answerFirst("CreateRfi")],
  ["It asks more: level 2", answerFirst("CreateRfiL2")],
  ["It wants to see documents: level 3", answerFirst("CreateRfiL3")],
  ["An answer that is refused ends the payment", answerWrongly],
  ["It asks while it waits for the money, and again after it has paid out", answerLater],
  ["The bank abroad refuses, and the money comes back at once", refunded("FailThenRefundWithCompleted", "COMPLETED")],
  ["It comes back a little later", refunded("FailThenRefundCreatedThenCompleted", "COMPLETED")],
  ["It does not come back", refunded("FailThenRefundCreatedThenFailed", "FAILED")]
]
