/**
 * fast-check as the laws see it while the code is mutated: the published module, with fewer runs of each law and
 * always the same seed. So a mutant lives or dies alike in every run, and thousands of them end within hours.
 */
import * as published from "fast-check"

export * from "fast-check"

const divisor = Number(process.env["PAYKERNEL_MUTATION_FEWER_RUNS"] ?? 5)
const numRunsMin = 500

const few = <Ts>(given: published.Parameters<Ts> = {}): published.Parameters<Ts> => {
  const numRuns = given.numRuns ?? 100
  return { seed: 1, ...given, numRuns: Math.min(numRuns, Math.max(numRunsMin, Math.ceil(numRuns / divisor))) }
}

export function assert<Ts>(property: published.IAsyncProperty<Ts>, params?: published.Parameters<Ts>): Promise<void>
export function assert<Ts>(property: published.IProperty<Ts>, params?: published.Parameters<Ts>): void
export function assert<Ts>(
  property: published.IRawProperty<Ts>,
  params?: published.Parameters<Ts>
): Promise<void> | void {
  return published.assert(property, few(params))
}

export default { ...published, assert }
