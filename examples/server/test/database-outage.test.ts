/** The database stops in the middle of the day and comes back: the server stays, and goes on by itself. */

import { valueAt } from "@paykernel/four-books/json-reading"
import { merchantClient } from "@paykernel/four-books/merchant-client"
import { pause } from "@paykernel/four-books/polling"
import { type PostgresServer, startPostgres } from "@paykernel/test-postgres"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { openSite, type Site } from "./engine.ts"
import { sdkClient } from "./sdk-client.ts"
import { sdkContract } from "./sdk-contract.ts"
import type { ServerProcess } from "./server-process.ts"
import { openShop } from "./shop.ts"

const [regular, newcomer] = ["SAND_API_KEY:outage:regular", "SAND_API_KEY:outage:newcomer"]
let database: PostgresServer
let site: Site
let server: ServerProcess

beforeAll(async () => {
  database = await startPostgres()
  site = await openSite("postgres", database.url)
  server = await site.start({ PAYKERNEL_API_KEY: `${regular},${newcomer}` })
})

afterAll(async () => {
  await server?.stop("SIGKILL")
  await site?.remove().finally(database.close)
})

describe("while the database is away", () => {
  it("a caller who is known is answered once it is back, and one who is not is asked to come again", async () => {
    const api = merchantClient(() => server.address, regular)
    const stranger = merchantClient(() => server.address, newcomer)
    const shop = await openShop(sdkClient(server.address, regular, sdkContract()))
    const cardId = await shop.goodCard()
    await database.stop("immediate")

    const request = shop.paymentRequest(cardId, "12.00")
    const asked = api.post("/v1/payments", request)
    for (let tries = 0; tries < 3; tries++) {
      const refused = await stranger.get("/v1/configuration")
      expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"])
    }
    await pause(100)
    await database.start()

    const answered = await asked
    expect(answered.status, answered.text).toBe(201)
    const again = await api.post("/v1/payments", request)
    expect([again.status, again.text]).toEqual([answered.status, answered.text])
    expect(await shop.outcomeOf(String(valueAt(answered.body, "data", "id")))).toMatchObject({ status: "confirmed" })
    expect((await stranger.get("/v1/configuration")).status).toBe(200)
    const complaints = server.output().match(/API keys cannot be looked up/gu)
    expect(complaints).toHaveLength(1)
  })
})
