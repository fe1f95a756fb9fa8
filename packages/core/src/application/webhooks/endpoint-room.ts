/**
 * Whether a merchant may have one more endpoint, so that many who ask at once do not become more than it may have. Who
 * creates one has looked at the newest there is, and names his own after it: of two who have seen the same, one finds
 * the name taken, and has to look again. Ids that hosts give are outside of that: they are counted, and count nobody.
 */
import * as Effect from "effect/Effect"
import type { Endpoint } from "../../endpoint/endpoint.ts"
import { Digest } from "../../ports/digest.ts"
import { Store, type StoreUnavailable } from "../../ports/store.ts"
import { endpointDefinition } from "../storage/aggregates.ts"
import { load } from "../storage/repository.ts"
import { countEndpoints, endpointsOf } from "./endpoint-directory.ts"
import { type CreateEndpointInput, defaultEndpointId } from "./webhook-contract.ts"
import { endpointIdAfter } from "./webhook-names.ts"

export type EndpointRoom =
  | { readonly _tag: "Full"; readonly countMax: number }
  /** `id` is free unless somebody was faster, or a clock runs behind. Who finds it taken looks again, and says what he saw. */
  | ({ readonly _tag: "Room"; readonly id: string } & Look)

/** The newest endpoint, and how many names after it were found taken: a name is tried when all before it are. */
export type Look = { readonly newest: string; readonly taken: number }

export const endpointRoom = Effect.fnUntraced(function* (
  merchantId: string,
  { dialect, ofDialect }: CreateEndpointInput,
  limits: { readonly countMax: number; readonly before: Look | null; readonly nowMs: number }
): Effect.fn.Return<EndpointRoom, StoreUnavailable, Store | Digest> {
  // Before anything is counted: what is made after this look takes the name.
  const newest = yield* newestId(merchantId)
  const { countMax, before, nowMs } = limits
  if ((yield* countOwn(merchantId, countMax)) >= countMax) return { _tag: "Full", countMax }
  if (ofDialect !== undefined) {
    const present = (yield* endpointsOf(merchantId)).filter(
      ({ state }) => state.dialect === dialect && !hasLapsed(state, ofDialect.confirmedWithinMs, nowMs)
    )
    if (present.length >= ofDialect.countMax) return { _tag: "Full", countMax: ofDialect.countMax }
  }
  const taken = before?.newest === newest ? before.taken + 1 : 0
  return { _tag: "Room", id: endpointIdAfter(yield* Digest, merchantId, newest, taken), newest, taken }
})

/** One that nobody confirms takes no place for ever. */
const hasLapsed = ({ status, createdAtMs }: Endpoint, withinMs: number, nowMs: number): boolean =>
  status === "unconfirmed" && nowMs - createdAtMs > withinMs

/** Removed ones are among them: a name after one that is gone must not come again. */
const newestId = Effect.fnUntraced(function* (merchantId: string) {
  const { items } = yield* (yield* Store).list({
    ...{ merchantId, collection: "webhookEndpoints", where: {}, fromMs: null, toMs: null },
    ...{ page: { _tag: "First" }, limit: 2 }
  })
  return items.map(({ aggregate }) => aggregate.ref.id).find((id) => id !== defaultEndpointId) ?? ""
})

/** How many endpoints a merchant has made. The default one may be made by the kernel, and is never one too many. */
const countOwn = Effect.fnUntraced(function* (merchantId: string, countMax: number) {
  const { state } = yield* load(endpointDefinition, merchantId, defaultEndpointId)
  return (yield* countEndpoints(merchantId, countMax + 1)) - (state.status === "none" ? 0 : 1)
})
