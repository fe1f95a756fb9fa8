/** What a key is good for: one verdict, one effect, found again, undone for good. */
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import type { GatewayOperation } from "../../ports/card-gateway.ts"
import {
  authorization,
  expectEffects,
  followUp,
  type GatewayCase,
  type GatewayUnderTest,
  idempotency,
  lookUp,
  lookups,
  reversals,
  reverse,
  send
} from "./gateway-case.ts"

export const keyCases: ReadonlyArray<GatewayCase> = [
  {
    title: "gives one key one verdict and one effect",
    needs: idempotency,
    check: Effect.fnUntraced(function* (subject) {
      const operation = authorization(subject, { units: 10n })
      const first = yield* send(subject, operation)
      expect(yield* send(subject, operation)).toEqual(first)
      yield* expectEffects(subject, operation.key, ["authorize approved"])
    })
  },
  {
    title: "gives one key one effect when it arrives many times at once",
    needs: idempotency,
    check: Effect.fnUntraced(function* (subject) {
      const operation = authorization(subject, { units: 10n })
      const replies = yield* Effect.all(
        Array.from({ length: 8 }, () => send(subject, operation)),
        {
          concurrency: "unbounded"
        }
      )
      for (const reply of replies) expect(reply).toEqual(replies[0])
      yield* expectEffects(subject, operation.key, ["authorize approved"])
    })
  },
  {
    title: "declines, and declines the same key again",
    needs: (subject) => declines(subject) ?? idempotency(subject),
    check: Effect.fnUntraced(function* (subject) {
      const { declined } = subject
      if (declined === undefined) return
      const asked = authorization(subject, { units: 10n })
      const operation: GatewayOperation = {
        ...asked,
        amount: declined.amount,
        authorization: asked.authorization && { ...asked.authorization, card: declined.card() }
      }
      const first = yield* send(subject, operation)
      expect(first._tag).toBe("Declined")
      expect(yield* send(subject, operation)).toEqual(first)
      yield* expectEffects(subject, operation.key, ["authorize declined"])
    })
  },
  {
    title: "finds a verdict by its key",
    needs: lookups,
    check: Effect.fnUntraced(function* (subject) {
      const operation = authorization(subject, { units: 10n })
      const verdict = yield* send(subject, operation)
      yield* Effect.sleep(subject.gateway.capabilities.lookupLagMs)
      expect(yield* lookUp(subject, operation.key)).toEqual({ _tag: "Found", verdict })
    })
  },
  {
    title: "finds nothing under a key that it never saw",
    needs: lookups,
    check: Effect.fnUntraced(function* (subject) {
      const { _tag } = yield* lookUp(subject, subject.nextKey())
      expect(["AbsentYet", "AbsentFinal"]).toContain(_tag)
    })
  },
  {
    title: "undoes what a key did, and says so as often as it is asked",
    needs: reversals,
    check: Effect.fnUntraced(function* (subject) {
      const operation = authorization(subject, { units: 10n })
      yield* send(subject, operation)
      expect(yield* reverse(subject, operation.key)).toEqual({ _tag: "Reversed" })
      expect((yield* reverse(subject, operation.key))._tag).not.toBe("ReversalUnknown")
      expect((yield* send(subject, followUp(subject, operation, "capture", 10n)))._tag).toBe("Declined")
      yield* expectEffects(subject, operation.key, ["authorize approved", "void approved"])
    })
  },
  {
    title: "gives a reversed key no effect when the original arrives late or again",
    needs: reversals,
    check: Effect.fnUntraced(function* (subject) {
      const late = authorization(subject, { units: 10n })
      expect(yield* reverse(subject, late.key)).toEqual({ _tag: "NothingToReverse" })
      expect((yield* send(subject, late))._tag).toBe("Declined")
      expect((yield* send(subject, followUp(subject, late, "capture", 10n)))._tag).toBe("Declined")
      const repeated = authorization(subject, { units: 10n })
      yield* send(subject, repeated)
      yield* reverse(subject, repeated.key)
      expect((yield* send(subject, repeated))._tag).toBe("Declined")
      yield* expectEffects(subject, repeated.key, ["authorize approved", "void approved"])
    })
  },
  {
    title: "never finds an approval under a key that was reversed",
    needs: (subject) => reversals(subject) ?? lookups(subject),
    check: Effect.fnUntraced(function* (subject) {
      const operation = authorization(subject, { units: 10n })
      yield* send(subject, operation)
      yield* reverse(subject, operation.key)
      yield* Effect.sleep(subject.gateway.capabilities.lookupLagMs)
      const found = yield* lookUp(subject, operation.key)
      expect(found._tag === "Found" && found.verdict._tag === "Approved").toBe(false)
    })
  }
]

const declines = ({ declined }: GatewayUnderTest): string | undefined =>
  declined === undefined ? "no declined authorization was named" : undefined
