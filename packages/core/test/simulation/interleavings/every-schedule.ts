/**
 * All schedules of a meeting up to a depth. What a schedule has led to is followed once, however many schedules lead
 * there: they are all counted, and those that differ in nothing are carried out as one.
 */
import { isDeepStrictEqual } from "node:util"
import { begin, type Meeting, type Running, type Step } from "./one-schedule.ts"
import type { Reach } from "./small-world.ts"
import type { StartingPoint } from "./starting-points.ts"
import { wishes } from "./wishes.ts"

/** What there is behind a situation, itself included. */
export type Count = {
  /** Ways to go on. */
  readonly schedules: number
  /** Those in which no process dies. */
  readonly calm: number
  /** How often a process dies in all of them. */
  readonly deaths: number
  /** What is left where nothing is chosen any more, and everything has gone on to its end; `null` before that. */
  readonly left: string | null
}

export type Search = {
  /** Situations that were different from all that were met before. */
  situations: number
  /** Ends that were different from all others, each left to a new process and judged. */
  judged: number
  /** Those of them in which something was left to a person. */
  manual: number
  readonly edges: Set<string>
}

/** Every pair of wishes, and where they have keys the same wish under one key. */
export const meetingsFrom = (from: StartingPoint): ReadonlyArray<Meeting> =>
  wishes.flatMap((one, at) =>
    wishes.slice(at).flatMap((other): ReadonlyArray<Meeting> => {
      const meeting: Meeting = { from, wishes: [one, other], sameKey: false }
      return one === other && one.hasKey ? [meeting, { ...meeting, sameKey: true }] : [meeting]
    })
  )

export type SearchOptions = {
  readonly depth: number
  readonly reach?: Reach
  /** Carries out every schedule, and makes sure that those that were taken for the same go on and end in the same ways. */
  readonly everyOne?: boolean
}

/** Runs them all and counts them. Throws at the first that goes wrong. */
export const searchAll = async (
  meeting: Meeting,
  { depth, reach, everyOne = false }: SearchOptions,
  search: Search
): Promise<Count> => {
  const known = new Map<string, Count>()
  const ended = new Set<string>()

  const restart = async (choices: ReadonlyArray<number>): Promise<Running> => {
    const running = begin(meeting, reach)
    for (const choice of choices) await goOn(running, choice)
    return running
  }
  const noteEdges = ({ edges }: Running): void => {
    for (const edge of edges.keys()) search.edges.add(edge)
  }
  const visit = async (running: Running, choices: ReadonlyArray<number>): Promise<Count> => {
    if (running.problems.length > 0) throw new Error(describeSchedule(meeting, running, choices))
    // What led here counts, also where it led to nothing new.
    noteEdges(running)
    const situation = `${depth - choices.length} ${running.situation()}`
    const before = known.get(situation)
    if (before !== undefined && !everyOne) return before
    if (before === undefined) search.situations++
    const steps = choices.length === depth ? [] : running.steps()
    const count = steps.length === 0 ? await end(running, choices) : await follow(running, choices, steps)
    if (before !== undefined && !isDeepStrictEqual(before, count)) {
      throw new Error(`what was taken for the same goes on or ends in another way: ${running.history.join("; ")}`)
    }
    known.set(situation, count)
    return count
  }
  const follow = async (
    running: Running,
    choices: ReadonlyArray<number>,
    steps: ReadonlyArray<Step>
  ): Promise<Count> => {
    const sum = { schedules: 0, calm: 0, deaths: 0, left: null }
    for (const [at, { dies }] of steps.entries()) {
      const next = at === 0 ? running : await restart(choices)
      await goOn(next, at)
      const { schedules, calm, deaths } = await visit(next, [...choices, at])
      sum.schedules += schedules
      sum.calm += dies ? 0 : calm
      sum.deaths += deaths + (dies ? schedules : 0)
    }
    return sum
  }
  const end = async (running: Running, choices: ReadonlyArray<number>): Promise<Count> => {
    const left = await running.goOut()
    if (everyOne || !ended.has(left)) {
      ended.add(left)
      search.judged++
      await running.comeToRest()
    }
    if (running.problems.length > 0) throw new Error(describeSchedule(meeting, running, choices))
    noteEdges(running)
    if (running.manual() > 0) search.manual++
    return { schedules: 1, calm: 1, deaths: 0, left }
  }
  return visit(begin(meeting, reach), [])
}

const goOn = async (running: Running, choice: number): Promise<void> => {
  const step = running.steps()[choice]
  if (step === undefined) throw new Error("the same steps have led to another place")
  await running.take(step)
}

/** What went wrong, and everything that it takes to see it again. */
const describeSchedule = (
  { from, wishes: [one, other], sameKey }: Meeting,
  { problems, history }: Running,
  choices: ReadonlyArray<number>
): string => {
  const title = `from ${from.name}, ${one.name} and ${other.name}${sameKey ? " under one key" : ""}`
  const steps = history.map((step, at) => `${at + 1}. ${step}`)
  const found = problems.map(({ invariant, what }) => `${invariant}: ${what}`)
  return [...found, title, ...steps, `choices ${JSON.stringify(choices)}`].join("\n")
}
