/** Tenancy, sealed records, retention and scans. */
import { expect } from "vitest"
import type { Place } from "../../ports/vault.ts"
import {
  captureOf,
  commitOf,
  entryOf,
  idsOf,
  keyOf,
  leaseOf,
  merchantId,
  noonMs,
  numbers,
  outcome,
  outcomes,
  queryOf,
  raced,
  refOf,
  run,
  type StoreCases,
  type StorePort,
  stranger,
  taskOf,
  verdict,
  writeOf
} from "./store-case.ts"

const sealedOf = (recordId: string, field = "pan", merchant = merchantId) => ({
  merchantId: merchant,
  recordId,
  field,
  sealed: `${merchant}/${recordId}/${field}`
})

const placeOf = (recordId: string): Place => ({ merchantId, recordId, field: "pan" })

const finish = async (store: StorePort, id: string, untilMs: number) => {
  await outcome(store, commitOf({ tasks: [taskOf(id, noonMs, { bornLeased: { owner: "me", untilMs } })] }))
  await outcome(store, commitOf({ lease: leaseOf(id, 1, { _tag: "Done" }) }))
}

const sweep = (store: StorePort, nowMs: number, finishedTasksBeforeMs: number, limit = 1000) =>
  run(store.sweep({ nowMs, finishedTasksBeforeMs, limit }))

export const recordCases: StoreCases = {
  "another merchant sees nothing through any read": async (store) => {
    const index = [entryOf("p", noonMs, { status: "paid" })]
    const mine = commitOf({
      idempotency: keyOf("k"),
      aggregates: [writeOf("p", { index })],
      ledger: [captureOf("t", 5n)],
      sealed: [sealedOf("card")]
    })
    await outcome(store, mine)
    expect(await run(store.load(refOf("p", stranger)))).toBeUndefined()
    expect(await run(store.events(refOf("p", stranger), 0))).toEqual([])
    expect(await run(store.find(stranger, "payments", "p"))).toBeUndefined()
    expect(await idsOf(store, { merchantId: stranger })).toEqual([])
    expect(await idsOf(store, { merchantId: stranger, where: { status: "paid" } })).toEqual([])
    expect(await run(store.count(queryOf({ merchantId: stranger }), 10))).toBe(0)
    expect(await run(store.idempotencyRecord(keyOf("k", { merchantId: stranger })))).toBeUndefined()
    expect(await run(store.sealedRecord(sealedOf("card", "pan", stranger)))).toBeUndefined()
    expect(await run(store.balances(stranger))).toEqual([])
    expect(await run(store.ledgerOf(stranger, { type: "payment", id: "p" }))).toEqual([])
    expect(await run(store.scan(stranger, "payment", null, 10))).toEqual([])
  },
  "two merchants may use the same ids without meeting": async (store) => {
    for (const owner of [merchantId, stranger]) {
      const index = [entryOf("p", noonMs, { status: owner })]
      const commit = commitOf({
        aggregates: [writeOf("p", { ref: refOf("p", owner), state: owner, index })],
        ledger: [captureOf("t", 5n, { merchantId: owner })],
        sealed: [sealedOf("card", "pan", owner)]
      })
      expect(await outcome(store, commit)).toBe("Committed")
    }
    for (const owner of [merchantId, stranger]) {
      expect(await run(store.load(refOf("p", owner)))).toMatchObject({ state: owner, version: 1 })
      expect(await idsOf(store, { merchantId: owner, where: { status: owner } })).toEqual(["p"])
      expect((await run(store.sealedRecord(sealedOf("card", "pan", owner))))?.sealed).toBe(`${owner}/card/pan`)
    }
  },
  "types of aggregates do not meet either": async (store) => {
    const card = { ...refOf("p"), type: "card" }
    await outcome(store, commitOf({ aggregates: [writeOf("p"), writeOf("p", { ref: card, state: "a card" })] }))
    expect(await run(store.load(card))).toMatchObject({ state: "a card" })
    expect(await run(store.load(refOf("p")))).toMatchObject({ state: { id: "p" } })
  },
  "a record sealed again replaces the earlier one": async (store) => {
    await outcome(store, commitOf({ sealed: [sealedOf("card")] }))
    await outcome(store, commitOf({ sealed: [{ ...sealedOf("card"), sealed: "rewrapped" }] }))
    expect((await run(store.sealedRecord(sealedOf("card"))))?.sealed).toBe("rewrapped")
    expect(await run(store.sealedRecords(null, 10))).toHaveLength(1)
  },
  "an erased record is gone, and what lies beside it stays": async (store) => {
    const beside = [sealedOf("card", "name"), sealedOf("other"), sealedOf("card", "pan", stranger)]
    await outcome(store, commitOf({ sealed: [sealedOf("card"), ...beside] }))
    expect(await outcome(store, commitOf({ erased: [placeOf("card")] }))).toBe("Committed")
    expect(await run(store.sealedRecord(placeOf("card")))).toBeUndefined()
    expect(await run(store.sealedRecords(null, 10))).toHaveLength(3)
    await outcome(store, commitOf({ sealed: [sealedOf("card")] }))
    expect(await run(store.sealedRecord(placeOf("card")))).toEqual(sealedOf("card"))
  },
  "erasing what is not there, and once more, is fine": async (store) => {
    await outcome(store, commitOf({ sealed: [sealedOf("card")] }))
    const erased = [placeOf("card"), placeOf("card"), placeOf("nobody's")]
    for (const _ of numbers(2)) expect(await outcome(store, commitOf({ erased }))).toBe("Committed")
    expect(await run(store.sealedRecords(null, 10))).toEqual([])
  },
  "a commit that is refused erases nothing": async (store) => {
    await outcome(store, commitOf({ sealed: [sealedOf("card")], aggregates: [writeOf("p")] }))
    const stale = commitOf({ erased: [placeOf("card")], aggregates: [writeOf("p")] })
    expect(await outcome(store, stale)).toBe("VersionConflict")
    const lost = commitOf({ erased: [placeOf("card")], lease: leaseOf("t", 1, { _tag: "Done" }) })
    expect(await outcome(store, lost)).toBe("LeaseLost")
    expect(await run(store.sealedRecord(placeOf("card")))).toEqual(sealedOf("card"))
  },
  "a commit cannot seal a record and erase it": async (store) => {
    const both = commitOf({ sealed: [sealedOf("card")], erased: [placeOf("other"), placeOf("card")] })
    expect(await verdict(store, both)).toBe("a commit seals a record or erases it")
    expect(await run(store.sealedRecords(null, 10))).toEqual([])
  },
  "a commit may seal a record and erase those beside it": async (store) => {
    const beside = [sealedOf("card", "name"), sealedOf("other"), sealedOf("card", "pan", stranger)]
    await outcome(store, commitOf({ sealed: beside }))
    const erased = beside.map(({ sealed: _, ...place }) => place)
    expect(await outcome(store, commitOf({ sealed: [sealedOf("card")], erased }))).toBe("Committed")
    expect(await run(store.sealedRecords(null, 10))).toEqual([sealedOf("card")])
  },
  "of commits that seal and erase one record at once, each takes effect whole": async (store, another) => {
    const stores = [store, await another()]
    const commits = numbers(40).map((n) =>
      commitOf(n % 2 === 0 ? { sealed: [sealedOf("card")] } : { erased: [placeOf("card")] })
    )
    expect(new Set(await raced(stores, commits))).toEqual(new Set(["Committed"]))
    expect(await outcome(store, commitOf({ erased: [placeOf("card")] }))).toBe("Committed")
    expect(await run(store.sealedRecords(null, 10))).toEqual([])
  },
  "sealed records of all merchants are walked in one stable order": async (store) => {
    const all = [stranger, merchantId].flatMap((owner) =>
      numbers(7).flatMap((n) => [sealedOf(`card-${n}`, "pan", owner), sealedOf(`card-${n}`, "name", owner)])
    )
    await outcomes(
      store,
      all.map((record) => commitOf({ sealed: [record] }))
    )
    const met: Array<(typeof all)[number]> = []
    for (;;) {
      const records = await run(store.sealedRecords(met.at(-1) ?? null, 5))
      if (records.length === 0) break
      expect(records.length).toBeLessThanOrEqual(5)
      met.push(...records)
    }
    const inOrder = (record: (typeof all)[number]) => record.sealed
    expect(met.map(inOrder)).toEqual(all.map(inOrder).sort())
  },
  "a sweep removes expired keys and finished tasks past their retention, and nothing else": async (store) => {
    await outcome(store, commitOf({ idempotency: keyOf("old", { expiresAtMs: noonMs + 10 }) }))
    await outcome(store, commitOf({ idempotency: keyOf("live", { expiresAtMs: noonMs + 11 }) }))
    await finish(store, "done-early", noonMs + 1)
    await finish(store, "done-late", noonMs + 50)
    await outcome(
      store,
      commitOf({ tasks: [taskOf("open", 1), taskOf("aside", 1, { bornLeased: { owner: "me", untilMs: 1 } })] })
    )
    await outcome(store, commitOf({ lease: leaseOf("aside", 1, { _tag: "Park", why: "why" }) }))
    expect(await sweep(store, noonMs + 9, noonMs + 1)).toBe(0)
    expect(await sweep(store, noonMs + 10, noonMs + 50)).toBe(2)
    expect(await sweep(store, noonMs + 10, noonMs + 50)).toBe(0)
    expect(await run(store.idempotencyRecord(keyOf("old")))).toBeUndefined()
    expect(await run(store.idempotencyRecord(keyOf("live")))).toBeDefined()
    expect(await run(store.parked())).toHaveLength(1)
    await outcome(store, commitOf({ tasks: [taskOf("done-late", 1), taskOf("done-early", 2)] }))
    const claimed = await run(store.claim({ lane: "money", owner: "w", nowMs: noonMs, leaseMs: 1, limit: 10 }))
    expect(claimed.map(({ id }) => id)).toEqual(["open", "done-early"])
  },
  "a sweep takes no more than its limit at once": async (store) => {
    await outcomes(
      store,
      numbers(7).map((n) => commitOf({ idempotency: keyOf(`k-${n}`, { expiresAtMs: noonMs }) }))
    )
    for (const n of numbers(6)) await finish(store, `t-${n}`, noonMs)
    const swept: Array<number> = []
    for (const _ of numbers(4)) swept.push(await sweep(store, noonMs + 1, noonMs + 1, 5))
    expect(swept).toEqual([5, 5, 3, 0])
  },
  "a scan walks the aggregates of one type and merchant by id": async (store) => {
    const ids = numbers(12).map((n) => `p-${String.fromCharCode(108 - n)}`)
    await outcomes(
      store,
      ids.map((id) => commitOf({ aggregates: [writeOf(id)] }))
    )
    await outcome(store, commitOf({ aggregates: [writeOf("card", { ref: { ...refOf("card"), type: "card" } })] }))
    await outcome(store, commitOf({ aggregates: [writeOf("p-bb", { ref: refOf("p-bb", stranger) })] }))
    const met: Array<string> = []
    for (;;) {
      const found = await run(store.scan(merchantId, "payment", met.at(-1) ?? null, 5))
      if (found.length === 0) break
      expect(found.length).toBeLessThanOrEqual(5)
      met.push(...found.map(({ ref }) => ref.id))
    }
    expect(met).toEqual(ids.toSorted())
  }
}
