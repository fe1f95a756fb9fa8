/** Loads an aggregate as the domain sees it, and turns decided events into the write that stores them. */
import * as Effect from "effect/Effect"
import type { AggregateDefinition } from "../../ports/aggregate.ts"
import type { AggregateRef, AggregateWrite, Json } from "../../ports/commit.ts"
import { Store, type StoredAggregate, type StoreUnavailable } from "../../ports/store.ts"

type Fact = { readonly _tag: string; readonly atMs: number }

export type Loaded<State> = { readonly state: State; readonly version: number }

/** The aggregate as it is now; one that does not exist is in its initial state at version 0. */
export const load = <State, Event extends Fact>(
  definition: AggregateDefinition<State, Event>,
  merchantId: string,
  id: string
): Effect.Effect<Loaded<State>, StoreUnavailable, Store> =>
  Effect.flatMap(Store, (store) =>
    Effect.map(store.load({ merchantId, type: definition.type, id }), (stored) =>
      stored === undefined ? { state: definition.initial, version: 0 } : revive(definition, stored)
    )
  )

export const revive = <State, Event extends Fact>(
  definition: AggregateDefinition<State, Event>,
  stored: StoredAggregate
): Loaded<State> => ({
  state: definition.decodeState(stored.state, stored.schemaVersion),
  version: stored.version
})

/** Folds new events onto what was loaded. The edge of the machine and the room's invariants are asserted by `evolve`. */
export const written = <State, Event extends Fact>(
  definition: AggregateDefinition<State, Event>,
  ref: Omit<AggregateRef, "type">,
  loaded: Loaded<State>,
  events: ReadonlyArray<Event>
): { readonly state: State; readonly write: AggregateWrite } => {
  let state = loaded.state
  for (const event of events) state = definition.evolve(state, event)
  return {
    state,
    write: {
      ref: { merchantId: ref.merchantId, type: definition.type, id: ref.id },
      expectedVersion: loaded.version,
      schemaVersion: definition.schemaVersion,
      state: definition.encodeState(state),
      events: events.map((event) => ({
        tag: event._tag,
        schemaVersion: definition.schemaVersion,
        data: definition.encodeEvent(event) satisfies Json,
        atMs: event.atMs
      })),
      index: definition.index(state),
      bounds: definition.bounds(state),
      retention: definition.retention(state)
    }
  }
}
