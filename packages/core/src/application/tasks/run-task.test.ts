/** What becomes of tasks that cannot be carried out. */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import type { TaskKind } from "../../decision.ts"
import { memoryStore } from "../../memory/index.ts"
import { CardGateway } from "../../ports/card-gateway.ts"
import { Clock } from "../../ports/clock.ts"
import type { TaskUpdate } from "../../ports/commit.ts"
import { Digest } from "../../ports/digest.ts"
import { Ids } from "../../ports/ids.ts"
import { Risk } from "../../ports/risk.ts"
import { type ClaimedTask, LeaseLost, Store, StoreUnavailable } from "../../ports/store.ts"
import { Vault } from "../../ports/vault.ts"
import type { Incident } from "../kernel-contract.ts"
import { type CarryOut, carryingOut, ofAnotherLane } from "./run-task.ts"

const nobody = () => Effect.die(new Error("nobody is asked"))
const capabilities = {
  ...{ idempotentByKey: true, keyTtlMs: 1, lookupByKey: true, lookupLagMs: 1 },
  ...{ maxInFlightMs: 1, reverseByKey: true }
}
const gateway = { send: nobody, lookup: nobody, reverse: nobody, verifyCard: nobody, authenticate: nobody }

const portsOver = (commit: Store["Service"]["commit"]) =>
  Context.mergeAll(
    Context.make(Store, { ...memoryStore(), commit }),
    Context.make(Clock, { nowMs: () => 10_000 }),
    Context.make(CardGateway, { name: "none", capabilities, ...gateway }),
    Context.make(Vault, { seal: nobody, open: nobody, rewrap: nobody, fingerprint: nobody }),
    Context.make(Risk, { assessCard: nobody, assessPayment: nobody }),
    Context.make(Ids, { next: () => "id" }),
    Context.make(Digest, { of: () => "digest" })
  )

type Run = CarryOut[TaskKind]

const carryOutBy = (settle: Run): CarryOut => ({
  ...{ attempt: ofAnotherLane, authenticate: ofAnotherLane, expire_authorization: ofAnotherLane },
  ...{ expire_challenge: ofAnotherLane, verify_card: ofAnotherLane, expire_checkout: ofAnotherLane },
  ...{ follow_payment: ofAnotherLane, assign_address: ofAnotherLane, watch_deposits: ofAnotherLane },
  ...{ expire_intent: ofAnotherLane, refund_transfer: ofAnotherLane, submit_cross_border: ofAnotherLane },
  ...{ follow_cross_border: ofAnotherLane, pay_out: ofAnotherLane, expire_cross_border: ofAnotherLane },
  ...{ broadcast_transaction: ofAnotherLane, expire_transaction: ofAnotherLane, submit_rfi: ofAnotherLane },
  ...{ expire_rfi: ofAnotherLane, notify: ofAnotherLane, deliver: ofAnotherLane, settle }
})

const taskOf = (kind: TaskKind): ClaimedTask => ({
  ...{ id: "t-1", kind, subject: "s-1", dueAtMs: 0, attempt: 1, fence: 3, leasedUntilMs: 9 },
  aggregate: { merchantId: "m-1", type: "merchant", id: "a-1" }
})

/** Carries a task out so many times, and answers what was written of it and what was told. */
const afterTurns = async (turns: number, settle: Run, kind: TaskKind = "settle", isAway = false) => {
  const leases: Array<TaskUpdate | null> = []
  const incidents: Array<Incident> = []
  const ports = portsOver(({ lease }) =>
    Effect.suspend(() => {
      leases.push(lease)
      return isAway ? Effect.fail(new StoreUnavailable({ reason: "away", outcomeUnknown: false })) : Effect.void
    })
  )
  const run = carryingOut((incident) => incidents.push(incident), carryOutBy(settle))
  for (let turn = 0; turn < turns; turn++) {
    await Effect.runPromise(Effect.provideContext(Effect.exit(run(taskOf(kind), false)), ports))
  }
  return { leases, incidents, last: leases.at(-1)?.then, why: incidents.at(-1)?.why }
}

class Thunder extends Data.TaggedError("Thunder")<object> {}

const away = new StoreUnavailable({ reason: "away", outcomeUnknown: false })
const failing =
  (error: unknown): Run =>
  () =>
    Effect.fail(error)

describe("a task that fails", () => {
  it("is tried again after a pause that grows, and told of each time", async () => {
    const { leases, incidents } = await afterTurns(9, failing(new Thunder()))
    expect(leases.map((lease) => (lease?.then._tag === "Again" ? lease.then.dueAtMs - 10_000 : null))).toEqual([
      ...[1_000, 2_000, 4_000, 8_000, 16_000, 32_000],
      ...[60_000, 60_000, 60_000]
    ])
    expect(leases[0]).toMatchObject({ merchantId: "m-1", id: "t-1", fence: 3 })
    const about = { merchantId: "m-1", aggregate: { type: "merchant", id: "a-1" }, subject: "s-1" }
    expect(incidents).toEqual(Array.from({ length: 9 }, () => ({ kind: "task_failed", ...about, why: "Thunder" })))
  })

  it("is a person's after fifty equal failures, and is counted anew after that", async () => {
    const { last, incidents } = await afterTurns(50, failing(new Thunder()))
    expect(last).toEqual({ _tag: "Park", why: "Thunder" })
    expect(incidents.map(({ kind }) => kind)).toEqual([...Array(49).fill("task_failed"), "task_parked"])
    expect((await afterTurns(51, failing(new Thunder()))).last).toMatchObject({ _tag: "Again", dueAtMs: 11_000 })
  })

  it("is counted anew once it went through", async () => {
    let turn = 0
    const unsteady: Run = () => (++turn === 49 ? Effect.void : Effect.fail(new Thunder()))
    const { leases } = await afterTurns(60, unsteady)
    expect(leases).toHaveLength(59)
    expect(leases.some((lease) => lease?.then._tag === "Park")).toBe(false)
  })

  it.each([
    ...["StoreUnavailable", "VaultUnavailable", "OutcomeRefused", "BlockchainUnavailable", "ExchangeRatesUnavailable"],
    ...["PairNotTraded", "BlockchainNotConfigured", "PayoutNetworkUnavailable", "FundingChainUnavailable"],
    ...["PayoutNetworkNotConfigured", "SightingRefused", "TransferRefused"]
  ])("is no person's while the trouble is the world's: %s", async (_tag) => {
    const { leases, last, why } = await afterTurns(60, failing({ _tag }))
    expect(leases.map((lease) => lease?.then._tag)).toEqual(Array(60).fill("Again"))
    expect([last, why]).toEqual([{ _tag: "Again", dueAtMs: 70_000 }, _tag])
  })

  it.each<[string, Run, string]>([
    ["an error of the world", failing(away), "StoreUnavailable"],
    ["a defect of the program", () => Effect.die(new TypeError("no such field")), "TypeError: no such field"],
    ["a defect of many words", () => Effect.die(new Error("x".repeat(300))), `Error: ${"x".repeat(193)}`],
    ["something thrown that is no error", () => Effect.die("4111 1111"), "unknown failure"],
    ["nothing that was thrown", () => Effect.die(null), "unknown failure"]
  ])("is told of by a word: %s", async (_, run, word) => {
    expect((await afterTurns(1, run)).why).toBe(word)
  })

  it("is told of by its kind where it came to the wrong worker", async () => {
    const { why, last } = await afterTurns(1, failing(away), "deliver")
    expect([why, last?._tag]).toEqual(['Error: no task "deliver" is carried out here', "Again"])
  })

  it("is left to its lease where even that cannot be written", async () => {
    const { leases, incidents } = await afterTurns(1, failing(new Thunder()), "settle", true)
    expect([leases.length, incidents.length]).toEqual([1, 1])
  })

  it.each<[string, Run]>([
    ["whose lease another holder has taken over", failing(new LeaseLost({ taskId: "t-1" }))],
    ["that is interrupted", () => Effect.interrupt]
  ])("%s is left alone", async (_, run) => {
    expect(await afterTurns(1, run)).toMatchObject({ leases: [], incidents: [] })
  })
})
