/**
 * The gateway misbehaves in every way that it knows while a merchant goes about its business. When the trouble is over
 * and some time has passed, every payment has come to an end, and no book disagrees with another.
 */
import { join } from "node:path"
import { encryptCardData } from "@paykernel/adapters-http/browser"
import { type ClientJournal, openClientJournal } from "@paykernel/four-books/client-journal"
import { compareBooks } from "@paykernel/four-books/four-books"
import { listAt, textAt } from "@paykernel/four-books/json-reading"
import { startLoad } from "@paykernel/four-books/load"
import { type MerchantClient, merchantClient } from "@paykernel/four-books/merchant-client"
import { eventually } from "@paykernel/four-books/polling"
import { seeded } from "@paykernel/four-books/seeded"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { advanceClock } from "./advance-clock.ts"
import { engines, openSite, type Site } from "./engine.ts"
import type { ServerProcess } from "./server-process.ts"

const apiKey = "SAND_API_KEY:adversity:test"
const seed = Number(process.env["PAYKERNEL_SEED"] ?? Date.now() % 1_000_000)
const troubles = [
  "drop-before",
  "execute-drop",
  "error-before",
  "error-after",
  "late",
  "duplicate-reply",
  "garbage",
  "wrong-echo"
]
const blindness = ["lookup-stale", "lookup-down"]

describe.each(engines)(`a gateway in trouble, on %s (PAYKERNEL_SEED=${seed})`, (engine) => {
  const random = seeded(seed)
  let site: Site
  let server: ServerProcess
  let api: MerchantClient
  let journal: ClientJournal

  beforeAll(async () => {
    site = await openSite(engine)
    server = await site.start({ PAYKERNEL_API_KEY: apiKey })
    api = merchantClient(() => server.address, apiKey)
    journal = openClientJournal(join(site.path, "client-journal.jsonl"))
  })

  afterAll(async () => {
    await server?.stop("SIGTERM")
    await site?.remove()
  })

  const setMode = async (mode: string, rate = 1): Promise<void> => {
    const answer = await api.post("/sandbox/gateway/mode", { mode, rate })
    expect(answer).toMatchObject({ status: 200, body: { data: { mode, rate } } })
  }

  const workUntil = async (requests: number, meanwhile: () => Promise<void> = async () => {}): Promise<void> => {
    const key = (await api.get("/v1/encryption/public")).body
    const publicKey = { keyId: textAt(key, "data", "keyId"), publicKey: textAt(key, "data", "publicKey") }
    const load = startLoad({
      api,
      journal,
      random,
      callers: 4,
      card: await encryptCardData({ number: "5555555555554444", cvv: "123" }, publicKey),
      cvv: await encryptCardData({ cvv: "123" }, publicKey)
    })
    await eventually(
      async () => load.answered(),
      (answered) => answered >= requests,
      30_000
    )
    await meanwhile()
    await load.stop()
  }

  it.each([...troubles, ...blindness].flatMap((mode) => [[mode, 0.5] as const, [mode, 1] as const]))(
    "takes requests all the same: %s at rate %f",
    async (mode, rate) => {
      // Look-ups are asked for only after something else has gone wrong.
      const isBlind = blindness.includes(mode)
      await setMode(isBlind ? "execute-drop" : mode, rate)
      await workUntil(12, async () => {
        if (isBlind) await setMode(mode, rate)
      })
      await setMode("normal")
    }
  )

  it("takes requests all the same while days are skipped", async () => {
    await setMode("late", 0.5)
    await workUntil(12, async () => {
      for (let days = 0; days < 5; days++) await advanceClock(api, 24 * 60 * 60)
    })
    await setMode("normal")
  })

  it("has left no payment in doubt, and no two books that disagree", async () => {
    for (let quarter = 0; quarter < 4; quarter++) await advanceClock(api, 15 * 60)
    expect(listAt((await api.get("/v1/payments?status=pending")).body, "data")).toEqual([])
    const { differences, ...figures } = await compareBooks({
      sandboxDir: site.sandboxDir,
      bankShownAt: "/sandbox/gateway/journal",
      databaseUrl: site.databaseUrl,
      clientJournal: journal,
      api
    })
    console.log(`adversity on ${engine}: ${JSON.stringify(figures)}, differences ${differences.length}`)
    expect(differences).toEqual([])
    expect(figures.executions).toBeGreaterThan(60)
    expect(figures.doubts).toBeGreaterThan(30)
  })

  describe("the control of the mode", () => {
    it.each([
      ["no mode", {}, "mode"],
      ["an unknown mode", { mode: "chaos" }, "mode"],
      ["a rate above one", { mode: "late", rate: 1.5 }, "rate"],
      ["a rate that is no number", { mode: "late", rate: "often" }, "rate"]
    ])("refuses %s and stays as it was", async (_what, body, location) => {
      const answer = await api.post("/sandbox/gateway/mode", body)
      expect(answer).toMatchObject({ status: 400, body: { code: 2, errors: [{ location }] } })
      if (location === "mode") {
        for (const mode of ["normal", ...troubles, ...blindness]) expect(answer.text).toContain(mode)
      }
    })
  })
})
