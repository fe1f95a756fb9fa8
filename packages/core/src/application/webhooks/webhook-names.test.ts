import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { noPayment } from "../../payment/index.ts"
import { digestBytes, keyedDigest } from "../commit/keyed-digest.ts"
import { isSecret } from "./endpoint-secrets.ts"
import type { Change } from "./webhook-dialect.ts"
import {
  confirmationToken,
  deliveryIdOf,
  endpointIdAfter,
  isConfirmationToken,
  messageIdOf,
  spreadOf
} from "./webhook-names.ts"

const digest = keyedDigest(new Uint8Array(32).fill(7))

const change = (own: Partial<Change> = {}): Change =>
  ({
    ...{ type: "payment", id: "p-1", merchantId: "m-1", version: 1, atMs: 5, before: noPayment, after: noPayment },
    ...{ event: { _tag: "AuthorizationExpired", atMs: 5 } },
    ...own
  }) as Change

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u

describe("the id of a message", () => {
  it("is a UUID that is the same whenever it is asked for, and another for whatever differs", () => {
    const ids = [
      messageIdOf(digest, "a", change(), "payments"),
      messageIdOf(digest, "b", change(), "payments"),
      messageIdOf(digest, "a", change(), "payment.failed"),
      messageIdOf(digest, "a", change({ version: 2 }), "payments"),
      messageIdOf(digest, "a", change({ id: "p-2" }), "payments"),
      messageIdOf(digest, "a", change({ merchantId: "m-2" }), "payments"),
      messageIdOf(digest, "a", change({ type: "card" }), "payments"),
      messageIdOf(keyedDigest(new Uint8Array(32).fill(8)), "a", change(), "payments")
    ]
    for (const id of ids) expect(id).toMatch(uuid)
    expect(new Set(ids).size).toBe(ids.length)
    expect(messageIdOf(digest, "a", change(), "payments")).toBe(ids[0])
  })

  it("leads to another delivery for each receiver", () => {
    const ids = [
      deliveryIdOf(digest, "m", { _tag: "Endpoint", endpointId: "e-1" }),
      deliveryIdOf(digest, "m", { _tag: "Endpoint", endpointId: "e-2" }),
      deliveryIdOf(digest, "m", { _tag: "Address", url: "e-1" }),
      deliveryIdOf(digest, "m", { _tag: "Address", url: "e-2" }),
      deliveryIdOf(digest, "n", { _tag: "Endpoint", endpointId: "e-1" })
    ]
    for (const id of ids) expect(id).toMatch(uuid)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe("names", () => {
  it("are the same in every release: what was planned by one must not be planned again by the next", () => {
    const messageId = messageIdOf(digest, "a", change(), "payments")
    expect([
      messageId,
      deliveryIdOf(digest, messageId, { _tag: "Endpoint", endpointId: "e-1" }),
      endpointIdAfter(digest, "m-1", "e-1", 0)
    ]).toEqual([
      "14119d86-abb6-8e21-835c-cc2eae0d3c4e",
      "2354a714-b54e-8b87-b7ad-b0bc32bed8e7",
      "841842b6-7348-8ca5-8eeb-0e57c0b8ce24"
    ])
  })
})

describe("a digest", () => {
  it("stands for sixteen bytes, of which each letter matters that carries one", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(24), (text, place) => {
        const letters = digest.of("webhook-id", text)
        const bytes = digestBytes(letters)
        expect(bytes).toHaveLength(16)
        const other = letters[place] === "0" ? "1" : "0"
        const altered = letters.slice(0, place) + other + letters.slice(place + 1)
        expect(digestBytes(altered)).not.toEqual(bytes)
      }),
      { numRuns: 10_000 }
    )
  })

  it("spreads pauses evenly from 0 up to 1", () => {
    const spreads = Array.from({ length: 4_000 }, (_, n) => spreadOf(digest, `d-${n}`, 1, 1))
    expect(spreads.every((one) => one >= 0 && one < 1)).toBe(true)
    for (const part of [0, 1, 2, 3]) {
      const count = spreads.filter((one) => Math.floor(one * 4) === part).length
      expect(Math.abs(count - 1_000)).toBeLessThan(150)
    }
  })
})

describe("the token of a confirmation", () => {
  it("is its endpoint's own", () => {
    const token = confirmationToken(digest, "m-1", "e-1")
    expect(isConfirmationToken(digest, "m-1", "e-1", token)).toBe(true)
    for (const [merchantId, id, given] of [
      ["m-2", "e-1", token],
      ["m-1", "e-2", token],
      ["m-1", "e-1", `${token}0`],
      ["m-1", "e-1", ""]
    ] as const) {
      expect(isConfirmationToken(digest, merchantId, id, given)).toBe(false)
    }
  })
})

describe("a secret", () => {
  const base64 = (bytes: number) => btoa("\u0000".repeat(bytes))

  it.each([
    [`whsec_${base64(23)}`, false],
    [`whsec_${base64(24)}`, true],
    [`whsec_${base64(32)}`, true],
    [`whsec_${base64(64)}`, true],
    [`whsec_${base64(65)}`, false],
    [`whsk_${base64(32)}`, false],
    [base64(32), false],
    [`secret${base64(32)}`, false],
    [`whsec_-${"A".repeat(31)}`, false],
    [`whsec_${"A".repeat(31)}-`, false],
    [`whsec_${base64(32).replace("=", "")}`, false],
    [`whsec_${base64(32)}\n`, false],
    [`whsec_${"_".repeat(32)}`, false],
    ["whsec_", false],
    [`whsec_${"=".repeat(32)}`, false]
  ])("%j: %s", (text, isOne) => {
    expect(isSecret(text)).toBe(isOne)
  })
})
