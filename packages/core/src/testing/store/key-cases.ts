/** An idempotency key is bound once, to one answer, and the answer comes back as the same bytes. */
import { expect } from "vitest"
import {
  commitOf,
  keyOf,
  noonMs,
  numbers,
  outcome,
  outcomes,
  refOf,
  run,
  type StoreCases,
  stranger,
  writeOf
} from "./store-case.ts"

export const keyCases: StoreCases = {
  "of 200 commits on one key one wins and the others find it taken": async (store) => {
    const racers = numbers(200).map((n) =>
      commitOf({
        idempotency: keyOf("k", { aggregate: refOf(`p-${n}`), body: `answer ${n}` }),
        aggregates: [writeOf(`p-${n}`)]
      })
    )
    const results = await outcomes(store, racers)
    const winner = results.indexOf("Committed")
    expect(results.filter((result) => result === "KeyTaken")).toHaveLength(199)
    expect(await run(store.idempotencyRecord(keyOf("k")))).toEqual({ ...racers[winner]?.idempotency, held: false })
    for (const n of numbers(200)) {
      expect((await run(store.load(refOf(`p-${n}`)))) !== undefined).toBe(n === winner)
    }
  },
  "a key is its merchant's and its scope's own": async (store) => {
    await outcome(store, commitOf({ idempotency: keyOf("k") }))
    expect(await outcome(store, commitOf({ idempotency: keyOf("k", { scope: "POST /refunds" }) }))).toBe("Committed")
    expect(await outcome(store, commitOf({ idempotency: keyOf("k", { merchantId: stranger }) }))).toBe("Committed")
    expect(await outcome(store, commitOf({ idempotency: keyOf("k") }))).toBe("KeyTaken")
  },
  "a key may be used again from the millisecond at which it expires": async (store) => {
    const expiresAtMs = noonMs + 1000
    await outcome(store, commitOf({ idempotency: keyOf("k", { expiresAtMs, body: "first" }) }))
    const again = (createdAtMs: number) =>
      commitOf({ idempotency: keyOf("k", { createdAtMs, expiresAtMs: createdAtMs + 1000, body: "second" }) })
    expect(await outcome(store, again(expiresAtMs - 1))).toBe("KeyTaken")
    expect(await run(store.idempotencyRecord(keyOf("k")))).toMatchObject({ body: "first" })
    expect(await outcome(store, again(expiresAtMs))).toBe("Committed")
    expect(await run(store.idempotencyRecord(keyOf("k")))).toEqual({ ...again(expiresAtMs).idempotency, held: false })
  },
  "of many commits on an expired key one wins": async (store) => {
    await outcome(store, commitOf({ idempotency: keyOf("k", { expiresAtMs: noonMs + 1 }) }))
    const racers = numbers(30).map((n) =>
      commitOf({ idempotency: keyOf("k", { createdAtMs: noonMs + 1, body: `answer ${n}` }) })
    )
    const results = await outcomes(store, racers)
    expect(results.filter((result) => result === "Committed")).toHaveLength(1)
    expect(results.filter((result) => result === "KeyTaken")).toHaveLength(29)
  },
  "an answer comes back byte for byte": async (store) => {
    const bodies = [
      '{"a": 1,  "b":\t2}\n',
      "é é – 漢字 🧾\u{10ffff}",
      "\u0000nul\u0000",
      "'; --",
      " ".repeat(20_000),
      ""
    ]
    for (const [n, body] of bodies.entries()) await outcome(store, commitOf({ idempotency: keyOf(`k-${n}`, { body }) }))
    for (const [n, body] of bodies.entries()) {
      expect((await run(store.idempotencyRecord(keyOf(`k-${n}`))))?.body).toBe(body)
    }
  }
}
