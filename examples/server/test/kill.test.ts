/**
 * The server is killed with SIGKILL at random moments of a load, and started again on the same data. Whatever it had
 * acknowledged must still be so, nobody may be charged twice, and all books must agree in the end.
 */
import { join } from "node:path"
import { encryptCardData } from "@paykernel/adapters-http/browser"
import { afterAll, expect, it } from "vitest"
import { openClientJournal } from "./client-journal.ts"
import { compareBooks, differencesAtAnyMoment } from "./four-books.ts"
import { listAt, textAt, valueAt } from "./json-reading.ts"
import { startLoad } from "./load.ts"
import { type MerchantClient, merchantClient } from "./merchant-client.ts"
import { eventually, pause } from "./polling.ts"
import { seeded } from "./seeded.ts"
import { freePort, type ServerProcess, scratchDirectory, startProcess } from "./server-process.ts"

const kills = process.env["PAYKERNEL_DEEP"] === "1" ? 250 : 30
const seed = Number(process.env["PAYKERNEL_SEED"] ?? Date.now() % 1_000_000)
const apiKey = "SAND_API_KEY:kill:test"
const directory = scratchDirectory()
const databasePath = join(directory.path, "data", "paykernel.sqlite")
let server: ServerProcess | undefined

afterAll(async () => {
  await server?.stop("SIGKILL")
  directory.remove()
})

it(`leaves all books in agreement after ${kills} kills (PAYKERNEL_SEED=${seed})`, {
  timeout: kills * 10_000
}, async () => {
  const environment = {
    PORT: String(await freePort()),
    PAYKERNEL_API_KEY: apiKey,
    PAYKERNEL_SETTLEMENT_MS: "1000",
    // Long enough that most kills find something on its way to the bank.
    PAYKERNEL_SANDBOX_LATENCY_MS: "20"
  }
  const random = seeded(seed)
  const start = async (): Promise<ServerProcess> => {
    server = await startProcess(directory.path, environment)
    return server
  }
  const { address } = await start()
  const api = merchantClient(() => address, apiKey)
  const key = (await api.get("/v1/encryption/public")).body
  const publicKey = { keyId: textAt(key, "data", "keyId"), publicKey: textAt(key, "data", "publicKey") }
  const journal = openClientJournal(join(directory.path, "client-journal.jsonl"))
  const load = startLoad({
    api,
    journal,
    random,
    callers: 8,
    card: await encryptCardData({ number: "4007400000000007", cvv: "123" }, publicKey),
    cvv: await encryptCardData({ cvv: "123" }, publicKey)
  })

  for (let kill = 1; kill <= kills; kill++) {
    // In every other life the gateway is in trouble as well.
    const mode = kill % 2 === 0 ? troubles[Math.floor(random() * troubles.length)] : "normal"
    expect((await api.post("/sandbox/gateway/mode", { mode, rate: 0.3 })).status).toBe(200)
    const before = load.answered()
    await eventually(
      async () => load.answered() - before,
      (answers) => answers > 5 + random() * 40,
      30_000
    )
    await pause(random() * 50)
    expect(await server?.stop("SIGKILL")).toEqual({ code: null, signal: "SIGKILL" })
    await start()
    expect(differencesAtAnyMoment(databasePath)).toEqual([])
  }
  await load.stop()
  await comeToRest(api)
  const { differences, ...figures } = await compareBooks({
    sandboxDir: join(directory.path, "data"),
    databasePath,
    clientJournal: journal,
    api
  })
  console.log(`kills ${kills}, ${JSON.stringify(figures)}, differences ${differences.length}`)
  expect(differences).toEqual([])
  expect(figures.payments).toBeGreaterThan(kills)
  // Kills that never hit anything on its way would prove nothing.
  expect(figures.doubts).toBeGreaterThan(kills)
})

const troubles = ["drop-before", "execute-drop", "error-before", "error-after", "late", "garbage", "wrong-echo"]

/** Lets every time pass that recovery may wait for: look-ups, leases, quiet periods. */
const comeToRest = async (api: MerchantClient): Promise<void> => {
  for (let minute = 0; minute < 4; minute++) {
    const moved = await api.post("/sandbox/clock/advance", { seconds: 60 })
    expect(moved.status, moved.text).toBe(200)
  }
  await eventually(
    async () =>
      listAt((await api.get("/v1/payments?status=pending&pageSize=50")).body, "data").map((one) => valueAt(one, "id")),
    (pending) => pending.length === 0
  )
}
