/**
 * What the sender signs in version 2 on EVM chains: that the settlement contract may take the amount through Permit2, and
 * what it has to do with it. The network sends the transaction and pays for it, so the signature is all that is needed.
 */
import type { FundingPlan } from "../../../ports/funding-chain.ts"
import { hashOf } from "../../chain/chain-blocks.ts"
import type { EvmChain } from "./funding-chain-list.ts"
import { secondsOf } from "./transfer-authorization-message.ts"
import type { TypedData } from "./typed-data.ts"

/** The same on all EVM chains. */
export const permit2Contract = "0x000000000022D473030F116dDEE9F6B43aC78BA3"
export const settlementContract = "0x355e0a2a4B7563e0E00C90deD9Aa914c119Ee868"

/** Who is given what the contract keeps for gas, and who vouches for an intent. Nobody holds keys to them here. */
const feeReceiver = "0x8049E74C07A6BAdc8ddeB7C3530Ab9Af30037211"
const attester = "0x768919ef04853b5fd444ccff48cea154768a0291"

const clockSkewS = 600n
/** Permit2 takes a permit for a while after the intent that it carries has run out; the intent is the stricter one. */
const graceS = 1140n

export const permitMessage = ({ chainId, token }: EvmChain, plan: FundingPlan, nowMs: number): TypedData => {
  const { key, amount, contractFee, senderAddress: from, destinationAddress: to, expiresAtMs } = plan
  return {
    domain: { name: "Permit2", chainId: `${chainId}`, verifyingContract: permit2Contract },
    message: {
      permitted: { token: token.contract, amount: `${amount.amount}` },
      spender: settlementContract,
      nonce: `${permitNonceOf(key)}`,
      deadline: `${secondsOf(expiresAtMs) + graceS}`,
      witness: {
        from,
        to,
        value: `${amount.amount - contractFee.amount}`,
        validAfter: `${secondsOf(nowMs) - clockSkewS}`,
        validBefore: `${secondsOf(expiresAtMs)}`,
        nonce: hashOf(`intent ${key}`),
        beneficiary: feeReceiver,
        maxFee: `${contractFee.amount}`,
        attester,
        requirePayeeSign: false
      }
    },
    primaryType: "PermitWitnessTransferFrom",
    types: {
      EIP712Domain: [
        { name: "name", type: "string" },
        { name: "chainId", type: "uint256" },
        { name: "verifyingContract", type: "address" }
      ],
      PermitWitnessTransferFrom: [
        { name: "permitted", type: "TokenPermissions" },
        { name: "spender", type: "address" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
        { name: "witness", type: "PaymentIntent" }
      ],
      TokenPermissions: [
        { name: "token", type: "address" },
        { name: "amount", type: "uint256" }
      ],
      PaymentIntent: [
        { name: "from", type: "address" },
        { name: "to", type: "address" },
        { name: "value", type: "uint256" },
        { name: "validAfter", type: "uint256" },
        { name: "validBefore", type: "uint256" },
        { name: "nonce", type: "bytes32" },
        { name: "beneficiary", type: "address" },
        { name: "maxFee", type: "uint256" },
        { name: "requirePayeeSign", type: "bool" },
        { name: "attester", type: "address" }
      ]
    }
  }
}

/** Permit2's nonces are places in a bitmap, in no order, so any large number that follows from the key will do. */
export const permitNonceOf = (key: string): bigint => BigInt(hashOf(`permit ${key}`))
