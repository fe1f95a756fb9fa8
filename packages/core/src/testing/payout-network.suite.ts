/** What every payout network promises, as tests over a factory. */
import type { PayoutNetworkUnderTest } from "./payout/network-under-test.ts"
import { payoutNetworkCases } from "./payout-network-cases.ts"
import { describeCases, type SuiteSkip } from "./suite.ts"

/**
 * Runs the suite of the `PayoutNetwork` port. `make` is called once per case and gives a network that was asked nothing
 * yet, with a request that it can serve and a way to let time pass on its clock.
 */
export const describePayoutNetwork = (
  name: string,
  make: () => Promise<PayoutNetworkUnderTest> | PayoutNetworkUnderTest,
  { skip = [] }: { readonly skip?: ReadonlyArray<SuiteSkip> } = {}
): void => describeCases(`${name} is a payout network`, payoutNetworkCases, make, skip)
