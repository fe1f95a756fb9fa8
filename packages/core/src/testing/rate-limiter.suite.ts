/**
 * What every rate limiter promises, as tests over a factory. Several takers may stand on one set of counters, as
 * processes do; races are then run between them.
 */
import { type RateLimiterUnderTest, rateLimiterCases } from "./rate-limiter-cases.ts"
import { describeCases, type SuiteCases, type SuiteSkip } from "./suite.ts"

/**
 * Runs the suite of the `RateLimiter` port. `make` is called once per case and gives a limiter that has counted nothing.
 *
 * @example
 * describeRateLimiter("a limiter in memory", () => ({ limiter: memoryRateLimiter() }))
 */
export const describeRateLimiter = (
  name: string,
  make: () => Promise<RateLimiterUnderTest> | RateLimiterUnderTest,
  { skip = [] }: { readonly skip?: ReadonlyArray<SuiteSkip> } = {}
): void => describeCases(`${name} is a rate limiter`, closing(rateLimiterCases), make, skip)

const closing = (cases: SuiteCases<RateLimiterUnderTest>): SuiteCases<RateLimiterUnderTest> =>
  Object.fromEntries(
    Object.entries(cases).map(([title, holds]) => [
      title,
      async (subject: RateLimiterUnderTest) => {
        try {
          await holds(subject)
        } finally {
          await subject.close?.()
        }
      }
    ])
  )
