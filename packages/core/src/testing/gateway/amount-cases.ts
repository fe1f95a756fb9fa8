/** Which amounts a gateway moves, and that it answers whatever it is asked. */
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import { authorization, followUp, type GatewayCase, type GatewayUnderTest, limitOf, send } from "./gateway-case.ts"

export const amountCases: ReadonlyArray<GatewayCase> = [
  {
    title: "declares capabilities that recovery can be built from",
    check: ({ gateway }) =>
      Effect.sync(() => {
        const { idempotentByKey, keyTtlMs, lookupByKey, lookupLagMs, maxInFlightMs } = gateway.capabilities
        expect(gateway.name).not.toBe("")
        expect(maxInFlightMs).toBeGreaterThan(0)
        if (lookupByKey) expect(lookupLagMs).toBeGreaterThanOrEqual(0)
        // A key forgotten before the last message arrived would let that message execute again.
        if (idempotentByKey) expect(keyTtlMs).toBeGreaterThan(maxInFlightMs)
      })
  },
  {
    title: "approves an authorization and echoes its amount",
    check: Effect.fnUntraced(function* (subject) {
      const operation = authorization(subject, { units: 10n })
      const reply = yield* send(subject, operation)
      expect(reply).toMatchObject({ _tag: "Approved", amount: operation.amount })
      expect(reply._tag === "Approved" && reply.reference).not.toBe("")
    })
  },
  {
    title: "captures no more than was authorized, and once",
    check: Effect.fnUntraced(function* (subject) {
      const operation = authorization(subject, { units: 10n })
      yield* send(subject, operation)
      expect((yield* send(subject, followUp(subject, operation, "capture", 11n)))._tag).toBe("Declined")
      const capture = followUp(subject, operation, "capture", 10n)
      expect(yield* send(subject, capture)).toMatchObject({ _tag: "Approved", amount: capture.amount })
      expect((yield* send(subject, followUp(subject, operation, "capture", 10n)))._tag).toBe("Declined")
    })
  },
  {
    title: "captures a part",
    check: Effect.fnUntraced(function* (subject) {
      const operation = authorization(subject, { units: 10n })
      yield* send(subject, operation)
      const capture = followUp(subject, operation, "capture", 4n)
      expect(yield* send(subject, capture)).toMatchObject({ _tag: "Approved", amount: capture.amount })
      expect((yield* send(subject, followUp(subject, operation, "refund", 5n)))._tag).toBe("Declined")
    })
  },
  {
    title: "refunds no more than was captured, in parts",
    check: Effect.fnUntraced(function* (subject) {
      const operation = authorization(subject, { units: 10n, capture: true })
      yield* send(subject, operation)
      for (const units of [4n, 6n]) {
        const refund = followUp(subject, operation, "refund", units)
        expect(yield* send(subject, refund)).toMatchObject({ _tag: "Approved", amount: refund.amount })
      }
      expect((yield* send(subject, followUp(subject, operation, "refund", 1n)))._tag).toBe("Declined")
    })
  },
  {
    title: "voids before a capture, and captures nothing afterwards",
    check: (subject) => voids(subject, false, "capture")
  },
  {
    title: "voids after a capture, and refunds nothing afterwards",
    check: (subject) => voids(subject, true, "refund")
  },
  {
    title: "ends within its limit, however short, and answers",
    check: Effect.fnUntraced(function* (subject) {
      const { gateway } = subject
      const key = subject.nextKey()
      const limited: ReadonlyArray<Effect.Effect<unknown>> = [
        gateway.send(authorization(subject, { units: 10n }), 1),
        gateway.lookup(key, 1),
        gateway.reverse(key, 1),
        gateway.verifyCard({ ...subject.approvedCard(), merchantId: subject.merchantId, cardId: key }, 1)
      ]
      for (const call of limited) {
        // Far above the limit, so that a busy machine does not fail the case and a call that hangs does.
        const ended = yield* Effect.timeoutOption(Effect.exit(call), 5000)
        expect(ended).toMatchObject({ _tag: "Some", value: { _tag: "Success" } })
      }
    })
  },
  {
    title: "answers nonsense instead of failing",
    check: Effect.fnUntraced(function* (subject) {
      const unknown = { ...authorization(subject, { units: 10n }), authorization: null }
      const orphan = { ...unknown, kind: "capture", authorizationKey: subject.nextKey() } as const
      const nothing = authorization(subject, { units: 0n })
      for (const operation of [orphan, nothing]) {
        const { _tag } = yield* send(subject, { ...operation, key: subject.nextKey() })
        expect(["Declined", "Unknown"]).toContain(_tag)
      }
    })
  },
  {
    title: "says whether a card is usable, as often as it is asked",
    check: Effect.fnUntraced(function* (subject) {
      const card = { ...subject.approvedCard(), merchantId: subject.merchantId, cardId: subject.nextKey() }
      const first = yield* subject.gateway.verifyCard(card, limitOf(subject))
      expect(first).toMatchObject({ error: null })
      expect(yield* subject.gateway.verifyCard(card, limitOf(subject))).toEqual(first)
    })
  }
]

const voids = Effect.fnUntraced(function* (subject: GatewayUnderTest, capture: boolean, then: "capture" | "refund") {
  const operation = authorization(subject, { units: 10n, capture })
  yield* send(subject, operation)
  const release = followUp(subject, operation, "void", 10n)
  expect(yield* send(subject, release)).toMatchObject({ _tag: "Approved", amount: release.amount })
  expect((yield* send(subject, followUp(subject, operation, then, 10n)))._tag).toBe("Declined")
})
