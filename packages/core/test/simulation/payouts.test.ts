/** What can be wrong with sending money abroad, each planted alone: the simulation says so within a few seeds. */
import type { KernelOptions } from "@paykernel/core"
import type { FundingChain, PayoutNetwork } from "@paykernel/core/effect"
import { machineEdges, type Planting } from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { committing, eachIsNoticed, type PlantedDefect, writtenApart } from "./planted-lives.ts"

type Network = PayoutNetwork["Service"]
type Chain = FundingChain["Service"]
type NetworkReply = Effect.Success<ReturnType<Network["submit"]>>
type NetworkLookup = Effect.Success<ReturnType<Network["lookup"]>>
type Standing = Extract<NetworkLookup, { readonly _tag: "Found" }>["standing"]
type FundingReply = Effect.Success<ReturnType<Chain["broadcast"]>>
type FundingStanding = Extract<FundingReply, { readonly _tag: "Sent" }>["standing"]

const withNetwork =
  (patch: (own: Network) => Partial<Network>): (() => Planting) =>
  () => ({
    plant: (own: KernelOptions) => {
      const { crossBorder } = own
      if (crossBorder === undefined) return own
      const { network } = crossBorder
      return { ...own, crossBorder: { ...crossBorder, network: { ...network, ...patch(network) } } }
    }
  })

const withChain =
  (patch: (own: Chain) => Partial<Chain>): (() => Planting) =>
  () => ({
    plant: (own: KernelOptions) => {
      const { crossBorder } = own
      if (crossBorder === undefined) return own
      const { chain } = crossBorder
      return { ...own, crossBorder: { ...crossBorder, chain: { ...chain, ...patch(chain) } } }
    }
  })

const submitting = (change: (reply: NetworkReply) => NetworkReply) =>
  withNetwork(({ submit }) => ({ submit: (payment, ms) => Effect.map(submit(payment, ms), change) }))

/** Of all that is heard of a payment after it was made. */
const hearing = (change: (standing: Standing) => Standing) =>
  withNetwork(({ lookup }) => ({
    lookup: (key, ms) =>
      Effect.map(lookup(key, ms), (found) =>
        found._tag === "Found" ? { ...found, standing: change(found.standing) } : found
      )
  }))

const broadcasting = (
  change: (reply: FundingReply, amount: Parameters<Chain["broadcast"]>[0]["amount"]) => FundingReply
) =>
  withChain(({ broadcast }) => ({
    broadcast: (signed, ms) => Effect.map(broadcast(signed, ms), (reply) => change(reply, signed.amount))
  }))

const confirmed = (
  standing: FundingStanding,
  received: Parameters<Chain["broadcast"]>[0]["amount"]
): FundingStanding =>
  standing._tag === "Waiting" ? { _tag: "Confirmed", transactionHash: standing.transactionHash, received } : standing

const lost: FundingReply = {
  _tag: "Sent",
  standing: { _tag: "Failed", reason: "failed_onchain", transactionHash: null }
}

const anotherKeyEachTime = (own: Network): Partial<Network> => {
  let count = 0
  return { submit: (payment, ms) => own.submit({ ...payment, key: `${payment.key}-${++count}` }, ms) }
}

const defects: ReadonlyArray<PlantedDefect> = [
  {
    title: "silence taken for a refusal",
    as: ["I1", "TRUTH"],
    from: 79,
    planting: submitting((reply) =>
      reply._tag === "Unknown" ? { _tag: "Refused", refusal: { why: "quote_expired", fields: [] } } : reply
    )
  },
  { title: "another key for each submission", as: ["RESEND"], planting: withNetwork(anotherKeyEachTime) },
  {
    title: "a payout that is completed as soon as it has begun",
    as: ["TRUTH"],
    from: 19,
    planting: hearing((standing) =>
      standing.reports.at(-1)?._tag === "PayoutInitiated"
        ? { ...standing, reports: [...standing.reports, { _tag: "PayoutCompleted", fiatNetworkRef: null }] }
        : standing
    )
  },
  {
    title: "a refund that is there as soon as it is on its way",
    as: ["TRUTH"],
    from: 19,
    planting: hearing((standing) => ({
      ...standing,
      refunds: standing.refunds.map((one) =>
        one.report._tag === "Created" ? { ...one, report: { _tag: "Completed", transactionHash: "0x1" } } : one
      )
    }))
  },
  {
    title: "an answer that is approved of because it was given",
    as: ["TRUTH"],
    planting: hearing((standing) => ({
      ...standing,
      rfis: standing.rfis.map((one) =>
        one.answered && one.outcome === null ? { ...one, outcome: { _tag: "Approved" } } : one
      )
    }))
  },
  {
    title: "an answer that is written anew each time",
    as: ["TRUTH"],
    planting: withNetwork(({ answerRfi }) => ({
      answerRfi: (given, ms) =>
        answerRfi({ ...given, answer: { ...given.answer, jwe: `${given.answer.jwe}${given.files.length}` } }, ms)
    }))
  },
  {
    title: "funds that have arrived as soon as they are on the chain",
    as: ["TRUTH"],
    planting: broadcasting((reply, amount) =>
      reply._tag === "Sent" ? { ...reply, standing: confirmed(reply.standing, amount) } : reply
    )
  },
  {
    title: "a broadcast without an answer taken for one that failed",
    as: ["TRUTH"],
    from: 69,
    planting: broadcasting((reply) => (reply._tag === "Unknown" ? lost : reply))
  },
  {
    title: "a transaction that is not the one that was signed",
    as: ["TRUTH"],
    planting: withChain(({ broadcast }) => ({
      broadcast: (signed, ms) => broadcast({ ...signed, signedTransaction: signed.signedTransaction.slice(2) }, ms)
    }))
  },
  {
    title: "more than came told to the network",
    as: ["TRUTH"],
    planting: withNetwork(({ fund }) => ({
      fund: (notice, ms) => fund({ ...notice, amount: { ...notice.amount, amount: notice.amount.amount + 1n } }, ms)
    }))
  },
  {
    title: "funds that the network is never told of",
    as: ["I9"],
    planting: withNetwork(({ fund, lookup }) => ({
      fund: (notice, ms) =>
        Effect.flatMap(lookup(notice.key, ms), (found) =>
          found._tag === "Found"
            ? Effect.succeed({ _tag: "Taken", standing: found.standing } as const)
            : fund(notice, ms)
        )
    }))
  },
  {
    title: "a transaction and its payment written apart",
    as: ["I1", "I3", "I9", "TRUTH"],
    from: 39,
    planting: writtenApart("onchain_transaction")
  },
  {
    title: "payouts that are not in the ledger",
    as: ["I3"],
    planting: committing((own, one) =>
      own.commit({ ...one, ledger: one.ledger.filter(({ kind }) => kind !== "payout") })
    )
  },
  {
    title: "the key of a payment not kept",
    as: ["I1", "I6"],
    planting: committing((own, one) =>
      own.commit(
        one.aggregates.some(({ ref }) => ref.type === "cross_border_payment") ? { ...one, idempotency: null } : one
      )
    )
  }
]

describe("a defect of sending money abroad is noticed by the simulation", () => {
  eachIsNoticed(defects, { kind: "payouts", firstSeed: 9, lastSeed: 299 })
})

it("moves that no kernel makes are not asked of a campaign", () => {
  expect(machineEdges).toContain("onchain_transaction: created --TransactionSubmitted-->")
  expect(machineEdges).not.toContain("onchain_transaction: created --TransactionBroadcast-->")
})
