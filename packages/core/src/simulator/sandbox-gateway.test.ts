import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { currencyTable } from "../money/index.ts"
import { onDisk } from "../testing/full-disk.ts"
import { describeGateway } from "../testing/gateway.suite.ts"
import { authorizationOf, cardOf, followUpOf, seededRandom } from "../testing/gateway-examples.ts"
import { openFileJournal } from "./file-journal.ts"
import { type Journal, memoryJournal } from "./journal.ts"
import { type SandboxGatewayOptions, sandboxGateway } from "./sandbox-gateway.ts"

const open = (journal: Journal, options: Partial<SandboxGatewayOptions> = {}) =>
  sandboxGateway({
    journal,
    clock: { nowMs: () => 1_800_000_000_000 },
    random: seededRandom(1),
    challengeUrl: (id) => `https://bank.example/challenge/${id}`,
    latencyMs: 2,
    lookupLagMs: 1,
    ...options
  })

let keys = 0
const nextKey = () => `key-${keys++}`

const approvedCard = () => cardOf("4007400000000007")
const declined = { card: () => cardOf("4000000000000002"), amount: authorizationOf("", "10.00").amount }

describeGateway("the sandbox gateway in memory", async () => {
  const sandbox = open(memoryJournal())
  return {
    gateway: sandbox.gateway,
    approvedCard,
    currency: "USD",
    nextKey,
    merchantId: "merchant-1",
    declined,
    effects: async () => sandbox.journal(),
    close: () => Effect.runPromise(sandbox.close)
  }
})

describeGateway("the sandbox gateway on a file", async () => {
  const directory = await mkdtemp(join(tmpdir(), "sandbox-gateway-"))
  const journal = await openFileJournal(join(directory, "journal.jsonl"))
  const sandbox = open(journal)
  return {
    gateway: sandbox.gateway,
    approvedCard,
    currency: "EUR",
    nextKey,
    merchantId: "merchant-1",
    declined,
    effects: async () => sandbox.journal(),
    close: async () => {
      await Effect.runPromise(sandbox.close)
      await journal.close()
      await rm(directory, { recursive: true })
    }
  }
})

const run = <A>(effect: Effect.Effect<A>): Promise<A> => Effect.runPromise(effect)

describe("a sandbox gateway", () => {
  it("shows in its public journal what it executed, and nothing it keeps for itself", async () => {
    const { gateway, journal } = open(memoryJournal())
    const authorization = authorizationOf("auth", "12.30", { card: cardOf("4007400000000007", { cvv: "739" }) })
    await run(gateway.send(authorization, 1000))
    await run(gateway.send(followUpOf(authorization, "capture", "capture", "12.00"), 1000))
    await run(gateway.send(followUpOf(authorization, "refund", "refund", "12.01"), 1000))
    await run(gateway.send({ ...authorization, key: "orphan", kind: "capture", authorizationKey: "never" }, 1000))
    await run(gateway.reverse("unseen", 1000))
    const at = "2027-01-15T08:00:00.000Z"
    expect(journal()).toEqual([
      { operationKey: "auth", kind: "authorize", amount: "12.30", currency: "USD", outcome: "approved", at },
      { operationKey: "capture", kind: "capture", amount: "12.00", currency: "USD", outcome: "approved", at },
      { operationKey: "refund", kind: "refund", amount: "12.01", currency: "USD", outcome: "declined", at },
      { operationKey: "orphan", kind: "capture", amount: "12.30", currency: "USD", outcome: "error", at }
    ])
  })

  it("keeps neither card number nor CVV in its journal", async () => {
    const journal = memoryJournal()
    const { gateway } = open(journal)
    const card = cardOf("4000000000003220", { cvv: "7391" })
    await run(gateway.send(authorizationOf("auth", "12.30", { card, verificationMethod: "cvv" }), 1000))
    await run(
      gateway.authenticate(
        { ...authorizationOf("3ds", "12.30"), card, returnUrl: "https://shop.example/back", key: "3ds" },
        1000
      )
    )
    expect(journal.read()).toHaveLength(2)
    expect(JSON.stringify(journal.read())).not.toMatch(/400000000000|3220|7391/u)
  })

  it("given it is closed, then it refuses connections, and nothing was sent", async () => {
    const { gateway, close, journal } = open(memoryJournal())
    await run(close)
    expect(await run(gateway.send(authorizationOf("late", "10.00"), 1000))).toMatchObject({ _tag: "NotSent" })
    expect(await run(gateway.lookup("late", 1000))).toMatchObject({ _tag: "Unavailable" })
    expect(await run(gateway.reverse("late", 1000))).toMatchObject({ _tag: "ReversalUnknown" })
    expect(journal()).toEqual([])
  })

  it("given a limit shorter than the bank takes, then the outcome is unknown and the bank goes on", async () => {
    const { gateway, drain, journal } = open(memoryJournal(), { latencyMs: 60 })
    expect(await run(gateway.send(authorizationOf("slow", "10.00"), 5))).toMatchObject({ _tag: "Unknown" })
    await run(drain)
    expect(journal()).toHaveLength(1)
    expect(await run(gateway.lookup("slow", 1000))).toMatchObject({ _tag: "Found", verdict: { _tag: "Approved" } })
  })

  it("given the journal fails, then nothing more is answered, not even a repeated question", async () => {
    const memory = memoryJournal()
    const { disk, journal } = onDisk(memory, false)
    const { gateway } = open(journal)
    const authorization = authorizationOf("auth", "10.00")
    await run(gateway.send(authorization, 1000))
    disk.isFull = true
    const capture = followUpOf(authorization, "capture", "capture", "10.00")
    const why = "the gateway answered with status 500"
    expect(await run(gateway.send(capture, 1000))).toEqual({ _tag: "Unknown", why })
    expect(await run(gateway.send(capture, 1000))).toEqual({ _tag: "Unknown", why })
    expect(await run(gateway.lookup("capture", 1000))).toEqual({ _tag: "Unavailable", why })
    disk.isFull = false
    expect(await run(gateway.send(capture, 1000))).toEqual({ _tag: "Unknown", why })
    expect(await run(gateway.send(authorizationOf("new", "10.00"), 1000))).toEqual({ _tag: "Unknown", why })
    expect(memory.read()).toHaveLength(1)
  })

  it("refuses times that would break its promises", () => {
    const bound = "lateMs and latencyMs must not be more than maxInFlightMs"
    expect(() => open(memoryJournal(), { lateMs: 6000 })).toThrow(new RangeError(bound))
    expect(() => open(memoryJournal(), { latencyMs: -1 })).toThrow("a time of the sandbox gateway is negative")
  })

  it("begins in mode normal", () => {
    expect(open(memoryJournal()).mode()).toEqual({ mode: "normal", rate: 1 })
  })

  it("counts in the currencies of its host", async () => {
    const currencies = currencyTable([{ code: "USD", exponent: 3 }])
    const { gateway, journal } = open(memoryJournal(), { currencies })
    await run(gateway.send(authorizationOf("auth", "12.30"), 1000))
    expect(journal()).toMatchObject([{ amount: "1.230", currency: "USD", outcome: "approved" }])
  })
})
