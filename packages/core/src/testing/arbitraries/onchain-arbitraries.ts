import * as fc from "fast-check"
import { money } from "../../money/index.ts"
import {
  type CreateTransaction,
  type FeeEstimate,
  type OnchainCommand,
  type OnchainEvent,
  type OnchainStatus,
  type OnchainTransaction,
  onchainFailureReasons,
  type SigningMessageType
} from "../../onchain/onchain.ts"
import { anyMoney } from "./money-arbitraries.ts"
import { anyId, anyOf, anyText, anyTimeMs, orNull } from "./text-arbitraries.ts"

export const anyOnchainFailureReason = fc.constantFrom(...onchainFailureReasons)

const anyMessage = fc.record({
  type: anyOf<SigningMessageType>({ eip3009: true, solana: true, settlement_contract_payment_intent: true }),
  text: anyText,
  encoded: orNull(anyText)
})

const digits = fc.nat().map(String)

const anyFeeEstimate: fc.Arbitrary<FeeEstimate> = fc.oneof(
  fc.record({
    type: fc.constant("eip1559" as const),
    ...{ gasLimit: digits, maxFeePerGas: digits, maxPriorityFeePerGas: digits }
  }),
  fc.record({
    type: fc.constant("solana" as const),
    ...{ computeUnitLimit: digits, computeUnitPrice: digits, baseFee: digits }
  })
)

const details = {
  id: anyId,
  merchantId: anyId,
  paymentId: anyId,
  version: fc.constantFrom(1 as const, 2 as const),
  blockchain: fc.constantFrom("ETH", "SOL"),
  amount: anyMoney,
  senderAddress: anyText,
  destinationAddress: anyText,
  message: anyMessage,
  estimatedFee: orNull(anyFeeEstimate),
  metadata: orNull(anyText),
  replaces: orNull(anyId),
  expiresAtMs: anyTimeMs
}

export const anyOnchainTransaction: fc.Arbitrary<OnchainTransaction> = fc.record({
  ...details,
  status: anyOf<OnchainStatus>({
    none: true,
    created: true,
    pending: true,
    broadcasted: true,
    completed: true,
    failed: true
  }),
  signedTransaction: orNull(anyText),
  transactionHash: orNull(anyText),
  received: orNull(anyMoney),
  failureReason: orNull(anyOnchainFailureReason),
  createdAtMs: anyTimeMs,
  updatedAtMs: anyTimeMs
})

export const anyOnchainEvent: fc.Arbitrary<OnchainEvent> = fc.oneof(
  fc.record({ _tag: fc.constant("TransactionCreated" as const), ...details, atMs: anyTimeMs }),
  fc.record({ _tag: fc.constant("TransactionSubmitted" as const), signedTransaction: anyText, atMs: anyTimeMs }),
  fc.record({ _tag: fc.constant("TransactionBroadcast" as const), transactionHash: anyText, atMs: anyTimeMs }),
  fc.record({
    _tag: fc.constantFrom("TransactionCompleted" as const, "LateConfirmationFound" as const),
    transactionHash: anyText,
    received: anyMoney,
    atMs: anyTimeMs
  }),
  fc.record({
    _tag: fc.constant("TransactionFailed" as const),
    reason: anyOnchainFailureReason,
    transactionHash: orNull(anyText),
    atMs: anyTimeMs
  })
)

/** Around the time that the transactions of these commands are to be signed by. */
const nowMs = fc.constantFrom(1_000, 1_009, 1_010)

const hash = fc.constantFrom("0x1", "0x2")
const usdc = (amount: bigint) => money(amount, "USDC")

/** A transaction of ten dollars. */
export const exampleTransaction = (version: 1 | 2): CreateTransaction => ({
  _tag: "CreateTransaction",
  id: "transaction-1",
  merchantId: "merchant-1",
  paymentId: "payment-1",
  version,
  blockchain: "ETH",
  amount: usdc(10_000_000n),
  senderAddress: "0xa",
  destinationAddress: "0xb",
  message: { type: version === 1 ? "eip3009" : "settlement_contract_payment_intent", text: "{}", encoded: null },
  estimatedFee: null,
  metadata: null,
  replaces: null,
  expiresAtMs: 1_010,
  nowMs: 1_000
})

/** What a chain may say of a transaction, in any mood. */
export const anyOnchainReport: fc.Arbitrary<OnchainCommand> = fc.oneof(
  fc.record({ _tag: fc.constant("RecordBroadcast" as const), transactionHash: hash, nowMs }),
  fc.record({
    _tag: fc.constant("RecordConfirmation" as const),
    transactionHash: hash,
    received: fc.constantFrom(usdc(10_000_000n), usdc(9_999_999n)),
    nowMs
  }),
  fc.record({
    _tag: fc.constant("RecordFailure" as const),
    reason: anyOnchainFailureReason,
    transactionHash: orNull(hash),
    nowMs
  })
)

export const anyOnchainCommand: fc.Arbitrary<OnchainCommand> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ version: fc.constantFrom(1 as const, 2 as const), nowMs, isSound: fc.boolean() }).map(
      ({ version, nowMs, isSound }): OnchainCommand => ({
        ...exampleTransaction(version),
        ...(isSound ? {} : { version: version === 1 ? 2 : 1 }),
        nowMs
      })
    )
  },
  {
    weight: 2,
    arbitrary: fc.record({
      _tag: fc.constant("SubmitTransaction" as const),
      signedTransaction: fc.constantFrom("0xf1", "c2lnbmVk", "not signed"),
      nowMs
    })
  },
  { weight: 3, arbitrary: anyOnchainReport },
  fc.record({ _tag: fc.constant("ExpireTransaction" as const), nowMs })
)
