/** Fresh identifiers: UUIDv7, so that rows made together lie together in an index. */
import * as Context from "effect/Context"

export class Ids extends Context.Service<Ids, { readonly next: (nowMs: number) => string }>()("@paykernel/core/Ids") {}
