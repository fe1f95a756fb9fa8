import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import { TestClock } from "effect/testing"
import { describe, expect, it } from "vitest"
import type { GatewayVerdict } from "../attempt/attempt.ts"
import { authorizationOf, cardOf, followUpOf, seededRandom } from "../testing/gateway-examples.ts"
import { inTime, onVirtualTime } from "../testing/in-time.ts"
import { type GatewayMode, gatewayModes } from "./gateway-mode.ts"
import { memoryJournal } from "./journal.ts"
import { type BankMessage, type SandboxGatewayOptions, sandboxGateway } from "./sandbox-gateway.ts"

const run = <A>(effect: Effect.Effect<A>): Promise<A> => Effect.runPromise(effect)

const openIn = (mode: GatewayMode, options: Partial<SandboxGatewayOptions> = {}) => {
  const clock = { now: Date.UTC(2027, 0, 1), nowMs: () => clock.now }
  const sandbox = sandboxGateway({
    journal: memoryJournal(),
    clock,
    random: seededRandom(7),
    challengeUrl: (id) => `https://bank.example/${id}`,
    latencyMs: 1,
    dropDelayMs: 10,
    lateMs: 30,
    maxInFlightMs: 100,
    ...options
  })
  sandbox.setMode(mode, 1)
  return { ...sandbox, clock }
}

const authorization = authorizationOf("auth", "10.00")

/** What the caller hears of an authorization, and what the bank did by the time nothing is on its way any more. */
const tell = async (mode: GatewayMode) => {
  const { gateway, journal, drain } = openIn(mode)
  const reply = await run(gateway.send(authorization, 1000))
  const executedAtReply = journal().length
  await run(drain)
  return { reply, executedAtReply, executed: journal().length }
}

describe("modes of the sandbox gateway", () => {
  it.each([
    ["normal", "Approved", 1],
    ["drop-before", "Unknown", 0],
    ["execute-drop", "Unknown", 1],
    ["error-before", "Unknown", 0],
    ["error-after", "Unknown", 1],
    ["late", "Unknown", 1],
    ["duplicate-reply", "Approved", 1],
    ["wrong-echo", "Approved", 1],
    ["lookup-stale", "Approved", 1],
    ["lookup-down", "Approved", 1]
  ] as const)("%s: the caller hears %s, the bank executed %i", async (mode, heard, executed) => {
    expect(await tell(mode)).toMatchObject({ reply: { _tag: heard }, executed })
  })

  it("strikes reversals too", async () => {
    for (const [mode, lines] of [
      ["execute-drop", 2],
      ["error-before", 1],
      ["wrong-echo", 2]
    ] as const) {
      const { gateway, journal, setMode, drain } = openIn("normal")
      await run(gateway.send(authorization, 1000))
      setMode(mode, 1)
      expect(await run(gateway.reverse("auth", 1000))).toMatchObject({ _tag: "ReversalUnknown" })
      await run(drain)
      expect([mode, journal().length]).toEqual([mode, lines])
    }
  })

  it("late: executes after the reply was given up", async () => {
    expect(await tell("late")).toMatchObject({ executedAtReply: 0, executed: 1 })
  })

  it("late: a key that was reversed meanwhile has no effect when it arrives", async () => {
    const { gateway, journal, setMode, drain } = openIn("late")
    const story = Effect.gen(function* () {
      yield* inTime(gateway.send(authorization, 1000))
      setMode("normal", 1)
      const reversed = yield* inTime(gateway.reverse("auth", 1000))
      yield* inTime(drain)
      return { reversed, found: yield* inTime(gateway.lookup("auth", 1000)) }
    })
    expect(await onVirtualTime(story)).toEqual({
      reversed: { _tag: "NothingToReverse" },
      found: { _tag: "AbsentFinal" }
    })
    expect(journal()).toEqual([])
  })

  it("late: a key that was sent again meanwhile executes once", async () => {
    const { gateway, journal, setMode, drain } = openIn("late")
    const story = Effect.gen(function* () {
      yield* inTime(gateway.send(authorization, 1000))
      setMode("normal", 1)
      const again = yield* inTime(gateway.send(authorization, 1000))
      yield* inTime(drain)
      return again
    })
    expect(await onVirtualTime(story)).toMatchObject({ _tag: "Approved" })
    expect(journal()).toHaveLength(1)
  })

  it("garbage: unreadable whether it was executed or not, and both happen", async () => {
    const { gateway, journal, drain } = openIn("garbage")
    for (let i = 0; i < 40; i++) {
      const reply = await run(gateway.send(authorizationOf(`auth-${i}`, "10.00"), 1000))
      expect(reply).toEqual({ _tag: "Unknown", why: "the gateway's reply is unreadable" })
    }
    await run(drain)
    expect(journal().length).toBeGreaterThan(5)
    expect(journal().length).toBeLessThan(35)
  })

  it("wrong-echo: an approval of another amount, while the bank and its look-up know the right one", async () => {
    const { gateway, journal } = openIn("wrong-echo")
    const reply = await run(gateway.send(authorization, 1000))
    expect(reply).toMatchObject({ _tag: "Approved", amount: { currency: "USD" } })
    expect(reply).not.toMatchObject({ amount: authorization.amount })
    expect(journal()[0]).toMatchObject({ amount: "10.00" })
    expect(await run(gateway.lookup("auth", 1000))).toMatchObject({
      verdict: { _tag: "Approved", amount: authorization.amount }
    })
  })

  it("wrong-echo: a decline about another amount is no answer", async () => {
    const { gateway } = openIn("wrong-echo")
    expect(await run(gateway.send(authorizationOf("auth", "5.07"), 1000))).toMatchObject({ _tag: "Unknown" })
  })

  it("duplicate-reply: the same verdict comes as a message too", async () => {
    const messages: Array<[string, GatewayVerdict]> = []
    const onMessage = ({ gatewayKey, verdict }: BankMessage) => messages.push([gatewayKey, verdict])
    const { gateway, drain } = openIn("duplicate-reply", { onMessage })
    const replies: typeof messages = []
    for (const key of ["a", "b", "c", "d", "e", "f"]) {
      const reply = await run(gateway.send(authorizationOf(key, key === "c" ? "5.07" : "10.00"), 1000))
      if (reply._tag === "Approved" || reply._tag === "Declined") replies.push([key, reply])
    }
    await run(drain)
    expect(replies).toHaveLength(6)
    expect(messages.toSorted()).toEqual(replies)
  })

  it("duplicate-reply: of a transfer that is awaited there is nothing to say twice", async () => {
    const messages: Array<BankMessage> = []
    const { gateway, drain } = openIn("duplicate-reply", { onMessage: (message) => messages.push(message) })
    const transfer = { ...authorization, authorization: null, transfer: { reference: "txn_1" } }
    expect(await run(gateway.send(transfer, 1000))).toMatchObject({ _tag: "Unknown" })
    await run(drain)
    expect(messages).toEqual([])
  })

  it.each([0.25, 0.75])("duplicate-reply: may find nobody who listens, with dice of %d", async (dice) => {
    const { gateway, drain } = openIn("duplicate-reply", { random: () => dice })
    expect(await run(gateway.send(authorization, 1000))).toMatchObject({ _tag: "Approved" })
    await run(drain)
  })

  it("lookup-stale: sees only what is older than the lag", async () => {
    const { gateway, clock } = openIn("lookup-stale", { lookupLagMs: 2000 })
    await run(gateway.send(authorization, 1000))
    clock.now += 1999
    expect(await run(gateway.lookup("auth", 1000))).toEqual({ _tag: "AbsentYet" })
    clock.now += 1
    expect(await run(gateway.lookup("auth", 1000))).toMatchObject({ _tag: "Found" })
  })

  it("normal: look-ups do not lag, whatever the clock does", async () => {
    const { gateway, clock } = openIn("normal")
    await run(gateway.send(authorization, 1000))
    clock.now -= 60_000
    expect(await run(gateway.lookup("auth", 1000))).toMatchObject({ _tag: "Found" })
  })

  it("lookup-down: says that it cannot tell", async () => {
    const { gateway } = openIn("lookup-down")
    await run(gateway.send(authorization, 1000))
    expect(await run(gateway.lookup("auth", 1000))).toMatchObject({ _tag: "Unavailable" })
    expect(await run(gateway.reverse("auth", 1000))).toEqual({ _tag: "Reversed" })
  })

  it("strikes about as many calls as the rate says", async () => {
    const { gateway, journal, setMode } = openIn("normal", { latencyMs: 0 })
    setMode("error-before", 0.3)
    for (let i = 0; i < 1000; i++) await run(gateway.send(authorizationOf(`auth-${i}`, "10.00"), 1000))
    expect(journal().length).toBeGreaterThan(640)
    expect(journal().length).toBeLessThan(760)
  })

  it("leaves questions that move no money alone, unless told otherwise", async () => {
    const card = { ...cardOf("4007400000000007"), merchantId: "m", cardId: "card" }
    const request = { ...authorizationOf("3ds", "5.69"), card, returnUrl: "https://shop.example/back" }
    const spared = openIn("error-before").gateway
    expect(await run(spared.verifyCard(card, 1000))).toMatchObject({ error: null })
    expect(await run(spared.authenticate(request, 1000))).toMatchObject({ _tag: "AuthenticationPassed" })
    const struck = openIn("error-before", { strikesQuestions: true }).gateway
    expect(await run(struck.lookup("auth", 1000))).toEqual({ _tag: "AbsentYet" })
    expect(await run(struck.verifyCard(card, 1000))).toBeUndefined()
    expect(await run(struck.authenticate(request, 1000))).toBeUndefined()
  })

  it("draws the same faults for the same seed", async () => {
    const outcomes = async () => {
      const { gateway, setMode } = openIn("normal")
      setMode("error-after", 0.5)
      const tags: Array<string> = []
      for (let i = 0; i < 30; i++) tags.push((await run(gateway.send(authorizationOf(`${i}`, "1.00"), 1000)))._tag)
      return tags
    }
    const first = await outcomes()
    expect(new Set(first).size).toBe(2)
    expect(await outcomes()).toEqual(first)
  })
})

describe("a simulation under virtual time", () => {
  it("waits for nothing but its own clock", async () => {
    const { gateway, journal } = openIn("late", { lateMs: 3_600_000, maxInFlightMs: 3_600_000, dropDelayMs: 60_000 })
    const story = Effect.gen(function* () {
      const sent = yield* Effect.forkChild(gateway.send(authorization, 600_000))
      yield* TestClock.adjust(60_000)
      const reply = yield* Fiber.join(sent)
      const before = journal().length
      yield* TestClock.adjust(3_600_000)
      const found = yield* Effect.forkChild(gateway.lookup("auth", 1000))
      yield* TestClock.adjust(10)
      return { reply, before, found: yield* Fiber.join(found) }
    })
    expect(await run(story.pipe(Effect.provide(TestClock.layer())))).toMatchObject({
      reply: { _tag: "Unknown", why: "no reply within 60000 ms" },
      before: 0,
      found: { _tag: "Found" }
    })
  })
})

describe("an operator who sets a mode", () => {
  it("gets the list of modes for an unknown one, and nothing changes", () => {
    const { setMode, mode } = openIn("late")
    expect(setMode("explode", 1)).toEqual(Result.fail({ _tag: "ModeUnknown", modes: gatewayModes }))
    expect(mode()).toEqual({ mode: "late", rate: 1 })
  })

  it.each([-0.1, 1.1, Number.NaN, Number.POSITIVE_INFINITY])("is refused a rate of %d", (rate) => {
    const { setMode, mode } = openIn("late")
    expect(setMode("normal", rate)).toMatchObject({ failure: { _tag: "RateOutOfRange" } })
    expect(mode()).toEqual({ mode: "late", rate: 1 })
  })

  it("given trouble is over, then a capture in doubt is found by its key", async () => {
    const { gateway, setMode, mode } = openIn("normal")
    await run(gateway.send(authorization, 1000))
    setMode("execute-drop", 1)
    await run(gateway.send(followUpOf(authorization, "capture", "capture", "10.00"), 1000))
    expect(setMode("normal", 0)).toEqual(Result.succeed({ mode: "normal", rate: 0 }))
    expect(mode()).toEqual({ mode: "normal", rate: 0 })
    expect(await run(gateway.lookup("capture", 1000))).toMatchObject({ verdict: { _tag: "Approved" } })
  })
})
