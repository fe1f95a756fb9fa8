/**
 * The blockchains on which merchants are paid, behind whoever keeps the wallets: a node, a custody service, a simulator.
 * A chain is not a bank: what it shows may be taken back until it is deep enough, and what is sent cannot be called back.
 * So deposits are read as sightings that change, and refunds carry one key for their whole life, like any other attempt.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { Currency, Money } from "../money/index.ts"

/** An ERC-20 token that takes transfers by signature, as EIP-3009 asks, with its EIP-712 domain. */
export type PullToken = {
  readonly currency: Currency
  readonly name: string
  readonly version: string
  readonly chainId: number
  /** The token's contract. */
  readonly verifyingContract: string
}

/** What a chain is and can do. Amounts on chains are of assets: what an invoice calls USD moves as USDC. */
export type ChainDescription = {
  /** Its code, such as `ETH`. */
  readonly chain: string
  /** Blocks, counting the one that holds a transaction, after which nothing takes it back any more. At least 1. */
  readonly confirmations: number
  /** Roughly how far blocks are apart: looking more often than this is of no use. */
  readonly blockMs: number
  /** Payers share one address and are told apart by a tag, such as the memo of Stellar. */
  readonly addressTags: boolean
  /** What can be deposited and refunded. */
  readonly assets: ReadonlyArray<Currency>
  /** Tokens that can be pulled by signature. Empty where the chain or the adapter has none. */
  readonly pullTokens: ReadonlyArray<PullToken>
}

/** What the other side does with the key of a refund or pull. Without the first two nothing is ever sent again by itself. */
export type BlockchainCapabilities = {
  /** A key that was seen is answered as the first time, and moves nothing twice. */
  readonly idempotentByKey: boolean
  readonly lookupByKey: boolean
  /** How long a key is remembered. */
  readonly keyTtlMs: number
  /** How far look-ups may lag behind the truth. */
  readonly lookupLagMs: number
  /** Longest time a message may travel before it is carried out. */
  readonly maxInFlightMs: number
}

/** Where deposits go. `addressTag` is there exactly where the chain tells payers apart by tags. */
export type DepositAddress = {
  readonly chain: string
  readonly address: string
  readonly addressTag: string | null
}

/**
 * `seen`: in the pool of waiting transactions, or in a block that may still be taken back. `final`: nothing takes it
 * back. `replaced`: the sender made another transaction take its place, which may or may not pay. `dropped`: forgotten by
 * the chain. Only a `final` one never changes; a dropped one may come back.
 */
export type DepositStatus = "seen" | "final" | "replaced" | "dropped"

/**
 * One output of one transaction to one address, as the chain has it now. The pair of hash and index names it; two
 * deposits of one transaction are two sightings.
 */
export type DepositSighting = {
  readonly transactionHash: string
  readonly outputIndex: number
  /** Above zero. What is finer than the asset's minor unit is left out. */
  readonly amount: Money
  readonly fromAddresses: ReadonlyArray<string>
  /** `null` while no block holds it. */
  readonly height: number | null
  readonly blockHash: string | null
  /** 0 while no block holds it, then 1 and more. */
  readonly confirmations: number
  readonly status: DepositStatus
  /** The transaction that took its place, where one did. */
  readonly replacedBy: string | null
  /** When the chain's watcher saw it first. */
  readonly firstSeenAtMs: number
  /** Its place in the order, as `after` of a query takes it: what comes behind this one. */
  readonly cursor: string
}

export type DepositQuery = {
  readonly chain: string
  readonly address: string
  /** Needed where the chain has tags: without it a shared address would show everybody's deposits. */
  readonly addressTag: string | null
  /** A page's `next`, or the `cursor` of a sighting; `null` begins at the beginning. */
  readonly after: string | null
  /** 1 to 100. */
  readonly limit: number
}

/** Sightings in the order in which they were seen first, which no reorganisation changes. */
export type DepositPage = {
  readonly sightings: ReadonlyArray<DepositSighting>
  /** Where the next page begins; `null` where nothing follows yet. */
  readonly next: string | null
}

export type RefundOperation = {
  readonly key: string
  readonly chain: string
  readonly address: string
  readonly addressTag: string | null
  /** What arrives: the network's fee comes on top. */
  readonly amount: Money
}

/** EIP-3009 `TransferWithAuthorization`, with the payer's signature over it. */
export type TransferAuthorization = {
  readonly from: string
  readonly to: string
  /** Minor units of the token. */
  readonly value: bigint
  /** Whole seconds since 1970, exclusive. */
  readonly validAfter: bigint
  /** Whole seconds since 1970, exclusive. */
  readonly validBefore: bigint
  /** 32 bytes as `0x` and 64 hexadecimal digits; a token takes each of a payer once. */
  readonly nonce: string
  /** 65 bytes, `r`, `s` and `v`, as `0x` and 130 hexadecimal digits. */
  readonly signature: string
}

export type PullOperation = {
  readonly key: string
  readonly chain: string
  readonly currency: Currency
  readonly authorization: TransferAuthorization
}

/** Why a transfer will never happen under this key. */
export type TransferFailure =
  | "address_invalid"
  | "asset_unsupported"
  | "amount_invalid"
  | "funds_insufficient"
  | "signature_invalid"
  | "authorization_not_yet_valid"
  | "authorization_expired"
  | "authorization_used"
  /** The key belongs to another transfer. */
  | "key_reused"
  /** It was on its way and the chain dropped it for good. */
  | "dropped"

/** How a transfer of ours stands. */
export type TransferStanding =
  | {
      readonly _tag: "Broadcast"
      readonly transactionHash: string
      /** In the asset of the transfer, so that one ledger account can carry it. */
      readonly networkFee: Money
      readonly confirmations: number
      /** Nothing takes it back any more. */
      readonly final: boolean
    }
  | { readonly _tag: "Failed"; readonly why: TransferFailure }

/** What came of one call. `NotSent` only where it is provable that no byte left; everything doubtful is `Unknown`. */
export type TransferReply =
  | TransferStanding
  | { readonly _tag: "Unknown"; readonly why: string }
  | { readonly _tag: "NotSent"; readonly why: string }

export type TransferLookup =
  | { readonly _tag: "Found"; readonly standing: TransferStanding }
  /** Assured: the key has had no effect and never will. */
  | { readonly _tag: "AbsentFinal" }
  /** Not seen yet, which is not the same as did not happen. */
  | { readonly _tag: "AbsentYet" }
  | { readonly _tag: "Unavailable"; readonly why: string }

/** What is wrong with an address of a chain, as far as its text tells. */
export type AddressProblem =
  | "chain_unknown"
  | "address_malformed"
  /** The shape is right and the check digits are not: mistyped. */
  | "address_checksum_wrong"
  /** Of this chain's test network, or of another chain with the same shape. */
  | "address_network_wrong"
  | "tag_malformed"
  /** A tag where the chain has none. */
  | "tag_not_supported"

/** What a transfer would cost now. Good until `expiresAtMs`. */
export type NetworkFeeQuote = {
  readonly quoteId: string
  readonly amount: Money
  readonly expiresAtMs: number
}

/** The chain could not be asked. Nothing changed; asking again later may succeed. */
export class BlockchainUnavailable extends Data.TaggedError("BlockchainUnavailable")<{ readonly reason: string }> {}

/**
 * Laws, tested by `describeBlockchain`: one address for one reference; a sighting keeps its name and its place in the
 * order, and nothing about it changes once it is final; one key moves money once at most. A chain or asset that is not
 * declared, and a limit out of range, are mistakes of the caller: they die.
 */
export class Blockchain extends Context.Service<
  Blockchain,
  {
    readonly name: string
    readonly chains: ReadonlyArray<ChainDescription>
    readonly capabilities: BlockchainCapabilities
    /** `null`: nothing is wrong with it. A tag is never demanded: exchanges need one, wallets do not. */
    readonly checkAddress: (chain: string, address: string, addressTag: string | null) => AddressProblem | null
    /** The address for a reference: a fresh one the first time, and the same one ever after. */
    readonly deriveAddress: (request: {
      readonly chain: string
      readonly currency: Currency
      readonly reference: string
    }) => Effect.Effect<DepositAddress, BlockchainUnavailable>
    readonly depositsAt: (query: DepositQuery) => Effect.Effect<DepositPage, BlockchainUnavailable>
    /** Never fails: what went wrong is in the reply. Ends within `timeoutMs`. */
    readonly sendRefund: (operation: RefundOperation, timeoutMs: number) => Effect.Effect<TransferReply>
    /** How the refund with this key stands. Never fails. Ends within `timeoutMs`. */
    readonly lookupRefund: (key: string, timeoutMs: number) => Effect.Effect<TransferLookup>
    /** What forbids a pull whenever it is sent, as far as the message and its signature tell. `null`: nothing. */
    readonly checkAuthorization: (
      operation: Omit<PullOperation, "key">
    ) => "asset_unsupported" | "address_invalid" | "amount_invalid" | "signature_invalid" | null
    /** Hands a payer's signed authorization to the token. What it moves is seen as a deposit at `to`. Never fails. */
    readonly submitAuthorization: (operation: PullOperation, timeoutMs: number) => Effect.Effect<TransferReply>
    /** How the pull with this key stands. Never fails. Ends within `timeoutMs`. */
    readonly lookupAuthorization: (key: string, timeoutMs: number) => Effect.Effect<TransferLookup>
    /** What a transfer of an asset costs now, in that asset. */
    readonly quoteNetworkFee: (
      chain: string,
      currency: Currency
    ) => Effect.Effect<NetworkFeeQuote, BlockchainUnavailable>
  }
>()("@paykernel/core/Blockchain") {}
