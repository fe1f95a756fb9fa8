import * as Result from "effect/Result"
import type { Decision, TaskRequest } from "../decision.ts"
import type {
  BillingChange,
  BillingDetails,
  Card,
  CardCommand,
  CardErrorCode,
  CardEvent,
  CardRejection,
  CardSubmitted,
  CardVerification
} from "./card.ts"
import { expiryRejection } from "./card-expiry.ts"

export type CardDecision = Result.Result<Decision<CardEvent>, CardRejection>

/**
 * What follows from a command, given what is known of the card. Total and deterministic: time arrives in the
 * command. An answer to anything but the verification under way changes nothing, so late and repeated ones are safe.
 *
 * @example
 * decide(noCard, submit({ expMonth: 13 })) // => Result.fail({ _tag: "ExpiryOutOfRange" })
 */
export const decide = (card: Card, command: CardCommand): CardDecision => {
  switch (command._tag) {
    case "SubmitCard":
    case "PresentCard":
      return submit(card, command)
    case "UpdateCard":
      return update(card, command)
    case "RecordVerification":
      if (card.status === "none") return Result.fail({ _tag: "CardNotFound" })
      return isAwaited(card, command.round)
        ? Result.succeed(happened(outcomeEvent(command.outcome, command.nowMs)))
        : Result.succeed(nothing)
    case "DenyCard":
      if (card.status === "none") return Result.fail({ _tag: "CardNotFound" })
      return isAwaited(card, command.round)
        ? Result.succeed(
            happened({
              _tag: "CardRefused",
              code: "verification_denied",
              avs: "not_requested",
              cvv: "not_requested",
              risk: command.risk,
              atMs: command.nowMs
            })
          )
        : Result.succeed(nothing)
  }
}

type Command<Tag extends CardCommand["_tag"]> = Extract<CardCommand, { readonly _tag: Tag }>

const submit = (card: Card, command: Command<"SubmitCard" | "PresentCard">): CardDecision => {
  if (card.status !== "none") return Result.fail({ _tag: "CardAlreadyExists" })
  const rejection = expiryRejection(command.expMonth, command.expYear, command.nowMs)
  if (rejection !== undefined) return Result.fail(rejection)
  if (command._tag === "PresentCard") return Result.succeed(happened({ _tag: "CardPresented", ...detailsOf(command) }))
  return Result.succeed({
    events: [{ _tag: "CardSubmitted", ...detailsOf(command) }],
    ledger: [],
    tasks: [verifyTask(command.id, 1, command.nowMs)]
  })
}

/** Lists each field: a card number that a caller had at hand beside them must not be carried into an event. */
const detailsOf = (command: Command<"SubmitCard" | "PresentCard">): Omit<CardSubmitted, "_tag"> => ({
  id: command.id,
  merchantId: command.merchantId,
  billingDetails: command.billingDetails,
  expMonth: command.expMonth,
  expYear: command.expYear,
  network: command.network,
  last4: command.last4,
  bin: command.bin,
  fingerprint: command.fingerprint,
  holder: command.holder,
  atMs: command.nowMs
})

const update = (card: Card, command: Command<"UpdateCard">): CardDecision => {
  if (card.status === "none" || card.status === "presented") return Result.fail({ _tag: "CardNotFound" })
  const expMonth = command.expMonth ?? card.expMonth
  const expYear = command.expYear ?? card.expYear
  const rejection = expiryRejection(expMonth, expYear, command.nowMs)
  if (rejection !== undefined) return Result.fail(rejection)
  const updated: CardEvent = {
    _tag: "CardUpdated",
    billingDetails: changed(card.billingDetails, command.billing),
    email: command.email ?? card.holder.email,
    expMonth,
    expYear,
    atMs: command.nowMs
  }
  return Result.succeed({ events: [updated], ledger: [], tasks: [verifyTask(card.id, card.round + 1, command.nowMs)] })
}

/** A field that is present but undefined counts as absent: a translation at the edge may produce either. */
const changed = (details: BillingDetails, change: BillingChange): BillingDetails => ({
  name: change.name ?? details.name,
  city: change.city ?? details.city,
  country: change.country ?? details.country,
  line1: change.line1 ?? details.line1,
  line2: change.line2 === undefined ? details.line2 : change.line2,
  district: change.district === undefined ? details.district : change.district,
  postalCode: change.postalCode ?? details.postalCode
})

const isAwaited = (card: Card, round: number): boolean => card.status === "pending" && card.round === round

const outcomeEvent = (outcome: CardVerification, atMs: number): CardEvent => {
  const code = outcome.error ?? cvvRefusal[outcome.cvv]
  if (code !== null) {
    return { _tag: "CardRefused", code, avs: outcome.avs, cvv: outcome.cvv, risk: null, atMs }
  }
  return {
    _tag: "CardVerified",
    avs: outcome.avs,
    cvv: outcome.cvv,
    issuerCountry: outcome.issuerCountry,
    fundingType: outcome.fundingType,
    atMs
  }
}

/**
 * What a CVV result says against a card to which the issuer has no other objection. `unavailable` does not refuse:
 * some issuers never check. The address result is absent on purpose: it informs, and never refuses a card.
 */
const cvvRefusal: { readonly [Cvv in CardVerification["cvv"]]: CardErrorCode | null } = {
  pass: null,
  unavailable: null,
  fail: "card_cvv_invalid",
  not_requested: "card_cvv_required",
  pending: "verification_failed"
}

const verifyTask = (cardId: string, round: number, dueAtMs: number): TaskRequest => ({
  id: `${cardId}:verify:${round}`,
  kind: "verify_card",
  aggregate: { type: "card", id: cardId },
  subject: String(round),
  dueAtMs
})

const happened = (event: CardEvent): Decision<CardEvent> => ({ events: [event], ledger: [], tasks: [] })

const nothing: Decision<CardEvent> = { events: [], ledger: [], tasks: [] }
