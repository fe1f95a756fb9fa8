/**
 * The database ends sessions of the nodes under a load: an administrator's command, a failover, a firewall that forgets.
 * Hardly a caller notices, and no book does.
 */
import { pause } from "@paykernel/four-books/polling"
import { seeded } from "@paykernel/four-books/seeded"
import pg from "pg"
import { afterEach, expect, it } from "vitest"
import { goesOn, isDeep, openSite, type Site, seed } from "./site.ts"

let site: Site | undefined
let admin: pg.Client | undefined
afterEach(async () => {
  await admin?.end()
  await site?.close()
})

const terminations = isDeep ? 1000 : 20
const errorRateMax = 0.02
const betweenMs = 150

it(`hardly a caller hears of ${terminations} ended sessions (PAYKERNEL_SEED=${seed})`, {
  timeout: 90_000 + terminations * 2000
}, async () => {
  const random = seeded(seed)
  site = await openSite({ nodes: 3, random })
  admin = new pg.Client({ connectionString: site.databaseUrl })
  await admin.connect()
  const load = site.startLoad(3)
  await goesOn(load, 10)
  const before = site.calls()
  let ended = 0
  for (const untilMs = Date.now() + 60_000 + terminations * 1000; ended < terminations; await pause(betweenMs)) {
    expect(Date.now()).toBeLessThan(untilMs)
    ended += (await admin.query(endOne)).rows.length
  }
  await goesOn(load, 20)
  await load.stop()
  const { asked, refused, unanswered } = site.calls()
  const calls = asked - before.asked
  const errors = refused + unanswered - before.refused - before.unanswered
  const { acknowledged } = await site.judge("sessions ended", { ended, calls, errors })
  expect(acknowledged).toBeGreaterThan(ended)
  expect(errors / calls).toBeLessThanOrEqual(errorRateMax)
})

const endOne = `select pg_terminate_backend(pid) from (
  select pid from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
  order by random() limit 1
) as victim`
