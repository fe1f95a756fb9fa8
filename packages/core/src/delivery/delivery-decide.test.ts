import { describe, expect, it } from "vitest"
import { decider } from "../testing/decider.ts"
import {
  attemptsShownMax,
  type DeliveryAnswer,
  type DeliveryAttempt,
  type DeliveryCommand,
  type DeliveryEvent,
  type DeliveryRejection,
  type DeliveryStatus,
  decide,
  evolve,
  isTaken,
  noDelivery
} from "./index.ts"

const { given, history, fold } = decider({ initial: noDelivery, decide, evolve })

const nowMs = 1_700_000_000_000

type Command<Tag extends DeliveryCommand["_tag"]> = Extract<DeliveryCommand, { readonly _tag: Tag }>

const plan = (change: Partial<Command<"PlanDelivery">> = {}): DeliveryCommand => ({
  _tag: "PlanDelivery",
  id: "d-1",
  merchantId: "m-1",
  messageId: "msg-1",
  type: "payments",
  dialect: "v1",
  target: { _tag: "Endpoint", endpointId: "e-1" },
  subject: { type: "payment", id: "p-1", version: 3 },
  withheld: false,
  firstAttemptAtMs: nowMs + 10,
  nowMs,
  ...change
})

const answered = (status: number): DeliveryAnswer => ({ _tag: "Answered", status, headers: [], bodyStart: "" })

const attemptWith = (answer: DeliveryAnswer, atMs = nowMs + 10): DeliveryAttempt => ({
  atMs,
  durationMs: 5,
  requestHeaders: [["webhook-id", "msg-1"]],
  answer
})

const record = (answer: DeliveryAnswer, nextAttemptAtMs: number | null = nowMs + 5_000): DeliveryCommand => ({
  _tag: "RecordAttempt",
  attempt: attemptWith(answer),
  nextAttemptAtMs,
  nowMs: nowMs + 15
})

const withhold: DeliveryCommand = { _tag: "WithholdDelivery", nowMs: nowMs + 20 }
const replay: DeliveryCommand = { _tag: "ReplayDelivery", firstAttemptAtMs: nowMs + 30, nowMs: nowMs + 30 }

const task = (round: number, dueAtMs: number) => ({
  id: `deliver:d-1:${round}`,
  kind: "deliver",
  aggregate: { type: "delivery", id: "d-1" },
  subject: String(round),
  dueAtMs
})

describe("planning a delivery", () => {
  it("puts it on its schedule", () => {
    const { _tag, nowMs: atMs, ...details } = plan() as Command<"PlanDelivery">
    const decision = given()
      .when(plan())
      .then({ _tag: "DeliveryPlanned", ...details, atMs })
    expect(decision.tasks).toEqual([task(1, nowMs + 10)])
    const { withheld, firstAttemptAtMs, ...identity } = details
    expect(fold(decision.events)).toEqual({
      ...identity,
      ...{ status: "waiting", round: 1, failures: 0, attemptsCount: 0, attempts: [] },
      nextAttemptAtMs: firstAttemptAtMs,
      createdAtMs: nowMs,
      updatedAtMs: nowMs
    })
  })

  it("keeps what is withheld, and does nothing about it", () => {
    const withheld = history(plan({ withheld: true }))
    expect(withheld.map(({ _tag }) => _tag)).toEqual(["DeliveryPlanned", "DeliveryWithheld"])
    expect(decide(noDelivery, plan({ withheld: true }))).toMatchObject({ success: { tasks: [] } })
    expect(fold(withheld)).toMatchObject({ status: "withheld", nextAttemptAtMs: null })
  })
})

describe("an attempt", () => {
  it.each([
    [199, false],
    [200, true],
    [204, true],
    [299, true],
    [300, false],
    [302, false],
    [410, false],
    [500, false]
  ])("that is answered with %d is taken: %s", (status, taken) => {
    expect(isTaken(answered(status))).toBe(taken)
  })

  it("that nobody answers is not", () => {
    expect(isTaken({ _tag: "Unanswered", why: "timed_out" })).toBe(false)
  })

  it("that was taken ends the delivery, whatever was to come next", () => {
    for (const next of [nowMs + 5_000, null]) {
      given(...history(plan()))
        .when(record(answered(204), next))
        .then({ _tag: "MessageDelivered", attempt: attemptWith(answered(204)), atMs: nowMs + 15 })
    }
    expect(fold(history(plan(), record(answered(204))))).toMatchObject({
      ...{ status: "delivered", failures: 0, attemptsCount: 1, nextAttemptAtMs: null },
      attempts: [attemptWith(answered(204))]
    })
  })

  it("that failed is followed by another, or was the last", () => {
    const event = given(...history(plan())).when(record(answered(500)))
    event.then({
      _tag: "AttemptFailed",
      attempt: attemptWith(answered(500)),
      nextAttemptAtMs: nowMs + 5_000,
      atMs: nowMs + 15
    })
    given(...history(plan(), record(answered(500))))
      .when(record(answered(500), null))
      .then({ _tag: "DeliveryGivenUp", attempt: attemptWith(answered(500)), atMs: nowMs + 15 })
    expect(fold(history(plan(), record(answered(500))))).toMatchObject({
      ...{ status: "waiting", failures: 1, attemptsCount: 1, nextAttemptAtMs: nowMs + 5_000 }
    })
    expect(fold(history(plan(), record(answered(500)), record(answered(500), null)))).toMatchObject({
      ...{ status: "dead", failures: 2, attemptsCount: 2, nextAttemptAtMs: null }
    })
  })

  it("is shown with the latest of the others, and counted with all of them", () => {
    const many = Array.from({ length: attemptsShownMax + 3 }, (_, n) => record(answered(500 + n)))
    const { attempts, attemptsCount } = fold(history(plan(), ...many))
    expect(attempts).toHaveLength(attemptsShownMax)
    expect(attempts.at(-1)?.answer).toEqual(answered(500 + attemptsShownMax + 2))
    expect(attemptsCount).toBe(attemptsShownMax + 3)
  })
})

describe("a replay", () => {
  it.each([
    ["delivered", [plan(), record(answered(200))]],
    ["given up", [plan(), record(answered(500), null)]],
    ["withheld", [plan(), withhold]],
    ["waiting for its next attempt", [plan(), record(answered(500))]]
  ])("begins again what was %s, as another task", (_, life) => {
    const decision = given(...history(...life))
      .when(replay)
      .then({ _tag: "DeliveryReplayed", firstAttemptAtMs: nowMs + 30, atMs: nowMs + 30 })
    expect(decision.tasks).toEqual([task(2, nowMs + 30)])
    expect(fold(history(...life, replay))).toMatchObject({
      ...{ status: "waiting", round: 2, failures: 0, nextAttemptAtMs: nowMs + 30 }
    })
  })

  it("has a task of its own each time, within one millisecond too", () => {
    expect(decide(fold(history(plan(), replay)), replay)).toMatchObject({ success: { tasks: [task(3, nowMs + 30)] } })
  })
})

const lives: { readonly [Status in DeliveryStatus]: ReadonlyArray<DeliveryCommand> } = {
  none: [],
  waiting: [plan()],
  delivered: [plan(), record(answered(200))],
  dead: [plan(), record(answered(500), null)],
  withheld: [plan(), withhold]
}

const commands = { plan: plan(), taken: record(answered(200)), failed: record(answered(500)), withhold, replay }

type Answer = DeliveryEvent["_tag"] | DeliveryRejection["_tag"] | "nothing"

const over = { plan: "DeliveryAlreadyPlanned", taken: "DeliveryIsOver", failed: "DeliveryIsOver" } as const
const absent = "DeliveryNotFound"

const table: { readonly [Status in DeliveryStatus]: { readonly [Name in keyof typeof commands]: Answer } } = {
  none: { plan: "DeliveryPlanned", taken: absent, failed: absent, withhold: absent, replay: absent },
  waiting: {
    ...{ plan: "DeliveryAlreadyPlanned", taken: "MessageDelivered", failed: "AttemptFailed" },
    ...{ withhold: "DeliveryWithheld", replay: "DeliveryReplayed" }
  },
  delivered: { ...over, withhold: "DeliveryIsOver", replay: "DeliveryReplayed" },
  dead: { ...over, withhold: "DeliveryIsOver", replay: "DeliveryReplayed" },
  withheld: { ...over, withhold: "nothing", replay: "DeliveryReplayed" }
}

describe("every command in every state", () => {
  const statuses = Object.keys(table) as Array<DeliveryStatus>

  it.each(statuses)("of a delivery that is %s", (status) => {
    const delivery = fold(history(...lives[status]))
    expect(delivery.status).toBe(status)
    const answers = Object.entries(commands).map(([name, command]) => {
      const decided = decide(delivery, command)
      if (decided._tag === "Failure") return [name, decided.failure._tag]
      return [name, decided.success.events.map(({ _tag }) => _tag).join() || "nothing"]
    })
    expect(Object.fromEntries(answers)).toEqual(table[status])
  })
})
