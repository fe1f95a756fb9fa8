/**
 * The store and the bank as a process of a small world reaches them: what it does there is held until the schedule lets
 * it through, and the checker is told of everything that takes effect.
 */
import type { Payment } from "@paykernel/core/domain"
import {
  type AggregateWrite,
  type CardGateway,
  type ClaimedTask,
  type Commit,
  type CommitError,
  type Store,
  StoreUnavailable
} from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Actor } from "../../../src/testing/simulation/agenda.ts"
import { virtualRuntime } from "../../../src/testing/simulation/virtual-runtime.ts"
import { type Call, holding, type Way } from "./held-calls.ts"
import { chained } from "./situation.ts"
import type { ClaimRequest, SmallWorld } from "./small-world.ts"

const asks: ReadonlyArray<Way> = ["answered"]
const changes: ReadonlyArray<Way> = ["answered", "dies"]
const nothingKnown = Exit.fail(new StoreUnavailable({ reason: "lost", outcomeUnknown: true }))

/**
 * Cards and merchants stand still in these schedules, and a payment that exists goes on existing: who reads those
 * notices nothing, nor does who claims when nothing is due.
 */
export const storeOf = (world: SmallWorld, actor: Actor): Store["Service"] => {
  const { store } = world.reached
  const hold = holding(world.crossing, actor)
  const asking = <A, E>(what: string, look: Effect.Effect<A, E>, mark: (answer: A) => unknown) =>
    hold<A, E | StoreUnavailable>({
      ...{ what, about: "", ways: asks, unanswered: nothingKnown, mark },
      perform: (tell) => tell(Effect.runSyncExit(look))
    })
  return {
    ...store,
    load: (ref) =>
      ref.type === "payment" ? asking("load", store.load(ref), (found) => found?.version) : store.load(ref),
    list: (query) => asking("list", store.list(query), (page) => page),
    idempotencyRecord: (key) =>
      asking("read of the key", store.idempotencyRecord(key), (record) => record?.createdAtMs),
    claim: (request) =>
      Effect.suspend(() => {
        const dueAtMs = Effect.runSync(store.nextDueAtMs("money"))
        if (dueAtMs !== null && dueAtMs <= request.nowMs) return hold(claimOf(world, request))
        world.crossing.tell(actor, "nothing is due", null)
        return Effect.succeed([])
      }),
    commit: (commit) => hold(commitOf(world, commit))
  }
}

const claimOf = (world: SmallWorld, request: ClaimRequest): Call<ReadonlyArray<ClaimedTask>, StoreUnavailable> => ({
  ...{ what: "claim", about: "", ways: changes, unanswered: nothingKnown },
  perform: (tell) => {
    const exit = Effect.runSyncExit(world.reached.store.claim(request))
    if (Exit.isSuccess(exit)) {
      note(world, request, request)
      world.books.claimed(exit.value)
    }
    tell(exit)
  }
})

const commitOf = (world: SmallWorld, commit: Commit): Call<void, CommitError> => ({
  ...{ what: `commit of ${nameOf(commit)}`, about: "", ways: changes, unanswered: nothingKnown },
  perform: (tell) => {
    const exit = Effect.runSyncExit(world.reached.store.commit(commit))
    if (Exit.isSuccess(exit)) {
      note(world, commit, { ...commit, aggregates: commit.aggregates.map(factOf) })
      world.safety.committed(commit, world.books.enter(commit))
    }
    tell(exit)
  }
})

const note = (world: SmallWorld, write: Commit | ClaimRequest, mark: unknown): void => {
  world.writes.push(write)
  world.written = chained(world.written, mark)
}

/** The state follows from the events. */
const factOf = ({ ref, expectedVersion, events }: AggregateWrite) => ({ ref, expectedVersion, events })

const nameOf = ({ aggregates, lease }: Commit): string => {
  const events = aggregates.flatMap((write) => write.events.map(({ tag }) => tag))
  return events.length > 0 ? events.join(", ") : (lease?.then._tag ?? "nothing")
}

type Answer = Parameters<SmallWorld["safety"]["answered"]>[2]

export const gatewayOf = (world: SmallWorld, actor: Actor): CardGateway["Service"] => {
  const { gateway } = world.reached
  const hold = holding(world.crossing, actor)
  const moving = <A extends Answer>(
    call: "send" | "lookup" | "reverse",
    { what, about, ways, unanswered }: Pick<Call<A, never>, "what" | "about" | "ways"> & { readonly unanswered: A },
    effect: Effect.Effect<A>
  ): Effect.Effect<A> =>
    hold({
      ...{ what, about, ways, unanswered: Exit.succeed(unanswered) },
      perform: (tell) =>
        atBank(world, effect, (exit) => {
          if (Exit.isSuccess(exit)) world.safety.answered(call, about, exit.value)
          tell(exit)
        })
    })
  return {
    ...gateway,
    send: (operation, timeoutMs) =>
      Effect.suspend(() => {
        world.safety.sent(operation)
        const { key, kind } = operation
        const call = { what: `send of the ${kind}`, about: key, ways: messages, unanswered: unknown }
        return moving("send", call, gateway.send(operation, timeoutMs))
      }),
    lookup: (key, timeoutMs) =>
      moving("lookup", { what: "lookup", about: key, ways: asks, unanswered: silence }, gateway.lookup(key, timeoutMs)),
    reverse: (key, timeoutMs) => {
      const call = { what: "reversal", about: key, ways: reversals, unanswered: undoneOrNot }
      return moving("reverse", call, gateway.reverse(key, timeoutMs))
    },
    // Of cards, and those stand still.
    verifyCard: (card, timeoutMs) =>
      Effect.callback((resume) => atBank(world, gateway.verifyCard(card, timeoutMs), resume)),
    authenticate: (request, timeoutMs) =>
      hold<Payment.AuthenticationOutcome | undefined, never>({
        ...{ what: "authentication", about: "", ways: asks, unanswered: Exit.succeed(undefined) },
        perform: (tell) => atBank(world, gateway.authenticate(request, timeoutMs), tell)
      })
  }
}

const messages: ReadonlyArray<Way> = ["answered", "dies", "answer lost", "late"]
const reversals: ReadonlyArray<Way> = ["answered", "dies", "answer lost"]
const unknown = { _tag: "Unknown", why: "timeout" } as const
const silence = { _tag: "Unavailable", why: "timeout" } as const
const undoneOrNot = { _tag: "ReversalUnknown", why: "timeout" } as const

/** Runs at the bank's side, which goes on when the process that asked is gone. */
const atBank = <A>(world: SmallWorld, effect: Effect.Effect<A>, then: (exit: Exit.Exit<A>) => void): void => {
  Effect.runForkWith(virtualRuntime(world.agenda, world.outside))(effect).addObserver(then)
}
