/** The server as an operator meets it: its keys, its start, its end. */
import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { atOneMoment } from "@paykernel/four-books/database-snapshot"
import { isObject, listAt, textAt } from "@paykernel/four-books/json-reading"
import { merchantClient } from "@paykernel/four-books/merchant-client"
import { pause } from "@paykernel/four-books/polling"
import { afterAll, afterEach, describe, expect, it } from "vitest"
import { engines, openSite, type Site } from "./engine.ts"
import { dialects } from "./forging.ts"
import { sdkClient } from "./sdk-client.ts"
import { sdkContract } from "./sdk-contract.ts"
import { freePort, type ServerEnvironment, type ServerProcess, startRefused } from "./server-process.ts"
import { openShop } from "./shop.ts"

const apiKey = "SAND_API_KEY:server:test"

describe.each(engines)("on %s,", (engine) => {
  const sites = new Map<string, Site>()
  let running: Array<ServerProcess> = []

  afterEach(async () => {
    await Promise.all(running.map((server) => server.stop("SIGKILL")))
    running = []
  })

  afterAll(async () => {
    for (const site of sites.values()) await site.remove()
  })

  /** The same place for the same name. */
  const at = async (name: string): Promise<Site> => {
    const site = sites.get(name) ?? (await openSite(engine))
    sites.set(name, site)
    return site
  }

  const start = async (name: string, environment: ServerEnvironment = {}): Promise<ServerProcess> => {
    const server = await (await at(name)).start(environment)
    running.push(server)
    return server
  }

  const refused = async (name: string, environment: ServerEnvironment) => {
    const { path, databaseUrl } = await at(name)
    return startRefused(path, { DATABASE_URL: databaseUrl, ...environment })
  }

  describe("a first start", () => {
    it("says where it is, makes a key and shows how to use it; a later one shows the same key", async () => {
      const first = await start("first")
      const [ready, keyLine, dashboardLine, tryLine] = first.output().trim().split("\n")
      expect(ready).toBe(`paykernel listening on ${first.address}`)
      const key = /^API key: (pk_test_\w+)$/u.exec(keyLine ?? "")?.[1] ?? ""
      expect(tryLine).toBe(`Try it:  curl -H "Authorization: Bearer ${key}" ${first.address}/v1/configuration`)
      const configuration = await merchantClient(() => first.address, key).get("/v1/configuration")
      expect(configuration.status).toBe(200)
      expect(dashboardLine).toMatch(/^Dashboard: \S+\/dashboard, sign in as merchant@localhost, password [\w-]{20}$/u)
      expect(await first.stop("SIGTERM")).toEqual({ code: 0, signal: null })

      const second = await start("first")
      expect(second.output()).toContain(dashboardLine?.split(" sign in ")[1])
      expect(second.output()).toContain(`API key: ${key}`)
      const again = await merchantClient(() => second.address, key).get("/v1/configuration")
      expect(again.body).toEqual(configuration.body)
    })

    it("keeps everything in files of its owner alone", async () => {
      await start("private")
      const { sandboxDir: data } = await at("private")
      const open = readdirSync(data).filter((name) => (statSync(join(data, name)).mode & 0o077) !== 0)
      expect([(statSync(data).mode & 0o777).toString(8), open]).toEqual(["700", []])
    })

    it("does not print keys that it was given, nor the password of the dashboard, which lets its owner in", async () => {
      const email = "ada@shop.example"
      const password = "correct horse battery"
      const account = { PAYKERNEL_DASHBOARD_EMAIL: email, PAYKERNEL_DASHBOARD_PASSWORD: password }
      const server = await start("given", { PAYKERNEL_API_KEY: apiKey, ...account })
      expect(server.output()).toContain(`sign in as ${email}\n`)
      const response = await fetch(`${server.address}/dashboard/sign-in`, {
        method: "POST",
        headers: { origin: server.address },
        body: new URLSearchParams({ email, password }),
        redirect: "manual"
      })
      expect([response.status, response.headers.get("location")]).toEqual([303, "/dashboard"])
      expect(server.output()).not.toContain(password)
      expect((await merchantClient(() => server.address, apiKey).get("/v1/configuration")).status).toBe(200)
      expect(server.output()).not.toContain(apiKey)
    })
  })

  describe("a start that cannot be", () => {
    it("complains about all settings at once, before anything is made", async () => {
      const { path } = await at("never")
      const { code, output } = await startRefused(path, { PORT: "none", DATABASE_URL: "mysql://x" })
      expect(code).toBe(1)
      expect(output.trim().split("\n")).toEqual([
        expect.stringMatching(/^PORT /u),
        expect.stringMatching(/^DATABASE_URL /u)
      ])
      expect(readdirSync(path)).toEqual([])
    })

    it("on a port in use says so", async () => {
      const port = String(await freePort())
      await start("holder", { PORT: port })
      const { code, output } = await refused("other", { PORT: port })
      expect([code, output.trim()]).toEqual([1, `port ${port} is in use; set PORT to another one`])
    })

    it("on the data of a running server says so, and leaves that one alone", async () => {
      const server = await start("shared", { PAYKERNEL_API_KEY: apiKey })
      const { code, output } = await refused("shared", { PAYKERNEL_API_KEY: apiKey })
      expect([code, output]).toEqual([1, expect.stringContaining("another server is running on")])
      expect((await fetch(`${server.address}/ping`)).status).toBe(200)
    })
  })

  describe("API keys", () => {
    const [one, two] = ["SAND_API_KEY:server:one", "SAND_API_KEY:server:two"]
    const statusFor = async (server: ServerProcess, key: string): Promise<number> =>
      (await merchantClient(() => server.address, key).get("/v1/configuration")).status
    // When a key was used last changes by itself.
    const columns = "lookup, merchant_id, bcrypt_hash, created_at_ms, revoked_at_ms"
    const records = async (name: string) =>
      atOneMoment((await at(name)).databaseUrl, ({ rows }) =>
        rows(`select ${columns} from paykernel_api_key order by lookup`)
      )
    const restart = async (server: ServerProcess, name: string, keys: string): Promise<ServerProcess> => {
      await server.stop("SIGTERM")
      return start(name, { PAYKERNEL_API_KEY: keys })
    }

    it("are put on record once, hashed, and each speaks for a merchant of its own", async () => {
      const first = await start("keys", { PAYKERNEL_API_KEY: `${one},${two}` })
      expect([await statusFor(first, one), await statusFor(first, two)]).toEqual([200, 200])
      const kept = await records("keys")
      expect(new Set(kept.map((row) => row["merchant_id"])).size).toBe(2)
      expect(JSON.stringify(kept.map((row) => Object.values(row).map(String)))).not.toMatch(/server:(?:one|two)/u)
      const second = await restart(first, "keys", `${one},${two}`)
      expect([await statusFor(second, one), await statusFor(second, two)]).toEqual([200, 200])
      expect(await records("keys")).toEqual(kept)
    })

    it("that are taken out of the settings are known no more, until they come back", async () => {
      const both = await start("taken-out", { PAYKERNEL_API_KEY: `${one},${two}` })
      const without = await restart(both, "taken-out", one)
      expect([await statusFor(without, one), await statusFor(without, two)]).toEqual([200, 401])
      const again = await restart(without, "taken-out", `${one},${two}`)
      expect(await statusFor(again, two)).toBe(200)
    })

    it("that were revoked in the database stay refused", async () => {
      const server = await start("revoked", { PAYKERNEL_API_KEY: one })
      const { databaseUrl } = await at("revoked")
      expect(await dialects[engine].change(databaseUrl, "update paykernel_api_key set revoked_at_ms = 1")).toBe(1)
      expect(await statusFor(await restart(server, "revoked", one), one)).toBe(401)
    })
  })

  describe("rate limits", () => {
    it("are off unless they are asked for, and then outlive the server's process", async () => {
      const key = { PAYKERNEL_API_KEY: apiKey }
      const free = await start("limits", key)
      const ask = async ({ address }: ServerProcess) => {
        const { status, headers } = await fetch(`${address}/v1/configuration`, {
          headers: { authorization: `Bearer ${apiKey}` }
        })
        const reset = headers.get("x-ratelimit-reset")
        return { status, left: headers.get("x-ratelimit-remaining"), reset, after: headers.get("retry-after") }
      }
      expect(await ask(free)).toEqual({ status: 200, left: null, reset: null, after: null })
      await free.stop("SIGTERM")
      const limited = { ...key, PAYKERNEL_RATE_LIMITS: "payments=1000" }
      const first = await start("limits", limited)
      const before = await ask(first)
      expect(before).toMatchObject({ status: 200, left: "999" })
      await first.stop("SIGTERM")
      const after = await ask(await start("limits", limited))
      // A minute may have ended between the two.
      expect(after.left).toBe(after.reset === before.reset ? "998" : "999")
    })
  })

  describe("an end", () => {
    it("by SIGTERM under load answers what was asked, and loses nothing of it", async () => {
      const environment = { PAYKERNEL_API_KEY: apiKey, PAYKERNEL_SANDBOX_LATENCY_MS: "20" }
      const server = await start("graceful", environment)
      const shop = await openShop(sdkClient(server.address, apiKey, sdkContract()))
      const cardId = await shop.goodCard()
      const api = merchantClient(() => server.address, apiKey)
      const calls = Array.from({ length: 40 }, () =>
        api.post("/v1/payments", shop.paymentRequest(cardId, "1.00")).catch(() => undefined)
      )
      await pause(15)
      expect(await server.stop("SIGTERM")).toEqual({ code: 0, signal: null })
      const answers = (await Promise.all(calls)).filter((answer) => answer !== undefined)
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201))

      const after = await start("graceful", environment)
      const again = merchantClient(() => after.address, apiKey)
      await again.post("/sandbox/clock/advance", { seconds: 60 })
      for (const { body } of answers) {
        const payment = await again.get(`/v1/payments/${textAt(body, "data", "id")}`)
        expect(payment.body).toMatchObject({ data: { status: "confirmed" } })
      }
      const journal = listAt((await again.get("/sandbox/gateway/journal")).body, "data").filter(isObject)
      const keys = new Set(journal.map(({ operationKey }) => operationKey))
      expect(keys.size).toBe(journal.length)
    })

    it.each(["SIGTERM", "SIGINT"] as const)("by %s is quick when nothing is under way", async (signal) => {
      const server = await start(`idle-${signal}`, { PAYKERNEL_API_KEY: apiKey })
      await fetch(`${server.address}/ping`)
      const sinceMs = Date.now()
      expect(await server.stop(signal)).toEqual({ code: 0, signal: null })
      expect(Date.now() - sinceMs).toBeLessThan(4_000)
    })
  })

  describe("the controls of the sandbox", () => {
    it("want a key, a known path and the right method, and read nothing large or broken", async () => {
      const server = await start("controls", { PAYKERNEL_API_KEY: apiKey })
      const call = (path: string, method: string, body: string | null, key = apiKey) =>
        fetch(server.address + path, { method, body, headers: { authorization: `Bearer ${key}` } })
      const expectRefusal = async (answer: Promise<Response>, status: number, code: number): Promise<void> => {
        const response = await answer
        expect([response.status, await response.json()]).toEqual([status, expect.objectContaining({ code })])
      }
      for (const path of ["/sandbox/settle", "/sandbox/clock/advance", "/sandbox/gateway/mode"]) {
        await expectRefusal(call(path, "POST", "{}", "SAND_API_KEY:nobody:x"), 401, 401)
        await expectRefusal(call(path, "GET", null), 405, 405)
      }
      await expectRefusal(call("/sandbox/gateway/journal", "GET", null, "SAND_API_KEY:nobody:x"), 401, 401)
      await expectRefusal(call("/sandbox/nothing", "POST", "{}"), 404, 404)
      await expectRefusal(call("/sandbox/clock/advance", "POST", "{"), 400, 2)
      await expectRefusal(call("/sandbox/clock/advance", "POST", "[]"), 400, 2)
      await expectRefusal(call("/sandbox/clock/advance", "POST", `{"seconds":1${" ".repeat(5000)}}`), 400, 2)
      expect((await fetch(`${server.address}/sandbox/3ds/unknown`)).status).toBe(404)
    })
  })
})
