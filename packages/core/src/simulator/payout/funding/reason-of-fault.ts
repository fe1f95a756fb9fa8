/** What becomes known of a transaction that was sound when it was submitted, and is no longer when it is sent. */
import type { OnchainFailureReason } from "../../../onchain/onchain.ts"
import type { SigningFault } from "../../../ports/funding-chain.ts"

export const reasonOf: { readonly [fault in SigningFault]: OnchainFailureReason } = {
  signed_transaction_malformed: "failed_onchain",
  chain_mismatch: "failed_onchain",
  payload_mismatch: "failed_onchain",
  payment_mismatch: "failed_onchain",
  signature_invalid: "failed_onchain",
  signed_transaction_expired: "signed_transaction_expired",
  nonce_too_low: "nonce_too_low",
  nonce_too_high: "failed_onchain",
  nonce_mismatch: "replacement_failed",
  nonce_already_used: "replacement_failed",
  permit_nonce_already_used: "already_confirmed",
  gas_price_too_low: "gas_price_too_low",
  gas_limit_too_low: "out_of_gas",
  gas_balance_insufficient: "insufficient_gas_balance",
  token_balance_insufficient: "insufficient_token_balance",
  allowance_insufficient: "failed_onchain",
  wallet_sanctioned: "failed_onchain"
}
