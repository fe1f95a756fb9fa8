/** The message of a plan, in the form of its chain and version, and what the sender is going to pay the chain for it. */
import { base64 } from "@scure/base"
import type { FeeEstimate, SigningMessage } from "../../../onchain/onchain.ts"
import type { FundingPlan } from "../../../ports/funding-chain.ts"
import type { EvmChain, FundedChain } from "./funding-chain-list.ts"
import { suggestedFee } from "./gas.ts"
import { permitMessage } from "./permit-message.ts"
import { blockhashLifeMs, solanaFee, solanaMessage, unsignedTransaction } from "./solana-transfer-message.ts"
import { authorizationMessage, authorizationOf } from "./transfer-authorization-message.ts"
import { digestOf } from "./typed-data.ts"

export type PlannedMessage = {
  readonly message: SigningMessage
  readonly estimatedFee: FeeEstimate | null
  readonly expiresAtMs: number
}

export const plannedMessage = (chain: FundedChain, plan: FundingPlan, nowMs: number): PlannedMessage => {
  if (chain.kind === "evm") return evmMessage(chain, plan, nowMs)
  const text = base64.encode(unsignedTransaction(solanaMessage(chain, plan, nowMs)))
  const expiresAtMs = Math.min(plan.expiresAtMs, nowMs + blockhashLifeMs)
  return plan.version === 1
    ? { message: { type: "solana", text, encoded: null }, estimatedFee: solanaFee, expiresAtMs }
    : {
        message: { type: "settlement_contract_payment_intent", text, encoded: text },
        estimatedFee: null,
        expiresAtMs
      }
}

const evmMessage = (chain: EvmChain, plan: FundingPlan, nowMs: number): PlannedMessage => {
  const { expiresAtMs } = plan
  if (plan.version === 1) {
    const text = JSON.stringify(authorizationMessage(chain, authorizationOf(plan, nowMs)))
    return { message: { type: "eip3009", text, encoded: null }, estimatedFee: suggestedFee, expiresAtMs }
  }
  const permit = permitMessage(chain, plan, nowMs)
  const message: SigningMessage = {
    type: "settlement_contract_payment_intent",
    text: JSON.stringify(permit),
    encoded: digestOf(permit)
  }
  return { message, estimatedFee: null, expiresAtMs }
}
