/** What the simulated network does with what it is sent, as the simulator's own desk does, with letters for ciphers. */
import { equals } from "../../../money/index.ts"
import type { Ids } from "../../../ports/ids.ts"
import type {
  FundingNotice,
  NetworkRefusal,
  NetworkReply,
  NetworkStanding,
  SubmittedPayment,
  SubmittedRfi
} from "../../../ports/payout-network.ts"
import { isExpired } from "../../../quote/quote-decide.ts"
import { paymentRequirementsVersion } from "../../../requirement/payment-requirements.ts"
import { type RfiLevel, rfiRequirements, rfiRequirementsVersion } from "../../../requirement/rfi-requirements.ts"
import type { BookedPayment, NetworkBook } from "../../../simulator/payout/network-book.ts"
import type { NetworkDesk } from "../../../simulator/payout/network-desk.ts"
import type { NetworkRecord, RaisedRfi } from "../../../simulator/payout/network-journal.ts"
import { type Scenario, scenarioOf, verdictOf } from "../../../simulator/payout/scenarios.ts"
import type { Report } from "../problems.ts"
import { incomplete, openLetter, torn, unreadable } from "./open-letter.ts"

export type DeskGrounds = {
  readonly book: NetworkBook
  readonly nowMs: () => number
  readonly ids: Ids["Service"]
  readonly write: (record: NetworkRecord) => Promise<void>
  readonly standing: (booked: BookedPayment) => NetworkStanding
  readonly delayMs: number
  readonly rfiTtlMs: number
  readonly isSanctioned: (address: string) => boolean
  /** Told of what no honest kernel sends. */
  readonly report: Report
}

export const institutionDesk = (at: DeskGrounds): NetworkDesk => {
  /** Answers that were not taken, and may come late once more. */
  const refusedAnswers = new Set<string>()
  return {
    submit: (payment) => submit(at, payment),
    fund: (notice) => fund(at, notice),
    answerRfi: (answer) => answerRfi(at, refusedAnswers, answer),
    raise: (key, level, atMs) => at.write({ record: "rfi_raised", key, rfi: question(at, level, atMs), atMs })
  }
}

const submit = async (at: DeskGrounds, submitted: SubmittedPayment): Promise<NetworkReply> => {
  const { key, travelRule, beneficiaryAccount, ...payment } = submitted
  const { book, report } = at
  const known = book.payments.get(key)
  if (known !== undefined) {
    if (isSame(known.payment, payment)) return taken(at, key)
    report("TRUTH", `${key} is submitted again as something else`)
    return refused("key_reused")
  }
  const atMs = at.nowMs()
  const quote = book.quotes.get(payment.quoteId)
  if (quote === undefined) return refused("quote_not_found")
  const other = book.keyOfQuote.get(quote.id)
  if (other !== undefined) {
    report("I1", `${other} and ${key} are both submitted for the quote ${quote.id}`)
    return refused("quote_in_use")
  }
  if (isExpired(quote.terms, atMs)) return refused("quote_expired")
  if ([payment.senderAddress, payment.refundAddress].some(at.isSanctioned)) return refused("sender_sanctioned")
  for (const { version, jwe } of [beneficiaryAccount, travelRule]) {
    if (version !== paymentRequirementsVersion) return refused("requirements_version_unknown", ["version"])
    const fault = letterFault(openLetter(jwe))
    if (fault !== undefined) return fault
  }
  const scenario = scenarioOf(openLetter(travelRule.jwe))
  await at.write({ record: "payment_taken", key, payment, scenario, rfi: questionOf(at, scenario, atMs), atMs })
  return taken(at, key)
}

const letterFault = (word: string | undefined): NetworkReply | undefined => {
  if (word === undefined || word === unreadable) return refused("decryption_failed")
  return word === incomplete ? refused("requirements_not_met", ["ORIGINATOR_NAME"]) : undefined
}

const fund = async (at: DeskGrounds, { key, transactionHash, amount }: FundingNotice): Promise<NetworkReply> => {
  const booked = at.book.payments.get(key)
  if (booked === undefined) return refused("payment_not_found")
  const known = booked.funds.find((funds) => funds.transactionHash === transactionHash)
  if (known !== undefined) return equals(known.amount, amount) ? taken(at, key) : refused("key_reused")
  const atMs = at.nowMs()
  await at.write({ record: "payment_funded", key, transactionHash, amount, refundId: at.ids.next(atMs), atMs })
  return taken(at, key)
}

const answerRfi = async (
  at: DeskGrounds,
  refusedAnswers: Set<string>,
  { key, rfiId, answer, files }: SubmittedRfi
): Promise<NetworkReply> => {
  const refuse = (reply: NetworkReply): NetworkReply => {
    refusedAnswers.add(answer.jwe)
    return reply
  }
  const booked = at.book.payments.get(key)
  if (booked === undefined) return refused("payment_not_found")
  const atMs = at.nowMs()
  const rfi = booked.rfis.find(({ id, raisedAtMs }) => id === rfiId && raisedAtMs <= atMs)
  if (rfi === undefined) return refused("rfi_not_found")
  if (rfi.answer !== null) {
    if (rfi.answer.digest === answer.jwe) return taken(at, key)
    // Where it was decided without an answer, any answer is too many.
    const isSecond = rfi.answer.digest !== "" && !refusedAnswers.has(answer.jwe)
    if (isSecond) at.report("I1", `${rfiId} is answered twice, and differently`)
    return refuse(refused("rfi_not_submittable"))
  }
  if (atMs >= rfi.expiresAtMs) return refuse(refused("rfi_expired"))
  const word = openLetter(answer.jwe)
  if (answer.version !== rfiRequirementsVersion) return refuse(refused("requirements_version_unknown", ["version"]))
  const fault = letterFault(word)
  if (fault !== undefined) return refuse(fault)
  const asked = rfiRequirements(booked.quote.terms.senderType, rfi.level)
  const missing = asked.files.filter((one) => !one.optional && !files.some((file) => file.key === one.key))
  if (missing.length > 0)
    return refuse(
      refused(
        "requirements_not_met",
        missing.map((file) => file.key)
      )
    )
  const spoiled = files.find(({ encryptedKey }) => openLetter(encryptedKey) === torn)
  if (spoiled !== undefined) return refuse(refused("file_content_invalid", [spoiled.key]))
  await at.write({ record: "rfi_answered", key, rfiId, verdict: verdictOf(word), digest: answer.jwe, atMs })
  return taken(at, key)
}

const taken = ({ book, standing }: DeskGrounds, key: string): NetworkReply => {
  const booked = book.payments.get(key)
  return booked === undefined ? refused("payment_not_found") : { _tag: "Taken", standing: standing(booked) }
}

const refused = (why: NetworkRefusal["why"], fields: ReadonlyArray<string> = []): NetworkReply => ({
  _tag: "Refused",
  refusal: { why, fields }
})

const question = ({ ids, nowMs, rfiTtlMs }: DeskGrounds, level: RfiLevel, raisedAtMs: number): RaisedRfi => ({
  ...{ id: ids.next(nowMs()), level, raisedAtMs, expiresAtMs: raisedAtMs + rfiTtlMs }
})

const questionOf = (at: DeskGrounds, { clearance, rfiLevel }: Scenario, nowMs: number): RaisedRfi | null => {
  if (clearance === "after_rfi") return question(at, rfiLevel, nowMs)
  return clearance === "after_later_rfi" ? question(at, rfiLevel, nowMs + at.delayMs) : null
}

const isSame = (a: BookedPayment["payment"], b: BookedPayment["payment"]): boolean =>
  a.quoteId === b.quoteId &&
  a.senderAddress === b.senderAddress &&
  a.refundAddress === b.refundAddress &&
  a.reasonForPayment === b.reasonForPayment
