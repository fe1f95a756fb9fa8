/**
 * Makes a failing schedule as small as it gets while it still fails in the same way. Each step brings its own choices, so
 * leaving others out changes nothing about them; what is left is what the failure needs.
 */
import type { Invariant } from "./problems.ts"
import { printSchedule, type Schedule, type Step } from "./schedule.ts"
import { replay, type SimulationResult } from "./simulate.ts"
import type { Faults } from "./weather.ts"
import type { Planting } from "./world.ts"

export type ShrinkOptions = Planting & {
  /** Runs that shrinking may take. Default 400. */
  readonly runsMax?: number
}

/**
 * The smallest failing schedule found, and its run. A schedule that does not fail comes back as it is.
 *
 * @example
 * const { schedule } = await simulate({ seed: 1, steps: 2 })
 * (await shrink(schedule)).schedule // => schedule
 */
export const shrink = async (
  schedule: Schedule,
  { runsMax = 400, ...options }: ShrinkOptions = {}
): Promise<SimulationResult> => {
  let best = await replay(schedule, options)
  const wanted = best.problems[0]?.invariant
  if (wanted === undefined) return best
  let runs = 0
  const improves = async (candidate: Schedule): Promise<boolean> => {
    if (runs >= runsMax) return false
    runs++
    const result = await replay(candidate, options)
    if (!fails(result, wanted)) return false
    best = result
    return true
  }
  await dropSteps(() => best.schedule, improves)
  for (const simpler of simplifications(best.schedule)) await improves(simpler(best.schedule))
  await dropSteps(() => best.schedule, improves)
  return best
}

const fails = ({ problems }: SimulationResult, wanted: Invariant): boolean => problems[0]?.invariant === wanted

type Improves = (candidate: Schedule) => Promise<boolean>

/** Delta debugging: leaves out runs of steps, halves first, then ever smaller ones, as long as it still fails. */
const dropSteps = async (now: () => Schedule, improves: Improves): Promise<void> => {
  for (let size = Math.ceil(now().steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < now().steps.length; ) {
      const { steps } = now()
      const without = [...steps.slice(0, at), ...steps.slice(at + size)]
      if (!(await improves({ ...now(), steps: without }))) at += size
    }
  }
}

type Simplify = (schedule: Schedule) => Schedule

/** Nobody who is told of anything, pays on a chain or sends abroad, fewer processes, whole classes of faults off, and steps that wait until everything they began has ended. */
const simplifications = ({ faults, steps }: Schedule): ReadonlyArray<Simplify> => [
  ({ webhooks: _, ...schedule }) => schedule,
  ({ intents: _, ...schedule }) => schedule,
  ({ payouts: _, ...schedule }) => schedule,
  (schedule) => ({ ...schedule, nodes: 1 }),
  (schedule) => ({ ...schedule, nodes: Math.min(2, schedule.nodes) }),
  ...(Object.keys(faults) as Array<keyof Faults>).map(
    (fault): Simplify =>
      (schedule) => ({ ...schedule, faults: { ...schedule.faults, [fault]: false } })
  ),
  ...steps.map(
    (_, at): Simplify =>
      (schedule) => ({
        ...schedule,
        steps: schedule.steps.map((step, place) => (place === at ? unhurried(step) : step))
      })
  )
]

const unhurried = (step: Step): Step => ({ ...step, events: 3000, ms: Math.max(step.ms, 1000) })

/**
 * What a failure looks like to whoever has to mend it: what is wrong, what was done, and the schedule to run it again.
 *
 * @example
 * const result = await simulate({ seed: 1, steps: 2 })
 * describeFailure(result).split("\n")[0] // => "seed 1 fails:"
 */
export const describeFailure = ({ problems, history, schedule, traceHash }: SimulationResult): string =>
  [
    `seed ${schedule.seed} fails:`,
    ...problems.map(({ invariant, what, atMs }) => `  ${invariant} at ${atMs} ms: ${what}`),
    "what was done:",
    ...history.map((line) => `  ${line}`),
    `replay(parseSchedule(text)) of this text runs it again, to the trace ${traceHash}:`,
    printSchedule(schedule)
  ].join("\n")
