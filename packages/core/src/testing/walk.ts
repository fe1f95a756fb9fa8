/** Looking at a state machine as a whole: what can be reached, where it ends, and its picture. */
import { type Machine, terminal } from "../machine.ts"

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
}

/**
 * All edges of a machine in the order of its table, and what they do and do not reach.
 *
 * @example
 * walk({ off: { Pressed: "on" }, on: {} }, "off").terminal // => ["on"]
 */
export const walk = <S extends string, E extends string>(machine: Machine<S, E>, initial: S): Walk<S, E> => {
  const edges = edgesOf(machine)
  const reached = new Set<S>([initial])
  for (const state of reached) {
    for (const { from, to } of edges) if (from === state) reached.add(to)
  }
  return {
    unreachable: statesOf(machine).filter((state) => !reached.has(state)),
    terminal: terminal(machine),
    edges
  }
}

/**
 * The machine as a Mermaid state diagram, for documentation that cannot drift from the code.
 *
 * @example
 * mermaid({ off: { Pressed: "on" }, on: {} }, "off", "Switch").includes("off --> on: Pressed") // => true
 */
export const mermaid = <S extends string, E extends string>(
  machine: Machine<S, E>,
  initial: S,
  title: string
): string => {
  const { edges, terminal: ends } = walk(machine, initial)
  return [
    "---",
    `title: ${JSON.stringify(title)}`,
    "---",
    "stateDiagram-v2",
    `  [*] --> ${initial}`,
    ...edges.map(({ from, event, to }) => `  ${from} --> ${to}: ${event}`),
    ...ends.map((state) => `  ${state} --> [*]`),
    ""
  ].join("\n")
}

const statesOf = <S extends string, E extends string>(machine: Machine<S, E>): ReadonlyArray<S> =>
  Object.keys(machine) as Array<S>

const edgesOf = <S extends string, E extends string>(machine: Machine<S, E>): ReadonlyArray<Edge<S, E>> =>
  statesOf(machine).flatMap((from) =>
    (Object.keys(machine[from]) as Array<E>).flatMap((event) => {
      const to = machine[from][event]
      return to === undefined ? [] : [{ from, event, to }]
    })
  )
