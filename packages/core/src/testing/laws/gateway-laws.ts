/** Laws of a card gateway, over whole conversations with it: one key one effect, and no more than there is. */
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import type { GatewayReply } from "../../attempt/attempt.ts"
import type { GatewayOperation } from "../../ports/card-gateway.ts"
import { authorization, followUp, type GatewayUnderTest, send } from "../gateway/gateway-case.ts"
import { checksOf } from "./law.ts"

/** Gives a gateway for each conversation; fresh keys keep conversations apart where it is always the same one. */
export type MakeGateway = () => Promise<GatewayUnderTest>

/** What is said after an authorization of 10 units. Shrinks towards one whole capture, said once. */
type Turn = { readonly kind: "capture" | "void" | "refund"; readonly units: bigint; readonly times: number }

const turns: fc.Arbitrary<ReadonlyArray<Turn>> = fc.array(
  fc.record({
    kind: fc.constantFrom("capture" as const, "refund" as const, "void" as const),
    units: fc.constantFrom(10n, 4n, 6n, 1n, 11n),
    times: fc.integer({ min: 1, max: 3 })
  }),
  { maxLength: 6 }
)

/**
 * However often a message is sent, its key has one verdict. Needs a gateway that is idempotent by key.
 *
 * @example
 * await fc.assert(oneVerdictPerKey(async () => ({ gateway, approvedCard, currency: "USD", nextKey, merchantId: "m" })))
 */
export const oneVerdictPerKey = (make: MakeGateway) => {
  const { same } = checksOf("oneVerdictPerKey")
  return fc.asyncProperty(fc.boolean(), turns, async (capture, said) => {
    await conversation(make, capture, said, (replies) => {
      for (const reply of replies) same("one key has two verdicts", replies[0], reply)
    })
  })
}

/**
 * In whatever order it is asked: captured ≤ authorized, refunded ≤ captured, and nothing after a void.
 *
 * @example
 * await fc.assert(neverOverspends(async () => ({ gateway, approvedCard, currency: "USD", nextKey, merchantId: "m" })))
 */
export const neverOverspends = (make: MakeGateway) => {
  const { that } = checksOf("neverOverspends")
  return fc.asyncProperty(fc.boolean(), turns, async (capture, said) => {
    const books = { authorized: 0n, captured: 0n, refunded: 0n, voided: false }
    await conversation(make, capture, said, ([reply], operation) => {
      if (reply?._tag !== "Approved") return
      const { kind, amount } = operation
      that(!books.voided, `a ${kind} was approved after a void`, { ...books, amount })
      that(reply.amount.amount === amount.amount, `a ${kind} of another amount was approved`, { asked: amount, reply })
      if (kind === "authorize") books.authorized += amount.amount
      if (kind === "capture" || (kind === "authorize" && capture)) books.captured += amount.amount
      if (kind === "refund") books.refunded += amount.amount
      if (kind === "void") books.voided = true
      that(books.captured <= books.authorized, "more was captured than authorized", books)
      that(books.refunded <= books.captured, "more was refunded than captured", books)
    })
  })
}

/** Authorizes 10 units, then says each turn as often as it wants, and hands over what was answered. */
const conversation = async (
  make: MakeGateway,
  capture: boolean,
  said: ReadonlyArray<Turn>,
  hear: (replies: ReadonlyArray<GatewayReply>, operation: GatewayOperation) => void
): Promise<void> => {
  const subject = await make()
  const first = authorization(subject, { units: 10n, capture })
  try {
    hear([await Effect.runPromise(send(subject, first))], first)
    for (const { kind, units, times } of said) {
      const operation = followUp(subject, first, kind, units)
      const replies: Array<GatewayReply> = []
      for (let time = 0; time < times; time++) replies.push(await Effect.runPromise(send(subject, operation)))
      hear(replies, operation)
    }
  } finally {
    await subject.close?.()
  }
}
