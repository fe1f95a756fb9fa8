import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { GatewayOperation } from "../ports/card-gateway.ts"
import { authorizationOf, followUpOf, seededRandom } from "../testing/gateway-examples.ts"
import { openFileJournal } from "./file-journal.ts"
import { type Journal, memoryJournal } from "./journal.ts"
import { sandboxGateway } from "./sandbox-gateway.ts"

let nowMs = 1_800_000_000_000

const open = (journal: Journal) =>
  sandboxGateway({
    journal,
    clock: { nowMs: () => nowMs },
    random: seededRandom(1),
    challengeUrl: (id) => `https://bank.example/challenge/${id}`,
    latencyMs: 0,
    lookupLagMs: 2000
  })

const run = <A>(effect: Effect.Effect<A>): Promise<A> => Effect.runPromise(effect)

const transferOf = (key: string, amount = "10.00"): GatewayOperation => ({
  ...authorizationOf(key, amount),
  authorization: null,
  transfer: { reference: "txn_7Q2M9XK4T1BD" }
})

let directory = ""
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "paykernel-transfers-"))
})
afterAll(() => rm(directory, { recursive: true }))

describe("a bank transfer at the simulated bank", () => {
  it("is awaited for a minute, and then it is there, once, to be refunded like any other money", async () => {
    const bank = open(memoryJournal())
    const { gateway } = bank
    const transfer = transferOf("transfer")
    expect(await run(gateway.send(transfer, 1000))).toMatchObject({ _tag: "Unknown" })
    nowMs += 59_999
    expect(await run(gateway.send(transfer, 1000))).toMatchObject({ _tag: "Unknown" })
    expect(await run(gateway.lookup("transfer", 1000))).toEqual({ _tag: "Pending" })
    expect(bank.journal()).toEqual([])
    nowMs += 1
    expect(await run(gateway.lookup("transfer", 1000))).toMatchObject({ _tag: "Found", verdict: { _tag: "Approved" } })
    expect(await run(gateway.send(transfer, 1000))).toMatchObject({ _tag: "Approved" })
    expect(bank.journal()).toMatchObject([{ operationKey: "transfer", kind: "authorize", outcome: "approved" }])
    expect(await run(gateway.send(followUpOf(transfer, "refund", "back", "10.00"), 1000))).toMatchObject({
      _tag: "Approved"
    })
    expect(await run(gateway.send(followUpOf(transfer, "refund", "more", "0.01"), 1000))).toMatchObject({
      _tag: "Declined"
    })
  })

  it("of an amount that no card is approved for does not come", async () => {
    const { gateway } = open(memoryJournal())
    await run(gateway.send(transferOf("poor", "5.07"), 1000))
    nowMs += 60_000
    expect(await run(gateway.lookup("poor", 1000))).toMatchObject({
      verdict: { code: "payment_not_funded", avs: "not_requested", cvv: "not_requested" }
    })
  })

  it("is never absent, not even to a look-up that lags behind", async () => {
    const { gateway, setMode } = open(memoryJournal())
    setMode("lookup-stale", 1)
    await run(gateway.send(transferOf("stale"), 1000))
    nowMs += 60_500
    expect(await run(gateway.lookup("stale", 1000))).toEqual({ _tag: "Pending" })
    nowMs += 2000
    expect(await run(gateway.lookup("stale", 1000))).toMatchObject({ _tag: "Found" })
  })

  it("that is called off does not come any more", async () => {
    const { gateway, journal } = open(memoryJournal())
    await run(gateway.send(transferOf("off"), 1000))
    expect(await run(gateway.reverse("off", 1000))).toEqual({ _tag: "NothingToReverse" })
    nowMs += 60_000
    expect(await run(gateway.lookup("off", 1000))).toEqual({ _tag: "AbsentFinal" })
    expect(await run(gateway.send(transferOf("off"), 1000))).toMatchObject({ _tag: "Declined" })
    expect(journal()).toEqual([])
  })

  it("of nothing is no transfer", async () => {
    const { gateway, journal } = open(memoryJournal())
    const nothing: GatewayOperation = { ...transferOf("odd"), amount: { amount: 0n, currency: "USD" } }
    expect(await run(gateway.send(nothing, 1000))).toMatchObject({ _tag: "Unknown" })
    expect(await run(gateway.lookup("odd", 1000))).toEqual({ _tag: "AbsentYet" })
    expect(journal()).toEqual([])
  })

  it("is awaited by a bank that comes back from its file, and comes while that was away", async () => {
    const path = join(directory, "journal.jsonl")
    const before = await openFileJournal(path)
    await run(open(before).gateway.send(transferOf("kept"), 1000))
    await before.close()
    const between = await openFileJournal(path)
    expect(await run(open(between).gateway.lookup("kept", 1000))).toEqual({ _tag: "Pending" })
    await between.close()
    nowMs += 60_000
    const after = await openFileJournal(path)
    expect(await run(open(after).gateway.lookup("kept", 1000))).toMatchObject({ _tag: "Found" })
    await after.close()
    const later = await openFileJournal(path)
    expect(open(later).journal()).toHaveLength(1)
    await later.close()
  })
})
