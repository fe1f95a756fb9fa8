/** The suite can tell: each network here has one defect that a real one could have, and a case notices it. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { money } from "../money/index.ts"
import type { NetworkReply, NetworkStanding, PayoutNetwork } from "../ports/payout-network.ts"
import { type NetworkWorld, networkWorld } from "./payout/simulated-network.ts"
import { payoutNetworkCases } from "./payout-network-cases.ts"

type Network = PayoutNetwork["Service"]

/** A sound network in the hands of somebody who spoils one thing. */
const spoilt = (spoil: (own: Network, world: NetworkWorld) => Partial<Network>) => async (): Promise<NetworkWorld> => {
  const world = await networkWorld()
  return { ...world, network: { ...world.network, ...spoil(world.network, world) } }
}

const standing = (reply: NetworkReply, change: (standing: NetworkStanding) => NetworkStanding): NetworkReply =>
  reply._tag === "Taken" ? { ...reply, standing: change(reply.standing) } : reply

const defects: { readonly [title: string]: () => Promise<NetworkWorld> } = {
  "offers what does not add up": spoilt((own) => ({
    quote: (request) =>
      Effect.map(own.quote(request), (reply) =>
        reply._tag === "Refused"
          ? reply
          : {
              ...reply,
              quotes: reply.quotes.map((quote) => ({
                ...quote,
                terms: { ...quote.terms, destination: money(quote.terms.destination.amount + 1n, "MXN") }
              }))
            }
      )
  })),
  "hears another side than was fixed": spoilt((own) => ({
    quote: (request) =>
      Effect.map(own.quote(request), (reply) =>
        reply._tag === "Refused"
          ? reply
          : {
              ...reply,
              quotes: reply.quotes.map((quote) => ({ ...quote, terms: { ...quote.terms, fixedSide: "source" } }))
            }
      )
  })),
  "offers a way to everywhere": spoilt((own) => ({
    quote: (request) => own.quote({ ...request, destinationCountry: "MX" })
  })),
  "knows of no requirements": spoilt(() => ({ requirements: () => Effect.succeed(undefined) })),
  "knows requirements of quotes that it never made": spoilt((own, world) => ({
    requirements: (quoteId) =>
      Effect.flatMap(own.requirements(quoteId), (asked) =>
        asked !== undefined
          ? Effect.succeed(asked)
          : Effect.flatMap(own.quote(world.request), (reply) =>
              own.requirements(reply._tag === "Offered" ? (reply.quotes[0]?.id ?? "") : "")
            )
      )
  })),
  "takes every payment under the key that it was first sent": spoilt((own) => {
    const replies = new Map<string, NetworkReply>()
    return {
      submit: (payment, timeoutMs) => {
        const known = replies.get(payment.key)
        if (known !== undefined) return Effect.succeed(known)
        return Effect.tap(own.submit(payment, timeoutMs), (reply) => {
          replies.set(payment.key, reply)
          return Effect.void
        })
      }
    }
  }),
  "reads an altered message as if it were none": spoilt((own) => ({
    submit: (payment, timeoutMs) =>
      Effect.map(own.submit(payment, timeoutMs), (reply) =>
        reply._tag === "Refused" && reply.refusal.why === "decryption_failed"
          ? { _tag: "Refused", refusal: { why: "requirements_not_met", fields: [] } }
          : reply
      )
  })),
  "says nothing of which fields are wrong": spoilt((own) => ({
    submit: (payment, timeoutMs) =>
      Effect.map(own.submit(payment, timeoutMs), (reply) =>
        reply._tag === "Refused" ? { ...reply, refusal: { ...reply.refusal, fields: [] } } : reply
      )
  })),
  "reads by any version": spoilt((own) => ({
    submit: (payment, timeoutMs) =>
      own.submit({ ...payment, travelRule: { ...payment.travelRule, version: 1 } }, timeoutMs)
  })),
  "keeps wrong money": spoilt((own) => ({
    lookup: (key, timeoutMs) =>
      Effect.map(own.lookup(key, timeoutMs), (found) =>
        found._tag === "Found" ? { ...found, standing: { ...found.standing, refunds: [] } } : found
      )
  })),
  "keeps what came beside the money that paid": spoilt((own) => ({
    lookup: (key, timeoutMs) =>
      Effect.map(own.lookup(key, timeoutMs), (found) =>
        found._tag === "Found" && found.standing.reports.some(({ _tag }) => _tag === "PayoutCompleted")
          ? { ...found, standing: { ...found.standing, refunds: [] } }
          : found
      )
  })),
  "waits for its money for ever": spoilt((own) => ({
    lookup: (key, timeoutMs) =>
      Effect.map(own.lookup(key, timeoutMs), (found) =>
        found._tag === "Found"
          ? {
              ...found,
              standing: {
                ...found.standing,
                reports: found.standing.reports.filter(
                  (report) => report._tag !== "Failed" || report.code !== "PM09000"
                )
              }
            }
          : found
      )
  })),
  "takes back what it said": spoilt((own) => ({
    lookup: (key, timeoutMs) =>
      Effect.map(own.lookup(key, timeoutMs), (found) =>
        found._tag === "Found"
          ? { ...found, standing: { ...found.standing, reports: found.standing.reports.slice(-1) } }
          : found
      )
  })),
  "says something else each time it is funded": spoilt((own) => {
    let calls = 0
    return {
      fund: (notice, timeoutMs) =>
        Effect.map(own.fund(notice, timeoutMs), (reply) =>
          standing(reply, (one) => ({ ...one, reports: calls++ === 0 ? one.reports : [] }))
        )
    }
  }),
  "asks and never decides": spoilt((own) => ({
    lookup: (key, timeoutMs) =>
      Effect.map(own.lookup(key, timeoutMs), (found) =>
        found._tag === "Found"
          ? {
              ...found,
              standing: { ...found.standing, rfis: found.standing.rfis.map((rfi) => ({ ...rfi, outcome: null })) }
            }
          : found
      )
  })),
  "takes answers without end": spoilt((own) => ({
    answerRfi: (answer, timeoutMs) =>
      Effect.map(own.answerRfi(answer, timeoutMs), (reply) =>
        reply._tag === "Refused" && reply.refusal.why === "rfi_expired"
          ? { _tag: "Taken", standing: { reports: [], rfis: [], refunds: [] } }
          : reply
      )
  }))
}

const noticed = async (make: () => Promise<NetworkWorld>): Promise<boolean> => {
  for (const holds of Object.values(payoutNetworkCases)) {
    try {
      await holds(await make())
    } catch {
      return true
    }
  }
  return false
}

describe("the suite of payout networks notices one that", () => {
  it.each(Object.keys(defects))("%s", async (title) => {
    expect(await noticed(defects[title] ?? (() => networkWorld()))).toBe(true)
  })

  it("has nothing against a sound one", async () => {
    expect(await noticed(() => networkWorld())).toBe(false)
  })
})
