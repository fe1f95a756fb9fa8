/** A store of which single calls can be replaced for a while, to bring about one exact moment. */
import { type Commit, type Store, StoreUnavailable } from "@paykernel/core/effect"
import { memoryStore } from "@paykernel/core/memory"
import * as Effect from "effect/Effect"

export type Substitutes = Partial<Store["Service"]>

/** What is in `instead` is called instead of the memory store, to which `own` leads. */
export const replaceableStore = () => {
  const own = memoryStore()
  const instead: { -readonly [Call in keyof Substitutes]: Substitutes[Call] } = {}
  const store: Store["Service"] = {
    ...own,
    commit: (commit) => (instead.commit ?? own.commit)(commit),
    load: (ref) => (instead.load ?? own.load)(ref),
    list: (query) => (instead.list ?? own.list)(query),
    claim: (request) => (instead.claim ?? own.claim)(request),
    sealedRecord: (place) => (instead.sealedRecord ?? own.sealedRecord)(place),
    nextDueAtMs: (lane) => (instead.nextDueAtMs ?? own.nextDueAtMs)(lane)
  }
  return { own, instead, store }
}

/** A store across a network: what is asked at once overlaps. */
export const distant = (store: Store["Service"]): Store["Service"] => ({
  ...store,
  commit: (commit) => Effect.andThen(Effect.sleep(1), store.commit(commit)),
  load: (ref) => Effect.andThen(Effect.sleep(1), store.load(ref))
})

export const away = (outcomeUnknown = false): Effect.Effect<never, StoreUnavailable> =>
  Effect.fail(new StoreUnavailable({ reason: "away", outcomeUnknown }))

/** Fails the first commit that `strikes` accepts; `after` lets it be written, so that only the answer is lost. */
export const losing = (own: Store["Service"], strikes: (commit: Commit) => boolean, when: "before" | "after") => {
  let struck = false
  const commit: Store["Service"]["commit"] = (one) => {
    if (struck || !strikes(one)) return own.commit(one)
    struck = true
    return when === "before" ? away() : Effect.andThen(own.commit(one), away(true))
  }
  return { commit, hasStruck: () => struck }
}
