/**
 * A process that commits until its standard input ends: `config`, as JSON. Whatever it is answered stands in its
 * journal before it goes on.
 */
import type { Store } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { openStore } from "../open-store.ts"
import { type Answered, type Asked, openJournal, type Planned } from "./journal.ts"
import { commitOfPlan } from "./load-commits.ts"
import type { LoadConfig } from "./load-process.ts"
import { ownPayments } from "./own-payments.ts"
import { sharedPayments } from "./shared-payments.ts"

export type Hands = {
  readonly name: string
  readonly store: Store["Service"]
  readonly write: ReturnType<typeof openJournal>
  /** Sends a commit and writes down both it and its answer. */
  readonly send: (plan: Planned) => Promise<Answered["outcome"]>
  /** Asks, and gives `undefined` where the store cannot answer. */
  readonly ask: <A>(
    question: Asked["question"],
    effect: Effect.Effect<A, { readonly reason: string }>
  ) => Promise<A | undefined>
  readonly isOver: () => boolean
  readonly pause: () => Promise<void>
}

const config = JSON.parse(process.argv[2] ?? "") as LoadConfig
const write = openJournal(config.journal)
const { store, close } = await openStore(config.url, config.limits)
let over = false
process.stdin.on("end", () => {
  over = true
})
process.stdin.resume()

const hands: Hands = {
  name: config.name,
  store,
  write,
  send: async (plan) => {
    write({ planned: plan })
    const startedMs = performance.now()
    const result = await Effect.runPromise(Effect.result(store.commit(commitOfPlan(plan, config.name, Date.now()))))
    const ms = Math.round(performance.now() - startedMs)
    const answered: Answered = { id: plan.id, outcome: "Committed", reason: "", outcomeUnknown: false, ms }
    if (Result.isSuccess(result)) {
      write({ answered })
      return answered.outcome
    }
    const { failure } = result
    const why =
      failure._tag === "StoreUnavailable" ? { reason: failure.reason, outcomeUnknown: failure.outcomeUnknown } : {}
    write({ answered: { ...answered, ...why, outcome: failure._tag } })
    // Whoever hammers a store that cannot answer learns nothing more.
    if (failure._tag === "StoreUnavailable") await pauseMs(20)
    return failure._tag
  },
  ask: async (question, effect) => {
    const startedMs = performance.now()
    const result = await Effect.runPromise(Effect.result(effect))
    const reason = Result.isSuccess(result) ? "" : result.failure.reason
    write({ asked: { question, reason, ms: Math.round(performance.now() - startedMs) } })
    return Result.isSuccess(result) ? result.success : undefined
  },
  isOver: () => over,
  pause: () => pauseMs(config.pauseMs)
}

const pauseMs = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

process.stdout.write("ready\n")
await Promise.all(
  Array.from({ length: config.callers }, (_, caller) =>
    config.payments === "own" ? ownPayments(hands, caller) : sharedPayments(hands, caller)
  )
)
await close()
