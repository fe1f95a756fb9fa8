/**
 * Lives of anything that decides: commands tried one after the other, of which the accepted ones count. Leaving out a
 * command always leaves a life behind, so counterexamples shrink to the commands that matter.
 */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import type { Decider } from "./decider.ts"

/** What was accepted, and everything that followed. */
export type History<State, Command, Event, Decision = { readonly events: ReadonlyArray<Event> }> = {
  readonly commands: ReadonlyArray<Command>
  readonly decisions: ReadonlyArray<Decision>
  readonly events: ReadonlyArray<Event>
  /** The state after each command. */
  readonly states: ReadonlyArray<State>
  /** The state at the end. */
  readonly state: State
}

/**
 * Tries commands in turn and keeps what was accepted.
 *
 * @example
 * const { state } = playHistory({ initial: noPayment, decide, evolve }, [requested, approved, requested])
 * state.status // => "confirmed"
 */
export const playHistory = <
  State,
  Command,
  Event,
  Rejection,
  Decision extends { readonly events: ReadonlyArray<Event> }
>(
  { initial, decide, evolve }: Decider<State, Command, Event, Rejection, Decision>,
  tried: ReadonlyArray<Command>
): History<State, Command, Event, Decision> => {
  const commands: Array<Command> = []
  const decisions: Array<Decision> = []
  const events: Array<Event> = []
  const states: Array<State> = []
  let state = initial
  for (const command of tried) {
    const decided = decide(state, command)
    if (Result.isFailure(decided)) continue
    state = decided.success.events.reduce(evolve, state)
    commands.push(command)
    decisions.push(decided.success)
    events.push(...decided.success.events)
    states.push(state)
  }
  return { commands, decisions, events, states, state }
}

/**
 * Legal histories of a decider from a generator of its commands, whether or not each is legal where it is tried.
 *
 * @example
 * const requests = fc.constantFrom(requested, approved)
 * const payments = historyOf({ initial: noPayment, decide, evolve }, requests)
 * fc.assert(fc.property(payments, ({ events, state }) => (events.length > 0) === (state.status !== "none")))
 */
export const historyOf = <State, Command, Event, Rejection, Decision extends { readonly events: ReadonlyArray<Event> }>(
  decider: Decider<State, Command, Event, Rejection, Decision>,
  command: fc.Arbitrary<Command>,
  { commandsMax = 12 }: { readonly commandsMax?: number } = {}
): fc.Arbitrary<History<State, Command, Event, Decision>> =>
  fc.array(command, { maxLength: commandsMax, size: "max" }).map((tried) => playHistory(decider, tried))
