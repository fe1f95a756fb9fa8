/**
 * What every blockchain adapter promises, as tests over a factory. An adapter author runs it against a test network. What
 * the test environment cannot do is skipped, and the report says why.
 */
import type { BlockchainUnderTest } from "./blockchain/blockchain-under-test.ts"
import { addressCases, depositCases } from "./blockchain/deposit-cases.ts"
import { pullCases, refundCases } from "./blockchain/transfer-cases.ts"
import { describeCases, type SuiteCases, type SuiteSkip } from "./suite.ts"

export type { BlockchainUnderTest, TestPayment } from "./blockchain/blockchain-under-test.ts"

/** Every case by its title. */
export const blockchainCases: SuiteCases<BlockchainUnderTest> = {
  ...addressCases,
  ...depositCases,
  ...refundCases,
  ...pullCases
}

/**
 * Runs the suite of the `Blockchain` port. `make` is called once per case.
 *
 * @example
 * describeBlockchain("my chains", async () => ({ blockchain, chain: "ETH", currency: "USDC", nextName, refundAddress }))
 */
export const describeBlockchain = (
  name: string,
  make: () => Promise<BlockchainUnderTest> | BlockchainUnderTest,
  { skip = [] }: { readonly skip?: ReadonlyArray<SuiteSkip> } = {}
): void => describeCases(`${name} is a blockchain`, closing(blockchainCases), make, skip)

const closing = (cases: SuiteCases<BlockchainUnderTest>): SuiteCases<BlockchainUnderTest> =>
  Object.fromEntries(
    Object.entries(cases).map(([title, holds]) => [
      title,
      async (subject: BlockchainUnderTest) => {
        try {
          await holds(subject)
        } finally {
          await subject.close?.()
        }
      }
    ])
  )
