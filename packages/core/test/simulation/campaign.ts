/** Many seeds of the simulation: none may fail, each is the same twice, and together they leave nothing unstruck. */
import {
  type CoverageCount,
  countCoverage,
  describeFailure,
  faultPoints,
  machineEdges,
  missed,
  shrink,
  simulate
} from "@paykernel/core/testing"

export const deep = process.env["PAYKERNEL_DEEP"] === "1"

export type Campaign = {
  readonly coverage: CoverageCount
  seeds: number
  runs: number
  operations: number
  operationsMin: number
  payments: number
  executions: number
  events: number
  /** Seeds whose second run differed from the first. */
  readonly unsteady: Array<number>
}

/** Runs the seeds, the first `twice` of them two times. Throws at the first that fails, with what is left of it. */
export const campaign = async (from: number, seeds: number, twice: number): Promise<Campaign> => {
  const sums: Campaign = {
    ...{ coverage: countCoverage(), seeds, runs: 0, operations: 0, operationsMin: Number.POSITIVE_INFINITY },
    ...{ payments: 0, executions: 0, events: 0, unsteady: [] }
  }
  for (let seed = from; seed < from + seeds; seed++) {
    const result = await simulate({ seed })
    if (result.problems.length > 0) throw new Error(describeFailure(await shrink(result.schedule)))
    sums.runs++
    sums.operations += result.operations
    sums.operationsMin = Math.min(sums.operationsMin, result.operations)
    sums.payments += result.payments
    sums.executions += result.executions
    sums.events += result.events
    sums.coverage.add(result.coverage)
    if (seed - from >= twice) continue
    sums.runs++
    if ((await simulate({ seed })).traceHash !== result.traceHash) sums.unsteady.push(seed)
  }
  return sums
}

/** The share of fault points hit, 0 to 1. */
export const shareOfFaults = ({ coverage }: Campaign): number => 1 - missed(coverage).faults.length / faultPoints.length

export const figures = (sums: Campaign, tookMs: number): string => {
  const { faults, edges } = missed(sums.coverage)
  const hit = (all: ReadonlyArray<string>, left: ReadonlyArray<string>) =>
    `${all.length - left.length} of ${all.length}`
  return [
    `${sums.seeds} seeds (${sums.runs} runs, ${((sums.runs * 1000) / tookMs).toFixed(1)} a second)`,
    `${sums.operations} operations, at least ${sums.operationsMin} each`,
    `${sums.payments} payments, ${sums.executions} executions at the bank, ${sums.events} events`,
    `fault points hit: ${hit(faultPoints, faults)}${faults.length === 0 ? "" : ` (not: ${faults.join("; ")})`}`,
    `machine edges hit: ${hit(machineEdges, edges)}${edges.length === 0 ? "" : ` (not: ${edges.join("; ")})`}`
  ].join("\n")
}
