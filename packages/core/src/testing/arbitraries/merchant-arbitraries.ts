import * as fc from "fast-check"
import type {
  Channel,
  Merchant,
  MerchantCommand,
  MerchantEvent,
  MerchantProfile,
  MerchantStatus,
  MerchantTerms
} from "../../merchant/merchant.ts"
import { settlementIntervalMsMax, settlementIntervalMsMin } from "../../merchant/merchant-terms.ts"
import type { Currency } from "../../money/index.ts"
import { anyFeeSchedule } from "./fee-arbitraries.ts"
import { anyCurrency, anyRate, moneyIn } from "./money-arbitraries.ts"
import { anyId, anyOf, anyText, anyTimeMs, orNull } from "./text-arbitraries.ts"

/** Terms that a merchant who is paid in this currency may have. */
const termsIn = (currency: Currency): fc.Arbitrary<MerchantTerms> =>
  fc.record({
    feeSchedule: anyFeeSchedule,
    minAmount: moneyIn(currency, 0n, 100n),
    maxAmount: moneyIn(currency, 100n, 10n ** 12n),
    partialCapture: fc.boolean(),
    settlementCurrency: anyCurrency,
    settlementRate: anyRate,
    settlementIntervalMs: fc.integer({ min: settlementIntervalMsMin, max: settlementIntervalMsMax })
  })

/** Terms that a merchant may have. */
export const anyMerchantTerms: fc.Arbitrary<MerchantTerms> = anyCurrency.chain(termsIn)

const anyChannels: fc.Arbitrary<ReadonlyArray<Channel>> = fc
  .uniqueArray(fc.record({ id: anyId, cardDescriptor: anyText, achDescriptor: anyText }), {
    selector: ({ id }) => id,
    maxLength: 3
  })
  .map((channels) => channels.map((channel, place) => ({ ...channel, default: place === 0 })))

/** Profiles that a merchant may give itself. */
export const anyMerchantProfile: fc.Arbitrary<MerchantProfile> = fc.record({
  displayName: orNull(fc.stringMatching(/^[A-Za-z][A-Za-z ]{0,79}$/u)),
  logoUrl: orNull(fc.constant("data:image/png;base64,iVBORw0KGgo=")),
  colour: orNull(fc.stringMatching(/^#[0-9a-f]{6}$/u)),
  returnOrigins: fc.uniqueArray(fc.stringMatching(/^https:\/\/[a-z]{1,9}\.(?:test|example)$/u), { maxLength: 3 })
})

const particulars = { id: anyId, name: anyText, walletId: fc.stringMatching(/^[0-9]{1,36}$/u), channels: anyChannels }

const identity = { ...particulars, terms: anyMerchantTerms }

export const anyMerchant: fc.Arbitrary<Merchant> = fc.record({
  ...identity,
  profile: anyMerchantProfile,
  status: anyOf<MerchantStatus>({ none: true, active: true, suspended: true }),
  createdAtMs: anyTimeMs,
  updatedAtMs: anyTimeMs
})

export const anyMerchantEvent: fc.Arbitrary<MerchantEvent> = fc.oneof(
  fc.record({ _tag: fc.constant("MerchantRegistered" as const), ...identity, atMs: anyTimeMs }),
  fc.record({ _tag: fc.constant("TermsChanged" as const), terms: anyMerchantTerms, atMs: anyTimeMs }),
  fc.record({ _tag: fc.constant("ProfileChanged" as const), profile: anyMerchantProfile, atMs: anyTimeMs }),
  fc.record({ _tag: fc.constant("MerchantSuspended" as const), atMs: anyTimeMs }),
  fc.record({ _tag: fc.constant("MerchantReinstated" as const), atMs: anyTimeMs })
)

/** Commands whose terms can be accepted, for a merchant who is paid in this currency. */
export const merchantCommandIn = (currency: Currency): fc.Arbitrary<MerchantCommand> => {
  const terms = termsIn(currency)
  return fc.oneof(
    fc.record({ _tag: fc.constant("RegisterMerchant" as const), ...particulars, terms, nowMs: anyTimeMs }),
    fc.record({ _tag: fc.constant("ChangeTerms" as const), terms, nowMs: anyTimeMs }),
    fc.record({ _tag: fc.constant("ChangeProfile" as const), profile: anyMerchantProfile, nowMs: anyTimeMs }),
    fc.record({ _tag: fc.constant("SuspendMerchant" as const), nowMs: anyTimeMs }),
    fc.record({ _tag: fc.constant("ReinstateMerchant" as const), nowMs: anyTimeMs })
  )
}

/** Commands whose terms can be accepted; what is refused depends on the state and its currency. */
export const anyMerchantCommand: fc.Arbitrary<MerchantCommand> = anyCurrency.chain(merchantCommandIn)
