/** The load of a storm: all callers of all processes change the same few payments, three at a time, up and down. */
import type { StoredAggregate } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import type { PlannedWrite, Totals } from "./journal.ts"
import type { Hands } from "./load.ts"

const merchant = "m-shared"
const paymentsShared = 6
const authorized = 10n ** 15n

export const sharedPayments = async (hands: Hands, caller: number): Promise<void> => {
  for (let n = 0; !hands.isOver(); n++) {
    const first = (n * 5 + caller * 3) % paymentsShared
    const step = n % 2 === 0 ? 1 : paymentsShared - 1
    const payments = [0, 1, 2].map((place) => `shared-${(first + place * step) % paymentsShared}`)
    await moveAll(hands, payments, `${hands.name}-${caller}-${n}`)
    await hands.pause()
  }
}

/** Reads some payments and changes all of them, again and again until nobody else was faster. */
const moveAll = async (hands: Hands, payments: ReadonlyArray<string>, by: string): Promise<void> => {
  for (let tries = 1; !hands.isOver(); tries++) {
    const writes: Array<PlannedWrite> = []
    for (const payment of payments) {
      const question = hands.store.load({ merchantId: merchant, type: "payment", id: payment })
      const seen = await hands.ask(
        "load",
        Effect.map(question, (found) => found ?? "none")
      )
      if (seen === undefined) return
      writes.push({ payment, ...next(seen === "none" ? undefined : seen) })
    }
    const id = `${by}-${tries}`
    const outcome = await hands.send({ id, merchant, key: id, writes, amount: "1", task: "ready", completes: null })
    if (outcome !== "VersionConflict") return
  }
}

const next = (seen: StoredAggregate | undefined): Omit<PlannedWrite, "payment"> => {
  const totals = seen === undefined ? nothing : seen.state
  if (!isTotals(totals)) throw new Error("a payment of the load has totals")
  const refunds = (seen?.version ?? 0) % 3 === 2
  return {
    version: (seen?.version ?? 0) + 1,
    authorized: totals.authorized,
    captured: (BigInt(totals.captured) + (refunds ? 0n : 1n)).toString(),
    refunded: (BigInt(totals.refunded) + (refunds ? 1n : 0n)).toString()
  }
}

const nothing: Totals = { authorized: authorized.toString(), captured: "0", refunded: "0" }

const isTotals = (value: unknown): value is Totals => typeof value === "object" && value !== null && "captured" in value
