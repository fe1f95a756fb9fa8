/** Beside the pages: what browsers report of them, and how often anybody may ask. */
import { memoryRateLimiter } from "@paykernel/core/memory"
import { beforeEach, describe, expect, it } from "vitest"
import { type HostedPagesOptions, hostedPages, type PolicyReport, verifyPage } from "../../src/hosted/index.ts"
import { fromOwnPage, origin } from "./page-client.ts"
import { pageKey } from "./payment-site.ts"
import { testDesk } from "./test-desk.ts"

const startMs = Date.UTC(2026, 0, 15, 12)
let nowMs = startMs
let reports: Array<PolicyReport> = []

beforeEach(() => {
  nowMs = startMs
  reports = []
})

const open = async (options: Partial<HostedPagesOptions> = {}) => {
  const desk = await testDesk({ nowMs: () => nowMs })
  const serve = hostedPages({
    desk: desk.desk,
    publicUrl: `${origin}/pay`,
    cardKey: desk.cardKey,
    pageKey: await pageKey(),
    nowMs: () => nowMs,
    ipAddressOf: (request) => request.headers.get("x-real-ip"),
    onPolicyReport: (report) => void reports.push(report),
    ...options
  })
  const ask = (path: string, init?: RequestInit) => serve(new Request(`${origin}${path}`, init))
  return { ...desk, serve, ask }
}

type Streamed = RequestInit & { readonly duplex?: "half" }

const post = (body: string | ReadableStream, type = "application/csp-report"): Streamed => ({
  method: "POST",
  headers: { "content-type": type },
  body,
  duplex: "half"
})

/** As browsers of before the Reporting API send it. */
const older = (change: object = {}): string =>
  JSON.stringify({
    "csp-report": {
      "document-uri": `${origin}/pay/0d1f.sess_SECRETNAME00.proofproof`,
      "effective-directive": "script-src-elem",
      "violated-directive": "script-src",
      "blocked-uri": "https://thief.example/steal.js?card=4242424242424242",
      "script-sample": "4242424242424242",
      ...change
    }
  })

const newer = (...bodies: ReadonlyArray<object>): string =>
  JSON.stringify(
    bodies.map((body) => ({ type: "csp-violation", url: `${origin}/pay/sess_SECRETNAME00`, age: 1, body }))
  )

describe("what a browser reports that the policy refused", () => {
  it("is where the pages say that it is to be sent, and an operator's check knows it", async () => {
    const { ask, serve, open: openSession } = await open()
    const { id } = openSession()
    const { headers } = await ask(`/pay/${id}`)
    expect(headers.get("content-security-policy")).toMatch(/; report-uri \/pay\/csp-report; report-to csp$/u)
    expect(headers.get("reporting-endpoints")).toBe(`csp="${origin}/pay/csp-report"`)
    expect(await verifyPage(`${origin}/pay/${id}`, (url) => serve(new Request(url)))).toEqual([])
    expect((await ask("/pay/csp-report")).status).toBe(405)
  })

  it("is counted by kind, and handed on in a few words that name no page, no path and no sample", async () => {
    const { ask } = await open()
    for (let times = 0; times < 2; times++) {
      const answer = await ask("/pay/csp-report", post(older()))
      expect([answer.status, await answer.text()]).toEqual([204, ""])
    }
    const both = newer(
      { effectiveDirective: "img-src", blockedURL: "data" },
      { effectiveDirective: "require-trusted-types-for", blockedURL: "trusted-types-sink" }
    )
    expect((await ask("/pay/csp-report", post(both, "application/reports+json; charset=utf-8"))).status).toBe(204)
    expect(reports).toEqual([
      { directive: "script-src-elem", blocked: "https://thief.example", count: 1 },
      { directive: "script-src-elem", blocked: "https://thief.example", count: 2 },
      { directive: "img-src", blocked: "data", count: 1 },
      { directive: "require-trusted-types-for", blocked: "trusted-types-sink", count: 1 }
    ])
    expect(JSON.stringify(reports)).not.toMatch(/SECRET|4242|steal/u)
  })

  it.each<[string, object, string, string]>([
    [
      "no directive",
      { "effective-directive": "<b>x</b>", "violated-directive": 7 },
      "unknown",
      "https://thief.example"
    ],
    ["an address that is none", { "blocked-uri": "\u001b[31m not one" }, "script-src-elem", "unknown"],
    ["an address without an origin", { "blocked-uri": "data:text/html,<b>" }, "script-src-elem", "data:"],
    ["an address without end", { "blocked-uri": `https://${"x".repeat(3000)}.example` }, "script-src-elem", "unknown"],
    ["a number for an address", { "blocked-uri": 4_242_424_242 }, "script-src-elem", "unknown"]
  ])("with %s is told as what it is", async (_, change, directive, blocked) => {
    const { ask } = await open()
    expect((await ask("/pay/csp-report", post(older(change)))).status).toBe(204)
    expect(reports).toEqual([{ directive, blocked, count: 1 }])
  })

  it.each<[string, RequestInit]>([
    ["of another type", post(older(), "application/json")],
    ["of no type", { method: "POST", body: older() }],
    ["that is no JSON", post("{")],
    ["that is not UTF-8", { ...post(""), body: new Uint8Array([0x22, 0xff, 0x22]) }],
    ["that is too large", post(JSON.stringify({ "csp-report": { "blocked-uri": "x".repeat(17_000) } }))],
    ["without end", post(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(5000)) }))]
  ])("%s is refused, and nobody hears of it", async (_, init) => {
    const { ask } = await open()
    const answer = await ask("/pay/csp-report", init)
    expect([answer.status, await answer.text()]).toEqual([400, ""])
    expect(reports).toEqual([])
  })

  it.each(["[]", "{}", "null", "7", '"x"', '[{"type":"deprecation","body":{}}]', "[[[]]]"])(
    "is nothing where there is nothing in it: %s",
    async (body) => {
      const { ask } = await open()
      expect((await ask("/pay/csp-report", post(body))).status).toBe(204)
      expect(reports).toEqual([])
    }
  )

  it("is made up by somebody who wants to fill a memory, and ends as one kind more", async () => {
    const { ask } = await open()
    for (let times = 0; times < 40; times++) {
      const bodies = Array.from({ length: 30 }, (_, at) => ({
        effectiveDirective: "script-src",
        blockedURL: `https://host${times}-${at}.example/`
      }))
      await ask("/pay/csp-report", post(newer(...bodies), "application/reports+json"))
    }
    expect(reports.length).toBe(800)
    expect(new Set(reports.map(({ blocked }) => blocked)).size).toBe(201)
    expect(reports.at(-1)).toEqual({ directive: "other", blocked: "other", count: 600 })
  })
})

describe("whoever asks too often", () => {
  const limited = (perMinute: object) =>
    open({ rateLimits: { limiter: memoryRateLimiter(), nowMs: () => nowMs, perMinute } })
  const from = (address: string): RequestInit => ({ headers: { "x-real-ip": address } })

  it("for pages is shown a page that says when to come again, and the others are not kept waiting", async () => {
    const { ask, open: openSession } = await limited({ page: 2 })
    const { id } = openSession()
    const asked = async (address: string) => (await ask(`/pay/${id}`, from(address))).status
    expect([await asked("203.0.113.9"), await asked("203.0.113.9"), await asked("203.0.113.9")]).toEqual([
      200, 200, 429
    ])
    const denied = await ask("/pay/sess_unknown", from("203.0.113.9"))
    expect([denied.status, denied.headers.get("retry-after")]).toEqual([429, "60"])
    expect(denied.headers.get("content-security-policy")).toContain("default-src 'none'")
    expect(await denied.text()).toMatch(/Too many requests[\s\S]*Reloading never charges you/u)
    expect(await asked("203.0.113.10")).toBe(200)
    nowMs += 60_000
    expect(await asked("203.0.113.9")).toBe(200)
  })

  it("from one network of IPv6 is one, whichever of its addresses he takes", async () => {
    const { ask, open: openSession } = await limited({ page: 1 })
    const { id } = openSession()
    const asked = async (address: string) => (await ask(`/pay/${id}`, from(address))).status
    expect([await asked("2001:db8::1"), await asked("2001:db8::2"), await asked("2001:db8:0:1::1")]).toEqual([
      200, 429, 200
    ])
  })

  it("to pay, to follow a payment or to report is refused before anybody is asked", async () => {
    const { ask, open: openSession, payments } = await limited({ payment: 1, progress: 1, report: 1 })
    const { id } = openSession()
    const paying = () =>
      ask(`/pay/${id}/payment`, {
        method: "POST",
        headers: { ...fromOwnPage, "content-type": "application/json", "x-real-ip": "203.0.113.9" },
        body: "{}"
      })
    expect([(await paying()).status, (await paying()).status]).toEqual([400, 429])
    const denied = await paying()
    expect([denied.headers.get("retry-after"), await denied.json()]).toEqual(["60", { error: "busy" }])
    const following = async () => (await ask(`/pay/${id}/progress`, from("203.0.113.9"))).status
    expect([await following(), await following()]).toEqual([200, 429])
    const reporting = async () => (await ask("/pay/csp-report", post(older()))).status
    expect([await reporting(), await reporting()]).toEqual([204, 429])
    expect([payments.length, reports.length]).toEqual([0, 1])
  })

  it("and is not known is counted by the page that he asks for", async () => {
    const { ask, open: openSession } = await limited({ page: 1 })
    const [one, other] = [openSession(), openSession()]
    const asked = async (id: string) => (await ask(`/pay/${id}`)).status
    expect([await asked(one.id), await asked(one.id), await asked(other.id)]).toEqual([200, 429, 200])
  })

  it("is let through while nobody can count him, and cannot be limited to no number", async () => {
    let told = 0
    const limiter = {
      take: () => {
        throw new Error("away")
      }
    }
    const { ask, open: openSession } = await open({
      rateLimits: { limiter, nowMs: () => nowMs, perMinute: { page: 5 }, onUnavailable: () => told++ }
    })
    expect((await ask(`/pay/${openSession().id}`)).status).toBe(200)
    expect(told).toBe(1)
    await expect(limited({ page: 0 })).rejects.toThrow(RangeError)
  })
})
