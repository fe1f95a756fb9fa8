/** What cross-border payments are worked with: the network, the chain, and how patient the host is with them. */
import type { FundingChain } from "../../ports/funding-chain.ts"
import type { PayoutNetwork } from "../../ports/payout-network.ts"
import type { CrossBorderOptions } from "./cross-border-contract.ts"

export type CrossBorderDesk = {
  readonly network: PayoutNetwork["Service"]
  readonly chain: FundingChain["Service"]
  readonly lookPauseMaxMs: number
  readonly followEndedMs: number
}

const dayMs = 86_400_000

/** Throws on options that mean nothing. */
export const crossBorderDeskOf = (options: CrossBorderOptions): CrossBorderDesk => {
  const { network, chain, lookPauseMaxMs = 30_000, followEndedMs = 90 * dayMs } = options
  if (!isWithin(lookPauseMaxMs, 1, dayMs)) throw new Error("crossBorder.lookPauseMaxMs is out of range")
  if (!isWithin(followEndedMs, 0, 3650 * dayMs)) throw new Error("crossBorder.followEndedMs is out of range")
  return { network, chain, lookPauseMaxMs, followEndedMs }
}

const isWithin = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max

/** Soonest look after the last news. */
const lookPauseMinMs = 1000

/** Longest pause between two looks at what has ended. */
const endedPauseMaxMs = 6 * 3_600_000

/**
 * When to look again: each pause is as long as the time since anything happened, so that pauses double up to a bound.
 *
 * @example
 * const desk = { lookPauseMaxMs: 30_000 }
 * nextLookAtMs(desk, { updatedAtMs: 0, hasEnded: false }, 4_000) // => 8000
 * nextLookAtMs(desk, { updatedAtMs: 0, hasEnded: false }, 100_000) // => 130000
 */
export const nextLookAtMs = (
  { lookPauseMaxMs }: Pick<CrossBorderDesk, "lookPauseMaxMs">,
  { updatedAtMs, hasEnded }: { readonly updatedAtMs: number; readonly hasEnded: boolean },
  nowMs: number
): number => {
  const maxMs = hasEnded ? Math.max(endedPauseMaxMs, lookPauseMaxMs) : lookPauseMaxMs
  return nowMs + Math.min(maxMs, Math.max(Math.min(lookPauseMinMs, maxMs), nowMs - updatedAtMs))
}

/** When somebody was asked how things are, and whether he answered. */
export type Look = { readonly nowMs: number; readonly isAnswered: boolean }

/**
 * Whether what has ended was followed for long enough. The last look has to be answered: of a network or a chain that is
 * silent for as long as that, nobody knows what came meanwhile.
 */
export const isFollowedOut = (
  { followEndedMs }: Pick<CrossBorderDesk, "followEndedMs">,
  updatedAtMs: number,
  { nowMs, isAnswered }: Look
): boolean => isAnswered && nowMs - updatedAtMs >= followEndedMs
