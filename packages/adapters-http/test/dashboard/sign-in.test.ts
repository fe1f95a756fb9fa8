/** The way in: who is let in, who has to wait, how long it lasts, and what other sites can make a browser send. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type House, openHouse, passwords, type Visitor } from "./house.ts"

let house: House
beforeAll(async () => {
  house = await openHouse({ dashboard: { clientAddress: (request) => request.headers.get("x-client") } })
})
afterAll(() => house.close())

const email = "ada@shop.example"
const password = passwords[email]
const minuteMs = 60_000

/** Nobody is slowed down by the tests before. */
const freshly = async (): Promise<House> => openHouse()

describe("signing in", () => {
  it("leads to where one wanted to go, under a cookie that no script, site or subdomain can have", async () => {
    const visitor = house.visitor()
    const away = await visitor.get("/settings/api-keys")
    expect([away.status, away.to]).toEqual([303, "/dashboard/sign-in?to=%2Fsettings%2Fapi-keys"])
    const form = await visitor.get("/sign-in?to=/settings/api-keys")
    expect(form.text).toContain('name="to" value="/settings/api-keys"')
    const done = await visitor.post("/sign-in", { email: " Ada@Shop.Example ", password, to: "/settings/api-keys" })
    expect([done.status, done.to]).toEqual([303, "/dashboard/settings/api-keys"])
    expect(done.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-paykernel_dashboard=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/u)
    ])
    expect((await visitor.get("/settings/api-keys")).text).toContain("API Keys")
  })

  it.each(["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a?b", "/a\r\nb"])(
    "does not lead to %j",
    async (to) => {
      const visitor = house.visitor()
      expect((await visitor.post("/sign-in", { email, password, to })).to).toBe("/dashboard")
      const shown = await visitor.get(`/sign-in?to=${encodeURIComponent(to)}`)
      expect(shown.text).toContain('name="to" value="/"')
    }
  )

  it("over http has a cookie without the prefix, and is offered on this machine only", async () => {
    const local = await openHouse({ publicUrl: "http://localhost:3000/dashboard" })
    const visitor = local.visitor()
    const done = await visitor.signIn()
    expect(done.headers.getSetCookie()[0]).toMatch(/^paykernel_dashboard=[^;]{43}; Path=\/; HttpOnly; SameSite=Lax$/u)
    expect((await visitor.get("/payments")).status).toBe(200)
    await local.close()
    const far = "http://pay.example/dashboard"
    await expect(openHouse({ publicUrl: far })).rejects.toThrow(TypeError)
    await (await openHouse({ publicUrl: far, dashboard: { allowHttp: true } })).close()
    await expect(openHouse({ publicUrl: "https://pay.example/?x" })).rejects.toThrow(TypeError)
  })

  it("begins a new session each time, and ends the one that the browser brought", async () => {
    const visitor = house.visitor()
    await visitor.signIn()
    const before = visitor.state.cookie
    await visitor.signIn()
    expect(visitor.state.cookie).not.toBe(before)
    visitor.state.cookie = before
    expect((await visitor.get("/")).to).toBe("/dashboard/sign-in")
  })

  it("takes no session that somebody else has chosen", async () => {
    const visitor = house.visitor()
    visitor.state.cookie = `__Host-paykernel_dashboard=${"A".repeat(43)}`
    const done = await visitor.signIn()
    expect(done.status).toBe(303)
    expect(visitor.state.cookie).not.toContain("A".repeat(43))
  })
})

describe("a wrong password and an unknown address", () => {
  it("are told in the same words", async () => {
    const fresh = await freshly()
    const one = await fresh.visitor().post("/sign-in", { email, password: "wrong horse battery" })
    const other = await fresh.visitor().post("/sign-in", { email: "eve@shop.example", password })
    expect([one.status, other.status]).toEqual([403, 403])
    expect(one.text.replace(email, "")).toBe(other.text.replace("eve@shop.example", ""))
    await fresh.close()
  })

  it("cost the same hash, also where the password is longer than bcrypt reads", async () => {
    const fresh = await openHouse({ dashboard: { passwordCost: 11 } })
    const took = async (fields: Record<string, string>): Promise<number> => {
      const fromMs = performance.now()
      expect((await fresh.visitor().post("/sign-in", fields)).status).toBe(403)
      return performance.now() - fromMs
    }
    // An account whose hash costs as much as the dashboard was told.
    const account = fresh.accounts.get(email)
    const { hashPassword } = await import("../../src/dashboard/index.ts")
    if (account !== undefined) account.passwordHash = await hashPassword(password, 11)
    await took({ email: "warm@shop.example", password })
    const known = await took({ email, password: "wrong horse battery" })
    const unknown = await took({ email: "eve@shop.example", password })
    const long = await took({ email, password: password.padEnd(900, "x") })
    for (const ms of [unknown, long]) expect(ms).toBeGreaterThan(known / 3)
    await fresh.close()
  })

  it("are both made to wait after five tries, longer each time, and a good password waits too", async () => {
    const fresh = await freshly()
    for (const who of [email, "eve@shop.example"]) {
      const tried = (secret: string) => fresh.visitor().post("/sign-in", { email: who, password: secret })
      for (let n = 0; n < 5; n++) expect((await tried(`wrong horse ${n}`)).status).toBe(403)
      const waits: Array<string | null> = []
      for (let n = 0; n < 3; n++) {
        const refused = await tried(password)
        expect([refused.status, refused.text.includes("Too many attempts")]).toEqual([429, true])
        waits.push(refused.headers.get("retry-after"))
        await fresh.advance(Number(refused.headers.get("retry-after")) * 1000)
        expect((await tried("wrong once more")).status).toBe(403)
      }
      expect(waits).toEqual(["2", "4", "8"])
      await fresh.advance(15 * minuteMs)
    }
    expect((await fresh.visitor().signIn()).status).toBe(303)
    await fresh.close()
  })

  it("are counted before they are checked, so that many at once get no further than one by one", async () => {
    const fresh = await freshly()
    const tries = Array.from({ length: 40 }, (_, n) =>
      fresh.visitor().post("/sign-in", { email, password: `wrong horse battery ${n}` })
    )
    const statuses = (await Promise.all(tries)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 403)).toHaveLength(5)
    expect(statuses.filter((status) => status === 429)).toHaveLength(35)
    await fresh.close()
  })

  it("are counted by network too: whoever tries one password on many accounts waits", async () => {
    const spray = (n: number, from: string) =>
      house.visitor({ "x-client": from }).post("/sign-in", { email: `user${n}@shop.example`, password: "password1234" })
    for (let n = 0; n < 30; n++) expect((await spray(n, `2001:db8::${n}`)).status).toBe(403)
    expect((await spray(31, "2001:db8::ffff")).status).toBe(429)
    expect((await spray(32, "203.0.113.9")).status).toBe(403)
  })
})

describe("a session", () => {
  it("ends unused after half an hour, and used after half a day", async () => {
    const fresh = await freshly()
    const visitor = fresh.visitor()
    await visitor.signIn()
    for (let n = 0; n < 24; n++) {
      await fresh.advance(29 * minuteMs)
      expect((await visitor.get("/balances")).status).toBe(200)
    }
    await fresh.advance(25 * minuteMs)
    expect((await visitor.get("/balances")).to).toContain("/sign-in")
    await visitor.signIn()
    await fresh.advance(30 * minuteMs)
    expect((await visitor.get("/balances")).to).toContain("/sign-in")
    await fresh.close()
  })

  it("ends with its password, with its account, and when one signs out", async () => {
    const fresh = await freshly()
    const [one, other, third] = [fresh.visitor(), fresh.visitor(), fresh.visitor()]
    for (const visitor of [one, other, third]) {
      await visitor.signIn()
      await visitor.get("/")
    }
    const stolen = one.state.cookie
    const left = await one.post("/sign-out")
    expect([left.status, left.to, one.state.cookie]).toEqual([303, "/dashboard/sign-in?left", null])
    expect((await one.get("/sign-in?left")).text).toContain("You are signed out.")
    one.state.cookie = stolen
    expect((await one.get("/")).to).toContain("/sign-in")
    const account = fresh.accounts.get(email)
    if (account === undefined) throw new Error("no account")
    expect((await other.get("/")).status).toBe(200)
    account.passwordHash = `${account.passwordHash.slice(0, -1)}x`
    expect((await other.get("/")).to).toContain("/sign-in")
    fresh.accounts.delete(email)
    expect((await third.get("/")).to).toContain("/sign-in")
    await fresh.close()
  })

  it("is kept under a digest: what is on record lets nobody in", async () => {
    const kept: Array<{ digest: string }> = []
    const sessions = {
      find: async () => undefined,
      begin: async (record: { digest: string }) => void kept.push(record),
      seen: async () => {},
      end: async () => {}
    }
    const fresh = await openHouse({ dashboard: { sessions } })
    const visitor = fresh.visitor()
    await visitor.signIn()
    const token = visitor.state.cookie?.split("=")[1] ?? ""
    expect(token).toHaveLength(43)
    expect(JSON.stringify(kept)).not.toContain(token)
    expect(kept[0]?.digest).toHaveLength(44)
    await fresh.close()
  })
})

describe("what changes something", () => {
  const forms: ReadonlyArray<readonly [name: string, act: (visitor: Visitor) => Promise<{ status: number }>]> = [
    [
      "of another site",
      (visitor) => visitor.post("/settings/api-keys", { name: "x" }, { "sec-fetch-site": "cross-site" })
    ],
    [
      "of another subdomain",
      (visitor) => visitor.post("/settings/api-keys", { name: "x" }, { "sec-fetch-site": "same-site" })
    ],
    [
      "typed into the address bar",
      (visitor) => visitor.post("/settings/api-keys", { name: "x" }, { "sec-fetch-site": "none" })
    ],
    ["without a token", (visitor) => visitor.post("/settings/api-keys", { name: "x", token: "" })],
    [
      "with a token of one's own making",
      (visitor) => visitor.post("/settings/api-keys", { name: "x", token: "A".repeat(43) })
    ],
    ["without a name", (visitor) => visitor.post("/settings/api-keys", { name: "x", deed: "" })],
    ["with a name that is none", (visitor) => visitor.post("/settings/api-keys", { name: "x", deed: "../../x" })]
  ]
  it.each(forms)("is refused %s, and changes nothing", async (_, act) => {
    const visitor = house.visitor()
    await visitor.signIn()
    await visitor.get("/settings/api-keys")
    expect((await act(visitor)).status).toBe(403)
    expect((await visitor.get("/settings/api-keys")).text).toContain("No key yet.")
  })

  it("is refused with the token of somebody else's session", async () => {
    const [one, other] = [house.visitor(), house.visitor()]
    await one.signIn()
    await other.signIn("bob@shop.example")
    await one.get("/settings/api-keys")
    await other.get("/settings/api-keys")
    const { token = "" } = other.fields()
    expect((await one.post("/settings/api-keys", { name: "x", token })).status).toBe(403)
  })

  it("comes from an old browser that names its origin, and from no program that names nothing", async () => {
    const plain = house.visitor()
    const form = new URLSearchParams({ email, password })
    const sent = async (headers: Record<string, string>): Promise<number> => {
      const request = new Request("https://pay.example/dashboard/sign-in", { method: "POST", headers, body: form })
      return (await house.serve(request)).status
    }
    expect(await sent({ origin: "https://pay.example" })).toBe(303)
    expect(await sent({ origin: "https://evil.example" })).toBe(403)
    expect(await sent({ origin: "null" })).toBe(403)
    expect(await sent({})).toBe(403)
    expect((await plain.post("/sign-in", { email, password }, { "sec-fetch-site": "cross-site" })).status).toBe(403)
  })

  it("signs nobody out from another site", async () => {
    const visitor = house.visitor()
    await visitor.signIn()
    await visitor.get("/")
    expect((await visitor.post("/sign-out", {}, { "sec-fetch-site": "cross-site" })).status).toBe(403)
    expect((await visitor.post("/sign-out", { token: "x" })).status).toBe(403)
    expect((await visitor.get("/")).status).toBe(200)
  })
})
