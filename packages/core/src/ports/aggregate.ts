/**
 * What the application must know of an aggregate to store it: its codecs, how it is folded, how it is found, which
 * amounts bound each other, and how long it has to stay. Rooms of the domain stay free of it.
 */
import type { Bounds, IndexEntry, Json, Retention } from "./commit.ts"

export type AggregateDefinition<State, Event extends { readonly _tag: string; readonly atMs: number }> = {
  readonly type: string
  /** Version of the stored shape. Older ones are read through upcasters inside `decodeState` and `decodeEvent`. */
  readonly schemaVersion: number
  readonly initial: State
  readonly evolve: (state: State, event: Event) => State
  readonly encodeState: (state: State) => Json
  /** Throws on a shape that no version of this code wrote: stored data is ours, so that is a defect. */
  readonly decodeState: (json: Json, schemaVersion: number) => State
  readonly encodeEvent: (event: Event) => Json
  readonly decodeEvent: (json: Json, schemaVersion: number) => Event
  readonly index: (state: State) => ReadonlyArray<IndexEntry>
  readonly bounds: (state: State) => Bounds | null
  readonly retention: (state: State) => Retention
}

/** Collections that can be listed, and the fields each may be filtered by. A store indexes these and nothing else. */
export const collections = {
  payments: ["status", "source", "settlementId", "awaiting", "email", "ipAddress", "type", "review"],
  intents: ["status", "context", "kind"],
  crossBorderPayments: ["status", "customerRefId", "refCode"],
  cards: ["status", "fingerprint", "email", "ipAddress"],
  settlements: [],
  checkouts: ["status", "kind", "email"],
  transactions: [],
  presentedCards: ["fingerprint"],
  webhookEndpoints: ["status", "dialect"],
  deliveries: ["status", "endpointId", "type", "messageId", "subjectId"]
} as const satisfies { readonly [collection: string]: ReadonlyArray<string> }
