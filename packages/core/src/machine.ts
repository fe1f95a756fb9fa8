/**
 * A state machine as data. Decisions, diagrams, exhaustive tests and the assertion at commit all read the
 * same table, so what the documentation shows is what the code does.
 */

/** For each state, the events it accepts and the state each leads to. */
export type Machine<State extends string, Event extends string> = {
  readonly [S in State]: { readonly [E in Event]?: State }
}

/** The state an event leads to, or `undefined` where the machine has no such edge. */
export const next = <S extends string, E extends string>(machine: Machine<S, E>, state: S, event: E): S | undefined =>
  machine[state][event]

/**
 * The state an event leads to, where the caller holds that the edge exists. An event that the machine does
 * not know from here is a defect of the program, so it throws.
 */
export const follow = <S extends string, E extends string>(machine: Machine<S, E>, state: S, event: E): S => {
  const to = machine[state][event]
  if (to === undefined) throw new Error(`no edge ${state} --${event}-->`)
  return to
}

/** States from which no event leads to another state. */
export const terminal = <S extends string, E extends string>(machine: Machine<S, E>): ReadonlyArray<S> =>
  (Object.keys(machine) as Array<S>).filter((state) =>
    (Object.values(machine[state]) as Array<S | undefined>).every((to) => to === undefined || to === state)
  )
