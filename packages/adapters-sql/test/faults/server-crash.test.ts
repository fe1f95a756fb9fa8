/**
 * The server stops at once or is killed under a load, and is started again on the same data. Nothing that was
 * acknowledged is lost, and the processes that use it go on by themselves.
 */
import { type PostgresServer, startPostgres } from "@paykernel/test-postgres"
import { afterEach, expect, it } from "vitest"
import { endLoads, startLoad } from "./load-process.ts"
import { sleep, until } from "./until.ts"
import { figuresOf, isDeep, reasonsOf, tell, unanswered, verdictOf } from "./verdict-of.ts"

let server: PostgresServer | undefined
afterEach(async () => {
  await endLoads()
  await server?.close()
})

const ofEach = isDeep ? 40 : 3

const crashes = {
  "is stopped at once": (running: PostgresServer) => running.stop("immediate"),
  "is killed": async (running: PostgresServer) => {
    process.kill(running.postmasterPid(), "SIGKILL")
  }
}

it(`loses nothing when the server is stopped at once or killed, ${ofEach} times each`, {
  timeout: 60_000 + ofEach * 20_000
}, async () => {
  // Syncs are as a server has them by default. Checkpoints as often as they may be leave less to repeat.
  const running = await startPostgres({ settings: { checkpoint_timeout: "30s" } })
  server = running
  const loads = await Promise.all(["a", "b"].map((name) => startLoad(running.url, name)))
  const outagesMs: Array<number> = []
  for (let n = 0; n < ofEach; n++) {
    for (const crash of Object.values(crashes)) {
      await goesOn(loads)
      await sleep(Math.random() * 200)
      const downMs = performance.now()
      await crash(running)
      await startAgain(running)
      await goesOn(loads)
      outagesMs.push(Math.round(performance.now() - downMs))
    }
  }
  await Promise.all(loads.map((load) => load.stop()))
  const verdict = await verdictOf(running.url, loads)
  const lines = loads.flatMap((load) => load.lines())
  tell("server crash", {
    stopped: ofEach,
    killed: ofEach,
    slowestReturnMs: Math.max(...outagesMs),
    unanswered: unanswered(lines).length,
    reasons: reasonsOf(lines),
    ...figuresOf(verdict)
  })
  expect(verdict.differences).toEqual([])
  expect(verdict.unknown).toBe(0)
})

/** Until each process has been answered a good deal more. */
const goesOn = async (loads: ReadonlyArray<{ readonly acknowledged: () => number }>): Promise<void> => {
  const before = loads.map((load) => load.acknowledged())
  await until(() => loads.every((load, place) => load.acknowledged() > (before[place] ?? 0) + 30), 30_000)
}

/** The sessions of a killed server end a moment after it, and none may be left when the next one starts. */
const startAgain = async (running: PostgresServer): Promise<void> => {
  await until(
    () =>
      running.start().then(
        () => true,
        () => false
      ),
    30_000,
    50
  )
}
