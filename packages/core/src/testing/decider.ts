/**
 * Tests of a decider as stories: given what has happened, when something is asked, then this follows. Needs no test
 * framework: a story that ends differently throws, with the difference line by line.
 */
import * as Result from "effect/Result"
import { differenceOf, sameData } from "./plain-data.ts"

/** A pure core: its first state, what follows from a command, and the state after an event. */
export type Decider<State, Command, Event, Rejection, Decision extends { readonly events: ReadonlyArray<Event> }> = {
  readonly initial: State
  readonly decide: (state: State, command: Command) => Result.Result<Decision, Rejection>
  readonly evolve: (state: State, event: Event) => State
}

/** How a story may end. Each ending throws where the decision was another. */
export type Ending<Event, Rejection, Decision> = {
  /** Exactly these events, in this order. Gives the whole decision, for what else it holds. */
  readonly then: (...events: ReadonlyArray<Event>) => Decision
  /** Exactly this rejection. */
  readonly thenRejected: (rejection: Rejection) => void
  /** Accepted, with no events and nothing else. */
  readonly thenNothing: () => void
}

/** Thrown by a story that ends differently. `expected` and `actual` are what test runners show. */
export class StoryFailed extends Error {
  readonly expected: unknown
  readonly actual: unknown
  constructor(title: string, expected: unknown, actual: unknown) {
    super(`${title}\n${differenceOf(expected, actual)}`)
    this.name = "StoryFailed"
    this.expected = expected
    this.actual = actual
  }
}

/**
 * Stories about one decider. `given` takes events; `history` makes them from commands, which must all be accepted;
 * `fold` gives the state that events lead to.
 *
 * @example
 * const { given, history } = decider({ initial: noPayment, decide, evolve })
 * given(...history(requested, approved)).when(repeatedApproval).thenNothing()
 */
export const decider = <State, Command, Event, Rejection, Decision extends { readonly events: ReadonlyArray<Event> }>(
  subject: Decider<State, Command, Event, Rejection, Decision>
) => {
  const fold = (events: ReadonlyArray<Event>): State => events.reduce(subject.evolve, subject.initial)

  const history = (...commands: ReadonlyArray<Command>): ReadonlyArray<Event> => {
    const events: Array<Event> = []
    for (const command of commands) {
      const decided = subject.decide(fold(events), command)
      if (Result.isFailure(decided))
        throw new StoryFailed("the history was refused", { accepted: command }, decided.failure)
      events.push(...decided.success.events)
    }
    return events
  }

  const given = (...events: ReadonlyArray<Event>) => ({
    when: (command: Command): Ending<Event, Rejection, Decision> => endingOf(subject.decide(fold(events), command))
  })

  return { given, history, fold }
}

const endingOf = <Event, Rejection, Decision extends { readonly events: ReadonlyArray<Event> }>(
  decided: Result.Result<Decision, Rejection>
): Ending<Event, Rejection, Decision> => ({
  then: (...events) => {
    const decision = accepted(decided, { events })
    if (!sameData(events, decision.events)) throw new StoryFailed("other events followed", events, decision.events)
    return decision
  },
  thenRejected: (rejection) => {
    if (Result.isSuccess(decided)) throw new StoryFailed("the command was accepted", { rejection }, decided.success)
    if (!sameData(rejection, decided.failure)) {
      throw new StoryFailed("the command was refused for another reason", rejection, decided.failure)
    }
  },
  thenNothing: () => {
    const decision = accepted(decided, { events: [] })
    const rest = Object.values<unknown>(decision).filter((part) => !(Array.isArray(part) && part.length === 0))
    if (rest.length > 0) throw new StoryFailed("something followed", { events: [] }, decision)
  }
})

const accepted = <Decision, Rejection>(decided: Result.Result<Decision, Rejection>, expected: unknown): Decision => {
  if (Result.isFailure(decided))
    throw new StoryFailed("the command was refused", expected, { rejection: decided.failure })
  return decided.success
}
