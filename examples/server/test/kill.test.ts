/**
 * The server is killed with SIGKILL at random moments of a load, and started again on the same data. Whatever it had
 * acknowledged must still be so, nobody may be charged twice, and all books must agree in the end.
 */
import { join } from "node:path"
import { encryptCardData } from "@paykernel/adapters-http/browser"
import { openClientJournal } from "@paykernel/four-books/client-journal"
import { compareBooks, differencesAtAnyMoment } from "@paykernel/four-books/four-books"
import { listAt, textAt, valueAt } from "@paykernel/four-books/json-reading"
import { startLoad } from "@paykernel/four-books/load"
import { type MerchantClient, merchantClient } from "@paykernel/four-books/merchant-client"
import { eventually, pause } from "@paykernel/four-books/polling"
import { seeded } from "@paykernel/four-books/seeded"
import { afterEach, expect, it } from "vitest"
import { advanceClock } from "./advance-clock.ts"
import { engines, openSite, type Site } from "./engine.ts"
import { freePort, type ServerProcess } from "./server-process.ts"

const isDeep = process.env["PAYKERNEL_DEEP"] === "1"
const runs = engines.map((engine) => ({ engine, kills: isDeep ? 250 : engine === "sqlite" ? 6 : 4 }))
const seed = Number(process.env["PAYKERNEL_SEED"] ?? Date.now() % 1_000_000)
const apiKey = "SAND_API_KEY:kill:test"
let server: ServerProcess | undefined
let site: Site | undefined

afterEach(async () => {
  await server?.stop("SIGKILL")
  await site?.remove()
})

it.each(runs)(
  `$engine: leaves all books in agreement after $kills kills (PAYKERNEL_SEED=${seed})`,
  {
    timeout: Math.max(...runs.map(({ kills }) => kills)) * 10_000
  },
  async ({ engine, kills }) => {
    const home = await openSite(engine)
    site = home
    const environment = {
      PORT: String(await freePort()),
      PAYKERNEL_API_KEY: apiKey,
      PAYKERNEL_SETTLEMENT_MS: "1000",
      // Long enough that most kills find something on its way to the bank.
      PAYKERNEL_SANDBOX_LATENCY_MS: "20"
    }
    const random = seeded(seed)
    const start = async (): Promise<ServerProcess> => {
      server = await home.start(environment)
      return server
    }
    const { address } = await start()
    const api = merchantClient(() => address, apiKey)
    const key = (await api.get("/v1/encryption/public")).body
    const publicKey = { keyId: textAt(key, "data", "keyId"), publicKey: textAt(key, "data", "publicKey") }
    const journal = openClientJournal(join(home.path, "client-journal.jsonl"))
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
      expect(await differencesAtAnyMoment(home.databaseUrl)).toEqual([])
    }
    await load.stop()
    await comeToRest(api)
    const { differences, ...figures } = await compareBooks({
      ...home,
      bankShownAt: "/sandbox/gateway/journal",
      clientJournal: journal,
      api
    })
    console.log(`${engine}: kills ${kills}, ${JSON.stringify(figures)}, differences ${differences.length}`)
    expect(differences).toEqual([])
    expect(figures.payments).toBeGreaterThan(kills)
    // Kills that never hit anything on its way would prove nothing.
    expect(figures.doubts).toBeGreaterThan(kills)
  }
)

const troubles = ["drop-before", "execute-drop", "error-before", "error-after", "late", "garbage", "wrong-echo"]

/** Lets every time pass that recovery may wait for: look-ups, leases, quiet periods. */
const comeToRest = async (api: MerchantClient): Promise<void> => {
  for (let minute = 0; minute < 4; minute++) await advanceClock(api, 60)
  await eventually(
    async () =>
      listAt((await api.get("/v1/payments?status=pending&pageSize=50")).body, "data").map((one) => valueAt(one, "id")),
    (pending) => pending.length === 0
  )
}
