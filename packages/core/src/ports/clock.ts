/** Time as whole milliseconds UTC. A test clock may be shifted; nothing else in the kernel reads the time. */
import * as Context from "effect/Context"

export class Clock extends Context.Service<Clock, { readonly nowMs: () => number }>()("@paykernel/core/Clock") {}
