/**
 * The same keys from four processes at four nodes at once. Each key is carried out once, whoever was first; everybody
 * else gets that answer, byte for byte; and nobody gets an error.
 */
import { randomUUID } from "node:crypto"
import { seeded } from "@paykernel/four-books/seeded"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { paymentBody, savedCard } from "./requests.ts"
import { isDeep, openSite, type Site, seed } from "./site.ts"
import { faultsOf, storm, total } from "./storm.ts"
import type { StormOutcome, StormRequest } from "./storm-client.ts"

/** Of the whole file. */
const requestsMax = Number(process.env["PAYKERNEL_STORM_REQUESTS"] ?? (isDeep ? 200_000 : 2000))
const connections = 64
const duplicates = 20
const mixedKeys = Math.max(8, Math.floor(requestsMax / 200))
const manyKeys = Math.floor((requestsMax - connections) / duplicates) - mixedKeys
const random = seeded(seed)
const sent: Array<StormOutcome> = []
let site: Site
let cardId = ""

beforeAll(async () => {
  site = await openSite({ nodes: 4, random, bankLatencyMs: 50 })
  cardId = await savedCard(site)
})

afterAll(() => site?.close())

type Body = ReturnType<typeof paymentBody>

const requestsFor = (body: Body, times: number): ReadonlyArray<StormRequest> =>
  Array.from({ length: times }, () => ({ key: body.idempotencyKey, path: "/v1/payments", body }))

const shuffled = <A>(items: ReadonlyArray<A>): ReadonlyArray<A> =>
  items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)

const outcomesOf = async (requests: ReadonlyArray<StormRequest>): Promise<ReadonlyArray<StormOutcome>> => {
  const outcomes = await storm(site, requests)
  expect(total(outcomes)).toBe(requests.length)
  sent.push(...outcomes)
  return outcomes
}

const timeout = 60_000 + requestsMax * 20

describe(`a storm of ${requestsMax} requests (PAYKERNEL_SEED=${seed})`, { timeout }, () => {
  it(`carries out one key that comes over ${connections} connections at once only once`, async () => {
    const outcomes = await outcomesOf(requestsFor(paymentBody(cardId, "10.00"), connections))
    expect(faultsOf(outcomes, false)).toEqual([])
  })

  it(`carries out each of ${manyKeys} keys once, ${duplicates} times each and shuffled`, async () => {
    const bodies = Array.from({ length: manyKeys }, () => paymentBody(cardId, "11.00"))
    const outcomes = await outcomesOf(shuffled(bodies.flatMap((body) => requestsFor(body, duplicates))))
    expect(faultsOf(outcomes, false)).toEqual([])
    // Most of what was sent were repetitions.
    expect(total(outcomes.filter(({ replayed }) => replayed))).toBe(manyKeys * (duplicates - 1))
  })

  it(`refuses the same key with another body, for ${mixedKeys} keys with two bodies each`, async () => {
    const pairs = Array.from({ length: mixedKeys }, () => {
      const body = paymentBody(cardId, "12.00")
      return [body, { ...body, amount: { amount: "13.00", currency: "USD" } }]
    })
    const outcomes = await outcomesOf(shuffled(pairs.flat().flatMap((body) => requestsFor(body, duplicates / 2))))
    expect(faultsOf(outcomes, true)).toEqual([])
    // One body wins, all requests with the other are refused.
    expect(total(outcomes.filter(({ status }) => status === 409))).toBe((mixedKeys * duplicates) / 2)
  })

  it("leaves all books in agreement: one payment and one authorization for each key", async () => {
    const keys = 1 + manyKeys + mixedKeys
    const figures = { requests: total(sent), keys, server: total(sent.filter(({ status }) => status >= 500)) }
    const { payments, executions } = await site.judge("storms", figures)
    expect([payments, executions]).toEqual([keys, keys])
  })
})

it("would be noticed if a key had been carried out twice, or answered in two ways", () => {
  const outcome = { key: randomUUID(), status: 201, replayed: false, digest: "a", refusal: "", count: 1 }
  expect(faultsOf([outcome, { ...outcome, replayed: true, count: 9 }], false)).toEqual([])
  expect(faultsOf([{ ...outcome, count: 2 }], false)).toEqual([expect.stringMatching(/carried out 2 times/u)])
  expect(faultsOf([outcome, { ...outcome, replayed: true, digest: "b" }], false)).toEqual([
    expect.stringMatching(/answered in 2 ways/u)
  ])
  const conflict = { ...outcome, status: 409, refusal: '{"code":1083,"message":""}' }
  expect(faultsOf([outcome, conflict], true)).toEqual([])
  expect(faultsOf([outcome, conflict], false)).toHaveLength(1)
  expect(faultsOf([outcome, { ...conflict, status: 503 }], true)).toHaveLength(1)
})
