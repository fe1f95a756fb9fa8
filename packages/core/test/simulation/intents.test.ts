/** What can be wrong with being paid on chains, each planted alone: the simulation says so within a few seeds. */
import type { KernelOptions } from "@paykernel/core"
import type { Blockchain } from "@paykernel/core/effect"
import type { Planting } from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import { describe } from "vitest"
import { committing, eachIsNoticed, type PlantedDefect, writtenApart } from "./planted-lives.ts"

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

const anotherKeyEachTime = (own: Chain): Partial<Chain> => {
  let count = 0
  return {
    sendRefund: (operation, timeoutMs) =>
      own.sendRefund({ ...operation, key: `${operation.key}-${++count}` }, timeoutMs)
  }
}

const defects: ReadonlyArray<PlantedDefect> = [
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
  { title: "deposit and intent written apart", as: ["I1"], planting: writtenApart("deposit") },
  {
    title: "deposits that are not in the ledger",
    as: ["I3"],
    planting: committing((own, one) =>
      own.commit({ ...one, ledger: one.ledger.filter(({ kind }) => kind !== "crypto_deposit") })
    )
  }
]

describe("a defect of being paid on chains is noticed by the simulation", () => {
  eachIsNoticed(defects, { kind: "intents", firstSeed: 5, lastSeed: 295 })
})
