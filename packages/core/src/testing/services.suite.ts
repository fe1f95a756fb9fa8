/** What the kernel relies on from a risk service, a clock, ids, digests and a key ring, as tests over factories. */
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import { type Card, noCard } from "../card/index.ts"
import { noPayment, type Payment } from "../payment/index.ts"
import type { Clock } from "../ports/clock.ts"
import type { Digest } from "../ports/digest.ts"
import type { Ids } from "../ports/ids.ts"
import type { Risk } from "../ports/risk.ts"
import type { KeyRing } from "../vault/key-ring.ts"
import { startMs, usd } from "./payment-examples.ts"
import { describeCases, NotApplicable, type SuiteCases, type SuiteSkip } from "./suite.ts"

type Options = { readonly skip?: ReadonlyArray<SuiteSkip> }

export type RiskUnderTest = {
  readonly risk: Risk["Service"]
  /** A card and a payment that the service denies; without it the case is skipped. */
  readonly denied?: { readonly card: Card; readonly payment: Payment }
}

const card: Card = { ...noCard, id: "card-1", merchantId: "merchant-1", status: "complete" }
const payment: Payment = { ...noPayment, id: "payment-1", merchantId: "merchant-1", amount: usd(1_000n) }

export const riskCases: SuiteCases<RiskUnderTest> = {
  "answers about a card and a payment, with a decision and a reason": async ({ risk }) => {
    for (const asked of [risk.assessCard(card, startMs), risk.assessPayment(payment, card, startMs)]) {
      const { decision, reason } = await Effect.runPromise(asked)
      expect(["approved", "denied", "review"]).toContain(decision)
      expect(typeof reason).toBe("string")
    }
  },
  "gives a reason where it denies": async ({ risk, denied }) => {
    if (denied === undefined) throw new NotApplicable("no denied card was named")
    const asked = Effect.runPromise(risk.assessPayment(denied.payment, denied.card, startMs))
    expect(await asked).toMatchObject({ decision: "denied", reason: expect.stringMatching(/^\d{4}$/u) })
  },
  "answers alike when it is asked again about the same moment": async ({ risk }) => {
    const first = await Effect.runPromise(risk.assessPayment(payment, card, startMs))
    expect(await Effect.runPromise(risk.assessPayment(payment, card, startMs))).toEqual(first)
  }
}

/**
 * Runs the suite of the `Risk` port.
 *
 * @example
 * describeRisk("no rules", () => ({ risk: defaultRisk(memoryStore(), noRiskRules) }))
 */
export const describeRisk = (
  name: string,
  make: () => Promise<RiskUnderTest> | RiskUnderTest,
  { skip = [] }: Options = {}
): void => describeCases(`${name} is a risk service`, riskCases, make, skip)

export const clockCases: SuiteCases<Clock["Service"]> = {
  "tells whole milliseconds since 1970, in UTC": (clock) => {
    expect(Number.isSafeInteger(clock.nowMs())).toBe(true)
    expect(clock.nowMs()).toBeGreaterThan(Date.UTC(2020, 0))
  },
  "does not run backwards while nobody sets it": (clock) => {
    let before = clock.nowMs()
    for (let look = 0; look < 1_000; look++) {
      const now = clock.nowMs()
      expect(now).toBeGreaterThanOrEqual(before)
      before = now
    }
  }
}

/**
 * Runs the suite of the `Clock` port.
 *
 * @example
 * describeClock("a clock that stands still", () => ({ nowMs: () => 1_795_000_000_000 }))
 */
export const describeClock = (name: string, make: () => Clock["Service"], { skip = [] }: Options = {}): void =>
  describeCases(`${name} is a clock`, clockCases, make, skip)

export const idsCases: SuiteCases<Ids["Service"]> = {
  "gives UUIDs of version 7 that begin with their time": (ids) => {
    const id = ids.next(startMs)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u)
    expect(Number.parseInt(id.replace("-", "").slice(0, 12), 16)).toBe(startMs)
  },
  "never gives one twice, within one millisecond either": (ids) => {
    const many = Array.from({ length: 10_000 }, () => ids.next(startMs))
    expect(new Set(many).size).toBe(many.length)
  },
  "gives ids that sort by their times": (ids) => {
    const inTime = [0, 1, 1_000, 86_400_000].map((later) => ids.next(startMs + later))
    expect(inTime.toSorted()).toEqual(inTime)
  }
}

/**
 * Runs the suite of the `Ids` port.
 *
 * @example
 * describeIds("the system's ids", () => systemIds)
 */
export const describeIds = (name: string, make: () => Ids["Service"], { skip = [] }: Options = {}): void =>
  describeCases(`${name} are ids`, idsCases, make, skip)

const purposes = ["gateway-key", "fingerprint", "return-state"] as const

export const digestCases: SuiteCases<Digest["Service"]> = {
  "gives 26 letters of lower-case base32": (digest) => {
    for (const purpose of purposes) expect(digest.of(purpose, "text")).toMatch(/^[0-9a-z]{26}$/u)
  },
  "gives the same for the same purpose and text, in any order of asking": (digest) => {
    const first = purposes.map((purpose) => digest.of(purpose, "text"))
    digest.of("fingerprint", "another text")
    expect(purposes.map((purpose) => digest.of(purpose, "text"))).toEqual(first)
  },
  "gives another for another purpose or text": (digest) => {
    const texts = ["", "a", "b", "ab", "a\u0000b", "ä", "a".repeat(10_000)]
    const all = purposes.flatMap((purpose) => texts.map((text) => digest.of(purpose, text)))
    expect(new Set(all).size).toBe(all.length)
  }
}

/**
 * Runs the suite of the `Digest` port.
 *
 * @example
 * describeDigest("a keyed digest", () => keyedDigest(new Uint8Array(32).fill(7)))
 */
export const describeDigest = (name: string, make: () => Digest["Service"], { skip = [] }: Options = {}): void =>
  describeCases(`${name} is a digest`, digestCases, make, skip)

export const keyRingCases: SuiteCases<KeyRing> = {
  "holds its current key, and no key of another name": (ring) => {
    expect(ring.wrappingKey(ring.current)).toBeDefined()
    expect(ring.wrappingKey("no such key")).toBeUndefined()
  },
  "gives out no key's bytes": async (ring) => {
    const keys = [ring.wrappingKey(ring.current), await ring.derivedKey("test")]
    expect(keys.map((key) => key?.extractable)).toEqual([false, false])
  },
  "derives the same key for a purpose, and another for another": async (ring) => {
    const macOf = async (purpose: string): Promise<string> => {
      const key = await ring.derivedKey(purpose)
      const mac = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode("text"))
      return new Uint8Array(mac).join()
    }
    expect(await macOf("one")).toBe(await macOf("one"))
    expect(await macOf("one")).not.toBe(await macOf("other"))
  }
}

/**
 * Runs the suite of key rings.
 *
 * @example
 * describeKeyRing("keys from values", () => keyRingFromValues([{ id: "k1", key: "A".repeat(43) }]))
 */
export const describeKeyRing = (
  name: string,
  make: () => Promise<KeyRing> | KeyRing,
  { skip = [] }: Options = {}
): void => describeCases(`${name} is a key ring`, keyRingCases, make, skip)
