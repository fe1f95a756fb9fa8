/** A settlement and its one event as stored: plain JSON, validated whenever it is read. */
import * as Schema from "effect/Schema"
import { encodeMoney, MoneyCodec, type MoneyJson } from "../money/money.schema.ts"
import type { Settlement, SettlementEvent } from "./settlement.ts"

type MoneyFields = "totalCredits" | "totalDebits" | "paymentFees" | "payout"
type Stored<Shape> = Omit<Shape, MoneyFields> & { readonly [Field in MoneyFields]: MoneyJson }

export type SettlementJson = Stored<Settlement>
export type SettlementEventJson = Stored<SettlementEvent>

const batch = {
  id: Schema.String,
  merchantId: Schema.String,
  walletId: Schema.String,
  totalCredits: MoneyCodec,
  totalDebits: MoneyCodec,
  paymentFees: MoneyCodec,
  payout: MoneyCodec
}

export const SettlementCodec: Schema.Codec<Settlement, SettlementJson> = Schema.Struct({
  status: Schema.Literals(["none", "complete"]),
  ...batch,
  createdAtMs: Schema.Int
})

export const SettlementEventCodec: Schema.Codec<SettlementEvent, SettlementEventJson> = Schema.TaggedUnion({
  SettlementCompleted: { ...batch, atMs: Schema.Int }
})

/** Reads a stored settlement. Throws where the JSON is not one: stored data is ours, so that is a defect. */
export const decodeSettlement: (json: unknown) => Settlement = Schema.decodeUnknownSync(SettlementCodec)

/** Reads a stored event of a settlement. Throws where the JSON is not one. */
export const decodeSettlementEvent: (json: unknown) => SettlementEvent = Schema.decodeUnknownSync(SettlementEventCodec)

export const encodeSettlement = (settlement: Settlement): SettlementJson => ({
  ...settlement,
  ...encodeAmounts(settlement)
})

export const encodeSettlementEvent = (event: SettlementEvent): SettlementEventJson => ({
  ...event,
  ...encodeAmounts(event)
})

const encodeAmounts = (amounts: Pick<Settlement, MoneyFields>): { readonly [Field in MoneyFields]: MoneyJson } => ({
  totalCredits: encodeMoney(amounts.totalCredits),
  totalDebits: encodeMoney(amounts.totalDebits),
  paymentFees: encodeMoney(amounts.paymentFees),
  payout: encodeMoney(amounts.payout)
})
