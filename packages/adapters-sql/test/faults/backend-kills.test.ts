/**
 * The server ends sessions under a load: an administrator's command, a failover, a firewall that forgets. Nothing that
 * was acknowledged is lost, hardly anybody is told of it, and what a lost answer had been is found out.
 */
import { freshDatabase } from "@paykernel/test-postgres"
import pg from "pg"
import { afterEach, expect, it } from "vitest"
import { endLoads, type LoadProcess, startLoad } from "./load-process.ts"
import { sleep, until } from "./until.ts"
import { figuresOf, isDeep, reasonsOf, tell, unanswered, verdictOf } from "./verdict-of.ts"

afterEach(endLoads)

const kills = isDeep ? 5000 : 60

it(`loses nothing to ${kills} ended sessions, and heals`, { timeout: 60_000 + kills * 200 }, async () => {
  const { url, drop } = await freshDatabase()
  const loads = await Promise.all(["a", "b"].map((name) => startLoad(url, name)))
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  const { whileActive, failures } = await endSessions(admin, kills)
  expect(failures).toBe(0)

  const before = loads.map((load) => load.acknowledged())
  await until(() => loads.every((load, place) => load.acknowledged() > (before[place] ?? 0) + 100))
  const { rows } = await admin.query<{ readonly sessions: number }>(
    `select count(*)::integer as sessions from pg_stat_activity
     where application_name = 'paykernel' and datname = current_database()`
  )
  await Promise.all(loads.map((load) => load.stop()))
  const abandoned = await admin.query("select 1 from paykernel_batch where abandoned")
  await admin.end()

  const verdict = await verdictOf(url, loads)
  const lines = loads.flatMap((load: LoadProcess) => load.lines())
  const asked = lines.filter((line) => "asked" in line).length
  const errors = verdict.unavailable + verdict.unknown + unanswered(lines).length
  const errorRate = errors / (verdict.acknowledged + verdict.refused + errors + asked)
  tell("backend kills", {
    kills,
    whileActive,
    abandoned: abandoned.rowCount,
    errors,
    errorRate,
    reasons: reasonsOf(lines),
    ...figuresOf(verdict)
  })
  expect(verdict.differences).toEqual([])
  expect(verdict.unknown).toBe(0)
  expect(errorRate).toBeLessThanOrEqual(0.02)
  expect(whileActive).toBeGreaterThan(kills / 20)
  expect(rows[0]?.sessions).toBeLessThanOrEqual(20)
  await drop()
})

/** Ends sessions of the database at random, one that is at work in every second case if there is any. */
const endSessions = async (admin: pg.Client, count: number) => {
  let ended = 0
  let whileActive = 0
  let failures = 0
  while (ended < count) {
    const { rows } = await admin.query<{ readonly ended: boolean; readonly active: boolean }>(
      `select pg_terminate_backend(pid) as ended, active from (
        select pid, state = 'active' as active from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
        order by ($1 and state = 'active') desc, random() limit 1) as victim`,
      [ended % 2 === 0]
    )
    const [victim] = rows
    if (victim?.ended === true) {
      ended += 1
      if (victim.active) whileActive += 1
    }
    failures = victim === undefined ? failures + 1 : 0
    if (failures > 200) return { whileActive, failures }
    await sleep(Math.random() * 100)
  }
  return { whileActive, failures: 0 }
}
