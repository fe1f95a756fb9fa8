/** Why nothing can be signed for a payment, and what is wrong with what was signed, in the published codes. */
import type { PlanRefusal, SigningFault } from "@paykernel/core"
import type { PublishedError } from "../v1/published-error.ts"
import * as codes from "./error-codes.ts"

export const planRefusals: { readonly [Why in PlanRefusal]: PublishedError } = {
  blockchain_unsupported: codes.blockchainUnsupported,
  version_unsupported: codes.blockchainUnsupportedForV2,
  account_invalid: codes.accountInvalid,
  account_not_found: codes.accountNotFound,
  wallet_sanctioned: codes.sanctionedWallet,
  token_balance_insufficient: codes.insufficientTokens,
  allowance_insufficient: codes.insufficientAllowance
}

export const signingFaults: { readonly [Why in SigningFault]: PublishedError } = {
  signed_transaction_malformed: codes.invalidSignedTransaction,
  chain_mismatch: codes.crossChain,
  payload_mismatch: codes.payloadMismatch,
  payment_mismatch: codes.paymentIdMismatch,
  signature_invalid: codes.invalidSignature,
  signed_transaction_expired: codes.signedTransactionExpired,
  nonce_too_low: codes.nonceTooLow,
  nonce_too_high: codes.nonceTooHigh,
  nonce_mismatch: codes.nonceMismatch,
  nonce_already_used: codes.nonceUsed,
  permit_nonce_already_used: codes.permitNonceUsed,
  gas_price_too_low: codes.gasPriceTooLow,
  gas_limit_too_low: codes.outOfGas,
  gas_balance_insufficient: codes.insufficientGas,
  token_balance_insufficient: codes.insufficientTokens,
  allowance_insufficient: codes.insufficientAllowance,
  wallet_sanctioned: codes.sanctionedWallet
}
