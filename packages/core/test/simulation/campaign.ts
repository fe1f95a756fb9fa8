/**
 * Many seeds of the simulation: none may fail, each is the same twice, and together they leave nothing unstruck. Two test
 * files share the seeds, for as many cores: 2000, or 50 000 where PAYKERNEL_DEEP is 1, from 1 on. Other seeds than those are
 * run with PAYKERNEL_SEEDS_FROM=100001.
 */
import {
  type CoverageCount,
  countCoverage,
  describeFailure,
  faultPoints,
  machineEdges,
  missed,
  type SimulationResult,
  shrink,
  simulate
} from "@paykernel/core/testing"

const deep = process.env["PAYKERNEL_DEEP"] === "1"

export type Part = {
  readonly from: number
  readonly seeds: number
  /** So many of them are run two times. */
  readonly twice: number
  readonly timeoutMs: number
}

/** The seeds of one of the two files. */
export const partOf = (file: 1 | 2): Part => {
  const seeds = deep ? 25_000 : 1000
  return {
    ...{ from: firstSeed() + (file - 1) * seeds, seeds, twice: deep ? 500 : 50 },
    timeoutMs: deep ? 7_200_000 : 600_000
  }
}

const firstSeed = (): number => {
  const text = process.env["PAYKERNEL_SEEDS_FROM"] ?? "1"
  if (!/^\d{1,9}$/u.test(text)) throw new Error(`PAYKERNEL_SEEDS_FROM is a whole number, not ${text}`)
  return Number.parseInt(text, 10)
}

export type Campaign = Pick<Part, "from" | "seeds" | "twice"> & {
  readonly coverage: CoverageCount
  runs: number
  operations: number
  operationsMin: number
  payments: number
  checkouts: number
  executions: number
  messages: number
  deposits: number
  payouts: number
  events: number
  /** What is left of the first seed that failed, in words, and all seeds that did. */
  failure: string | null
  readonly failed: Array<number>
  /** Seeds whose second run differed from the first. */
  readonly unsteady: Array<number>
}

/** Enough to see whether a fault is one seed's or everybody's. */
const failuresMax = 5

export const campaign = async ({ from, seeds, twice }: Part): Promise<Campaign> => {
  const sums: Campaign = {
    ...{
      from,
      seeds,
      twice,
      coverage: countCoverage(),
      runs: 0,
      operations: 0,
      operationsMin: Number.POSITIVE_INFINITY
    },
    ...{
      payments: 0,
      checkouts: 0,
      executions: 0,
      messages: 0,
      deposits: 0,
      payouts: 0,
      events: 0,
      failure: null,
      failed: [],
      unsteady: []
    }
  }
  for (let seed = from; seed < from + seeds && sums.failed.length < failuresMax; seed++) {
    const result = await run(seed)
    add(sums, result)
    if (result.problems.length > 0) {
      sums.failed.push(seed)
      sums.failure ??= describeFailure(await shrink(result.schedule))
    }
    if (seed - from >= twice) continue
    sums.runs++
    if ((await run(seed)).traceHash !== result.traceHash) sums.unsteady.push(seed)
  }
  return sums
}

/** Without stacks, which cost a twentieth of the time: what has failed is told by its schedule. */
const run = async (seed: number): Promise<SimulationResult> => {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return await simulate({ seed })
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

const add = (sums: Campaign, result: SimulationResult): void => {
  const { operations, payments, checkouts, executions, messages, deposits, payouts, events, coverage } = result
  sums.runs++
  sums.operations += operations
  sums.operationsMin = Math.min(sums.operationsMin, operations)
  sums.payments += payments
  sums.checkouts += checkouts
  sums.executions += executions
  sums.messages += messages
  sums.deposits += deposits
  sums.payouts += payouts
  sums.events += events
  sums.coverage.add(coverage)
}

/** The share of fault points hit, 0 to 1. */
export const shareOfFaults = ({ coverage }: Campaign): number => 1 - missed(coverage).faults.length / faultPoints.length

export const figures = (sums: Campaign, tookMs: number): string => {
  const { from, seeds, twice, runs, coverage, operations, failed, unsteady } = sums
  const percent = (100 * shareOfFaults(sums)).toFixed(1)
  return [
    `${seeds} seeds of ${2 * seeds}, ${from} to ${from + seeds - 1}: ${failed.length} failed`,
    `${twice} of them lived twice: ${unsteady.length} went another way (${((runs * 1000) / tookMs).toFixed(1)} runs a second)`,
    `${operations} operations, at least ${sums.operationsMin} in each run; ${sums.events} events`,
    `${sums.payments} payments, ${sums.checkouts} checkouts, ${sums.executions} executions at the bank, ${sums.messages} messages to receivers, ${sums.deposits} deposits on chains, ${sums.payouts} payments abroad`,
    `fault points hit: ${percent} %, ${hits(faultPoints, coverage.faults)}`,
    `machine edges hit: ${hits(machineEdges, coverage.edges)}`
  ].join("\n")
}

/** How many were hit, which were hit least, and which were not. */
const hits = (all: ReadonlyArray<string>, times: ReadonlyMap<string, number>): string => {
  const left = all.filter((one) => !times.has(one))
  const struck = all.filter((one) => times.has(one)).sort((a, b) => (times.get(a) ?? 0) - (times.get(b) ?? 0))
  const rarest = struck.slice(0, 3).map((one) => `${times.get(one)} × ${one}`)
  const not = left.length === 0 ? "" : ` (not: ${left.join("; ")})`
  return `${struck.length} of ${all.length}, least of all ${rarest.join(", ")}${not}`
}
