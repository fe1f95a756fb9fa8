/** Looking at a state machine as a whole: what can be reached, what nobody can bring about, where it ends, and its picture. */
import { type Machine, terminal } from "../machine.ts"
import type { Decider } from "./decider.ts"
import { playHistory } from "./history.ts"

export type Edge<State extends string, Event extends string> = {
  readonly from: State
  readonly event: Event
  readonly to: State
}

export type Walk<State extends string, Event extends string> = {
  /** States to which no path leads from the initial one. */
  readonly unreachable: ReadonlyArray<State>
  /** States that lead nowhere but to themselves. */
  readonly terminal: ReadonlyArray<State>
  readonly edges: ReadonlyArray<Edge<State, Event>>
  /** Edges that no command took: events that the table has and nothing decides. Empty where none were told. */
  readonly missingCommands: ReadonlyArray<Edge<State, Event>>
  /** A Mermaid state diagram, without a title. */
  readonly diagram: string
}

/**
 * All edges of a machine in the order of its table, and what they do and do not reach. `taken` is what commands brought
 * about, as `edgesTaken` finds it; the rest of the edges are missing their command.
 *
 * @example
 * walk({ off: { Pressed: "on" }, on: {} }, "off").terminal // => ["on"]
 * walk({ off: { Pressed: "on" }, on: {} }, "off", []).missingCommands // => [{ from: "off", event: "Pressed", to: "on" }]
 */
export const walk = <S extends string, E extends string>(
  machine: Machine<S, E>,
  initial: S,
  taken?: ReadonlyArray<{ readonly from: S; readonly event: E }>
): Walk<S, E> => {
  const edges = edgesOf(machine)
  const reached = new Set<S>([initial])
  for (const state of reached) {
    for (const { from, to } of edges) if (from === state) reached.add(to)
  }
  const isTaken = (edge: Edge<S, E>) => taken?.some(({ from, event }) => from === edge.from && event === edge.event)
  return {
    unreachable: statesOf(machine).filter((state) => !reached.has(state)),
    terminal: terminal(machine),
    edges,
    missingCommands: taken === undefined ? [] : edges.filter((edge) => !isTaken(edge)),
    diagram: diagramOf(initial, edges, terminal(machine))
  }
}

/**
 * The edges that lists of commands take, each once, in the order in which they are first taken. Refused commands take
 * none.
 *
 * @example
 * const statusOf = (payment: Payment) => payment.status
 * edgesTaken({ initial: noPayment, decide, evolve, statusOf }, [[requested]])
 * // => [{ from: "none", event: "PaymentRequested", to: "pending" }]
 */
export const edgesTaken = <
  State,
  Command,
  Event extends { readonly _tag: string },
  Rejection,
  Decision extends { readonly events: ReadonlyArray<Event> },
  Status extends string
>(
  {
    statusOf,
    ...decider
  }: Decider<State, Command, Event, Rejection, Decision> & { readonly statusOf: (state: State) => Status },
  lives: Iterable<ReadonlyArray<Command>>
): ReadonlyArray<Edge<Status, Event["_tag"]>> => {
  const taken = new Map<string, Edge<Status, Event["_tag"]>>()
  for (const commands of lives) {
    let state = decider.initial
    for (const event of playHistory(decider, commands).events) {
      const from = statusOf(state)
      state = decider.evolve(state, event)
      const name = `${from} ${event._tag}`
      if (!taken.has(name)) taken.set(name, { from, event: event._tag, to: statusOf(state) })
    }
  }
  return [...taken.values()]
}

/**
 * The machine as a Mermaid state diagram with a title, for documentation that cannot drift from the code.
 *
 * @example
 * mermaid({ off: { Pressed: "on" }, on: {} }, "off", "Switch").includes("off --> on: Pressed") // => true
 */
export const mermaid = <S extends string, E extends string>(
  machine: Machine<S, E>,
  initial: S,
  title: string
): string => ["---", `title: ${JSON.stringify(title)}`, "---", walk(machine, initial).diagram].join("\n")

const diagramOf = <S extends string, E extends string>(
  initial: S,
  edges: ReadonlyArray<Edge<S, E>>,
  ends: ReadonlyArray<S>
): string =>
  [
    "stateDiagram-v2",
    `  [*] --> ${initial}`,
    ...edges.map(({ from, event, to }) => `  ${from} --> ${to}: ${event}`),
    ...ends.map((state) => `  ${state} --> [*]`),
    ""
  ].join("\n")

const statesOf = <S extends string, E extends string>(machine: Machine<S, E>): ReadonlyArray<S> =>
  Object.keys(machine) as Array<S>

const edgesOf = <S extends string, E extends string>(machine: Machine<S, E>): ReadonlyArray<Edge<S, E>> =>
  statesOf(machine).flatMap((from) =>
    (Object.keys(machine[from]) as Array<E>).flatMap((event) => {
      const to = machine[from][event]
      return to === undefined ? [] : [{ from, event, to }]
    })
  )
