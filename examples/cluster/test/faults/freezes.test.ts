/**
 * A node is frozen with SIGSTOP while it talks to the bank, for longer than its leases last. Others take over, and when
 * it wakes it believes that it still holds everything: nobody is charged twice, and it changes nothing.
 */
import { readFileSync } from "node:fs"
import { textAt, valueAt } from "@paykernel/four-books/json-reading"
import { merchantClient } from "@paykernel/four-books/merchant-client"
import { eventually, pause } from "@paykernel/four-books/polling"
import { seeded } from "@paykernel/four-books/seeded"
import pg from "pg"
import { afterEach, expect, it } from "vitest"
import { acknowledge, paymentBody, savedCard } from "./requests.ts"
import { isDeep, openSite, type Site, seed } from "./site.ts"

let site: Site | undefined
let database: pg.Client | undefined
afterEach(async () => {
  await database?.end()
  await site?.close()
})

const freezes = isDeep ? 100 : 4
const paymentsEach = 6
const bankLatencyMs = 200
const nodeTimes = { callTimeoutMs: 500, leaseMs: 1000 }

it(`charges nobody twice in ${freezes} freezes past the lease (PAYKERNEL_SEED=${seed})`, {
  timeout: 90_000 + freezes * 30_000
}, async () => {
  const random = seeded(seed)
  const here = await openSite({ nodes: 3, random, bankLatencyMs, nodeTimes })
  site = here
  database = new pg.Client({ connectionString: here.databaseUrl })
  await database.connect()
  const cardId = await savedCard(here)
  let takenOver = 0
  for (let freeze = 0; freeze < freezes; freeze++) {
    const node = here.cluster.nodes[freeze % 3]
    const victim = merchantClient(() => node?.address ?? "", here.cluster.apiKey)
    const bodies = Array.from({ length: paymentsEach }, () => paymentBody(cardId, "7.00"))
    const answers = await Promise.all(bodies.map((body) => acknowledge({ ...here, api: victim }, "/v1/payments", body)))
    const ids = answers.map(({ body }) => textAt(body, "data", "id"))
    await pause(random() * bankLatencyMs)
    node?.pause()
    const sending = await statesOf(database, ids)
    const still = sending.filter(({ attempts }) => attempts.includes('"sending"')).map(({ id }) => id)
    await whenDecided(database, ids)
    const before = [await statesOf(database, ids), linesAbout(here, ids)]
    node?.resume()
    // Long enough for whatever it was about to do, and for the bank to do it.
    await pause(nodeTimes.callTimeoutMs + 2 * bankLatencyMs)
    expect([await statesOf(database, ids), linesAbout(here, ids)]).toEqual(before)
    takenOver += still.length
  }
  const { payments } = await here.judge("nodes frozen", { freezes, takenOver, ...here.calls() })
  expect(payments).toBe(freezes * paymentsEach)
  // A node that was frozen with nothing in its hands would prove nothing.
  expect(takenOver).toBeGreaterThanOrEqual(freezes)
})

type AttemptsOf = { readonly id: string; readonly attempts: string }

/** What has been tried for each payment, and how it ended. Settlements, which go on, are no part of it. */
const statesOf = async (client: pg.Client, ids: ReadonlyArray<string>): Promise<ReadonlyArray<AttemptsOf>> => {
  const { rows } = await client.query<AttemptsOf>(
    `select id, (state::jsonb -> 'attempts')::text as attempts from paykernel_aggregate
      where type = 'payment' and id = any($1) order by id`,
    [ids]
  )
  return rows
}

const whenDecided = (client: pg.Client, ids: ReadonlyArray<string>): Promise<unknown> =>
  eventually(
    () => statesOf(client, ids),
    (rows) => rows.every(({ attempts }) => /"status": "(?:confirmed|declined)"/u.test(attempts)),
    30_000
  )

const linesAbout = ({ cluster }: Site, ids: ReadonlyArray<string>): ReadonlyArray<string> =>
  readFileSync(cluster.bank.journalPath, "utf8")
    .split("\n")
    .filter((line) => line !== "" && ids.includes(String(valueAt(JSON.parse(line), "paymentId"))))
