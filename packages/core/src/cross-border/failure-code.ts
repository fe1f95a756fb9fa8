/** Why a cross-border payment failed, in the codes that the payout network publishes. Each belongs to one reason. */

export type FailureReason =
  | "other"
  | "travel_rule_failed"
  | "bank_verification_failed"
  | "rfi_verification_failed"
  | "existing_rfi_pending"
  | "onchain_settlement_failed"
  | "fiat_settlement_failed"
  | "compliance_check_failed"
  | "cancelled"
  | "payment_expired"

/** Every code with its reason and what it says beyond that. The first one of a reason says nothing more. */
export const failureCodes = {
  PM00001: { reason: "other", detail: "general" },
  PM01000: { reason: "travel_rule_failed", detail: "general" },
  PM01001: { reason: "travel_rule_failed", detail: "originator_address" },
  PM01002: { reason: "travel_rule_failed", detail: "beneficiary_address" },
  PM01003: { reason: "travel_rule_failed", detail: "originator_id" },
  PM01004: { reason: "travel_rule_failed", detail: "beneficiary_id" },
  PM02000: { reason: "bank_verification_failed", detail: "general" },
  PM02001: { reason: "bank_verification_failed", detail: "details_invalid" },
  PM02002: { reason: "bank_verification_failed", detail: "details_do_not_match" },
  PM02003: { reason: "bank_verification_failed", detail: "bank_unsupported" },
  PM02004: { reason: "bank_verification_failed", detail: "account_type" },
  PM03000: { reason: "rfi_verification_failed", detail: "general" },
  PM03001: { reason: "rfi_verification_failed", detail: "documents" },
  PM03002: { reason: "rfi_verification_failed", detail: "information_conflicting" },
  PM03003: { reason: "rfi_verification_failed", detail: "information_outdated" },
  PM03004: { reason: "rfi_verification_failed", detail: "rejected" },
  PM03005: { reason: "rfi_verification_failed", detail: "not_in_time" },
  PM04000: { reason: "existing_rfi_pending", detail: "general" },
  PM05000: { reason: "onchain_settlement_failed", detail: "general" },
  PM05001: { reason: "onchain_settlement_failed", detail: "wrong_asset_amount_or_chain" },
  PM06000: { reason: "fiat_settlement_failed", detail: "general" },
  PM06001: { reason: "fiat_settlement_failed", detail: "receiving_bank" },
  PM06002: { reason: "fiat_settlement_failed", detail: "sending_bank" },
  PM06003: { reason: "fiat_settlement_failed", detail: "account_invalid" },
  PM06004: { reason: "fiat_settlement_failed", detail: "account_blocked" },
  PM07000: { reason: "compliance_check_failed", detail: "general" },
  PM07001: { reason: "compliance_check_failed", detail: "originator" },
  PM07002: { reason: "compliance_check_failed", detail: "beneficiary" },
  PM07003: { reason: "compliance_check_failed", detail: "originating_institution" },
  PM07004: { reason: "compliance_check_failed", detail: "bank_account" },
  PM08000: { reason: "cancelled", detail: "general" },
  PM09000: { reason: "payment_expired", detail: "general" }
} as const satisfies { readonly [code: string]: { readonly reason: FailureReason; readonly detail: string } }

export type FailureCode = keyof typeof failureCodes

/**
 * The reason that a code belongs to.
 *
 * @example
 * failureReasonOf("PM03005") // => "rfi_verification_failed"
 */
export const failureReasonOf = (code: FailureCode): FailureReason => failureCodes[code].reason

/**
 * A network's own code, where it is one that is known; any other says no more than that something else went wrong.
 *
 * @example
 * failureCodeOf("PM06004") // => "PM06004"
 * failureCodeOf("PM99999") // => "PM00001"
 */
export const failureCodeOf = (text: string): FailureCode => (isFailureCode(text) ? text : "PM00001")

const isFailureCode = (text: string): text is FailureCode => Object.hasOwn(failureCodes, text)
