/**
 * The database server stops at once or is killed under the load of all nodes, and is started again on the same data.
 * Nothing that a caller was answered is lost, and everything goes on without anybody's hand.
 */
import { pause } from "@paykernel/four-books/polling"
import { seeded } from "@paykernel/four-books/seeded"
import { type PostgresServer, startPostgres } from "@paykernel/test-postgres"
import { afterEach, expect, it } from "vitest"
import { goesOn, isDeep, openSite, type Site, seed } from "./site.ts"

let server: PostgresServer | undefined
let site: Site | undefined
afterEach(async () => {
  await site?.close()
  await server?.close()
})

const crashes = {
  "is stopped at once": (running: PostgresServer) => running.stop("immediate"),
  "is killed": async (running: PostgresServer) => {
    process.kill(running.postmasterPid(), "SIGKILL")
  }
}
const ofEach = isDeep ? 15 : 1

it(`loses no answer when the server is stopped at once or killed, ${ofEach} times each (PAYKERNEL_SEED=${seed})`, {
  timeout: 120_000 + ofEach * 60_000
}, async () => {
  const random = seeded(seed)
  // Syncs are as a server has them by default.
  const running = await startPostgres()
  server = running
  site = await openSite({ postgresUrl: running.url, nodes: 3, random })
  const load = site.startLoad(4)
  const backMs: Array<number> = []
  for (let n = 0; n < ofEach; n++) {
    for (const crash of Object.values(crashes)) {
      await goesOn(load, 20 + random() * 20)
      await pause(random() * 50)
      await crash(running)
      await pause(random() * 500)
      await startAgain(running)
      const upMs = performance.now()
      await goesOn(load, 5)
      backMs.push(Math.round(performance.now() - upMs))
    }
  }
  await goesOn(load, 20)
  await load.stop()
  const slowestReturnMs = Math.max(...backMs)
  const { acknowledged } = await site.judge("server away", { outages: 2 * ofEach, slowestReturnMs, ...site.calls() })
  expect(acknowledged).toBeGreaterThan(20 * ofEach)
})

/** The sessions of a killed server end a moment after it, and none may be left when the next one starts. */
const startAgain = async (running: PostgresServer): Promise<void> => {
  for (const untilMs = Date.now() + 60_000; ; await pause(50)) {
    try {
      return await running.start()
    } catch (cause) {
      if (Date.now() > untilMs) throw cause
    }
  }
}
