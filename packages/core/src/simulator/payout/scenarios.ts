/** The magic names of the sandbox: what the originator of a payment is called decides what becomes of it. */
import type { RfiLevel } from "../../requirement/rfi-requirements.ts"

export type Scenario = {
  /** What the institution says at first: yes, no, later, or that it has questions. */
  readonly clearance: "at_once" | "refused" | "later" | "refused_later" | "after_rfi" | "after_later_rfi"
  readonly rfiLevel: RfiLevel
  /** How the bank leg ends. */
  readonly payout: "normal" | "delayed" | "fails"
  /** How what was not paid out comes back. */
  readonly refund: "completed" | "created_then_failed" | "created_then_completed"
  /** Whether the payment is given up although its time is not over. */
  readonly expires: boolean
}

const normal: Scenario = {
  clearance: "at_once",
  rfiLevel: 1,
  payout: "normal",
  refund: "completed",
  expires: false
}

/** By `ORIGINATOR_NAME`. Capitals matter. */
export const scenarios: ReadonlyMap<string, Scenario> = new Map<string, Scenario>([
  ["Failed", { ...normal, clearance: "refused" }],
  ["AsyncFailed", { ...normal, clearance: "refused_later" }],
  ["AsyncSuccess", { ...normal, clearance: "later" }],
  ["CreateRfi", { ...normal, clearance: "after_rfi" }],
  ["CreateRfiL2", { ...normal, clearance: "after_rfi", rfiLevel: 2 }],
  ["CreateRfiL3", { ...normal, clearance: "after_rfi", rfiLevel: 3 }],
  ["AsyncRfi", { ...normal, clearance: "after_later_rfi" }],
  ["Delayed", { ...normal, payout: "delayed" }],
  ["Expired", { ...normal, expires: true }],
  ["FailThenRefundWithCompleted", { ...normal, payout: "fails" }],
  ["FailThenRefundCreatedThenFailed", { ...normal, payout: "fails", refund: "created_then_failed" }],
  ["FailThenRefundCreatedThenCompleted", { ...normal, payout: "fails", refund: "created_then_completed" }]
])

/**
 * What becomes of a payment of this originator. Any other name is cleared and paid out.
 *
 * @example
 * scenarioOf("Delayed").payout // => "delayed"
 * scenarioOf("delayed").payout // => "normal"
 */
export const scenarioOf = (originatorName: unknown): Scenario =>
  (typeof originatorName === "string" ? scenarios.get(originatorName) : undefined) ?? normal

/** What becomes of the answer to a request for information. */
export type RfiVerdict = "approves" | "rejects" | "never"

/**
 * By the `NAME` that the answer gives.
 *
 * @example
 * verdictOf("InReview") // => "never"
 * verdictOf("Jane Doe") // => "approves"
 */
export const verdictOf = (name: unknown): RfiVerdict =>
  name === "InReview" ? "never" : name === "Rejected" ? "rejects" : "approves"
