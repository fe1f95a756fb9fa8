/** What can be wrong with being paid on chains, each planted alone: the simulation says so within a few seeds. */
import type { KernelOptions } from "@paykernel/core"
import type { Blockchain, Commit, Store } from "@paykernel/core/effect"
import { type Invariant, type Planting, type SimulationResult, simulate } from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"

type Chain = Blockchain["Service"]
type Sighting = Effect.Success<ReturnType<Chain["depositsAt"]>>["sightings"][number]
type Reply = Effect.Success<ReturnType<Chain["sendRefund"]>>
type Lookup = Effect.Success<ReturnType<Chain["lookupRefund"]>>

const withChain =
  (patch: (own: Chain) => Partial<Chain>): (() => Planting) =>
  () => ({
    plant: (own: KernelOptions) => {
      const { intents } = own
      if (intents === undefined) return own
      const { blockchain } = intents
      return { ...own, intents: { ...intents, blockchain: { ...blockchain, ...patch(blockchain) } } }
    }
  })

const seeing = (change: (one: Sighting) => ReadonlyArray<Sighting>) =>
  withChain(({ depositsAt }) => ({
    depositsAt: (query) =>
      Effect.map(depositsAt(query), (page) => ({ ...page, sightings: page.sightings.flatMap(change) }))
  }))

const replying = (change: (reply: Reply) => Reply) =>
  withChain(({ sendRefund }) => ({
    sendRefund: (operation, timeoutMs) => Effect.map(sendRefund(operation, timeoutMs), change)
  }))

const lookingUp = (change: (lookup: Lookup) => Lookup) =>
  withChain(({ lookupRefund }) => ({
    lookupRefund: (key, timeoutMs) => Effect.map(lookupRefund(key, timeoutMs), change)
  }))

const committing = (commit: (own: Store["Service"], one: Commit) => ReturnType<Store["Service"]["commit"]>) => () => ({
  plant: (own: KernelOptions) => ({
    ...own,
    store: { ...own.store, commit: (one: Commit) => commit(own.store, one) }
  })
})

const anotherKeyEachTime = (own: Chain): Partial<Chain> => {
  let count = 0
  return {
    sendRefund: (operation, timeoutMs) =>
      own.sendRefund({ ...operation, key: `${operation.key}-${++count}` }, timeoutMs)
  }
}

const inTwoCommits = (own: Store["Service"], one: Commit) => {
  const deposits = one.aggregates.filter(({ ref }) => ref.type === "deposit")
  const others = one.aggregates.filter(({ ref }) => ref.type !== "deposit")
  if (deposits.length === 0 || others.length === 0) return own.commit(one)
  const first = { ...one, aggregates: deposits, tasks: [], ledger: [], idempotency: null, lease: null }
  return Effect.andThen(own.commit(first), own.commit({ ...one, aggregates: others }))
}

type Bug = {
  readonly title: string
  readonly as: ReadonlyArray<Invariant>
  /** Earlier seeds are known to show nothing of it. Default 5. */
  readonly from?: number
  readonly planting: () => Planting
}

const bugs: ReadonlyArray<Bug> = [
  {
    title: "credited as soon as a block holds it",
    as: ["TRUTH"],
    planting: seeing((one) => [one.height === null ? one : { ...one, status: "final" }])
  },
  {
    title: "credited with more than came",
    as: ["TRUTH"],
    planting: seeing((one) => [{ ...one, amount: { ...one.amount, amount: one.amount.amount + 1n } }])
  },
  {
    title: "one deposit for each transaction",
    as: ["I9"],
    from: 15,
    planting: seeing((one) => (one.outputIndex === 0 ? [one] : []))
  },
  {
    title: "nothing behind the first page",
    as: ["I9"],
    from: 15,
    planting: withChain(({ depositsAt }) => ({
      depositsAt: (query) => Effect.map(depositsAt(query), (page) => ({ ...page, next: null }))
    }))
  },
  {
    title: "one address for all",
    as: ["I1"],
    planting: withChain(({ deriveAddress }) => ({
      deriveAddress: (request) => deriveAddress({ ...request, reference: "all" })
    }))
  },
  {
    title: "silence taken for a refusal",
    as: ["TRUTH"],
    from: 95,
    planting: replying((reply) => (reply._tag === "Unknown" ? { _tag: "Failed", why: "dropped" } : reply))
  },
  {
    title: "paid back as soon as it is on its way",
    as: ["TRUTH"],
    planting: replying((reply) => (reply._tag === "Broadcast" ? { ...reply, final: true } : reply))
  },
  { title: "another key for each message", as: ["RESEND"], planting: withChain(anotherKeyEachTime) },
  {
    title: "not seen yet taken for never",
    as: ["RESEND"],
    from: 105,
    planting: lookingUp((lookup) => (lookup._tag === "AbsentYet" ? { _tag: "AbsentFinal" } : lookup))
  },
  { title: "deposit and intent written apart", as: ["I1"], planting: committing(inTwoCommits) },
  {
    title: "deposits that are not in the ledger",
    as: ["I3"],
    planting: committing((own, one) =>
      own.commit({ ...one, ledger: one.ledger.filter(({ kind }) => kind !== "crypto_deposit") })
    )
  }
]

const seedsMax = 295

const firstNoticed = async ({ planting, from = 5 }: Bug): Promise<SimulationResult | undefined> => {
  for (let seed = from; seed <= seedsMax; seed += 10) {
    const result = await simulate({ seed, intents: true, ...planting() })
    if (result.problems.length > 0) return result
  }
  return undefined
}

describe("a defect of being paid on chains is noticed by the simulation", () => {
  it.each(bugs)("$title", async (bug) => {
    const { as } = bug
    const [first] = (await firstNoticed(bug))?.problems ?? []
    expect(as, first?.what ?? "nothing was noticed").toContain(first?.invariant)
  })
})
