import * as Result from "effect/Result"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { format, money, parse } from "../money/index.ts"
import {
  applyRecord,
  type Bank,
  type BankOperation,
  decideOperation,
  decideReversal,
  lookUp,
  openBank
} from "./bank.ts"
import type { BankRecord, Executed } from "./journal.ts"

const amounts = {
  parse: (amount: string, currency: string) => Result.getOrThrow(parse(amount, currency)),
  format: (amount: Parameters<typeof format>[0]) => format(amount)
}

type Step = { readonly operation: BankOperation } | { readonly reverse: string }

const authorizations = ["a1", "a2"]
const followUps = ["k1", "k2", "k3", "k4", "k5"]

const operation = fc
  .record({
    kind: fc.constantFrom("authorize", "capture", "capture", "void", "refund", "refund"),
    minor: fc.bigInt({ min: 0n, max: 6n }),
    authorizationKey: fc.constantFrom(...authorizations),
    key: fc.constantFrom(...followUps),
    capture: fc.boolean(),
    isDeclined: fc.boolean()
  })
  .map(({ kind, minor, authorizationKey, key, capture, isDeclined }): Step => {
    const shared = { amount: money(minor, "USD"), merchantId: "m", paymentId: "p" }
    const code = isDeclined ? "payment_failed" : null
    const askIssuer = () => ({ code, avs: "Y", cvv: "not_requested" }) as const
    return kind === "authorize"
      ? { operation: { ...shared, kind, key: authorizationKey, authorizationKey: null, capture, askIssuer } }
      : { operation: { ...shared, kind, key, authorizationKey, capture: false, askIssuer: null } }
  })

const reversal = fc.constantFrom(...authorizations, ...followUps).map((key): Step => ({ reverse: key }))

const steps = fc.array(fc.oneof({ weight: 5, arbitrary: operation }, { weight: 1, arbitrary: reversal }), {
  maxLength: 25
})

const take = (bank: Bank, records: Array<BankRecord>, step: Step, at: string): void => {
  const { record } =
    "reverse" in step ? decideReversal(bank, step.reverse, at) : decideOperation(bank, step.operation, at)
  if (record === null) return
  records.push(record)
  applyRecord(bank, record)
}

const play = (history: ReadonlyArray<Step>): { readonly bank: Bank; readonly records: Array<BankRecord> } => {
  const bank = openBank([], amounts)
  const records: Array<BankRecord> = []
  history.forEach((step, index) => {
    take(bank, records, step, new Date(index).toISOString())
  })
  return { bank, records }
}

const cents = (amount: string): bigint => BigInt(amount.replace(".", ""))

/** What stands of an authorization, counted from its records alone and in another way than the bank does. */
const standing = (records: ReadonlyArray<BankRecord>, authorizationKey: string) => {
  const reversed = new Set(records.flatMap((entry) => (entry.record === "reversed" ? [entry.operationKey] : [])))
  const standingOnes = records.filter(
    (entry): entry is Executed =>
      entry.record === "executed" &&
      entry.outcome === "approved" &&
      (entry.authorizationKey ?? entry.operationKey) === authorizationKey &&
      !reversed.has(entry.operationKey)
  )
  const total = (match: (entry: Executed) => boolean) =>
    standingOnes.filter(match).reduce((sum, { amount }) => sum + cents(amount), 0n)
  return {
    authorized: total(({ kind }) => kind === "authorize"),
    captured: total(({ kind, capture }) => kind === "capture" || (kind === "authorize" && capture)),
    refunded: total(({ kind }) => kind === "refund"),
    captures: standingOnes.filter(({ kind, capture }) => kind === "capture" || capture).length,
    isReversed: reversed.has(authorizationKey)
  }
}

describe("whatever a bank is sent, in whatever order", () => {
  it("captures no more than was authorized, once, and refunds no more than was captured", () => {
    fc.assert(
      fc.property(steps, (history) => {
        const { records } = play(history)
        for (const key of authorizations) {
          const { authorized, captured, refunded, captures, isReversed } = standing(records, key)
          if (isReversed) continue
          expect(captured <= authorized && refunded <= captured && captures <= 1).toBe(true)
        }
      }),
      { numRuns: 10_000 }
    )
  })

  it("executes a key once, and undoes it once", () => {
    fc.assert(
      fc.property(steps, (history) => {
        const { records } = play(history)
        for (const kind of ["executed", "reversed", "poisoned"]) {
          const keys = records.flatMap((entry) =>
            entry.record === kind && "operationKey" in entry ? [entry.operationKey] : []
          )
          expect(new Set(keys).size).toBe(keys.length)
        }
      }),
      { numRuns: 10_000 }
    )
  })

  it("gives a repeated message its first answer, without a record", () => {
    fc.assert(
      fc.property(steps, operation, (history, step) => {
        if (!("operation" in step)) return
        const { bank } = play(history)
        const first = decideOperation(bank, step.operation, "first")
        if (first.record !== null) applyRecord(bank, first.record)
        expect(decideOperation(bank, step.operation, "second")).toEqual({ verdict: first.verdict, record: null })
      }),
      { numRuns: 10_000 }
    )
  })

  it("is the same bank when it is opened again from its records", () => {
    fc.assert(
      fc.property(steps, steps, (history, future) => {
        const { bank, records } = play(history)
        const reopened = openBank(records, amounts)
        const all = [...authorizations, ...followUps]
        expect(all.map((key) => lookUp(reopened, key))).toEqual(all.map((key) => lookUp(bank, key)))
        const onward = future.map((step, index) => {
          const ours: Array<BankRecord> = []
          const theirs: Array<BankRecord> = []
          take(bank, ours, step, String(index))
          take(reopened, theirs, step, String(index))
          return [ours, theirs]
        })
        for (const [ours, theirs] of onward) expect(theirs).toEqual(ours)
      }),
      { numRuns: 10_000 }
    )
  })

  it("lets a reversed key have no effect for ever", () => {
    fc.assert(
      fc.property(steps, operation, steps, (history, step, future) => {
        if (!("operation" in step)) return
        const { bank, records } = play(history)
        const { key } = step.operation
        if (decideReversal(bank, key, "now").result === "refused") return
        for (const next of [{ reverse: key }, step, ...future, step]) take(bank, records, next, "later")
        const { verdict, record } = decideOperation(bank, step.operation, "at last")
        expect([verdict.approved, record]).toEqual([false, null])
      }),
      { numRuns: 10_000 }
    )
  })
})
