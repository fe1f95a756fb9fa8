/** For tests of laws: where a law that has to be broken breaks first, and in which words. */
import * as fc from "fast-check"
import { LawBroken } from "./law.ts"

/** The smallest case in which a law fails, and what it says there. */
export const broken = async <Ts>(property: fc.IRawProperty<Ts>, numRuns = 20_000) => {
  const details = await fc.check(property, { seed: 1, numRuns })
  if (!details.failed || details.counterexample === null) throw new Error("the law holds")
  const { errorInstance, counterexample } = details
  const says = errorInstance instanceof LawBroken ? (errorInstance.message.split("\n")[0] ?? "") : String(errorInstance)
  return { counterexample, says }
}
