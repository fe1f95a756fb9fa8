/** Laws of whatever decides: a pure `decide`, a pure `evolve`, and the machine that they follow. */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { type Machine, next, terminal } from "../../machine.ts"
import type { Decider } from "../decider.ts"
import { playHistory } from "../history.ts"
import { checksOf } from "./law.ts"

/** A decider and lists of commands for it. Refused commands are left out, so they need not be legal. */
export type DeciderUnderTest<
  State,
  Command,
  Event,
  Rejection,
  Decision extends { readonly events: ReadonlyArray<Event> }
> = Decider<State, Command, Event, Rejection, Decision> & {
  readonly commands: fc.Arbitrary<ReadonlyArray<Command>>
}

type Deciding<Event> = { readonly events: ReadonlyArray<Event> }

/**
 * A history, read again from its first event, leads to the state that was reached command by command. `stored` sends
 * each event through storage on the way.
 *
 * @example
 * fc.assert(replay({ initial: noPayment, decide, evolve, commands: paymentHistory().map(({ commands }) => commands) }))
 */
export const replay = <State, Command, Event, Rejection, Decision extends Deciding<Event>>({
  commands,
  stored = (event) => event,
  ...decider
}: DeciderUnderTest<State, Command, Event, Rejection, Decision> & { readonly stored?: (event: Event) => Event }) => {
  const { same } = checksOf("replay")
  return fc.property(commands, (tried) => {
    const { events, state } = playHistory(decider, tried)
    const again = events.map(stored).reduce(decider.evolve, decider.initial)
    same("the events lead to another state than the commands did", state, again)
  })
}

/**
 * The same commands are decided the same again, and nothing that goes in is changed by deciding or evolving.
 *
 * @example
 * fc.assert(pure({ initial: noPayment, decide, evolve, commands: fc.constant([requested, approved]) }))
 */
export const pure = <State, Command, Event, Rejection, Decision extends Deciding<Event>>({
  commands,
  ...decider
}: DeciderUnderTest<State, Command, Event, Rejection, Decision>) => {
  const { same } = checksOf("pure")
  return fc.property(commands, (tried) => {
    const first = playHistory(decider, tried)
    const guarded = {
      initial: frozen(decider.initial),
      decide: (state: State, command: Command) => Result.map(decider.decide(state, frozen(command)), frozen),
      evolve: (state: State, event: Event) => frozen(decider.evolve(state, event))
    }
    const second = playHistory(guarded, tried)
    same("the same commands are decided differently", first.decisions, second.decisions)
    same("the same events lead to another state", first.state, second.state)
  })
}

/** A decider with the table that it follows. */
export type MachineUnderTest<
  State,
  Command,
  Event extends { readonly _tag: Tag },
  Rejection,
  Decision extends Deciding<Event>,
  Status extends string,
  Tag extends string
> = DeciderUnderTest<State, Command, Event, Rejection, Decision> & {
  readonly machine: Machine<Status, Tag>
  readonly statusOf: (state: State) => Status
}

/**
 * Every event that is decided is an edge of the machine, and leads where the table says.
 *
 * @example
 * const commands = paymentHistory().map((history) => history.commands)
 * const statusOf = (payment: Payment) => payment.status
 * fc.assert(legal({ initial: noPayment, decide, evolve, commands, machine: paymentMachine, statusOf }))
 */
export const legal = <
  State,
  Command,
  Event extends { readonly _tag: Tag },
  Rejection,
  Decision extends Deciding<Event>,
  Status extends string,
  Tag extends string
>({
  commands,
  machine,
  statusOf,
  ...decider
}: MachineUnderTest<State, Command, Event, Rejection, Decision, Status, Tag>) => {
  const { same } = checksOf("legal")
  return fc.property(commands, (tried) => {
    let state = decider.initial
    for (const event of playHistory(decider, tried).events) {
      const expected = next(machine, statusOf(state), event._tag)
      const from = `${statusOf(state)} --${event._tag}-->`
      state = decider.evolve(state, event)
      same(`${from} leads elsewhere than the machine says`, expected, statusOf(state))
    }
  })
}

/**
 * Once a life has come to a state that leads nowhere, no command moves it again.
 *
 * @example
 * const commands = paymentHistory().map((history) => history.commands)
 * const statusOf = (payment: Payment) => payment.status
 * fc.assert(final({ initial: noPayment, decide, evolve, commands, machine: paymentMachine, statusOf }))
 */
export const final = <
  State,
  Command,
  Event extends { readonly _tag: Tag },
  Rejection,
  Decision extends Deciding<Event>,
  Status extends string,
  Tag extends string
>({
  commands,
  machine,
  statusOf,
  ...decider
}: MachineUnderTest<State, Command, Event, Rejection, Decision, Status, Tag>) => {
  const { same } = checksOf("final")
  const ends = new Set(terminal(machine))
  return fc.property(commands, (tried) => {
    const statuses = playHistory(decider, tried).states.map(statusOf)
    const end = statuses.findIndex((status) => ends.has(status))
    if (end === -1) return
    for (const status of statuses.slice(end)) same("a life that had ended goes on", statuses[end], status)
  })
}

/**
 * A message that comes twice in a row has no second effect: it decides nothing more, or is refused.
 *
 * @example
 * const commands = paymentHistory().map((history) => history.commands)
 * fc.assert(heardTwice({ initial: noPayment, decide, evolve, commands, messages: fc.constant(approved) }))
 */
export const heardTwice = <State, Command, Event, Rejection, Decision extends Deciding<Event>>({
  commands,
  messages,
  ...decider
}: DeciderUnderTest<State, Command, Event, Rejection, Decision> & { readonly messages: fc.Arbitrary<Command> }) => {
  const { same } = checksOf("heardTwice")
  return fc.property(commands, messages, (tried, message) => {
    const once = playHistory(decider, [...tried, message])
    const twice = playHistory(decider, [...tried, message, message])
    same("the second time has an effect of its own", once.state, twice.state)
  })
}

const frozen = <A>(value: A): A => {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  Object.values(value).forEach(frozen)
  return value
}
