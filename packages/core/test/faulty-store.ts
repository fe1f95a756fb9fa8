/** A store that fails as real ones do: it is away, it is contended, it writes and then loses the answer. */
import { type Store, StoreUnavailable, VersionConflict } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"

/** Probabilities from 0 to 1 of each fault of a call. */
export type StoreFaults = {
  readonly conflict: number
  readonly awayBefore: number
  /** Written, but the answer is lost. */
  readonly lostAnswer: number
  readonly awayOnRead: number
}

export const noStoreFaults: StoreFaults = { conflict: 0, awayBefore: 0, lostAnswer: 0, awayOnRead: 0 }

/** `faults` is asked at every call, so that the weather may change. */
export const faultyStore = (
  store: Store["Service"],
  random: () => number,
  faults: () => StoreFaults
): Store["Service"] => {
  const away = (outcomeUnknown: boolean) => new StoreUnavailable({ reason: "weather", outcomeUnknown })
  const read = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E | StoreUnavailable> =>
    Effect.andThen(
      Effect.suspend(() => (random() < faults().awayOnRead ? Effect.fail(away(false)) : Effect.void)),
      effect
    )
  return {
    ...store,
    commit: (commit) =>
      Effect.suspend(() => {
        const { conflict, awayBefore, lostAnswer } = faults()
        const ref = commit.aggregates[0]?.ref
        if (ref !== undefined && random() < conflict) return Effect.fail(new VersionConflict({ ref }))
        if (random() < awayBefore) return Effect.fail(away(false))
        // A refusal that gets lost on its way leaves the same doubt as a success that does.
        if (random() < lostAnswer) return Effect.andThen(Effect.exit(store.commit(commit)), Effect.fail(away(true)))
        return store.commit(commit)
      }),
    claim: (request) =>
      Effect.suspend(() =>
        random() < faults().lostAnswer
          ? Effect.andThen(store.claim(request), Effect.fail(away(true)))
          : read(store.claim(request))
      ),
    load: (ref) => read(store.load(ref)),
    events: (ref, afterVersion) => read(store.events(ref, afterVersion)),
    count: (query, atMost) => read(store.count(query, atMost)),
    find: (merchantId, collection, id) => read(store.find(merchantId, collection, id)),
    list: (query) => read(store.list(query)),
    idempotencyRecord: (key) => read(store.idempotencyRecord(key)),
    sealedRecord: (place) => read(store.sealedRecord(place))
  }
}
