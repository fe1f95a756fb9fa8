import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { cardDefinition, paymentDefinition } from "../application/storage/aggregates.ts"
import type { Card } from "../card/card.ts"
import { noCard } from "../card/card-evolve.ts"
import { memoryStore } from "../memory/index.ts"
import { money } from "../money/index.ts"
import type { Payment, RiskEvaluation } from "../payment/payment.ts"
import { noPayment } from "../payment/payment-evolve.ts"
import type { AggregateWrite } from "../ports/commit.ts"
import type { Risk } from "../ports/risk.ts"
import { type Store, StoreUnavailable } from "../ports/store.ts"
import { approved, defaultRisk, firstDenial, noRiskRules, type RiskRules } from "./index.ts"

const windowMs = 60_000
const nowMs = 1_000_000

const rules = (limits: Partial<RiskRules["velocity"]>): RiskRules => ({
  ...noRiskRules,
  velocity: { ...noRiskRules.velocity, ...limits }
})

const card = (id: string, change: Partial<Card> = {}): Card => ({
  ...noCard,
  status: "pending",
  id,
  merchantId: "m-1",
  fingerprint: "f-1",
  holder: { email: "ada@example.org", phoneNumber: null, sessionId: "s", ipAddress: "192.0.2.1" },
  createdAtMs: nowMs,
  ...change
})

const payment = (id: string, change: Partial<Payment> = {}): Payment => ({
  ...noPayment,
  status: "pending",
  id,
  merchantId: "m-1",
  source: { type: "card", id: "card-1" },
  payer: { email: "ada@example.org", phoneNumber: null, sessionId: "s", ipAddress: "192.0.2.1" },
  createdAtMs: nowMs,
  ...change
})

const put = (store: Store["Service"], write: Pick<AggregateWrite, "ref" | "state" | "index">) =>
  Effect.runPromise(
    store.commit({
      idempotency: null,
      aggregates: [{ ...write, ...unbounded, expectedVersion: 0, schemaVersion: 1, events: [happened] }],
      ledger: [],
      tasks: [],
      lease: null,
      sealed: [],
      erased: []
    })
  )

const unbounded = { bounds: null, retention: { _tag: "Kept" as const } }

const happened = { tag: "Happened", schemaVersion: 1, data: {}, atMs: nowMs }

const storeWith = async (...items: ReadonlyArray<Card | Payment>): Promise<Store["Service"]> => {
  const store = memoryStore()
  for (const item of items) {
    const { merchantId, id } = item
    if ("payer" in item) {
      const { encodeState, index } = paymentDefinition
      await put(store, { ref: { merchantId, type: "payment", id }, state: encodeState(item), index: index(item) })
    } else {
      const { encodeState, index } = cardDefinition
      await put(store, { ref: { merchantId, type: "card", id }, state: encodeState(item), index: index(item) })
    }
  }
  return store
}

const fraud: RiskEvaluation = { decision: "denied", reason: "3300" }

describe("the rule set over what the store has seen", () => {
  it.each<[string, ReadonlyArray<Payment>, RiskEvaluation]>([
    ["up to the limit", [payment("p-1"), payment("p-2")], approved],
    ["over it", [payment("p-1"), payment("p-2"), payment("p-3")], fraud],
    ["long ago", [payment("p-1"), payment("p-2"), payment("p-3", { createdAtMs: nowMs - windowMs - 1 })], approved],
    ["just within", [payment("p-1"), payment("p-2"), payment("p-3", { createdAtMs: nowMs - windowMs })], fraud],
    [
      "another card",
      [payment("p-1"), payment("p-2"), payment("p-3", { source: { type: "card", id: "c-2" } })],
      approved
    ],
    ["another merchant", [payment("p-1"), payment("p-2"), payment("p-3", { merchantId: "m-2" })], approved]
  ])("counts the payments of a card: %s", async (_, payments, expected) => {
    const risk = defaultRisk(await storeWith(...payments), rules({ perCard: { max: 2, windowMs } }))
    expect(await Effect.runPromise(risk.assessPayment(payment("p-1"), card("card-1"), nowMs))).toEqual(expected)
  })

  it("does not count refunds as payments", async () => {
    const refund = {
      id: "r-1",
      type: "refund",
      asRefund: false,
      attemptId: null,
      amount: money(1n, "USD"),
      reason: null,
      status: "paid",
      failure: null,
      settlementId: null,
      createdAtMs: nowMs,
      updatedAtMs: nowMs
    } as const
    const refunded = payment("p-1", { reversals: [refund, { ...refund, id: "r-2" }] })
    const risk = defaultRisk(await storeWith(refunded), rules({ perCard: { max: 1, windowMs } }))
    expect(await Effect.runPromise(risk.assessPayment(refunded, card("card-1"), nowMs))).toEqual(approved)
  })

  it("counts payers by email, however it is written, and by address", async () => {
    const loud = { ...payment("p-2").payer, email: "ADA@example.org" }
    const store = await storeWith(payment("p-1"), payment("p-2", { payer: loud }))
    const assess = (limits: Partial<RiskRules["velocity"]>) =>
      Effect.runPromise(defaultRisk(store, rules(limits)).assessPayment(payment("p-1"), card("card-1"), nowMs))
    expect(await assess({ perEmail: { max: 1, windowMs } })).toEqual({ decision: "denied", reason: "3071" })
    expect(await assess({ perIp: { max: 1, windowMs } })).toEqual(fraud)
    expect(await assess({ perEmail: { max: 2, windowMs }, perIp: { max: 2, windowMs } })).toEqual(approved)
  })

  it("counts neither email nor address of somebody else", async () => {
    const other = { ...payment("p-2").payer, email: "bob@example.org", ipAddress: "192.0.2.2" }
    const store = await storeWith(payment("p-1"), payment("p-2", { payer: other }))
    const limited = rules({ perEmail: { max: 1, windowMs }, perIp: { max: 1, windowMs } })
    const assessed = defaultRisk(store, limited).assessPayment(payment("p-1"), card("card-1"), nowMs)
    expect(await Effect.runPromise(assessed)).toEqual(approved)
  })

  it("counts who submits cards by their email and address as well", async () => {
    const store = await storeWith(card("card-1"), card("card-2", { fingerprint: "f-2" }))
    const assess = (limits: Partial<RiskRules["velocity"]>) =>
      Effect.runPromise(defaultRisk(store, rules(limits)).assessCard(card("card-2"), nowMs))
    expect(await assess({ perEmail: { max: 1, windowMs } })).toEqual({ decision: "denied", reason: "3071" })
    expect(await assess({ perIp: { max: 1, windowMs } })).toEqual(fraud)
    expect(await assess({ perEmail: { max: 2, windowMs }, perIp: { max: 2, windowMs } })).toEqual(approved)
  })

  it("does not take payers of whom nothing is known for one and the same", async () => {
    const nobody = { ...payment("p-1").payer, email: "", ipAddress: "" }
    const store = await storeWith(payment("p-1", { payer: nobody }), payment("p-2", { payer: nobody }))
    const risk = defaultRisk(store, rules({ perEmail: { max: 1, windowMs }, perIp: { max: 1, windowMs } }))
    const assessed = risk.assessPayment(payment("p-1", { payer: nobody }), card("card-1"), nowMs)
    expect(await Effect.runPromise(assessed)).toEqual(approved)
  })

  it("counts how often one account number was submitted, under whatever card it is saved", async () => {
    const store = await storeWith(card("card-1"), card("card-2"), card("card-3", { fingerprint: "f-2" }))
    const assess = (max: number) =>
      Effect.runPromise(defaultRisk(store, rules({ perCard: { max, windowMs } })).assessCard(card("card-2"), nowMs))
    expect(await assess(1)).toEqual(fraud)
    expect(await assess(2)).toEqual(approved)
  })

  it("counts how often one account number was presented, since each payment has a card of its own", async () => {
    const presented = (id: string, change: Partial<Card> = {}) => card(id, { status: "presented", ...change })
    const store = await storeWith(
      ...[presented("card-1"), presented("card-2"), presented("card-3", { fingerprint: "f-2" }), card("card-4")],
      presented("card-5", { createdAtMs: nowMs - windowMs - 1 })
    )
    const risk = (max: number) => defaultRisk(store, rules({ perCard: { max, windowMs } }))
    const paid = payment("p-1", { source: { type: "card", id: "card-2" } })
    const assess = (max: number) => Effect.runPromise(risk(max).assessPayment(paid, presented("card-2"), nowMs))
    expect(await assess(1)).toEqual(fraud)
    expect(await assess(2)).toEqual(approved)
  })

  it("asks the store nothing where nothing is limited or somebody is blocked anyway", async () => {
    const broken: Store["Service"] = {
      ...memoryStore(),
      count: () => Effect.fail(new StoreUnavailable({ reason: "down", outcomeUnknown: false }))
    }
    const limited = rules({ perCard: { max: 1, windowMs } })
    const assess = (ruleSet: RiskRules) => defaultRisk(broken, ruleSet).assessCard(card("card-1"), nowMs)
    expect(await Effect.runPromise(assess(noRiskRules))).toEqual(approved)
    const blocked = await Effect.runPromise(assess({ ...limited, blockedFingerprints: ["f-1"] }))
    expect(blocked).toEqual({ decision: "denied", reason: "3550" })
    expect(await Effect.runPromise(Effect.flip(assess(limited)))).toBeInstanceOf(StoreUnavailable)
  })
})

describe("several risk services", () => {
  const saying = (evaluation: RiskEvaluation): Risk["Service"] => ({
    assessCard: () => Effect.succeed(evaluation),
    assessPayment: () => Effect.succeed(evaluation)
  })
  const silent: Risk["Service"] = {
    assessCard: () => Effect.die("must not be asked"),
    assessPayment: () => Effect.die("must not be asked")
  }
  const review: RiskEvaluation = { decision: "review", reason: "3022" }

  it.each<[string, ReadonlyArray<Risk["Service"]>, RiskEvaluation]>([
    ["nobody", [], approved],
    ["all approve", [saying(approved), saying(approved)], approved],
    ["the second denies", [saying(approved), saying(fraud)], fraud],
    ["nobody is asked after a denial", [saying(fraud), silent], fraud],
    ["a denial is stricter than a review", [saying(review), saying(fraud)], fraud],
    ["a review is stricter than an approval", [saying(review), saying(approved)], review],
    ["of two reviews the first is heard", [saying(review), saying({ ...review, reason: "3023" })], review]
  ])("answer as the strictest: %s", async (_, risks, expected) => {
    const risk = firstDenial(risks)
    expect(await Effect.runPromise(risk.assessCard(card("card-1"), nowMs))).toEqual(expected)
    expect(await Effect.runPromise(risk.assessPayment(payment("p-1"), card("card-1"), nowMs))).toEqual(expected)
  })
})
