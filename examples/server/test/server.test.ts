/** The server as an operator meets it: its settings, its keys, its start, its end. */
import { mkdirSync, readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import * as Result from "effect/Result"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { readSettings } from "../src/settings.ts"
import { isObject, listAt, textAt } from "./json-reading.ts"
import { merchantClient } from "./merchant-client.ts"
import { pause } from "./polling.ts"
import { sdkClient } from "./sdk-client.ts"
import { sdkContract } from "./sdk-contract.ts"
import { freePort, type ServerProcess, scratchDirectory, startProcess, startRefused } from "./server-process.ts"
import { openShop } from "./shop.ts"

const apiKey = "SAND_API_KEY:server:test"
let directory: ReturnType<typeof scratchDirectory>
let running: Array<ServerProcess> = []

beforeAll(() => {
  directory = scratchDirectory()
})

afterEach(async () => {
  await Promise.all(running.map((server) => server.stop("SIGKILL")))
  running = []
})

afterAll(() => directory.remove())

const start = async (
  name: string,
  environment: { readonly [variable: string]: string } = {}
): Promise<ServerProcess> => {
  const path = join(directory.path, name)
  mkdirSync(path, { recursive: true })
  const server = await startProcess(path, environment)
  running.push(server)
  return server
}

describe("settings", () => {
  it("have defaults for everything", () => {
    expect(Result.getOrThrow(readSettings({}, "/srv/shop"))).toEqual({
      host: "127.0.0.1",
      port: 3000,
      databasePath: "/srv/shop/data/paykernel.sqlite",
      sandboxDir: "/srv/shop/data",
      apiKeys: [],
      settlementIntervalMs: 300_000,
      bankLatencyMs: 50
    })
  })

  it.each([
    ["sqlite:pay.db", "/srv/pay.db"],
    ["sqlite:./a/b.sqlite", "/srv/a/b.sqlite"],
    ["sqlite:/var/lib/pay.db", "/var/lib/pay.db"],
    ["sqlite:///var/lib/pay.db", "/var/lib/pay.db"]
  ])("read the database %s as the file %s", (url, path) => {
    expect(Result.getOrThrow(readSettings({ DATABASE_URL: url }, "/srv")).databasePath).toBe(path)
  })

  it("read several keys, and never show one", () => {
    const settings = Result.getOrThrow(readSettings({ PAYKERNEL_API_KEY: "first-key , second-key" }, "/srv"))
    expect(settings.apiKeys).toHaveLength(2)
    expect(`${String(settings.apiKeys)} ${JSON.stringify(settings)}`).not.toMatch(/first|second/u)
  })

  it.each([
    ["PORT", "80 80"],
    ["PORT", "65536"],
    ["PORT", "-1"],
    ["PORT", "0x50"],
    ["DATABASE_URL", "postgres://localhost/pay"],
    ["DATABASE_URL", "pay.db"],
    ["DATABASE_URL", "sqlite:"],
    ["DATABASE_URL", "sqlite::memory:"],
    ["DATABASE_URL", "sqlite://host/pay.db"],
    ["PAYKERNEL_API_KEY", "short"],
    ["PAYKERNEL_API_KEY", "long-enough,"],
    ["PAYKERNEL_API_KEY", "with a space"],
    ["PAYKERNEL_API_KEY", "twice-the-same,twice-the-same"],
    ["PAYKERNEL_SETTLEMENT_MS", "5m"],
    ["PAYKERNEL_SETTLEMENT_MS", "0"],
    ["PAYKERNEL_SANDBOX_LATENCY_MS", "1e3"]
  ])("are refused where %s is %j, which is not repeated", (variable, value) => {
    const problems = readSettings({ [variable]: value }, "/srv")
    expect(problems).toMatchObject({ _tag: "Failure", failure: [{ variable }] })
    expect(JSON.stringify(problems)).not.toContain(value === "sqlite:" ? "sqlite::" : `"${value}"`)
  })

  it("are all complained about at once, before anything is made", async () => {
    const wrong = { PORT: "none", DATABASE_URL: "mysql://x", PAYKERNEL_SANDBOX_DIR: join(directory.path, "never") }
    const { code, output } = await startRefused(directory.path, wrong)
    expect(code).toBe(1)
    expect(output.trim().split("\n")).toEqual([
      expect.stringMatching(/^PORT /u),
      expect.stringMatching(/^DATABASE_URL /u)
    ])
    expect(readdirSync(directory.path)).not.toContain("never")
  })
})

describe("a first start", () => {
  it("says where it is, makes a key and shows how to use it; a later one shows the same key", async () => {
    const first = await start("first")
    const [ready, keyLine, tryLine] = first.output().trim().split("\n")
    expect(ready).toBe(`paykernel listening on ${first.address}`)
    const key = /^API key: (pk_test_\w+)$/u.exec(keyLine ?? "")?.[1] ?? ""
    expect(tryLine).toBe(`Try it:  curl -H "Authorization: Bearer ${key}" ${first.address}/v1/configuration`)
    const configuration = await merchantClient(() => first.address, key).get("/v1/configuration")
    expect(configuration.status).toBe(200)
    expect(await first.stop("SIGTERM")).toEqual({ code: 0, signal: null })

    const second = await start("first")
    expect(second.output()).toContain(`API key: ${key}`)
    const again = await merchantClient(() => second.address, key).get("/v1/configuration")
    expect(again.body).toEqual(configuration.body)
  })

  it("keeps everything in files of its owner alone", async () => {
    await start("private")
    const data = join(directory.path, "private", "data")
    const open = readdirSync(data).filter((name) => (statSync(join(data, name)).mode & 0o077) !== 0)
    expect([(statSync(data).mode & 0o777).toString(8), open]).toEqual(["700", []])
  })

  it("does not print keys that it was given", async () => {
    const server = await start("given", { PAYKERNEL_API_KEY: apiKey })
    expect((await merchantClient(() => server.address, apiKey).get("/v1/configuration")).status).toBe(200)
    expect(server.output()).not.toContain(apiKey)
  })
})

describe("a start that cannot be", () => {
  it("on a port in use says so", async () => {
    const port = String(await freePort())
    await start("holder", { PORT: port })
    const other = join(directory.path, "other")
    mkdirSync(other)
    const { code, output } = await startRefused(other, { PORT: port })
    expect([code, output.trim()]).toEqual([1, `port ${port} is in use; set PORT to another one`])
  })

  it("on the data of a running server says so, and leaves that one alone", async () => {
    const server = await start("shared", { PAYKERNEL_API_KEY: apiKey })
    const { code, output } = await startRefused(join(directory.path, "shared"), { PAYKERNEL_API_KEY: apiKey })
    expect([code, output]).toEqual([1, expect.stringContaining("another server is running on")])
    expect((await fetch(`${server.address}/ping`)).status).toBe(200)
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
