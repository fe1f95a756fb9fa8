/**
 * Captures, refunds and cancels of one payment come from many callers at all nodes at once. Never is more given back
 * than was captured, nor more captured than authorized, and at no moment is a ledger transaction out of balance.
 */
import { randomUUID } from "node:crypto"
import { decimalOf } from "@paykernel/four-books/cents"
import { textAt, valueAt } from "@paykernel/four-books/json-reading"
import { eventually, pause } from "@paykernel/four-books/polling"
import { seeded } from "@paykernel/four-books/seeded"
import pg from "pg"
import { afterEach, expect, it } from "vitest"
import { acknowledge, ask, paymentBody, savedCard, usd } from "./requests.ts"
import { isDeep, openSite, type Site, seed } from "./site.ts"

let site: Site | undefined
afterEach(() => site?.close())

const payments = isDeep ? 1000 : 10
const operationsEach = 32
const atOnce = 5

it(`keeps the bounds of ${payments} payments, ${operationsEach} operations on each (PAYKERNEL_SEED=${seed})`, {
  timeout: 90_000 + payments * 10_000
}, async () => {
  const random = seeded(seed)
  const here = await openSite({ nodes: 4, random, bankLatencyMs: 5 })
  site = here
  const cardId = await savedCard(here)
  const watch = await startWatching(here.databaseUrl)
  const done = new Map<string, number>()
  const count = (what: string): void => void done.set(what, (done.get(what) ?? 0) + 1)

  const operate = async (id: string, { what, body }: Operation): Promise<void> => {
    const { status } = await ask(here, `/v1/payments/${id}/${what}`, { idempotencyKey: randomUUID(), ...body })
    // Whoever loses to others too often in a row is told to come again.
    if (status === 503) return count("unavailable")
    expect(status).toBeLessThan(500)
    count(status < 300 ? what : "refused")
  }
  const fight = async (): Promise<void> => {
    const body = paymentBody(cardId, "100.00", { autoCapture: false })
    const id = textAt((await acknowledge(here, "/v1/payments", body)).body, "data", "id")
    await eventually(
      async () => valueAt((await here.api.get(`/v1/payments/${id}`)).body, "data", "status"),
      (status) => status === "confirmed"
    )
    // Four at the same moment, and the next four whether or not those have come to their end.
    const operations = Array.from({ length: operationsEach - 1 }, () => nextOperation(random))
    await Promise.all(operations.map((one, nth) => pause(Math.floor(nth / 4) * 60).then(() => operate(id, one))))
    await operate(id, cancel)
  }
  let fights = 0
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (fights++ < payments) await fight()
    })
  )
  const { snapshots, faults } = await watch.stop()
  expect(faults).toEqual([])
  const figures = { operations: payments * operationsEach, ...Object.fromEntries(done), snapshots }
  await here.judge("changes", figures)
  for (const what of ["capture", "refund", "cancel", "refused"])
    expect([what, done.get(what) ?? 0]).not.toEqual([what, 0])
  expect(done.get("unavailable") ?? 0).toBeLessThan((payments * operationsEach) / 20)
  // Each reads all there is, so they grow slower as the books grow.
  expect(snapshots).toBeGreaterThan(Math.min(payments, 100))
})

type Operation = { readonly what: string; readonly body: object }

const cancel: Operation = { what: "cancel", body: { reason: "duplicate" } }

/** Each refuses what others have made impossible meanwhile. */
const nextOperation = (random: () => number): Operation => {
  const lot = random()
  if (lot < 0.01) return cancel
  const cents = (from: number, to: number) => usd(decimalOf(BigInt(from + Math.floor(random() * (to - from)))))
  if (lot < 0.2) return { what: "capture", body: { amount: cents(3000, 12_000) } }
  return { what: "refund", body: { amount: cents(100, 2500) } }
}

/** Reads one snapshot after the other until it is told to stop. */
const startWatching = async (databaseUrl: string) => {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const faults: Array<string> = []
  let snapshots = 0
  let stopping = false
  const watching = (async () => {
    for (; !stopping; await pause(20)) {
      const { rows } = await client.query<{ readonly what: string }>(broken)
      faults.push(...rows.map(({ what }) => what))
      snapshots++
    }
  })()
  watching.catch(() => {})
  return {
    stop: async () => {
      stopping = true
      await watching.finally(() => client.end())
      return { snapshots, faults }
    }
  }
}

/** One statement sees one moment. */
const broken = `
  select 'the ledger transaction ' || seq || ' is off by ' || sum(amount) as what from paykernel_ledger_posting
    group by merchant_id, seq, layer, currency having sum(amount) <> 0
  union all
  select 'the bounds of ' || id || ' are broken: ' || state from (
    select id, state,
      (state::jsonb #>> '{authorized,amount}')::numeric as authorized,
      (state::jsonb #>> '{captured,amount}')::numeric as captured,
      (state::jsonb #>> '{refunded,amount}')::numeric + (state::jsonb #>> '{refunding,amount}')::numeric as returned
    from paykernel_aggregate where type = 'payment'
  ) as payment where not (0 <= returned and returned <= captured and captured <= authorized)`
