/** Something happens once, at the moment at which a worker takes up work of a kind: its clock is set back, say. */
import type { Store } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"

type StoreService = Store["Service"]

/** `kind` is the kind of work that is waited for, and empty when it came; `pass` is what happens then. */
export type MomentOfClaim = { kind: string; pass: () => void }

export const atClaim =
  (moment: MomentOfClaim) =>
  (store: StoreService): StoreService => ({
    ...store,
    claim: (query) =>
      Effect.tap(store.claim(query), (tasks) =>
        Effect.sync(() => {
          if (!tasks.some(({ kind }) => kind === moment.kind)) return
          moment.kind = ""
          moment.pass()
        })
      )
  })
