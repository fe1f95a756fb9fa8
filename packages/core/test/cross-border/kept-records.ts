/** What tests ask of the kernel and of its store about payments abroad. */
import type { CreateCrossBorderInput, ListRequest } from "@paykernel/core"
import * as Effect from "effect/Effect"
import { everything } from "../kernel-world.ts"
import { type CrossBorderWorld, merchantId, ok, paymentRequest } from "./cross-border-world.ts"

export const listed = async ({ kernel }: CrossBorderWorld, where: ListRequest["where"] = {}) =>
  ok(await kernel.crossBorder.payments.list(merchantId, { ...everything, where })).items

export const create = ({ kernel }: CrossBorderWorld, input: CreateCrossBorderInput, key?: string, meaning?: string) =>
  kernel.crossBorder.payments.create(merchantId, input, key === undefined ? undefined : paymentRequest(key, meaning))

/** Everything that the store holds, as text. */
export const rowsOf = async ({ store }: CrossBorderWorld): Promise<string> => {
  const types = ["quote", "cross_border_payment", "onchain_transaction", "rfi", "payout_refund", "ticket"]
  const rows: Array<unknown> = []
  for (const type of types) {
    for (const stored of await Effect.runPromise(store.scan(merchantId, type, null, 100))) {
      rows.push(stored, await Effect.runPromise(store.events(stored.ref, 0)))
    }
  }
  rows.push(await Effect.runPromise(store.claim({ lane: "money", owner: "o", nowMs: 1e15, leaseMs: 1, limit: 1000 })))
  return JSON.stringify(rows, (_, value) => (typeof value === "bigint" ? `${value}` : value))
}

/** What is sealed, by field. */
export const sealedIn = async ({ store }: CrossBorderWorld) =>
  (await Effect.runPromise(store.sealedRecords(null, 1000))).map(({ field }) => field)
