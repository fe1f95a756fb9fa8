import { describe, expect, it } from "vitest"
import type { Commit } from "../ports/commit.ts"
import {
  captureOf,
  commitOf,
  entryOf,
  keyOf,
  noonMs,
  posting,
  refOf,
  stranger,
  taskOf,
  writeOf
} from "../testing/store/store-case.ts"
import { boundsViolation, commitViolation } from "./commit-invariants.ts"

const place = { merchantId: "m", recordId: "card", field: "pan" }
const sealed = { ...place, sealed: "sealed" }
const largest = 10n ** 38n - 1n
const stays = (atMs: number) => writeOf("p", { retention: { _tag: "Until", atMs } })
const parcel = (fields: { readonly [field: string]: string }) =>
  writeOf("p", { index: [{ ...entryOf("p", noonMs, fields), collection: "parcels" }] })
const credited = (...amounts: ReadonlyArray<bigint>) =>
  captureOf("t", 0n, { postings: amounts.map((amount) => posting("cash", "posted", amount)) })

const writes: ReadonlyArray<readonly [invariant: string, commit: Partial<Commit>]> = [
  ...[-1, 0.5, Number.NaN, 2 ** 53].map(
    (expectedVersion) => ["a version is a whole number", { aggregates: [writeOf("p", { expectedVersion })] }] as const
  ),
  ["an aggregate begins with an event", { aggregates: [writeOf("p", { events: [] })] }],
  ["an aggregate stays until a whole number of milliseconds", { aggregates: [stays(0.5)] }],
  ["an indexed field is declared by its collection", { aggregates: [parcel({ weight: "2 kg" })] }],
  ["an indexed field is declared by its collection", { aggregates: [parcel({})] }],
  ["a commit writes an aggregate once", { aggregates: [writeOf("p"), writeOf("q"), writeOf("p")] }]
]

const records: ReadonlyArray<readonly [invariant: string, commit: Partial<Commit>]> = [
  ["a commit seals a record or erases it", { sealed: [sealed], erased: [place] }],
  ["a ledger transaction id is used once", { ledger: [captureOf("t", 1n), captureOf("t", 1n)] }],
  ["a ledger transaction balances per currency and layer", { ledger: [credited(2n, -1n)] }],
  ["an amount has at most 38 digits", { ledger: [credited(largest + 1n, -largest, -1n)] }],
  ["an amount has at most 38 digits", { ledger: [credited(-largest - 1n, largest, 1n)] }]
]

describe("what a commit breaks on its own", () => {
  it.each([...writes, ...records])("is named: %s", (invariant, parts) => {
    expect(commitViolation(commitOf(parts))).toBe(invariant)
  })

  it.each<[string, (name: string) => Partial<Commit>]>([
    ["a key", (name) => ({ idempotency: keyOf(name) })],
    ["a key's scope", (scope) => ({ idempotency: keyOf("k", { scope }) })],
    ["what a key stands for", (subject) => ({ idempotency: keyOf("k", { subject }) })],
    ["an aggregate", (name) => ({ aggregates: [writeOf(name)] })],
    ["a merchant", (name) => ({ aggregates: [writeOf("p", { ref: refOf("p", name) })] })],
    ["an entry", (name) => ({ aggregates: [writeOf("p", { index: [entryOf(name, noonMs)] })] })],
    ["a field", (email) => ({ aggregates: [writeOf("p", { index: [entryOf("p", noonMs, { email })] })] })],
    ["a task", (name) => ({ tasks: [taskOf(name, noonMs)] })],
    ["a task's subject", (subject) => ({ tasks: [taskOf("t", noonMs, { subject })] })],
    ["a sealed record", (recordId) => ({ sealed: [{ ...sealed, recordId }] })],
    ["a sealed field", (field) => ({ sealed: [{ ...sealed, field }] })],
    ["an erased record", (recordId) => ({ erased: [{ ...place, recordId }] })],
    ["an erased field", (field) => ({ erased: [{ ...place, field }] })]
  ])("is a name that not every store can keep: %s", (_, named) => {
    for (const name of ["a\0b", "\ud83d", "\udca9 "]) {
      expect(commitViolation(commitOf(named(name)))).toBe("a name is well-formed text without NUL")
    }
    for (const name of ["", "naïve", "💩"]) expect(commitViolation(commitOf(named(name)))).toBeUndefined()
  })

  it("is nothing where all of it is sound", () => {
    const beside = [
      { ...place, recordId: "other" },
      { ...place, field: "name" },
      { ...place, merchantId: stranger }
    ]
    const sound: ReadonlyArray<Partial<Commit>> = [
      { sealed: [sealed], erased: beside },
      { ledger: [credited(largest, -largest), captureOf("t", 1n, { merchantId: stranger })] },
      { aggregates: [writeOf("p"), writeOf("p", { ref: refOf("p", stranger) })] },
      { aggregates: [stays(noonMs)] }
    ]
    for (const parts of sound) expect(commitViolation(commitOf(parts))).toBeUndefined()
  })
})

describe("amounts that bound each other", () => {
  it.each([
    ["bounded amounts are not negative", -1n, 0n, 0n],
    ["bounded amounts are not negative", 1n, -1n, 0n],
    ["bounded amounts are not negative", 1n, 1n, -1n],
    ["captured <= authorized", 1n, 2n, 0n],
    ["refunded <= captured", 3n, 1n, 2n],
    ["an amount has at most 38 digits", largest + 1n, 0n, 0n],
    [undefined, 0n, 0n, 0n],
    [undefined, largest, largest, largest]
  ])("%s: %d, %d, %d", (broken, authorized, captured, refunded) => {
    expect(boundsViolation({ authorized, captured, refunded })).toBe(broken)
  })
})
