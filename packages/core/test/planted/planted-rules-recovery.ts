/** Rules 10 to 14, of who finds out what became of things, and of keys that outlast them, switched off. */
import type { Attempt } from "@paykernel/core/domain"
import { StoreUnavailable } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { schedules } from "../simulation/found-schedules.ts"
import { type Gateway, type PlantedRule, type Port, withGateway, withinStore, withStore } from "./planted-rule.ts"

/** Of two that decided on one version both are written. */
const overwrites = (own: Port, which: (commit: Parameters<Port["commit"]>[0]) => boolean): Partial<Port> => ({
  commit: (commit) =>
    Effect.catchTag(own.commit(commit), "VersionConflict", (conflict) =>
      which(commit)
        ? Effect.flatMap(own.load(conflict.ref), (now) => {
            const aggregates = commit.aggregates.map((write) => ({ ...write, expectedVersion: now?.version ?? 0 }))
            // Under their old ids the store would not book them a second time.
            const ledger = commit.ledger.map((one) => ({ ...one, id: `${one.id} again` }))
            return own.commit({ ...commit, aggregates, ledger })
          })
        : Effect.fail(conflict)
    )
})

/** A holder is told of its task a second time, and so is whoever asks next. */
const handsOutTwice = (own: Port): Partial<Port> => {
  let last: Effect.Success<ReturnType<Port["claim"]>> = []
  return {
    claim: (request) =>
      Effect.map(own.claim(request), (claimed) => {
        const both = [...last.filter(({ id }) => claimed.every((one) => one.id !== id)), ...claimed]
        last = claimed
        return both.slice(0, request.limit)
      })
  }
}

/** What follows an authorization is believed to go well. */
const trustsFollowUps = (own: Gateway): Partial<Gateway> => ({
  send: (operation, timeoutMs) =>
    Effect.map(own.send(operation, timeoutMs), (reply) =>
      operation.kind !== "authorize" && reply._tag === "Unknown"
        ? { _tag: "Approved", reference: "none", amount: operation.amount, avs: "", cvv: "not_requested" }
        : reply
    )
})

/** A key is bound for so long after its request. */
const keysLast =
  (ms: number) =>
  (own: Port): Partial<Port> => ({
    commit: ({ idempotency: record, ...commit }) =>
      own.commit({ ...commit, idempotency: record && { ...record, expiresAtMs: record.createdAtMs + ms } })
  })

const dayMs = 86_400_000

export const messagesAreLookUps: PlantedRule = {
  number: 10,
  name: "what the gateway says by itself is a look-up: any order, any number",
  off: [
    {
      title: "a message that comes late moves what has ended",
      as: ["I5"],
      functions: ({ onLookup, next }) => ({
        onLookup: (attempt, lookup, policy, nowMs) => {
          const late = attempt.status === "declined" || attempt.status === "not_charged"
          if (!late || lookup._tag !== "Found" || lookup.verdict._tag !== "Approved") {
            return onLookup(attempt, lookup, policy, nowMs)
          }
          return [{ _tag: "AttemptConfirmed", reference: lookup.verdict.reference, atMs: nowMs }]
        },
        // The assertion of edges would stop it before anybody is harmed.
        follow: (machine, state, event) => next(machine, state, event) ?? state
      })
    },
    {
      title: "a message is written over what was recorded meanwhile",
      as: ["I5", "TRUTH"],
      planting: withStore((own) => overwrites(own, ({ lease, idempotency }) => lease === null && idempotency === null))
    }
  ]
}

export const reconciler: PlantedRule = {
  number: 11,
  name: "whatever is open is found again: under a lease, at a growing distance, so many calls at once",
  off: [
    {
      title: "what a crash left behind is never looked for",
      as: ["I9"],
      planting: withStore((own) => ({
        claim: (request) =>
          Effect.map(own.claim(request), (tasks) =>
            tasks.filter(({ kind, attempt }) => kind !== "attempt" || attempt === 1)
          )
      }))
    },
    {
      title: "a task is given to two holders",
      as: ["FENCE"],
      planting: withinStore(handsOutTwice)
    },
    {
      title: "calls to the gateway have no bound",
      as: ["PACE"],
      functions: ({ makePlaces }) => ({
        makePlaces: (_, run, onEmptier) => makePlaces({ concurrency: 10_000, queueMax: 10_000 }, run, onEmptier)
      })
    },
    {
      title: "a gateway is asked again at once, for ever",
      as: ["PACE"],
      functions: () => ({ nextCheckAtMs: (_attempt, _policy, nowMs) => nowMs })
    }
  ]
}

export const followUpsAlike: PlantedRule = {
  number: 12,
  name: "capture, void and refund follow the same machine, and the version decides what may be planned",
  off: [
    { title: "no answer to a capture is taken for success", as: ["TRUTH"], planting: withGateway(trustsFollowUps) },
    {
      title: "of two operations planned at once both are written",
      as: ["I5"],
      planting: withinStore((own) => overwrites(own, () => true))
    },
    {
      title: "a void does not wait for a capture",
      as: ["I5", "TRUTH", "DEFECT"],
      functions: () => ({ openAttempt: () => undefined })
    }
  ]
}

export const keysHandOver: PlantedRule = {
  number: 13,
  name: "a request whose first run is not over is never carried out afresh",
  off: [
    { title: "a key is a lease of 30 seconds", as: ["I1"], planting: withStore(keysLast(30_000)) },
    {
      title: "a request whose commit is in doubt is carried out again",
      as: ["I1", "I6"],
      functions: ({ idempotently }) => ({
        idempotently: (call) =>
          Effect.catchIf(
            idempotently(call),
            (error: unknown) => error instanceof StoreUnavailable && error.outcomeUnknown,
            () => idempotently({ ...call, request: undefined })
          )
      })
    }
  ]
}

export const keysOutlast: PlantedRule = {
  number: 14,
  name: "a key outlasts its operation, and whoever comes back within the time that is promised",
  off: [
    {
      title: "keys are swept with everything else that is old",
      as: ["I1", "I7"],
      planting: withinStore((own) => ({
        sweep: (request) => own.sweep({ ...request, nowMs: request.nowMs + 30 * dayMs })
      }))
    },
    {
      title: "a key is forgotten after a day",
      as: ["I1"],
      planting: withStore(keysLast(dayMs))
    }
  ]
}

/** As if undoing it had never been begun. */
const notBegun = (attempt: Attempt.Attempt): Attempt.Attempt => ({ ...attempt, undos: 0 })

export const undoneToTheEnd: PlantedRule = {
  number: null,
  name: "what was begun to be undone is undone to the end, and no approval is believed on the way",
  off: [
    {
      title: "an approval counts that comes when a reversal without an answer was left to a person",
      as: ["TRUTH"],
      functions: ({ onReply, onLookup }) => ({
        onReply: (attempt, reply, nowMs) => onReply(notBegun(attempt), reply, nowMs),
        onLookup: (attempt, lookup, policy, nowMs) => onLookup(notBegun(attempt), lookup, policy, nowMs)
      }),
      schedule: schedules["a message about an approval that was undone, when its reversal was left to a person"]
    }
  ]
}
