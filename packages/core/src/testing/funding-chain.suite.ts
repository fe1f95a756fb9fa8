/** What every funding chain promises, as tests over a factory. */
import type { FundingChainUnderTest } from "./funding/funding-chain-under-test.ts"
import { fundingChainCases } from "./funding-chain-cases.ts"
import { describeCases, type SuiteSkip } from "./suite.ts"

/**
 * Runs the suite of the `FundingChain` port. `make` is called once per case and gives a chain to which nothing was sent
 * yet, with a sender who can pay and sign, and a way to let time pass on its clock.
 */
export const describeFundingChain = (
  name: string,
  make: () => Promise<FundingChainUnderTest> | FundingChainUnderTest,
  { skip = [] }: { readonly skip?: ReadonlyArray<SuiteSkip> } = {}
): void => describeCases(`${name} is a funding chain`, fundingChainCases, make, skip)
