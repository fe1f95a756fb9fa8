/**
 * The simulated chains' side: makes messages, holds what was signed against them and against the state of the chain, and
 * takes it into the pool of waiting transactions. What is taken is a record, and who asked is told once it is durable.
 */
import * as Result from "effect/Result"
import type {
  FundingPlan,
  FundingStanding,
  PlanRefusal,
  PlanReply,
  SignedFunding,
  SigningFault
} from "../../../ports/funding-chain.ts"
import type { AccountSet, FundingBroadcast, NetworkRecord } from "../network-journal.ts"
import { type FundingBook, walletName } from "./funding-book.ts"
import { type FundedChain, fundedChain, isAddressOf, nameOfAddress } from "./funding-chain-list.ts"
import { plannedMessage } from "./funding-message.ts"
import { nonceAt, outcomesOf, type SenderOptions, standingAt, type Wallet, walletAt } from "./funding-outcomes.ts"
import { isBidAbove, leastFeePerGas, overtakingFee } from "./gas.ts"
import { readSignedFunding, type SenderGas, type Spend } from "./read-signed-funding.ts"
import { reasonOf } from "./reason-of-fault.ts"

export type FundingDeskOptions = {
  readonly book: FundingBook
  readonly nowMs: () => number
  readonly write: (record: NetworkRecord) => Promise<void>
  readonly isSanctioned: (address: string) => boolean
  /** How long a transaction waits until nothing takes it back any more. */
  readonly confirmMs: number
}

/** An account as a node of the chain would tell it. */
export type ChainAccount = Wallet & {
  /** The number of its next transaction, on chains where senders count. */
  readonly nonce: string
}

export type FundingDesk = {
  readonly plan: (plan: FundingPlan) => PlanReply
  /** `null`: nothing is wrong with it. */
  readonly check: (signed: SignedFunding) => SigningFault | null
  readonly broadcast: (signed: SignedFunding) => Promise<FundingStanding>
  /** `undefined`: nothing was broadcast under the key by then. */
  readonly standing: (key: string, atMs: number) => FundingStanding | undefined
  /** `undefined`: nobody is funded on this chain, or it has no such addresses. */
  readonly account: (blockchain: string, address: string) => ChainAccount | undefined
  readonly setAccount: (wallet: Wallet) => Promise<void>
}

export const fundingDesk = (at: FundingDeskOptions): FundingDesk => ({
  plan: (plan) => planned(at, plan),
  check: (signed) => {
    const spend = spendOf(at, signed)
    return Result.isSuccess(spend) ? null : spend.failure
  },
  broadcast: (signed) => broadcast(at, signed),
  standing: (key, atMs) => standing(at, key, atMs),
  account: (blockchain, address) => {
    const chain = fundedChain(blockchain)
    return chain === undefined || !isAddressOf(chain, address) ? undefined : accountOf(at, chain, address)
  },
  setAccount: async (wallet) => {
    const chain = fundedChain(wallet.blockchain)
    if (chain === undefined) throw new RangeError("nothing is funded on this chain")
    const address = nameOfAddress(chain, wallet.address)
    const set: AccountSet = { record: "account_set", ...wallet, address, atMs: at.nowMs() }
    await at.write(set)
  }
})

const planned = (at: FundingDeskOptions, plan: FundingPlan): PlanReply => {
  const chain = fundedChain(plan.blockchain)
  const refused = (why: PlanRefusal): PlanReply => ({ _tag: "Refused", why })
  if (chain === undefined) return refused("blockchain_unsupported")
  // Two of them would name different blocks, and both could be carried out.
  if (plan.replaces !== null && chain.kind === "solana") return refused("blockchain_unsupported")
  const { senderAddress, destinationAddress } = plan
  if (!isAddressOf(chain, senderAddress) || !isAddressOf(chain, destinationAddress)) return refused("account_invalid")
  if (at.isSanctioned(senderAddress)) return refused("wallet_sanctioned")
  const account = accountOf(at, chain, senderAddress)
  if (!account.exists) return refused("account_not_found")
  if (BigInt(account.tokens) < plan.amount.amount) return refused("token_balance_insufficient")
  if (lacksAllowance(chain, plan, account)) return refused("allowance_insufficient")
  const made = plannedMessage(chain, plan, at.nowMs())
  if (plan.replaces === null) return { _tag: "Planned", ...made }
  // The same authorization, so that one of the two is carried out at most.
  return { _tag: "Planned", ...made, message: plan.replaces.message, ...overtaking(at, plan, plan.replaces.key) }
}

const lacksAllowance = (chain: FundedChain, { version, amount }: FundingPlan, { allowance }: Wallet): boolean =>
  chain.kind === "evm" && version === 2 && BigInt(allowance) < amount.amount

const overtaking = ({ book }: FundingDeskOptions, { version }: FundingPlan, key: string) => {
  const gas = book.broadcasts.get(key)?.gas ?? null
  return version === 2 || gas === null ? {} : { estimatedFee: overtakingFee(gasOf(gas)) }
}

const gasOf = (gas: NonNullable<FundingBroadcast["gas"]>): SenderGas => ({
  nonce: BigInt(gas.nonce),
  gasLimit: BigInt(gas.gasLimit),
  maxFeePerGas: BigInt(gas.maxFeePerGas),
  maxPriorityFeePerGas: BigInt(gas.maxPriorityFeePerGas)
})

/** What a signed transaction spends, if the chain would take it now. */
const spendOf = (at: FundingDeskOptions, signed: SignedFunding): Result.Result<Spend, SigningFault> => {
  const chain = fundedChain(signed.blockchain)
  if (chain === undefined) return Result.fail("chain_mismatch")
  if (at.isSanctioned(signed.senderAddress)) return Result.fail("wallet_sanctioned")
  const read = readSignedFunding(chain, signed, at.nowMs())
  if (Result.isFailure(read)) return read
  const fault = stateFault(at, chain, signed, read.success)
  return fault === null ? read : Result.fail(fault)
}

const stateFault = (
  at: FundingDeskOptions,
  chain: FundedChain,
  signed: SignedFunding,
  spend: Spend
): SigningFault | null => {
  const nowMs = at.nowMs()
  if (nowMs >= spend.validUntilMs) return "signed_transaction_expired"
  const account = accountOf(at, chain, signed.senderAddress)
  const gasFault = spend.gas === null ? null : senderGasFault(at, signed, spend.gas, account)
  if (gasFault !== null) return gasFault
  if (isSpent(at, chain, signed, spend)) {
    return signed.version === 2 ? "permit_nonce_already_used" : "nonce_already_used"
  }
  if (BigInt(account.tokens) < signed.amount.amount) return "token_balance_insufficient"
  return lacksAllowance(chain, signed, account) ? "allowance_insufficient" : null
}

const senderGasFault = (
  at: FundingDeskOptions,
  signed: SignedFunding,
  gas: SenderGas,
  account: ChainAccount
): SigningFault | null => {
  const next = BigInt(account.nonce)
  const overtaken = signed.replaces === null ? undefined : at.book.broadcasts.get(signed.replaces.key)?.gas
  // What it is to overtake may have happened in the meantime: then its number is used up.
  if (gas.nonce < next) return "nonce_too_low"
  if (gas.nonce > next + aheadMax) return "nonce_too_high"
  if (overtaken !== undefined && overtaken !== null) {
    const old = gasOf(overtaken)
    if (gas.nonce !== old.nonce) return "nonce_mismatch"
    const isAbove =
      isBidAbove(gas.maxFeePerGas, old.maxFeePerGas) && isBidAbove(gas.maxPriorityFeePerGas, old.maxPriorityFeePerGas)
    if (!isAbove) return "gas_price_too_low"
  } else if (waitingUnder(at, signed, gas.nonce)) return "nonce_already_used"
  if (gas.maxFeePerGas < leastFeePerGas) return "gas_price_too_low"
  return gas.gasLimit * gas.maxFeePerGas > BigInt(account.coins) ? "gas_balance_insufficient" : null
}

/** Numbers this far ahead are kept waiting; farther ones are not taken. */
const aheadMax = 32n

/** Whether another transaction of the sender waits under a number. */
const waitingUnder = (at: FundingDeskOptions, signed: SignedFunding, nonce: bigint): boolean => {
  const chain = fundedChain(signed.blockchain)
  if (chain === undefined) return false
  const sender = senderOptions(at, chain, signed.senderAddress)
  const outcomes = outcomesOf(sender)
  return sender.broadcasts.some(
    (one) =>
      one.key !== signed.key &&
      one.gas?.nonce === `${nonce}` &&
      standingAt(one, outcomes.get(one.key), at.nowMs())._tag === "Waiting"
  )
}

/** Whether what can be spent once is spent, or is about to be by something that this one does not overtake. */
const isSpent = (at: FundingDeskOptions, chain: FundedChain, signed: SignedFunding, spend: Spend): boolean => {
  const sender = senderOptions(at, chain, signed.senderAddress)
  const outcomes = outcomesOf(sender)
  return sender.broadcasts.some((one) => {
    if (one.key === signed.key || one.authorization !== spend.authorization) return false
    const { _tag } = standingAt(one, outcomes.get(one.key), at.nowMs())
    return _tag === "Confirmed" || (_tag === "Waiting" && signed.replaces === null)
  })
}

const broadcast = async (at: FundingDeskOptions, signed: SignedFunding): Promise<FundingStanding> => {
  const { key, blockchain, amount } = signed
  const known = standing(at, key, at.nowMs())
  if (known !== undefined) return known
  const spend = spendOf(at, signed)
  const atMs = at.nowMs()
  if (Result.isFailure(spend)) {
    await at.write({ record: "funding_refused", key, reason: reasonOf[spend.failure], atMs })
  } else {
    const { transactionHash, authorization, gas, validUntilMs } = spend.success
    const sender = senderName(signed)
    const bid = gas === null ? null : textsOf(gas)
    const sent = { key, blockchain, sender, amount, transactionHash, authorization, gas: bid, validUntilMs, atMs }
    await at.write({ record: "funding_broadcast", ...sent })
  }
  const now = standing(at, key, atMs)
  if (now === undefined) throw new Error("the book lacks what was just written")
  return now
}

const textsOf = (gas: SenderGas): NonNullable<FundingBroadcast["gas"]> => ({
  nonce: `${gas.nonce}`,
  gasLimit: `${gas.gasLimit}`,
  maxFeePerGas: `${gas.maxFeePerGas}`,
  maxPriorityFeePerGas: `${gas.maxPriorityFeePerGas}`
})

const senderName = ({ blockchain, senderAddress }: SignedFunding): string => {
  const chain = fundedChain(blockchain)
  return chain === undefined ? senderAddress : nameOfAddress(chain, senderAddress)
}

const standing = (at: FundingDeskOptions, key: string, atMs: number): FundingStanding | undefined => {
  const refusal = at.book.refused.get(key)
  if (refusal !== undefined && refusal.atMs <= atMs) {
    return { _tag: "Failed", reason: refusal.reason, transactionHash: null }
  }
  const sent = at.book.broadcasts.get(key)
  const chain = sent === undefined ? undefined : fundedChain(sent.blockchain)
  if (sent === undefined || chain === undefined || sent.atMs > atMs) return undefined
  return standingAt(sent, outcomesOf(senderOptions(at, chain, sent.sender)).get(key), atMs)
}

const accountOf = (at: FundingDeskOptions, chain: FundedChain, address: string): ChainAccount => {
  const sender = senderOptions(at, chain, address)
  const wallet = walletAt(sender, { blockchain: chain.blockchain, address: nameOfAddress(chain, address) }, at.nowMs())
  return { ...wallet, nonce: `${nonceAt(sender, at.nowMs())}` }
}

const senderOptions = ({ book, confirmMs }: FundingDeskOptions, chain: FundedChain, address: string): SenderOptions => {
  const name = walletName(chain.blockchain, nameOfAddress(chain, address))
  return { broadcasts: book.bySender.get(name) ?? [], settings: book.accounts.get(name) ?? [], confirmMs }
}
