import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { approved, evaluate, noRiskRules, type RiskCounts, type RiskRules, type RiskSubject } from "./index.ts"

const hour = 3_600_000
const day = 24 * hour

const subject: RiskSubject = {
  issuerCountry: "FR",
  billingCountry: "US",
  fingerprint: "f-1",
  email: "ada@example.org",
  ipAddress: "192.0.2.1"
}

const rare: RiskCounts = { perCard: 1, perEmail: 1, perIp: 1 }

const blocking = (blocked: Partial<RiskRules>): RiskRules => ({ ...noRiskRules, ...blocked })
const limiting = (limits: Partial<RiskRules["velocity"]>): RiskRules =>
  blocking({ velocity: { ...noRiskRules.velocity, ...limits } })

describe("risk rules", () => {
  it("approve whom no rule concerns", () => {
    expect(evaluate(noRiskRules, subject, { perCard: 1e6, perEmail: 1e6, perIp: 1e6 })).toEqual(approved)
  })

  it("start from none, and say nothing against whom they approve", () => {
    const { velocity, ...blocked } = noRiskRules
    expect(Object.values(blocked)).toEqual([[], [], [], [], []])
    expect(Object.values(velocity)).toEqual([null, null, null])
    expect(approved).toEqual({ decision: "approved", reason: "" })
  })

  it.each<[string, Partial<RiskRules>, string]>([
    ["the issuer's country", { blockedIssuerCountries: ["FR"] }, "3001"],
    ["the billing country", { blockedBillingCountries: ["US"] }, "3002"],
    ["a country in small letters", { blockedBillingCountries: ["us"] }, "3002"],
    ["a card", { blockedFingerprints: ["f-0", "f-1"] }, "3550"],
    ["an email", { blockedEmails: ["ada@example.org"] }, "3551"],
    ["an email in capitals", { blockedEmails: ["Ada@EXAMPLE.org"] }, "3551"],
    ["an address", { blockedIpAddresses: ["192.0.2.1"] }, "3500"]
  ])("deny by %s", (_, blocked, reason) => {
    expect(evaluate(blocking(blocked), subject, rare)).toEqual({ decision: "denied", reason })
  })

  it.each<[string, Partial<RiskRules>]>([
    ["the countries are mixed up", { blockedIssuerCountries: ["US"], blockedBillingCountries: ["FR"] }],
    ["a text only begins alike", { blockedEmails: ["ada@example"], blockedFingerprints: ["f-"] }]
  ])("approve where %s", (_, blocked) => {
    expect(evaluate(blocking(blocked), subject, rare)).toEqual(approved)
  })

  it("do not hold an unknown issuer country against a card", () => {
    const unknown = { ...subject, issuerCountry: null }
    expect(evaluate(blocking({ blockedIssuerCountries: ["FR", "null"] }), unknown, rare)).toEqual(approved)
  })

  it.each<[string, Partial<RiskRules["velocity"]>, keyof RiskCounts, string]>([
    ["a card", { perCard: { max: 3, windowMs: hour } }, "perCard", "3300"],
    ["an address", { perIp: { max: 3, windowMs: hour } }, "perIp", "3300"],
    ["an email within a day", { perEmail: { max: 3, windowMs: day } }, "perEmail", "3071"],
    ["an email within longer", { perEmail: { max: 3, windowMs: day + 1 } }, "perEmail", "3075"]
  ])("deny %s that comes more often than its limit", (_, limits, counted, reason) => {
    expect(evaluate(limiting(limits), subject, { ...rare, [counted]: 3 })).toEqual(approved)
    expect(evaluate(limiting(limits), subject, { ...rare, [counted]: 4 })).toEqual({ decision: "denied", reason })
  })

  it("name the block before the limit", () => {
    const rules = { ...limiting({ perCard: { max: 0, windowMs: hour } }), blockedFingerprints: ["f-1"] }
    expect(evaluate(rules, subject, rare)).toEqual({ decision: "denied", reason: "3550" })
  })

  it("never turn a denial into an approval when somebody comes more often", () => {
    const counts = fc.record({ perCard: fc.nat(9), perEmail: fc.nat(9), perIp: fc.nat(9) })
    const limit = fc.option(fc.record({ max: fc.nat(9), windowMs: fc.constantFrom(hour, 2 * day) }), { nil: null })
    const limits = fc.record({ perCard: limit, perEmail: limit, perIp: limit })
    fc.assert(
      fc.property(limits, counts, counts, (velocity, few, more) => {
        const sum = {
          perCard: few.perCard + more.perCard,
          perEmail: few.perEmail + more.perEmail,
          perIp: few.perIp + more.perIp
        }
        if (evaluate(blocking({ velocity }), subject, few).decision === "denied") {
          expect(evaluate(blocking({ velocity }), subject, sum).decision).toBe("denied")
        }
      }),
      { numRuns: 10_000 }
    )
  })
})
