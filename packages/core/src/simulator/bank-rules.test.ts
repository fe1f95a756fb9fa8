import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { authorizationOf, followUpOf, seededRandom } from "../testing/gateway-examples.ts"
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

describe("a simulated bank", () => {
  it("captures in the authorization's own line when asked to", async () => {
    const { gateway, journal } = open(memoryJournal())
    const sale = authorizationOf("sale", "9.00", { capture: true })
    await run(gateway.send(sale, 1000))
    expect(await run(gateway.send(followUpOf(sale, "refund", "refund", "9.00"), 1000))).toMatchObject({
      _tag: "Approved"
    })
    expect(journal().map(({ kind }) => kind)).toEqual(["authorize", "refund"])
  })

  it.each([
    ["capture", "10.00", "capture"],
    ["refund", "4.00", "refund"],
    ["void", "10.00", "refund"]
  ] as const)("given a %s is reversed by its key, then it may be done again", async (kind, amount, next) => {
    const { gateway, journal } = open(memoryJournal())
    const authorization = authorizationOf("auth", "10.00", { capture: kind !== "capture" })
    await run(gateway.send(authorization, 1000))
    await run(gateway.send(followUpOf(authorization, kind, "first", amount), 1000))
    expect(await run(gateway.reverse("first", 1000))).toEqual({ _tag: "Reversed" })
    expect(journal().at(-1)).toMatchObject({ operationKey: "first", kind: "void", amount, outcome: "approved" })
    expect(await run(gateway.send(followUpOf(authorization, next, "second", "10.00"), 1000))).toMatchObject({
      _tag: "Approved"
    })
  })

  it("will not take back a capture of which a part was refunded", async () => {
    const { gateway, journal } = open(memoryJournal())
    const authorization = authorizationOf("auth", "10.00")
    await run(gateway.send(authorization, 1000))
    await run(gateway.send(followUpOf(authorization, "capture", "capture", "10.00"), 1000))
    await run(gateway.send(followUpOf(authorization, "refund", "refund", "1.00"), 1000))
    expect(await run(gateway.reverse("capture", 1000))).toMatchObject({ _tag: "ReversalUnknown" })
    expect(journal()).toHaveLength(3)
  })

  it("will not void what was refunded in part", async () => {
    const { gateway } = open(memoryJournal())
    const sale = authorizationOf("sale", "10.00", { capture: true })
    await run(gateway.send(sale, 1000))
    await run(gateway.send(followUpOf(sale, "refund", "refund", "1.00"), 1000))
    expect(await run(gateway.send(followUpOf(sale, "void", "void", "10.00"), 1000))).toMatchObject({
      _tag: "Declined",
      code: "payment_failed"
    })
  })

  it.each([
    ["a void", "sale"],
    ["a void", "capture"],
    ["a reversed authorization", "capture"],
    ["a reversed authorization", "refund"],
    ["a full refund", "sale"]
  ] as const)("gives money back once: after %s nothing is left to reverse of the %s", async (after, key) => {
    const { gateway, journal } = open(memoryJournal())
    const sale = authorizationOf("sale", "10.00")
    const steps = {
      "a void": [followUpOf(sale, "capture", "capture", "10.00"), followUpOf(sale, "void", "void", "10.00")],
      "a reversed authorization": [
        followUpOf(sale, "capture", "capture", "10.00"),
        ...(key === "refund" ? [followUpOf(sale, "refund", "refund", "4.00")] : [])
      ],
      "a full refund": [followUpOf(sale, "capture", "capture", "10.00"), followUpOf(sale, "refund", "refund", "10.00")]
    }
    for (const step of [sale, ...steps[after]]) {
      expect(await run(gateway.send(step, 1000))).toMatchObject({ _tag: "Approved" })
    }
    if (after === "a reversed authorization") await run(gateway.reverse("sale", 1000))
    const before = journal().length
    expect(await run(gateway.reverse(key, 1000))).toEqual({ _tag: "NothingToReverse" })
    expect(journal()).toHaveLength(before)
  })

  it("reverses of a partly refunded sale only what is left", async () => {
    const { gateway, journal } = open(memoryJournal())
    const sale = authorizationOf("sale", "10.00", { capture: true })
    await run(gateway.send(sale, 1000))
    await run(gateway.send(followUpOf(sale, "refund", "refund", "4.00"), 1000))
    await run(gateway.reverse("sale", 1000))
    expect(journal().at(-1)).toMatchObject({ operationKey: "sale", kind: "void", amount: "6.00" })
  })

  it.each([
    ["a void", "void"],
    ["a reversal of the authorization", "reverse"]
  ])("given %s, then nothing is captured any more, because it was canceled", async (_what, how) => {
    const { gateway } = open(memoryJournal())
    const authorization = authorizationOf("auth", "10.00")
    await run(gateway.send(authorization, 1000))
    if (how === "void") await run(gateway.send(followUpOf(authorization, "void", "void", "10.00"), 1000))
    else await run(gateway.reverse("auth", 1000))
    expect(await run(gateway.send(followUpOf(authorization, "capture", "capture", "10.00"), 1000))).toMatchObject({
      _tag: "Declined",
      code: "payment_canceled"
    })
  })

  it.each(["seen", "unseen"])("declines what comes under a key that was called off, as canceled: %s", async (key) => {
    const { gateway } = open(memoryJournal())
    await run(gateway.send(authorizationOf("seen", "10.00"), 1000))
    await run(gateway.reverse(key, 1000))
    const unasked = { avs: "not_requested", cvv: "not_requested" }
    expect(await run(gateway.send(authorizationOf(key, "10.00"), 1000))).toEqual({
      ...{ _tag: "Declined", reference: null, code: "payment_canceled", ...unasked }
    })
  })

  it.each([
    ["an authorization without a card", { ...authorizationOf("k", "10.00"), authorization: null }],
    ["a capture of no authorization", { ...authorizationOf("k", "10.00"), kind: "capture", authorization: null }],
    [
      "a capture in another currency",
      followUpOf(authorizationOf("auth", "10.00", { currency: "EUR" }), "capture", "k", "1.00")
    ]
  ] as const)("makes no sense of %s", async (_what, operation) => {
    const { gateway, journal } = open(memoryJournal())
    await run(gateway.send(authorizationOf("auth", "10.00"), 1000))
    expect(await run(gateway.send(operation, 1000))).toMatchObject({ _tag: "Declined", code: "payment_failed" })
    expect(journal().at(-1)).toMatchObject({ operationKey: "k", outcome: "error" })
  })

  it("given an authorization of another merchant, then what follows it is refused", async () => {
    const { gateway } = open(memoryJournal())
    const authorization = authorizationOf("auth", "10.00")
    await run(gateway.send(authorization, 1000))
    const theft = { ...followUpOf(authorization, "capture", "theft", "10.00"), merchantId: "merchant-2" }
    expect(await run(gateway.send(theft, 1000))).toMatchObject({ _tag: "Declined" })
  })
})
