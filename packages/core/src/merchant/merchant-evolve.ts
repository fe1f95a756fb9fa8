import { noFee } from "../fees/index.ts"
import { follow } from "../machine.ts"
import { zero } from "../money/index.ts"
import type { Merchant, MerchantEvent } from "./merchant.ts"
import { merchantMachine } from "./merchant-machine.ts"
import { noProfile } from "./merchant-profile.ts"

/** Before anything happened. Its terms allow no payment. */
export const noMerchant: Merchant = {
  status: "none",
  id: "",
  name: "",
  walletId: "",
  channels: [],
  terms: {
    feeSchedule: { fee: noFee, onExcess: "limit" },
    minAmount: zero("USD"),
    maxAmount: zero("USD"),
    partialCapture: false,
    settlementCurrency: "USD",
    settlementRate: { numerator: 1n, denominator: 1n },
    settlementIntervalMs: 0
  },
  profile: noProfile,
  createdAtMs: 0,
  updatedAtMs: 0
}

/**
 * The merchant after an event. An event that the machine does not know from here is a bug, so it throws.
 *
 * @example
 * evolve(activeMerchant, { _tag: "MerchantSuspended", atMs: 0 }).status // => "suspended"
 */
export const evolve = (merchant: Merchant, event: MerchantEvent): Merchant => {
  const status = follow(merchantMachine, merchant.status, event._tag)
  switch (event._tag) {
    case "MerchantRegistered": {
      const { _tag, atMs, ...details } = event
      return { ...details, profile: noProfile, status, createdAtMs: atMs, updatedAtMs: atMs }
    }
    case "TermsChanged":
      return { ...merchant, status, terms: event.terms, updatedAtMs: event.atMs }
    case "ProfileChanged":
      return { ...merchant, status, profile: event.profile, updatedAtMs: event.atMs }
    case "MerchantSuspended":
    case "MerchantReinstated":
      return { ...merchant, status, updatedAtMs: event.atMs }
  }
}
