import { describe, expect, it } from "vitest"
import { failingLimitMs, noEndpoint } from "../../endpoint/index.ts"
import { type Contact, contacts } from "./endpoint-contact.ts"

const nowMs = 1_700_000_000_000
const quietMs = 600_000

const enabled = { ...noEndpoint, status: "enabled", merchantId: "m-1", id: "e-1" } as const
const failing = { ...enabled, failingSinceMs: nowMs - 1_000 }

describe("what an attempt came to", () => {
  it.each([
    ["reached", "well", enabled, false],
    ["failed", "well", enabled, true],
    ["gone", "well", enabled, true],
    ["reached", "failing", failing, true],
    ["failed", "failing", failing, false],
    ["gone", "failing", failing, true],
    ["failed", "failing for almost five days", { ...enabled, failingSinceMs: nowMs - failingLimitMs + 1 }, false],
    ["failed", "failing for five days", { ...enabled, failingSinceMs: nowMs - failingLimitMs }, true],
    ["reached", "disabled", { ...failing, status: "disabled" }, false],
    ["failed", "disabled", { ...enabled, status: "disabled" }, false],
    ["gone", "disabled", { ...enabled, status: "disabled" }, false]
  ] as const)("is news or not: %s, of an endpoint that is %s", (contact: Contact, _, endpoint, isNews) => {
    expect(contacts().isNews(endpoint, contact, nowMs)).toBe(isNews)
  })

  it("is not news again for ten minutes where the endpoint fails now and then", () => {
    const { isNews } = contacts()
    const asked = [0, 0, 1, quietMs - 1, quietMs, quietMs + 1].map((ms) => isNews(enabled, "failed", nowMs + ms))
    expect(asked).toEqual([true, false, false, false, true, false])
  })

  it("is news sooner where the clock was set back: nothing is quiet for longer by that", () => {
    const { isNews } = contacts()
    expect(isNews(enabled, "failed", nowMs)).toBe(true)
    expect(isNews(enabled, "failed", nowMs - 1)).toBe(true)
  })

  it("is news of each endpoint of each merchant", () => {
    const { isNews } = contacts()
    const others = [
      { ...enabled, id: "e-2" },
      { ...enabled, merchantId: "m-2" }
    ]
    for (const one of [enabled, ...others]) expect(isNews(one, "failed", nowMs)).toBe(true)
    for (const one of [enabled, ...others]) expect(isNews(one, "failed", nowMs)).toBe(false)
  })

  it("is remembered of so many endpoints, and then of none", () => {
    const { isNews } = contacts(2)
    const [a, b, c] = ["a", "b", "c"].map((id) => () => isNews({ ...enabled, id }, "failed", nowMs))
    expect([a?.(), b?.(), a?.(), b?.()]).toEqual([true, true, false, false])
    expect([c?.(), a?.(), c?.()]).toEqual([true, true, false])
  })
})
