/** Defects of stores: what is checked, written or answered at the wrong time, or not at all. */
import type { Commit, Store } from "@paykernel/core/effect"
import { memoryStore } from "@paykernel/core/memory"
import {
  kernelSide,
  laws,
  type MerchantSide,
  merchantModel,
  type Shop,
  scheduledStore,
  shopOver
} from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import type * as fc from "fast-check"
import { storeCases } from "../../src/testing/store.suite.ts"
import { byLaw, bySuite, type PlantedBug } from "./planted-bug.ts"

type Port = Store["Service"]
type Patch = (own: Port) => Partial<Port>

const opened = (isPlanted: boolean, patch: Patch): Port => {
  const own = memoryStore()
  return isPlanted ? { ...own, ...patch(own) } : own
}

const without = (commit: Commit): Commit => ({
  ...commit,
  idempotency: null,
  aggregates: [],
  ledger: [],
  tasks: [],
  lease: null,
  sealed: []
})

const noFence: Patch = (own) => ({
  commit: (commit) => Effect.catchTag(own.commit(commit), "LeaseLost", () => own.commit({ ...commit, lease: null }))
})

const claimsTwice: Patch = (own) => {
  let last: Effect.Success<ReturnType<Port["claim"]>> = []
  return {
    claim: (request) =>
      Effect.map(own.claim(request), (claimed) => {
        if (claimed.length > 0) last = claimed
        return last
      })
  }
}

const acknowledgesEarly: Patch = (own) => ({ commit: (commit) => Effect.ignore(own.commit(commit)) })

const lostUpdate: Patch = (own) => ({
  commit: (commit) =>
    Effect.catchTag(own.commit(commit), "VersionConflict", ({ ref }) =>
      Effect.flatMap(own.load(ref), (now) => {
        const aggregates = commit.aggregates.map((write) => ({ ...write, expectedVersion: now?.version ?? 0 }))
        return own.commit({ ...commit, aggregates })
      })
    )
})

const keyFirst: Patch = (own) => ({
  commit: (commit) =>
    commit.idempotency === null
      ? own.commit(commit)
      : Effect.andThen(
          own.commit({ ...without(commit), idempotency: commit.idempotency }),
          own.commit({ ...commit, idempotency: null })
        )
})

const booksApart: Patch = (own) => ({
  commit: (commit) =>
    Effect.andThen(own.commit({ ...without(commit), ledger: commit.ledger }), own.commit({ ...commit, ledger: [] }))
})

const noKeys: Patch = (own) => ({ commit: (commit) => own.commit({ ...commit, idempotency: null }) })

const lastKeyWins: Patch = (own) => ({
  commit: (commit) => {
    const { idempotency } = commit
    if (idempotency === null) return own.commit(commit)
    return Effect.catchTag(own.commit(commit), "KeyTaken", () => own.commit({ ...commit, idempotency: null }))
  }
})

const otherBytes: Patch = (own) => {
  let reads = 0
  return {
    idempotencyRecord: (key) =>
      Effect.map(own.idempotencyRecord(key), (record) => record && { ...record, body: `${record.body} ${++reads}` })
  }
}

const noBounds: Patch = (own) => ({
  commit: (commit) =>
    own.commit({ ...commit, aggregates: commit.aggregates.map((write) => ({ ...write, bounds: null })) })
})

/** Reads on from the latest task that it saw, so whatever falls due before that is never seen. */
const cursor: Patch = (own) => {
  let seenMs = 0
  return {
    claim: (request) =>
      Effect.map(own.claim(request), (tasks) => {
        const news = tasks.filter(({ dueAtMs }) => dueAtMs >= seenMs)
        seenMs = Math.max(seenMs, ...news.map(({ dueAtMs }) => dueAtMs))
        return news
      })
  }
}

const otherTenants: Patch = (own) => ({
  find: (_, collection, id) =>
    Effect.flatMap(own.merchants(null, 1_000), (all) =>
      Effect.map(Effect.all(all.map((merchantId) => own.find(merchantId, collection, id))), (found) =>
        found.find((item) => item !== undefined)
      )
    )
})

const roundsAmounts: Patch = (own) => ({
  balances: (merchantId) =>
    Effect.map(own.balances(merchantId), (balances) =>
      balances.map((balance) => ({ ...balance, posted: BigInt(Number.parseFloat(`${balance.posted}`)) }))
    )
})

const make = (isPlanted: boolean, patch: Patch) => async () => ({ store: opened(isPlanted, patch), close: () => {} })

const suite = Object.fromEntries(
  ["commits", "idempotency keys", "tasks", "leases and fences", "lists", "ledger", "records"].flatMap((group) =>
    Object.entries(storeCases[group] ?? {}).map(([title, holds]) => [
      title,
      (store: Port) => holds(store, async () => store)
    ])
  )
)

const inSuite = (title: string, patch: Patch): PlantedBug =>
  bySuite(title, "describeStore", suite, (isPlanted) => opened(isPlanted, patch))

type Open = (scheduler: fc.Scheduler) => Promise<MerchantSide>

const inModel = (title: string, open: (isPlanted: boolean) => Open): PlantedBug =>
  byLaw(title, "merchantModel", (isPlanted) => merchantModel(open(isPlanted), { commandsMax: 8 }), 60)

const overStore = (title: string, patch: Patch): PlantedBug =>
  inModel(
    title,
    (isPlanted) => async (scheduler) =>
      kernelSide(await shopOver({ store: scheduledStore(opened(isPlanted, patch), scheduler) }))
  )

/** A host that leaves the amount out of what its keys mean. */
const forgetfulMeaning = (shop: Shop): Shop => {
  const { payments } = shop.kernel
  const create: typeof payments.create = (merchantId, input, request) =>
    payments.create(merchantId, input, request && { ...request, meaning: "a payment" })
  return { ...shop, kernel: { ...shop.kernel, payments: { ...payments, create } } }
}

export const plantedStores: ReadonlyArray<PlantedBug> = [
  byLaw("the fence is dropped", "laws.fenced", (isPlanted) => laws.fenced(make(isPlanted, noFence))),
  byLaw("a task is handed out while somebody holds it", "laws.fenced", (isPlanted) =>
    laws.fenced(make(isPlanted, claimsTwice))
  ),
  byLaw("a commit is acknowledged before it is done", "laws.acknowledged", (isPlanted) =>
    laws.acknowledged(make(isPlanted, acknowledgesEarly))
  ),
  byLaw("the version is not checked", "laws.acknowledged", (isPlanted) =>
    laws.acknowledged(make(isPlanted, lostUpdate))
  ),
  byLaw("the key is bound before the effect", "laws.acknowledged", (isPlanted) =>
    laws.acknowledged(make(isPlanted, keyFirst))
  ),
  byLaw("the books are written apart from the payment", "laws.acknowledged", (isPlanted) =>
    laws.acknowledged(make(isPlanted, booksApart))
  ),
  inSuite("amounts have no check constraint", noBounds),
  inSuite("tasks are read by a cursor", cursor),
  inSuite("another tenant's payments are found", otherTenants),
  inSuite("sums go through floats", roundsAmounts),
  overStore("keys are not kept", noKeys),
  overStore("two requests with one key are both carried out", lastKeyWins),
  overStore("a replay has other bytes than the first answer", otherBytes),
  overStore("of two decisions on one version both are written", lostUpdate),
  inModel("a key does not stand for the amount", (isPlanted) => async () => {
    const shop = await shopOver({ store: memoryStore() })
    return kernelSide(isPlanted ? forgetfulMeaning(shop) : shop)
  })
]
