import * as Result from "effect/Result"
import type { Decision } from "../decision.ts"
import type { Merchant, MerchantCommand, MerchantEvent, MerchantRejection, MerchantTerms } from "./merchant.ts"
import { profileFault } from "./merchant-profile.ts"
import { identityFault, termsFault } from "./merchant-terms.ts"

export type MerchantDecision = Result.Result<Decision<MerchantEvent>, MerchantRejection>

/**
 * What follows from a command, given what is known of the merchant. Registering files the recurring settlement,
 * which whoever runs it puts back for another interval.
 *
 * @example
 * decide(activeMerchant, { _tag: "ReinstateMerchant", nowMs: 0 }) // => Result.fail({ _tag: "MerchantIsActive" })
 */
export const decide = (merchant: Merchant, command: MerchantCommand): MerchantDecision => {
  if (command._tag === "RegisterMerchant") return register(merchant, command)
  switch (merchant.status) {
    case "none":
      return Result.fail({ _tag: "MerchantNotFound" })
    case "active":
      if (command._tag === "ReinstateMerchant") return Result.fail({ _tag: "MerchantIsActive" })
      break
    case "suspended":
      if (command._tag === "SuspendMerchant") return Result.fail({ _tag: "MerchantIsSuspended" })
  }
  switch (command._tag) {
    case "ChangeTerms": {
      const fault = termsFault(command.terms) ?? currencyChange(merchant, command.terms)
      if (fault !== undefined) return Result.fail({ _tag: "TermsInvalid", reason: fault })
      return happened({ _tag: "TermsChanged", terms: command.terms, atMs: command.nowMs })
    }
    case "ChangeProfile": {
      const fault = profileFault(command.profile)
      if (fault !== undefined) return Result.fail({ _tag: "ProfileInvalid", reason: fault })
      return happened({ _tag: "ProfileChanged", profile: command.profile, atMs: command.nowMs })
    }
    case "SuspendMerchant":
      return happened({ _tag: "MerchantSuspended", atMs: command.nowMs })
    case "ReinstateMerchant":
      return happened({ _tag: "MerchantReinstated", atMs: command.nowMs })
  }
}

/** What is captured in one currency must still be settled in it: new terms have no rate for the old one. */
const currencyChange = (merchant: Merchant, terms: MerchantTerms): string | undefined =>
  terms.maxAmount.currency === merchant.terms.maxAmount.currency ? undefined : "the payment currency cannot change"

const register = (
  merchant: Merchant,
  command: Extract<MerchantCommand, { readonly _tag: "RegisterMerchant" }>
): MerchantDecision => {
  if (merchant.status !== "none") return Result.fail({ _tag: "MerchantAlreadyExists" })
  const fault = identityFault(command.walletId, command.channels) ?? termsFault(command.terms)
  if (fault !== undefined) return Result.fail({ _tag: "TermsInvalid", reason: fault })
  const { _tag, nowMs, ...details } = command
  return Result.succeed({
    events: [{ _tag: "MerchantRegistered", ...details, atMs: nowMs }],
    ledger: [],
    tasks: [
      {
        id: `${command.id}:settle`,
        kind: "settle",
        aggregate: { type: "merchant", id: command.id },
        subject: "",
        dueAtMs: nowMs + command.terms.settlementIntervalMs
      }
    ]
  })
}

const happened = (event: MerchantEvent): MerchantDecision => Result.succeed({ events: [event], ledger: [], tasks: [] })
