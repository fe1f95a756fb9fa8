/**
 * A rule set for refusing cards and payments, as data: who is blocked outright, and how often the same card, email or
 * address may come. Pure: how often they came is counted elsewhere and handed in.
 */
import type { RiskEvaluation } from "../payment/payment.ts"
import { sameAddress } from "./same-address.ts"

export type RiskRules = {
  /** Countries as ISO 3166-1 alpha-2. */
  readonly blockedIssuerCountries: ReadonlyArray<string>
  readonly blockedBillingCountries: ReadonlyArray<string>
  readonly blockedFingerprints: ReadonlyArray<string>
  readonly blockedEmails: ReadonlyArray<string>
  readonly blockedIpAddresses: ReadonlyArray<string>
  readonly velocity: VelocityLimits
}

/** `null` sets no limit. */
export type VelocityLimits = {
  readonly perCard: VelocityLimit | null
  readonly perEmail: VelocityLimit | null
  readonly perIp: VelocityLimit | null
}

/** At most `max` within any `windowMs`, the one being assessed included. */
export type VelocityLimit = { readonly max: number; readonly windowMs: number }

/** Who is being assessed. */
export type RiskSubject = {
  readonly issuerCountry: string | null
  readonly billingCountry: string
  readonly fingerprint: string
  readonly email: string
  readonly ipAddress: string
}

/** How often each came within its window, the one being assessed included. */
export type RiskCounts = { readonly [Key in keyof VelocityLimits]: number }

/** Reasons of the published enum that this rule set gives. */
export type RiskReason = "3001" | "3002" | "3071" | "3075" | "3300" | "3500" | "3550" | "3551"

/** Blocks nobody and limits nothing: a start for rules of one's own. */
export const noRiskRules: RiskRules = {
  blockedIssuerCountries: [],
  blockedBillingCountries: [],
  blockedFingerprints: [],
  blockedEmails: [],
  blockedIpAddresses: [],
  velocity: { perCard: null, perEmail: null, perIp: null }
}

export const approved: RiskEvaluation = { decision: "approved", reason: "" }

/**
 * What the rules say of a subject. What is blocked outright comes before what came too often.
 *
 * @example
 * evaluate({ ...noRiskRules, blockedEmails: ["eve@example.org"] }, subjectWith("Eve@example.org"), counts)
 * // => { decision: "denied", reason: "3551" }
 */
export const evaluate = (rules: RiskRules, subject: RiskSubject, counts: RiskCounts): RiskEvaluation => {
  const reason = blockedFor(rules, subject) ?? limitedFor(rules.velocity, counts)
  return reason === undefined ? approved : { decision: "denied", reason }
}

/** Why a subject is blocked whatever the counts are, or `undefined`. Saves the counting where it would not matter. */
export const blockedFor = (rules: RiskRules, subject: RiskSubject): RiskReason | undefined => {
  if (subject.issuerCountry !== null && hasCountry(rules.blockedIssuerCountries, subject.issuerCountry)) return "3001"
  if (hasCountry(rules.blockedBillingCountries, subject.billingCountry)) return "3002"
  if (rules.blockedFingerprints.includes(subject.fingerprint)) return "3550"
  if (hasAddress(rules.blockedEmails, subject.email)) return "3551"
  // The published list has no reason of its own for an address: this is the default of its group.
  return hasAddress(rules.blockedIpAddresses, subject.ipAddress) ? "3500" : undefined
}

const limitedFor = (limits: VelocityLimits, counts: RiskCounts): RiskReason | undefined => {
  if (isExceeded(limits.perCard, counts.perCard) || isExceeded(limits.perIp, counts.perIp)) return "3300"
  const { perEmail } = limits
  if (perEmail === null || !isExceeded(perEmail, counts.perEmail)) return undefined
  // The published reasons for an email that comes too often tell the day from the week.
  return perEmail.windowMs <= dayMs ? "3071" : "3075"
}

const dayMs = 24 * 60 * 60 * 1_000

const isExceeded = (limit: VelocityLimit | null, count: number): boolean => limit !== null && count > limit.max

const hasCountry = (countries: ReadonlyArray<string>, country: string): boolean =>
  countries.some((blocked) => blocked.toUpperCase() === country.toUpperCase())

const hasAddress = (addresses: ReadonlyArray<string>, address: string): boolean =>
  addresses.some((blocked) => sameAddress(blocked) === sameAddress(address))
