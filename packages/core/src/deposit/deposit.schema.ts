/** A deposit and its events as stored: plain JSON, validated whenever it is read. Writing lists each field by hand. */
import * as Schema from "effect/Schema"
import {
  CurrencyCode,
  encodeMoney,
  encodeRational,
  MoneyCodec,
  type MoneyJson,
  RationalCodec,
  type RationalJson
} from "../money/money.schema.ts"
import type {
  BlockPlace,
  Credit,
  Deposit,
  DepositEvent,
  DepositOrigin,
  DepositStatus,
  SettlementRate
} from "./deposit.ts"

type RateJson = Omit<SettlementRate, "rate"> & { readonly rate: RationalJson }

export type CreditJson = {
  readonly amount: MoneyJson
  readonly fee: MoneyJson
  readonly net: MoneyJson
  readonly settled: MoneyJson
  readonly rate: RateJson | null
}

type Stored<Shape> = Shape extends unknown
  ? {
      readonly [Field in keyof Shape]: Field extends "amount"
        ? MoneyJson
        : Field extends "credit"
          ? CreditJson | Extract<Shape[Field], null>
          : Field extends "settlementCurrency"
            ? string
            : Shape[Field]
    }
  : never

export type DepositJson = Stored<Deposit>
export type DepositEventJson = Stored<DepositEvent>

const DepositStatusCodec: Schema.Codec<DepositStatus> = Schema.Literals([
  "none",
  "seen",
  "confirming",
  "final",
  "dropped"
])

const BlockPlaceCodec: Schema.Codec<BlockPlace> = Schema.Struct({ height: Schema.Int, hash: Schema.String })

const CreditCodec: Schema.Codec<Credit, CreditJson> = Schema.Struct({
  amount: MoneyCodec,
  fee: MoneyCodec,
  net: MoneyCodec,
  settled: MoneyCodec,
  rate: Schema.NullOr(Schema.Struct({ quoteId: Schema.String, rate: RationalCodec }))
})

const origin = {
  id: Schema.String,
  merchantId: Schema.String,
  walletId: Schema.NullOr(Schema.String),
  intentId: Schema.String,
  chain: Schema.String,
  transactionHash: Schema.String,
  outputIndex: Schema.Int,
  address: Schema.String,
  addressTag: Schema.NullOr(Schema.String),
  settlementCurrency: CurrencyCode,
  fromAddresses: Schema.Array(Schema.String),
  late: Schema.Boolean,
  firstSeenAtMs: Schema.Int
}

export const DepositCodec: Schema.Codec<Deposit, DepositJson> = Schema.Struct({
  status: DepositStatusCodec,
  ...origin,
  amount: MoneyCodec,
  block: Schema.NullOr(BlockPlaceCodec),
  replacedBy: Schema.NullOr(Schema.String),
  credit: Schema.NullOr(CreditCodec),
  createdAtMs: Schema.Int,
  updatedAtMs: Schema.Int
})

const moment = { atMs: Schema.Int }

export const DepositEventCodec: Schema.Codec<DepositEvent, DepositEventJson> = Schema.TaggedUnion({
  DepositSeen: { ...origin, amount: MoneyCodec, ...moment },
  DepositIncluded: { block: BlockPlaceCodec, ...moment },
  DepositReturnedToPool: moment,
  DepositDropped: { replacedBy: Schema.NullOr(Schema.String), ...moment },
  DepositSeenAgain: moment,
  DepositFinalized: { block: BlockPlaceCodec, credit: CreditCodec, ...moment }
})

/** Reads a stored deposit. Throws where the JSON is not one: stored data is ours, so that is a defect. */
export const decodeDeposit: (json: unknown) => Deposit = Schema.decodeUnknownSync(DepositCodec)

/** Reads a stored event of a deposit. Throws where the JSON is not one. */
export const decodeDepositEvent: (json: unknown) => DepositEvent = Schema.decodeUnknownSync(DepositEventCodec)

export const encodeDeposit = (deposit: Deposit): DepositJson => ({
  status: deposit.status,
  ...encodeOrigin(deposit),
  amount: encodeMoney(deposit.amount),
  block: deposit.block && encodeBlock(deposit.block),
  replacedBy: deposit.replacedBy,
  credit: deposit.credit && encodeCredit(deposit.credit),
  createdAtMs: deposit.createdAtMs,
  updatedAtMs: deposit.updatedAtMs
})

export const encodeDepositEvent = (event: DepositEvent): DepositEventJson => {
  const { _tag, atMs } = event
  switch (_tag) {
    case "DepositSeen":
      return { _tag, ...encodeOrigin(event), amount: encodeMoney(event.amount), atMs }
    case "DepositIncluded":
      return { _tag, block: encodeBlock(event.block), atMs }
    case "DepositDropped":
      return { _tag, replacedBy: event.replacedBy, atMs }
    case "DepositReturnedToPool":
    case "DepositSeenAgain":
      return { _tag, atMs }
    case "DepositFinalized":
      return { _tag, block: encodeBlock(event.block), credit: encodeCredit(event.credit), atMs }
  }
}

const encodeOrigin = (from: DepositOrigin): DepositOrigin => ({
  id: from.id,
  merchantId: from.merchantId,
  walletId: from.walletId,
  intentId: from.intentId,
  chain: from.chain,
  transactionHash: from.transactionHash,
  outputIndex: from.outputIndex,
  address: from.address,
  addressTag: from.addressTag,
  settlementCurrency: from.settlementCurrency,
  fromAddresses: [...from.fromAddresses],
  late: from.late,
  firstSeenAtMs: from.firstSeenAtMs
})

const encodeBlock = ({ height, hash }: BlockPlace): BlockPlace => ({ height, hash })

const encodeCredit = ({ amount, fee, net, settled, rate }: Credit): CreditJson => ({
  amount: encodeMoney(amount),
  fee: encodeMoney(fee),
  net: encodeMoney(net),
  settled: encodeMoney(settled),
  rate: rate && { quoteId: rate.quoteId, rate: encodeRational(rate.rate) }
})
