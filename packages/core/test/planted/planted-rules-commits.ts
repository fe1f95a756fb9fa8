/** Rules 1 to 4, of what is written before a call and after it, switched off. */
import { type Commit, type CommitError, Store, StoreUnavailable, type VersionConflict } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Semaphore from "effect/Semaphore"
import { type PlantedRule, type Port, withinStore, withStore } from "./planted-rule.ts"

/** Answers at once, and writes when it gets to it. */
const written = (own: Port, later: (commit: Commit) => boolean): Partial<Port> => ({
  commit: (commit) => (later(commit) ? Effect.asVoid(Effect.forkDetach(own.commit(commit))) : own.commit(commit))
})

const nothing: Commit = {
  idempotency: null,
  aggregates: [],
  ledger: [],
  tasks: [],
  lease: null,
  sealed: [],
  erased: []
}

/** Two writes where there was one. */
const inTwo = (own: Port, part: (commit: Commit) => Partial<Commit> | null, rest: Partial<Commit>): Partial<Port> => ({
  commit: (commit) => {
    const apart = part(commit)
    if (apart === null) return own.commit(commit)
    return Effect.andThen(own.commit({ ...commit, ...rest }), own.commit({ ...nothing, ...apart }))
  }
})

type Refusal = Exclude<CommitError, VersionConflict>

/** Goes on at once, and leaves it to `later` to wait for what was written. */
const hurried = (own: Port, later: (written: Effect.Effect<void, Refusal>) => void): Port => ({
  ...own,
  commit: (commit) =>
    Effect.map(Effect.forkDetach(own.commit(commit)), (writing) => {
      const contended = new StoreUnavailable({ reason: "contended", outcomeUnknown: false })
      later(Effect.catchTag(Fiber.join(writing), "VersionConflict", () => Effect.fail(contended)))
    })
})

const onlyStartsAttempt = ({ lease, aggregates }: Commit): boolean =>
  lease !== null &&
  aggregates.length > 0 &&
  aggregates.every(({ events }) => events.every(({ data }) => JSON.stringify(data).includes('"_tag":"AttemptStarted"')))

const keyOfTheCall = (prefix: string) => {
  const keys = new Map<string, string>()
  return (planned: string): string => {
    const key = keys.get(planned) ?? `${prefix}-${keys.size}`
    keys.set(planned, key)
    return key
  }
}

const noFence = (own: Port): Partial<Port> => ({
  commit: (commit) => Effect.catchTag(own.commit(commit), "LeaseLost", () => own.commit({ ...commit, lease: null }))
})

/** The only connection of a process is in a transaction for as long as a call to the bank takes. */
const oneConnection: PlantedRule["off"][number]["planting"] = () => ({
  plant: (own) => {
    const { withPermit } = Semaphore.makeUnsafe(1)
    const { store, gateway } = own
    return {
      ...own,
      store: {
        ...store,
        commit: (commit) => withPermit(store.commit(commit)),
        load: (ref) => withPermit(store.load(ref)),
        find: (...place) => withPermit(store.find(...place))
      },
      gateway: { ...gateway, send: (operation, timeoutMs) => withPermit(gateway.send(operation, timeoutMs)) }
    }
  }
})

export const intentBeforeCall: PlantedRule = {
  number: 1,
  name: "the intent is durable before the call",
  off: [
    {
      title: "the call is made while its intent is being written",
      as: ["RESEND", "I9"],
      functions: ({ commitWithRoom }) => ({
        commitWithRoom: (operations, room, code, transaction) =>
          Effect.suspend(() => {
            const writes: Array<Effect.Effect<void, Refusal>> = []
            const hasty = Effect.updateService(transaction, Store, (own) => hurried(own, (write) => writes.push(write)))
            const answer = commitWithRoom(operations, room, code, hasty)
            return Effect.tap(answer, () => Effect.all(writes))
          })
      })
    },
    {
      title: "the gateway's key is made up by whoever makes the call",
      as: ["RESEND"],
      planting: () => ({
        plant: (own, process) => {
          const keyOf = keyOfTheCall(process)
          const { send, lookup, reverse } = own.gateway
          const gateway: typeof own.gateway = {
            ...own.gateway,
            send: (operation, timeoutMs) => send({ ...operation, key: keyOf(operation.key) }, timeoutMs),
            lookup: (key, timeoutMs) => lookup(keyOf(key), timeoutMs),
            reverse: (key, timeoutMs) => reverse(keyOf(key), timeoutMs)
          }
          return { ...own, gateway }
        }
      })
    }
  ]
}

export const markBeforeSend: PlantedRule = {
  number: 2,
  name: "marked before it is sent, and recorded by the holder of the fence alone",
  off: [
    {
      title: "that a message leaves is remembered and not written",
      as: ["RESEND"],
      planting: withStore((own) => ({
        commit: (commit) => own.commit(onlyStartsAttempt(commit) ? { ...commit, aggregates: [] } : commit)
      }))
    },
    { title: "the fence is dropped", as: ["FENCE"], planting: withinStore(noFence) }
  ]
}

export const noTransactionDuringCall: PlantedRule = {
  number: 3,
  name: "no transaction is open during the call, and its deadline is well within the lease",
  off: [
    { title: "a transaction is open during the call", as: ["WAIT"], planting: oneConnection },
    {
      title: "a call may take longer than a lease",
      as: ["LEASE"],
      functions: ({ operationsOf }) => ({
        operationsOf: (options, clock, settings) => ({
          ...operationsOf(options, clock, settings),
          callTimeoutMs: settings.leaseMs * 4
        })
      })
    },
    {
      title: "a lease that could end during the call is not renewed",
      as: ["LEASE"],
      functions: () => ({ mayEnd: () => false, keepLease: () => Effect.void })
    }
  ]
}

export const oneCommitForTheResult: PlantedRule = {
  number: 4,
  name: "result, ledger, state, tasks and answer in one commit, and nothing is told before it",
  off: [
    {
      title: "a client is answered before the commit is done",
      as: ["I6"],
      planting: withStore((own) => written(own, ({ idempotency }) => idempotency !== null))
    },
    {
      title: "the ledger is written apart from the payment",
      as: ["I3"],
      planting: withStore((own) =>
        inTwo(own, ({ ledger }) => (ledger.length === 0 ? null : { ledger }), { ledger: [] })
      )
    },
    {
      title: "the tasks are written apart from the payment",
      as: ["I9"],
      planting: withStore((own) => inTwo(own, ({ tasks }) => (tasks.length === 0 ? null : { tasks }), { tasks: [] }))
    },
    {
      title: "the key is bound after the effect",
      as: ["I1", "I6", "I7"],
      planting: withStore((own) =>
        inTwo(own, ({ idempotency }) => (idempotency === null ? null : { idempotency }), { idempotency: null })
      )
    }
  ]
}
