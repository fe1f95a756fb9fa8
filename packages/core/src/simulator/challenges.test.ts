import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { authorizationOf, cardOf, seededRandom } from "../testing/gateway-examples.ts"
import { challengePage, noticePage } from "./challenge-page.ts"
import { memoryJournal } from "./journal.ts"
import { type SandboxGatewayOptions, sandboxGateway } from "./sandbox-gateway.ts"

const run = <A>(effect: Effect.Effect<A>): Promise<A> => Effect.runPromise(effect)

const returnUrl = 'https://shop.example/back?state=s1&x="<b>'

const issue = async (
  merchantId = "merchant-1",
  options: Partial<SandboxGatewayOptions> = {},
  backTo: string = returnUrl
) => {
  const clock = { now: Date.UTC(2027, 0, 1), nowMs: () => clock.now }
  const journal = memoryJournal()
  const sandbox = sandboxGateway({
    journal,
    clock,
    random: seededRandom(1),
    challengeUrl: (id) => `https://bank.example/3ds/${id}`,
    latencyMs: 0,
    ...options
  })
  const card = cardOf("4000000000003220", { cvv: "7391" })
  const request = { ...authorizationOf("3ds", "5.66"), merchantId, card, returnUrl: backTo }
  const authenticate = () => run(sandbox.gateway.authenticate(request, 1000))
  const issued = await authenticate()
  if (issued?._tag !== "ChallengeIssued") throw new Error("no challenge was issued")
  const get = () => sandbox.challenges.handle(new Request(issued.url))
  const post = (fields: Record<string, string>) =>
    sandbox.challenges.handle(new Request(issued.url, { method: "POST", body: new URLSearchParams(fields) }))
  const token = async () => /name="token" value="([^"]+)"/u.exec(await (await get()).text())?.[1] ?? ""
  return { ...sandbox, clock, url: issued.url, authenticate, get, post, token, records: journal.read }
}

describe("the page of a challenge", () => {
  it("shows to whom and how much, and offers three answers", async () => {
    const { get } = await issue()
    const response = await get()
    expect(response.status).toBe(200)
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8")
    const page = await response.text()
    for (const text of [
      "<h1>Confirm your payment</h1>",
      "merchant-1",
      "5.66 USD",
      ">Approve<",
      ">Fail<",
      ">Cancel<",
      'lang="en"',
      "width=device-width"
    ]) {
      expect(page).toContain(text)
    }
    expect(page).not.toMatch(/3220|7391|<script/u)
  })

  it("names the merchant as its host does", async () => {
    const { get } = await issue("merchant-1", { merchantName: async (merchantId) => `<i>Name of ${merchantId}` })
    const page = await (await get()).text()
    expect(page).toContain("<dd>&lt;i&gt;Name of merchant-1</dd>")
  })

  it("escapes what it did not write itself", async () => {
    const { get } = await issue(`<img src=x onerror="a('&')">`)
    const page = await (await get()).text()
    expect(page).toContain("&lt;img src=x onerror=&quot;a(&#39;&amp;&#39;)&quot;&gt;")
    expect(page).not.toContain("<img")
    const form = challengePage({ merchant: "m", amount: "<", currency: ">", formToken: '"' })
    expect(form).toContain('value="&quot;"')
    expect(form).toContain("&lt; &gt;")
  })

  it("forbids everything that it does not need", async () => {
    const { get } = await issue()
    const response = await get()
    const policy = response.headers.get("content-security-policy") ?? ""
    expect(policy.replace(/sha256-[A-Za-z0-9+/]{43}=/u, "HASH").split("; ")).toEqual([
      "default-src 'none'",
      "style-src 'HASH'",
      "form-action 'self' https:",
      "base-uri 'none'",
      "frame-ancestors 'none'"
    ])
    const style = /<style>([^<]*)<\/style>/u.exec(await response.text())?.[1] ?? ""
    const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style))
    expect(policy).toContain(Buffer.from(hash).toString("base64"))
    expect(response.headers.get("cache-control")).toBe("no-store")
    expect(response.headers.get("referrer-policy")).toBe("no-referrer")
    expect(response.headers.get("x-content-type-options")).toBe("nosniff")
    expect(response.headers.get("cross-origin-opener-policy")).toBe("same-origin")
  })

  it.each([
    ["http://localhost:3000/back", "form-action 'self' https: http:"],
    ["https://shop.example/http:", "form-action 'self' https:"]
  ])("lets its form lead on to %s", async (back, directive) => {
    const { get } = await issue("merchant-1", {}, back)
    const policy = (await get()).headers.get("content-security-policy") ?? ""
    expect(policy.split("; ")).toContain(directive)
  })

  it("is there for whoever only asks for its head, and does not count as seen", async () => {
    const { challenges, url, authenticate } = await issue()
    expect((await challenges.handle(new Request(url, { method: "HEAD" }))).status).toBe(200)
    expect((await authenticate())?._tag).toBe("ChallengeIssued")
  })
})

describe("a page that says why there is nothing to answer", () => {
  it.each([
    ["expired", "Too late", "The time to confirm this payment has run out. Nothing was charged."],
    ["answered", "Already answered", "This payment was answered before. Nothing has changed."],
    ["unreadable", "Answer not understood", "Your answer did not come from the page of this challenge."]
  ] as const)("says %s in plain words, and leads back to the merchant", (what, title, text) => {
    const page = noticePage(what, "https://shop.example/back")
    expect(page).toContain(`<title>${title}</title>`)
    expect(page).toContain(`<h1>${title}</h1>\n<p>${text}</p>\n<p><a href="https://shop.example/back">`)
  })
})

describe("an answer to a challenge", () => {
  it.each([
    ["approve", "approved", { _tag: "AuthenticationPassed", eci: "05" }],
    ["fail", "failed", { _tag: "AuthenticationFailed", code: "three_d_secure_failure" }],
    ["cancel", "cancelled", { _tag: "AuthenticationFailed", code: "three_d_secure_failure" }]
  ])("%s sends the payer back, is written down as %s, and the gateway knows", async (answer, written, outcome) => {
    const { post, token, authenticate, records } = await issue()
    expect((await authenticate())?._tag).toBe("ChallengeIssued")
    const page = await token()
    expect(await authenticate()).toEqual({ _tag: "ChallengeOpen" })
    const response = await post({ answer, token: page })
    expect(response.status).toBe(303)
    expect(response.headers.get("location")).toBe(returnUrl)
    expect(response.headers.get("cache-control")).toBe("no-store")
    expect(records().at(-1)).toMatchObject({ record: "challenge_answered", answer: written })
    expect(await authenticate()).toEqual(outcome)
  })

  it("counts once: a double click is sent on, another answer gets a page and changes nothing", async () => {
    const { post, token, get, authenticate, records } = await issue()
    const page = await token()
    await post({ answer: "approve", token: page })
    expect((await post({ answer: "approve", token: page })).status).toBe(303)
    const second = await post({ answer: "fail", token: page })
    expect(second.status).toBe(409)
    expect(await second.text()).toContain("https://shop.example/back?state=s1&amp;x=&quot;&lt;b&gt;")
    expect((await get()).status).toBe(409)
    expect(await authenticate()).toMatchObject({ _tag: "AuthenticationPassed" })
    expect(records().filter(({ record }) => record === "challenge_answered")).toHaveLength(1)
  })

  it.each([
    ["no token", { answer: "approve" }],
    ["another token", { answer: "approve", token: "guess" }],
    ["no answer", {}],
    ["an answer that is none", { answer: "constructor" }]
  ])("with %s is refused and changes nothing", async (what, fields) => {
    const { post, token, authenticate } = await issue()
    const page = await token()
    const response = await post(
      what.startsWith("no answer") || what.startsWith("an") ? { token: page, ...fields } : fields
    )
    expect(response.status).toBe(400)
    expect(await authenticate()).toEqual({ _tag: "ChallengeOpen" })
  })

  it("with no body is refused", async () => {
    const { challenges, url } = await issue()
    expect((await challenges.handle(new Request(url, { method: "POST" }))).status).toBe(400)
  })

  it("may be 4096 bytes long, and no longer", async () => {
    const { post, token } = await issue()
    const fields = { answer: "approve", token: await token() }
    const more = "x".repeat(4096 - `${new URLSearchParams({ ...fields, more: "" })}`.length)
    expect((await post({ ...fields, more: `${more}x` })).status).toBe(413)
    expect((await post({ ...fields, more })).status).toBe(303)
  })

  it("after fifteen minutes comes too late", async () => {
    const { post, token, get, authenticate, clock } = await issue()
    const page = await token()
    clock.now += 15 * 60_000
    expect((await post({ answer: "approve", token: page })).status).toBe(410)
    const late = await get()
    expect(late.status).toBe(410)
    expect(await late.text()).not.toContain("<form")
    expect(await authenticate()).toEqual({ _tag: "AuthenticationFailed", code: "three_d_secure_action_expired" })
  })

  it("to a challenge that nobody issued gets a page", async () => {
    const { challenges } = await issue()
    for (const method of ["GET", "POST"]) {
      const response = await challenges.handle(new Request("https://bank.example/3ds/unknown", { method }))
      expect(response.status).toBe(404)
      const page = await response.text()
      expect(page).toContain("<h1>Unknown challenge</h1>")
      expect(page).toContain("There is no payment to confirm at this address.</p>\n</main>")
    }
    expect(await challenges.answer("unknown", "approved")).toEqual(Result.fail({ _tag: "ChallengeNotFound" }))
  })

  it("by any other method is refused", async () => {
    const { challenges, url } = await issue()
    const response = await challenges.handle(new Request(url, { method: "DELETE" }))
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD, POST"])
  })

  it("cannot be guessed: ids and tokens are long and never the same", async () => {
    const seen = new Set<string>()
    for (let i = 0; i < 20; i++) {
      const { url, token } = await issue()
      seen.add(url.split("/").at(-1) ?? "").add(await token())
    }
    expect(seen.size).toBe(40)
    for (const secret of seen) expect(secret).toMatch(/^[a-p]{32}$/u)
  })

  it("is known by its own id and token where a digest makes them", async () => {
    const sandbox = sandboxGateway({
      journal: memoryJournal(),
      clock: { nowMs: () => 0 },
      random: seededRandom(1),
      challengeUrl: (id) => `https://bank.example/${id}`,
      latencyMs: 0,
      digest: { of: (_purpose, text) => text.replaceAll(/[^a-z0-9]/gu, "-") }
    })
    const seen = new Set<string>()
    for (const key of ["a", "b"]) {
      const request = { ...authorizationOf(key, "5.66"), card: cardOf("4007400000000007"), returnUrl }
      const issued = await run(sandbox.gateway.authenticate(request, 1000))
      const url = issued?._tag === "ChallengeIssued" ? issued.url : ""
      const page = await (await sandbox.challenges.handle(new Request(url))).text()
      seen.add(url.split("/").at(-1) ?? "").add(/name="token" value="([^"]+)"/u.exec(page)?.[1] ?? "")
    }
    expect(seen.size).toBe(4)
  })

  it("is remembered where a digest makes its id, so that a simulation can be repeated", async () => {
    const urls = [1, 2].map(() =>
      run(
        sandboxGateway({
          journal: memoryJournal(),
          clock: { nowMs: () => 0 },
          random: seededRandom(1),
          challengeUrl: (id) => `https://bank.example/${id}`,
          latencyMs: 0,
          digest: { of: (purpose, text) => `${purpose}/${text}`.replaceAll(/[^a-z0-9]/gu, "-") }
        }).gateway.authenticate(
          { ...authorizationOf("3ds", "5.66"), card: cardOf("4007400000000007"), returnUrl },
          1000
        )
      )
    )
    expect(await urls[0]).toEqual(await urls[1])
  })
})
