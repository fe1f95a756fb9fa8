/** A simulation as plain data: what to build, and what to do to it step by step. It can be printed, shrunk and replayed. */
import type { ActionName } from "./actions.ts"
import type { Faults } from "./weather.ts"

export type Step = {
  readonly do: ActionName
  /** Every choice within the step follows from it. */
  readonly seed: number
  /** How many things may happen before the next step, and for how long it waits for them. */
  readonly events: number
  readonly ms: number
}

export type Schedule = {
  readonly seed: number
  /** Slots for processes, 1 to 3. */
  readonly nodes: number
  readonly faults: Faults
  /** Whether merchants are told of what happens. */
  readonly webhooks?: boolean
  /** Whether merchants are paid on blockchains. */
  readonly intents?: boolean
  /** Whether merchants send money abroad. */
  readonly payouts?: boolean
  readonly steps: ReadonlyArray<Step>
}

/**
 * A schedule as text that `parseSchedule` reads again: one step a line, so that a difference shows.
 *
 * @example
 * const schedule: Schedule = { seed: 7, nodes: 1, faults: noFaults, steps: [{ do: "pay", seed: 1, events: 9, ms: 0 }] }
 * parseSchedule(printSchedule(schedule)) // => schedule
 */
export const printSchedule = ({ steps, ...rest }: Schedule): string =>
  [JSON.stringify(rest), ...steps.map((step) => `${step.do} ${step.seed} ${step.events} ${step.ms}`)].join("\n")

export const parseSchedule = (text: string): Schedule => {
  const [head = "", ...lines] = text.trim().split("\n")
  const steps = lines.map((line): Step => {
    const [name = "", seed = "", events = "", ms = ""] = line.trim().split(" ")
    return { do: name as ActionName, seed: whole(seed), events: whole(events), ms: whole(ms) }
  })
  return { ...JSON.parse(head), steps }
}

const whole = (text: string): number => {
  if (!/^\d{1,15}$/u.test(text)) throw new Error(`a schedule has whole numbers, not ${text}`)
  return Number.parseInt(text, 10)
}
