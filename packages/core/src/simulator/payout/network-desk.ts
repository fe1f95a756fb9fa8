/** What the simulated network does with what it is sent: it is taken, or refused with a word of why. */
import * as Result from "effect/Result"
import { equals } from "../../money/index.ts"
import type { Ids } from "../../ports/ids.ts"
import type {
  FundingNotice,
  NetworkRefusal,
  NetworkReply,
  NetworkStanding,
  SubmittedPayment,
  SubmittedRfi
} from "../../ports/payout-network.ts"
import { isExpired } from "../../quote/quote-decide.ts"
import { paymentRequirements } from "../../requirement/payment-requirements.ts"
import { type RfiLevel, rfiRequirements } from "../../requirement/rfi-requirements.ts"
import type { LetterReader } from "./letter-reader.ts"
import type { BookedPayment, NetworkBook } from "./network-book.ts"
import type { NetworkRecord, RaisedRfi } from "./network-journal.ts"
import { type Scenario, scenarioOf, verdictOf } from "./scenarios.ts"

export type NetworkDeskOptions = {
  readonly book: NetworkBook
  readonly letters: LetterReader
  readonly nowMs: () => number
  readonly ids: Ids["Service"]
  readonly write: (record: NetworkRecord) => Promise<void>
  readonly standing: (booked: BookedPayment) => NetworkStanding
  readonly delayMs: number
  readonly rfiTtlMs: number
  readonly isSanctioned: (address: string) => boolean
}

export type NetworkDesk = {
  readonly submit: (payment: SubmittedPayment) => Promise<NetworkReply>
  readonly fund: (notice: FundingNotice) => Promise<NetworkReply>
  readonly answerRfi: (answer: SubmittedRfi) => Promise<NetworkReply>
  readonly raise: (key: string, level: RfiLevel, atMs: number) => Promise<void>
}

export const networkDesk = (at: NetworkDeskOptions): NetworkDesk => ({
  submit: (payment) => submit(at, payment),
  fund: (notice) => fund(at, notice),
  answerRfi: (answer) => answerRfi(at, answer),
  raise: (key, level, atMs) => at.write({ record: "rfi_raised", key, rfi: question(at, level, atMs), atMs })
})

const submit = async (at: NetworkDeskOptions, submitted: SubmittedPayment): Promise<NetworkReply> => {
  const { key, travelRule, beneficiaryAccount, ...payment } = submitted
  const known = at.book.payments.get(key)
  if (known !== undefined) return sameSubmission(known.payment, payment) ? taken(at, key) : refused("key_reused")
  const atMs = at.nowMs()
  const quote = at.book.quotes.get(payment.quoteId)
  if (quote === undefined) return refused("quote_not_found")
  if (at.book.keyOfQuote.has(quote.id)) return refused("quote_in_use")
  if (isExpired(quote.terms, atMs)) return refused("quote_expired")
  if ([payment.senderAddress, payment.refundAddress].some(at.isSanctioned)) return refused("sender_sanctioned")
  const asked = paymentRequirements(quote.terms)
  const account = await at.letters.readAnswer(beneficiaryAccount, asked.beneficiaryAccount, "list")
  if (Result.isFailure(account)) return { _tag: "Refused", refusal: account.failure }
  const parties = await at.letters.readAnswer(travelRule, asked.travelRule, "list")
  if (Result.isFailure(parties)) return { _tag: "Refused", refusal: parties.failure }
  const scenario = scenarioOf(parties.success.get("ORIGINATOR_NAME"))
  await at.write({ record: "payment_taken", key, payment, scenario, rfi: questionOf(at, scenario, atMs), atMs })
  return taken(at, key)
}

const fund = async (at: NetworkDeskOptions, notice: FundingNotice): Promise<NetworkReply> => {
  const { key, transactionHash, amount } = notice
  const booked = at.book.payments.get(key)
  if (booked === undefined) return refused("payment_not_found")
  const known = booked.funds.find((funds) => funds.transactionHash === transactionHash)
  if (known !== undefined) return equals(known.amount, amount) ? taken(at, key) : refused("key_reused")
  // Money that is there is taken whatever has become of the payment: what it does not pay for goes back.
  const atMs = at.nowMs()
  await at.write({ record: "payment_funded", key, transactionHash, amount, refundId: at.ids.next(atMs), atMs })
  return taken(at, key)
}

const answerRfi = async (at: NetworkDeskOptions, submitted: SubmittedRfi): Promise<NetworkReply> => {
  const { key, rfiId, answer, files } = submitted
  const booked = at.book.payments.get(key)
  if (booked === undefined) return refused("payment_not_found")
  const atMs = at.nowMs()
  const rfi = booked.rfis.find(({ id, raisedAtMs }) => id === rfiId && raisedAtMs <= atMs)
  if (rfi === undefined) return refused("rfi_not_found")
  const digest = at.letters.digestOf(answer.jwe)
  if (rfi.answer !== null) return rfi.answer.digest === digest ? taken(at, key) : refused("rfi_not_submittable")
  if (atMs >= rfi.expiresAtMs) return refused("rfi_expired")
  const asked = rfiRequirements(booked.quote.terms.senderType, rfi.level)
  const opened = await at.letters.readAnswer(answer, asked.fields, "record")
  if (Result.isFailure(opened)) return { _tag: "Refused", refusal: opened.failure }
  const missing = asked.files
    .filter((one) => !one.optional && !files.some((file) => file.key === one.key))
    .map((file) => file.key)
  if (missing.length > 0) return refused("requirements_not_met", missing)
  for (const file of files) {
    const fault = await at.letters.faultOf(file)
    if (fault !== undefined) return refused(fault, [file.key])
  }
  const verdict = verdictOf(opened.success.get("NAME"))
  await at.write({ record: "rfi_answered", key, rfiId, verdict, digest, atMs })
  return taken(at, key)
}

const taken = ({ book, standing }: NetworkDeskOptions, key: string): NetworkReply => {
  const booked = book.payments.get(key)
  return booked === undefined ? refused("payment_not_found") : { _tag: "Taken", standing: standing(booked) }
}

const question = (at: NetworkDeskOptions, level: RfiLevel, raisedAtMs: number): RaisedRfi => ({
  id: at.ids.next(at.nowMs()),
  level,
  raisedAtMs,
  expiresAtMs: raisedAtMs + at.rfiTtlMs
})

/** What a scenario asks, now or a little later. */
const questionOf = (at: NetworkDeskOptions, scenario: Scenario, nowMs: number): RaisedRfi | null => {
  const { clearance, rfiLevel } = scenario
  if (clearance === "after_rfi") return question(at, rfiLevel, nowMs)
  return clearance === "after_later_rfi" ? question(at, rfiLevel, nowMs + at.delayMs) : null
}

/** Encryption gives other letters each time, so what is encrypted is not compared. */
const sameSubmission = (a: BookedPayment["payment"], b: BookedPayment["payment"]): boolean =>
  a.quoteId === b.quoteId &&
  a.senderAddress === b.senderAddress &&
  a.refundAddress === b.refundAddress &&
  a.reasonForPayment === b.reasonForPayment

const refused = (why: NetworkRefusal["why"], fields: ReadonlyArray<string> = []): NetworkReply => ({
  _tag: "Refused",
  refusal: { why, fields }
})
