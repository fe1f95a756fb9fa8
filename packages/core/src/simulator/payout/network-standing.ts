/**
 * How a payment stands at a moment. It follows from what was asked and when, so a network that was restarted, or asked
 * twice, says the same; and since what is asked later happens later, what was said stays said.
 */
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex } from "@noble/hashes/utils.js"
import type { NetworkReport } from "../../cross-border/cross-border.ts"
import { equals } from "../../money/index.ts"
import type { NetworkRefund, NetworkRfi, NetworkStanding } from "../../ports/payout-network.ts"
import type { EncryptionCertificate } from "../../quote/quote.ts"
import { rfiRequirements } from "../../requirement/rfi-requirements.ts"
import type { RfiOutcome } from "../../rfi/rfi.ts"
import type { BookedFunds, BookedPayment, BookedRfi } from "./network-book.ts"

export type StandingOptions = {
  readonly nowMs: number
  /** How long anything takes that does not happen at once. */
  readonly delayMs: number
  readonly certificate: EncryptionCertificate
}

export const standingOf = (booked: BookedPayment, options: StandingOptions): NetworkStanding => {
  const { nowMs, delayMs } = options
  const told = timeline(booked, delayMs).filter(({ atMs }) => atMs <= nowMs)
  return {
    reports: told.map(({ report }) => report),
    rfis: booked.rfis.filter(({ raisedAtMs }) => raisedAtMs <= nowMs).map((rfi) => rfiOf(booked, rfi, options)),
    refunds: refundsOf(booked, told.at(-1), options)
  }
}

type Told = { readonly atMs: number; readonly report: NetworkReport }

/** Everything that is going to be said, as far as it is known today, up to the first end. */
const timeline = (booked: BookedPayment, delayMs: number): ReadonlyArray<Told> => {
  const said = [
    ...clearance(booked, delayMs),
    ...payout(booked, delayMs),
    ...booked.rfis.flatMap((rfi) => refusalOf(rfi, delayMs))
  ].sort((a, b) => a.atMs - b.atMs)
  const end = said.findIndex(({ report: { _tag } }) => _tag === "Failed" || _tag === "PayoutCompleted")
  return end === -1 ? said : said.slice(0, end + 1)
}

const clearance = (booked: BookedPayment, delayMs: number): ReadonlyArray<Told> => {
  const { scenario, takenAtMs } = booked
  const later = takenAtMs + delayMs
  const underReview: Told = { atMs: takenAtMs, report: { _tag: "UnderReview" } }
  const refused = (atMs: number): Told => ({ atMs, report: { _tag: "Failed", code: "PM07000" } })
  switch (scenario.clearance) {
    case "refused":
      return [refused(takenAtMs)]
    case "refused_later":
      return [underReview, refused(later)]
    case "at_once": {
      const expiry: Told = { atMs: later, report: { _tag: "Failed", code: "PM09000" } }
      return [{ atMs: takenAtMs, report: { _tag: "Cleared" } }, ...(scenario.expires ? [expiry] : [])]
    }
    default: {
      const atMs = clearedAtMs(booked, delayMs)
      return Number.isFinite(atMs) ? [underReview, { atMs, report: { _tag: "Cleared" } }] : [underReview]
    }
  }
}

/** `Infinity`: not as things stand. */
const clearedAtMs = (booked: BookedPayment, delayMs: number): number => {
  const { scenario, takenAtMs, rfis } = booked
  switch (scenario.clearance) {
    case "at_once":
      return takenAtMs
    case "later":
      return takenAtMs + delayMs
    case "after_rfi":
    case "after_later_rfi": {
      // The first one is the scenario's own.
      const [own] = rfis
      return own === undefined ? Infinity : approvedAtMs(own, delayMs)
    }
    default:
      return Infinity
  }
}

/** The money that pays for it: the first that came, if it came in time. */
const fundsOf = ({ funds: [first], quote }: BookedPayment): BookedFunds | undefined =>
  first !== undefined && first.atMs < quote.terms.fundsDueAtMs ? first : undefined

const payout = (booked: BookedPayment, delayMs: number): ReadonlyArray<Told> => {
  const { quote, scenario, key } = booked
  const funds = fundsOf(booked)
  if (funds === undefined) return [{ atMs: quote.terms.fundsDueAtMs, report: { _tag: "Failed", code: "PM09000" } }]
  if (!equals(funds.amount, quote.terms.source)) {
    return [{ atMs: funds.atMs, report: { _tag: "Failed", code: "PM05001" } }]
  }
  // Questions that were open when the money came are answered first.
  const open = booked.rfis.filter(({ raisedAtMs }) => raisedAtMs <= funds.atMs)
  const times = [funds.atMs, clearedAtMs(booked, delayMs), ...open.map((rfi) => approvedAtMs(rfi, delayMs))]
  const atMs = Math.max(...times)
  if (!Number.isFinite(atMs)) return []
  const initiated: Told = { atMs, report: { _tag: "PayoutInitiated" } }
  const completedAt = (after: number): Told => ({
    atMs: atMs + after * delayMs,
    report: { _tag: "PayoutCompleted", fiatNetworkRef: nameOf(`bank ${key}`).slice(0, 16).toUpperCase() }
  })
  switch (scenario.payout) {
    case "normal":
      return [initiated, completedAt(1)]
    case "delayed":
      return [initiated, { atMs: atMs + delayMs, report: { _tag: "PayoutDelayed" } }, completedAt(10)]
    case "fails":
      return [initiated, { atMs: atMs + delayMs, report: { _tag: "Failed", code: "PM06000" } }]
  }
}

const approvedAtMs = ({ answer }: BookedRfi, delayMs: number): number =>
  answer?.verdict === "approves" ? answer.atMs + delayMs : Infinity

/** A refused answer, or none in time, ends a payment that has not ended. */
const refusalOf = ({ answer, expiresAtMs }: BookedRfi, delayMs: number): ReadonlyArray<Told> => {
  if (answer === null) return [{ atMs: expiresAtMs, report: { _tag: "Failed", code: "PM03005" } }]
  return answer.verdict === "rejects"
    ? [{ atMs: answer.atMs + delayMs, report: { _tag: "Failed", code: "PM03004" } }]
    : []
}

const rfiOf = (booked: BookedPayment, rfi: BookedRfi, options: StandingOptions): NetworkRfi => {
  const party = booked.quote.terms.senderType
  const { fields: fieldRequirements, files: fileRequirements } = rfiRequirements(party, rfi.level)
  const { id, level, expiresAtMs } = rfi
  const asked = { id, party, level, fieldRequirements, fileRequirements, certificate: options.certificate, expiresAtMs }
  return { ...asked, answered: rfi.answer !== null, outcome: outcomeOf(rfi, options) }
}

const outcomeOf = (rfi: BookedRfi, { nowMs, delayMs }: StandingOptions): RfiOutcome | null => {
  if (approvedAtMs(rfi, delayMs) <= nowMs) return { _tag: "Approved" }
  const [refusal] = refusalOf(rfi, delayMs)
  const isRefused = refusal !== undefined && refusal.atMs <= nowMs && refusal.report._tag === "Failed"
  return isRefused && refusal.report._tag === "Failed" ? { _tag: "Rejected", code: refusal.report.code } : null
}

/** Money that came and was not paid out goes back: all of it where the payment failed, and what came beside it. */
const refundsOf = (
  booked: BookedPayment,
  end: Told | undefined,
  options: StandingOptions
): ReadonlyArray<NetworkRefund> => {
  const paying = fundsOf(booked)
  return booked.funds.flatMap((funds) => {
    if (funds !== paying) return refundOf(booked, funds, funds.atMs + options.delayMs, options)
    if (end?.report._tag !== "Failed") return []
    return refundOf(booked, funds, Math.max(end.atMs, funds.atMs) + options.delayMs, options)
  })
}

const refundOf = (
  { scenario, payment, quote }: BookedPayment,
  { refundId, amount }: BookedFunds,
  beginsAtMs: number,
  { nowMs, delayMs }: StandingOptions
): ReadonlyArray<NetworkRefund> => {
  if (nowMs < beginsAtMs) return []
  const to = { blockchain: quote.terms.blockchain, refundAddress: payment.refundAddress }
  const refund = { id: refundId, amount, ...to }
  const completed = { _tag: "Completed", transactionHash: `0x${nameOf(`refund ${refundId}`)}` } as const
  const hasEnded = nowMs >= beginsAtMs + delayMs
  switch (scenario.refund) {
    case "completed":
      return [{ ...refund, report: completed }]
    case "created_then_completed":
      return [{ ...refund, report: hasEnded ? completed : { _tag: "Created" } }]
    case "created_then_failed":
      return [{ ...refund, report: { _tag: hasEnded ? "Failed" : "Created" } }]
  }
}

/** 64 hexadecimal digits that are the same for the same text. */
const nameOf = (text: string): string => bytesToHex(sha256(new TextEncoder().encode(text)))
