import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { authorizationOf, cardOf, followUpOf, seededRandom } from "../testing/gateway-examples.ts"
import { type Journal, memoryJournal } from "./journal.ts"
import { sandboxGateway } from "./sandbox-gateway.ts"

const open = (journal: Journal) =>
  sandboxGateway({
    journal,
    clock: { nowMs: () => 1_800_000_000_000 },
    random: seededRandom(1),
    challengeUrl: (id) => `https://bank.example/challenge/${id}`,
    latencyMs: 0
  })

const run = <A>(effect: Effect.Effect<A>): Promise<A> => Effect.runPromise(effect)

describe("a bank that comes back after a restart", () => {
  it("remembers keys, captures, refunds, reversals and poisoned keys", async () => {
    const journal = memoryJournal()
    const authorization = authorizationOf("auth", "10.00")
    const capture = followUpOf(authorization, "capture", "capture", "6.00")
    const before = open(journal).gateway
    const verdicts = [await run(before.send(authorization, 1000)), await run(before.send(capture, 1000))]
    await run(before.send(followUpOf(authorization, "refund", "refund", "5.00"), 1000))
    await run(before.send(authorizationOf("reversed", "10.00"), 1000))
    await run(before.reverse("reversed", 1000))
    await run(before.reverse("poisoned", 1000))

    const { gateway: after, journal: lines } = open(journal)
    expect([await run(after.send(authorization, 1000)), await run(after.send(capture, 1000))]).toEqual(verdicts)
    expect(await run(after.send(followUpOf(authorization, "capture", "again", "4.00"), 1000))).toMatchObject({
      _tag: "Declined"
    })
    expect(await run(after.send(followUpOf(authorization, "refund", "more", "1.01"), 1000))).toMatchObject({
      _tag: "Declined"
    })
    expect(await run(after.send(authorizationOf("reversed", "10.00"), 1000))).toMatchObject({ _tag: "Declined" })
    expect(await run(after.send(authorizationOf("poisoned", "10.00"), 1000))).toMatchObject({ _tag: "Declined" })
    expect(await run(after.lookup("poisoned", 1000))).toEqual({ _tag: "AbsentFinal" })
    expect(lines().map(({ operationKey }) => operationKey)).toEqual([
      "auth",
      "capture",
      "refund",
      "reversed",
      "reversed",
      "again",
      "more"
    ])
  })

  it("does not open a book that captures what was never authorized", async () => {
    const journal = memoryJournal()
    const { gateway } = open(journal)
    const authorization = authorizationOf("auth", "10.00")
    await run(gateway.send(authorization, 1000))
    await run(gateway.send(followUpOf(authorization, "capture", "capture", "6.00"), 1000))
    const torn = journal.read().slice(1)
    expect(() => open({ ...journal, read: () => torn })).toThrow("an authorization that the book lacks")
  })

  it("remembers open and answered challenges", async () => {
    const journal = memoryJournal()
    const request = {
      ...authorizationOf("3ds", "5.66"),
      card: cardOf("4007400000000007"),
      returnUrl: "https://shop.example/back"
    }
    const before = open(journal)
    const issued = await run(before.gateway.authenticate(request, 1000))
    expect(issued).toMatchObject({ _tag: "ChallengeIssued" })

    const between = open(journal)
    expect(await run(between.gateway.authenticate(request, 1000))).toEqual(issued)
    const challengeId = issued?._tag === "ChallengeIssued" ? (issued.url.split("/").at(-1) ?? "") : ""
    expect(Result.isSuccess(await between.challenges.answer(challengeId, "approved"))).toBe(true)

    const after = open(journal)
    expect(await run(after.gateway.authenticate(request, 1000))).toEqual({ _tag: "AuthenticationPassed", eci: "05" })
    expect(await after.challenges.answer(challengeId, "failed")).toMatchObject({
      failure: { _tag: "ChallengeAlreadyAnswered", answer: "approved" }
    })
  })
})
