/** What the simulated EVM chains take for a transaction (EIP-1559), and how much of it ours need. */
import type { FeeEstimate } from "../../../onchain/onchain.ts"

export type Eip1559Fee = Extract<FeeEstimate, { readonly type: "eip1559" }>

/** What every block takes at the time. Whoever offers less waits for a better one, which never comes here. */
export const baseFeePerGas = 1_500_000_000n

/** Below it, nodes do not even keep a transaction. */
export const leastFeePerGas = 1_000_000_000n

/** Of the token's transfer by authorization. */
export const gasUsed = 80_000n

/** What a wallet does well to offer. */
export const suggestedFee: Eip1559Fee = {
  type: "eip1559",
  gasLimit: "150000",
  maxFeePerGas: "5000000000",
  maxPriorityFeePerGas: "2000000000"
}

/** What being sent takes, whatever it does (Yellow Paper, appendix G; EIP-2028). */
export const intrinsicGas = (data: Uint8Array): bigint =>
  21_000n + data.reduce((gas, byte) => gas + (byte === 0 ? 4n : 16n), 0n)

/** Nodes put one transaction in the place of another under the same nonce when it offers a tenth more. */
export const isBidAbove = (offered: bigint, overtaken: bigint): boolean => offered * 10n >= overtaken * 11n

/** An offer that overtakes another one, and is not below what wallets do well to offer. */
export const overtakingFee = (overtaken: {
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
}): Eip1559Fee => {
  const raised = (fee: bigint, suggested: string): string => {
    const more = (fee * 9n + 7n) / 8n
    return `${more > BigInt(suggested) ? more : suggested}`
  }
  return {
    ...suggestedFee,
    maxFeePerGas: raised(overtaken.maxFeePerGas, suggestedFee.maxFeePerGas),
    maxPriorityFeePerGas: raised(overtaken.maxPriorityFeePerGas, suggestedFee.maxPriorityFeePerGas)
  }
}
