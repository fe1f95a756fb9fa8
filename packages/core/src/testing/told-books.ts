/** What an audit finds in one aggregate where nothing of its store is told but its state and postings. */
import * as Effect from "effect/Effect"
import type { LedgerTransaction } from "../ledger/ledger.ts"
import { memoryStore } from "../memory/index.ts"
import type { AggregateDefinition } from "../ports/aggregate.ts"
import { Store, type StoredAggregate } from "../ports/store.ts"

/** A state as it is stored after one event. */
export const storedAs = <State, Event extends { readonly _tag: string; readonly atMs: number }>(
  { type, schemaVersion, encodeState }: AggregateDefinition<State, Event>,
  ref: { readonly merchantId: string; readonly id: string },
  state: State
): StoredAggregate => ({ ref: { ...ref, type }, state: encodeState(state), schemaVersion, version: 1 })

/** That the history is missing is the first that is found, and is left out. */
export const booksProblems = async <E>(
  examined: Effect.Effect<{ readonly problems: ReadonlyArray<string> }, E, Store>,
  books: ReadonlyArray<LedgerTransaction>
): Promise<ReadonlyArray<string>> => {
  const store = Store.of({ ...memoryStore(), ledgerOf: () => Effect.succeed(books) })
  const { problems } = await Effect.runPromise(Effect.provideService(examined, Store, store))
  const [first, ...others] = problems
  if (first !== "its version is not the length of its history") throw new Error(`found first: ${first}`)
  return others
}
