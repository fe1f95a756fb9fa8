/** What the environment may say, and what is said of it where it may not. */
import { inspect } from "node:util"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { readSettings } from "../src/settings.ts"

describe("settings", () => {
  it("have defaults for everything", () => {
    expect(Result.getOrThrow(readSettings({}, "/srv/shop"))).toEqual({
      host: "127.0.0.1",
      port: 3000,
      database: { _tag: "Sqlite", path: "/srv/shop/data/paykernel.sqlite" },
      databaseWaitMs: 30_000,
      sandboxDir: "/srv/shop/data",
      apiKeys: [],
      dashboard: { email: "merchant@localhost", password: null },
      settlementIntervalMs: 300_000,
      bankLatencyMs: 50,
      rateLimits: null,
      clientAddressHeader: null,
      returnOrigins: ["http://localhost:8080"],
      areReturnsBound: false,
      webhookSecret: null,
      webhookAllowHosts: []
    })
  })

  it("take a webhook secret that receivers can decode, and never show it", () => {
    const read = (text: string) => readSettings({ PAYKERNEL_WEBHOOK_SECRET: text }, "/srv")
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    expect(Redacted.value(Result.getOrThrow(read(secret)).webhookSecret ?? Redacted.make(""))).toBe(secret)
    expect(inspect(read(secret))).not.toContain("MfKQ9r8")
    for (const text of [
      "secret",
      "whsec_",
      "whsec_c2hvcnQ=",
      `${secret}A`,
      `whsec_${"A".repeat(92)}`,
      `whsk_${"A".repeat(44)}`
    ]) {
      expect(read(text)).toMatchObject({ failure: [{ variable: "PAYKERNEL_WEBHOOK_SECRET" }] })
      if (text.length > 6) expect(inspect(read(text))).not.toContain(text)
    }
  })

  it("read where webhooks may be sent to, though nobody else may be", () => {
    const read = (text: string) => readSettings({ PAYKERNEL_WEBHOOK_ALLOW_HOSTS: text }, "/srv")
    const webhookAllowHosts = ["127.0.0.1:9000", "[::1]:80", "receiver:8080"]
    expect(read(" 127.0.0.1:9000, [::1]:80,receiver:8080")).toMatchObject({ success: { webhookAllowHosts } })
    for (const text of ["receiver", "http://receiver:80", "receiver:80/hooks", "a@b:80", "receiver:99999", ","]) {
      expect(read(text)).toMatchObject({ failure: [{ variable: "PAYKERNEL_WEBHOOK_ALLOW_HOSTS" }] })
    }
  })

  it("take an account for the dashboard, and refuse one that nobody could sign in to", () => {
    const read = (email: string, password: string) =>
      readSettings({ PAYKERNEL_DASHBOARD_EMAIL: email, PAYKERNEL_DASHBOARD_PASSWORD: password }, "/srv")
    const { dashboard } = Result.getOrThrow(read(" Ada@Shop.Example ", "correct horse battery"))
    expect([dashboard.email, String(dashboard.password)]).toEqual(["ada@shop.example", "<redacted:dashboard password>"])
    for (const [email, password, variable] of [
      ["ada", "correct horse battery", "PAYKERNEL_DASHBOARD_EMAIL"],
      ["ada@shop.example", "short", "PAYKERNEL_DASHBOARD_PASSWORD"],
      ["ada@shop.example", "ä".repeat(37), "PAYKERNEL_DASHBOARD_PASSWORD"]
    ] as const) {
      expect(read(email, password)).toMatchObject({ failure: [{ variable }] })
      expect(inspect(read(email, password))).not.toContain(password)
    }
  })

  it("read which header a proxy writes, and refuse what names none", () => {
    const read = (text: string) => readSettings({ PAYKERNEL_CLIENT_ADDRESS_HEADER: text }, "/srv")
    expect(read("X-Forwarded-For")).toMatchObject({ success: { clientAddressHeader: "x-forwarded-for" } })
    for (const text of ["x forwarded", "x:y", "-", "x".repeat(65)]) {
      expect(read(text)).toMatchObject({ failure: [{ variable: "PAYKERNEL_CLIENT_ADDRESS_HEADER" }] })
    }
  })

  it("read where payers may be sent back to, and refuse anywhere else", () => {
    const read = (text: string) => readSettings({ PAYKERNEL_RETURN_ORIGINS: text }, "/srv")
    const returnOrigins = ["https://shop.example", "http://localhost:3001"]
    expect(read(" https://shop.example, http://localhost:3001 ")).toMatchObject({
      success: { returnOrigins, areReturnsBound: true }
    })
    for (const text of ["http://shop.example", "https://shop.example/", "javascript:alert(1)", ","]) {
      expect(read(text)).toMatchObject({ failure: [{ variable: "PAYKERNEL_RETURN_ORIGINS" }] })
    }
  })

  it.each([
    ["", null],
    ["off", null],
    ["on", {}],
    ["payments=5", { payments: 5 }],
    [" webhooks=1, authentication=2 ", { webhooks: 1, authentication: 2 }]
  ])("read the rate limits %j", (text, limits) => {
    expect(Result.getOrThrow(readSettings({ PAYKERNEL_RATE_LIMITS: text }, "/srv")).rateLimits).toEqual(limits)
  })

  it.each(["yes", "payments", "payments=0", "payments=-1", "payments=1e3", "payments=1,payments=2", "refunds=1", ","])(
    "refuse the rate limits %j",
    (text) => {
      expect(readSettings({ PAYKERNEL_RATE_LIMITS: text }, "/srv")).toMatchObject({
        failure: [{ variable: "PAYKERNEL_RATE_LIMITS" }]
      })
    }
  )

  it.each([
    ["sqlite:pay.db", "/srv/pay.db"],
    ["sqlite:./a/b.sqlite", "/srv/a/b.sqlite"],
    ["sqlite:/var/lib/pay.db", "/var/lib/pay.db"],
    ["sqlite:///var/lib/pay.db", "/var/lib/pay.db"]
  ])("read the database %s as the file %s", (url, path) => {
    expect(Result.getOrThrow(readSettings({ DATABASE_URL: url }, "/srv")).database).toEqual({ _tag: "Sqlite", path })
  })

  it.each([
    "postgres://localhost/pay",
    "postgresql://shop:secret@db.example:6432/pay?sslmode=verify-full",
    "postgres://shop:secret@[::1]/pay",
    "postgres://shop:p%40ss%2Fw%23rd@db.example",
    "postgres://shop@/pay?host=/var/run/postgresql"
  ])("read the database %s as a server, and show no part of it", (url) => {
    const { database } = Result.getOrThrow(readSettings({ DATABASE_URL: url }, "/srv"))
    expect(database).toMatchObject({ _tag: "Postgres" })
    if (database._tag === "Postgres") expect(Redacted.value(database.url)).toBe(url)
    expect(`${JSON.stringify(database)} ${inspect(database)}`).not.toMatch(/shop|secret|localhost/u)
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
    ["DATABASE_URL", "mysql://localhost/pay"],
    ["DATABASE_URL", "postgres:pay"],
    ["DATABASE_URL", "postgres://"],
    ["DATABASE_URL", "postgres://shop:pass#word@db.example/pay"],
    ["DATABASE_URL", "postgres://shop:pass/word@db.example/pay"],
    ["DATABASE_URL", "postgres://shop:12/34@db.example/pay"],
    ["DATABASE_URL", "postgres://shop:12?34@db.example/pay"],
    ["DATABASE_URL", "postgres://shop:12#34@db.example/pay"],
    ["DATABASE_URL", "postgres://shop:50%@db.example/pay"],
    ["DATABASE_URL", "postgres://shop:pass word@db.example/pay"],
    ["DATABASE_URL", "pay.db"],
    ["DATABASE_URL", "sqlite:"],
    ["DATABASE_URL", "sqlite::memory:"],
    ["DATABASE_URL", "sqlite://host/pay.db"],
    ["PAYKERNEL_API_KEY", "short"],
    ["PAYKERNEL_API_KEY", "long-enough,"],
    ["PAYKERNEL_API_KEY", "with a space"],
    ["PAYKERNEL_API_KEY", "twice-the-same,twice-the-same"],
    ["PAYKERNEL_DATABASE_WAIT_MS", "soon"],
    ["PAYKERNEL_DATABASE_WAIT_MS", "600001"],
    ["PAYKERNEL_SETTLEMENT_MS", "5m"],
    ["PAYKERNEL_SETTLEMENT_MS", "0"],
    ["PAYKERNEL_SANDBOX_LATENCY_MS", "1e3"]
  ])("are refused where %s is %j, which is not repeated", (variable, value) => {
    const problems = readSettings({ [variable]: value }, "/srv")
    expect(problems).toMatchObject({ _tag: "Failure", failure: [{ variable }] })
    expect(JSON.stringify(problems)).not.toContain(value === "sqlite:" ? "sqlite::" : `"${value}"`)
    expect(JSON.stringify(problems)).not.toMatch(/db\.example|pass word|34/u)
  })
})
