/** The published word for whatever turns out to be wrong with a transaction only when it is sent. */
import { expect, it } from "vitest"
import { reasonOf } from "./reason-of-fault.ts"

it.each([
  ["its time is over", "signed_transaction_expired", ["signed_transaction_expired"]],
  ["its number was used since", "nonce_too_low", ["nonce_too_low"]],
  ["what it was to overtake cannot be", "replacement_failed", ["nonce_mismatch", "nonce_already_used"]],
  ["its permit was used since", "already_confirmed", ["permit_nonce_already_used"]],
  ["gas costs more by then", "gas_price_too_low", ["gas_price_too_low"]],
  ["it wants less gas than it takes", "out_of_gas", ["gas_limit_too_low"]],
  ["the wallet cannot pay for gas", "insufficient_gas_balance", ["gas_balance_insufficient"]],
  ["the wallet has too little", "insufficient_token_balance", ["token_balance_insufficient"]]
] as const)("where %s it has failed for %s", (_, reason, faults) => {
  for (const fault of faults) expect(reasonOf[fault]).toBe(reason)
})

it.each([
  ...(["signed_transaction_malformed", "chain_mismatch", "payload_mismatch", "payment_mismatch"] as const),
  ...(["signature_invalid", "nonce_too_high", "allowance_insufficient", "wallet_sanctioned"] as const)
])("for %s there is no word but that it has failed", (fault) => {
  expect(reasonOf[fault]).toBe("failed_onchain")
})
