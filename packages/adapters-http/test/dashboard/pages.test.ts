/** What a merchant sees and does, page by page, without a browser. */
import { money } from "@paykernel/core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { ada, bob, type House, openHouse, openPage, payDirectly, sell, type Visitor } from "./house.ts"

let house: House
let visitor: Visitor
beforeAll(async () => {
  house = await openHouse()
  visitor = house.visitor()
  await visitor.signIn()
})
afterAll(async () => {
  expect(house.defects).toEqual([])
  await house.close()
})

const textOf = async (path: string): Promise<string> => {
  const seen = await visitor.get(path)
  expect(seen.status, path).toBe(200)
  return seen.text
}

/** The links of a table, in the order of its rows. */
const rowLinks = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/class="row" href="([^"]+)"/gu)].map(([, href = ""]) => href)

const paymentOf = async (id: string) => {
  const found = await house.kernel.payments.get(ada, id)
  if (!found.ok) throw new Error(found.error._tag)
  return found.value.payment
}

describe("payments", () => {
  it("are found by id, by transaction and by email address, however that is written", async () => {
    const { paymentId, transactionId } = await payDirectly(house, ada)
    for (const q of [paymentId, ` ${paymentId.toUpperCase()} `, transactionId]) {
      const seen = await visitor.get(`/payments?q=${encodeURIComponent(q)}`)
      expect([seen.status, seen.to]).toEqual([303, `/dashboard/payments/${paymentId}`])
    }
    const id = await sell(house, ada, { email: "Zoe@Example.com" })
    expect(rowLinks(await textOf("/payments?q=zoe%40EXAMPLE.com"))).toEqual([`/dashboard/payments/${id}`])
    for (const q of ["nobody@example.com", "nothing", "txn_000000000000", "%00", "'; drop table payments"]) {
      expect(await textOf(`/payments?q=${encodeURIComponent(q)}`)).toContain("No payment matches.")
    }
  })

  it("are filtered by status and day, and what is no filter is none", async () => {
    const failed = await sell(house, ada, { number: "4000000000000002", email: "filter@example.com" })
    const good = await sell(house, ada, { email: "filter@example.com" })
    const both = [good, failed].map((id) => `/dashboard/payments/${id}`)
    const q = "q=filter%40example.com"
    expect(rowLinks(await textOf(`/payments?${q}&status=failed`))).toEqual(both.slice(1))
    expect(rowLinks(await textOf(`/payments?${q}&status=confirmed`))).toEqual(both.slice(0, 1))
    expect(rowLinks(await textOf(`/payments?${q}&from=2026-05-20&to=2026-05-20`))).toEqual(both)
    expect(rowLinks(await textOf(`/payments?${q}&to=2026-05-19`))).toEqual([])
    expect(rowLinks(await textOf(`/payments?${q}&from=2026-05-21`))).toEqual([])
    for (const filter of [
      "status=toString",
      "from=2026-02-31",
      "to=yesterday",
      "after=..%2F..",
      `before=${"x".repeat(500)}`
    ]) {
      expect(rowLinks(await textOf(`/payments?${q}&${filter}`))).toEqual(both)
    }
  })

  it("are shown in parts that lead to one another, with their filters", async () => {
    const ids: Array<string> = []
    for (let n = 0; n < 30; n++) ids.unshift(await sell(house, ada, { email: "many@example.com" }))
    const first = await textOf("/payments?q=many%40example.com&status=confirmed")
    expect(rowLinks(first)).toEqual(ids.slice(0, 25).map((id) => `/dashboard/payments/${id}`))
    const older = /href="\/dashboard(\/payments[^"]*)" rel="next"/u.exec(first)?.[1]?.replaceAll("&amp;", "&") ?? ""
    expect(older).toContain("status=confirmed")
    const second = await textOf(older)
    expect(rowLinks(second)).toEqual(ids.slice(25).map((id) => `/dashboard/payments/${id}`))
    const newer = /href="\/dashboard(\/payments[^"]*)" rel="prev"/u.exec(second)?.[1]?.replaceAll("&amp;", "&") ?? ""
    expect(rowLinks(await textOf(newer))).toEqual(rowLinks(first))
  })

  it("show their life, their books and what they are called elsewhere", async () => {
    const { paymentId, transactionId, checkoutId } = await payDirectly(house, ada)
    const text = await textOf(`/payments/${paymentId}`)
    for (const shown of ["$20.00", "Captured", transactionId, checkoutId, "Visa ···· 4242", "linus@example.com"]) {
      expect(text).toContain(shown)
    }
    const order = ["Payment of $20.00 requested", "$20.00 authorized", "$20.00 captured"].map((one) =>
      text.indexOf(one)
    )
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    expect(order).not.toContain(-1)
    expect(text).toContain("Card receivable")
    expect(text).not.toContain("4242424242424242")
  })

  it("are shown in the words of whoever looks", async () => {
    const id = await sell(house, ada, { amount: 123_456n })
    const seen = await visitor.get(`/payments/${id}`, { "accept-language": "de-DE, en;q=0.5" })
    expect(seen.text).toContain("1.234,56\u00A0$")
  })
})

describe("a payment that is acted on", () => {
  const act = async (id: string, deed: string, fields: Record<string, string> = {}) => {
    const query = new URLSearchParams({
      step: "confirm",
      amount: fields["amount"] ?? "",
      reason: fields["reason"] ?? ""
    })
    const asked = await visitor.get(`/payments/${id}/${deed}?${query}`)
    const sent = asked.status === 200 ? await visitor.post(`/payments/${id}/${deed}`, fields) : asked
    await house.kernel.drain()
    return { asked, sent }
  }

  it("is captured in part", async () => {
    const id = await sell(house, ada, { amount: 50_00n, autoCapture: false })
    expect(await textOf(`/payments/${id}/capture`)).toContain('value="50.00"')
    const { asked, sent } = await act(id, "capture", { amount: "30.00" })
    expect(asked.text).toContain("Capture $30.00")
    expect([sent.status, sent.to]).toEqual([303, `/dashboard/payments/${id}?done=capture`])
    expect(await paymentOf(id)).toMatchObject({ status: "confirmed", captured: money(30_00n, "USD") })
  })

  it("is cancelled before it was captured, and after", async () => {
    for (const [autoCapture, status] of [
      [false, "voided"],
      [true, "cancelled"]
    ] as const) {
      const id = await sell(house, ada, { autoCapture })
      await act(id, "cancel", { amount: "12.50", reason: "duplicate" })
      expect(await paymentOf(id)).toMatchObject({ status, reversals: [{ type: "cancel", reason: "duplicate" }] })
      expect((await visitor.get(`/payments/${id}/cancel`)).status).toBe(422)
    }
  })

  it("is refunded once by a form that is sent twice, one after the other or at the same time", async () => {
    const id = await sell(house, ada, { amount: 90_00n })
    const path = `/payments/${id}/refund`
    await visitor.get(`${path}?step=confirm&amount=10.00&reason=duplicate`)
    const fields = { ...visitor.fields(), amount: "10.00", reason: "duplicate" }
    const sent = await Promise.all([visitor.post(path, fields), visitor.post(path, fields), visitor.post(path, fields)])
    await house.kernel.drain()
    sent.push(await visitor.post(path, fields))
    expect(sent.map(({ status }) => status)).toEqual([303, 303, 303, 303])
    expect(await paymentOf(id)).toMatchObject({ refunded: money(10_00n, "USD"), reversals: [{ status: "paid" }] })
    // The same form about something else is no second refund either.
    expect((await visitor.post(path, { ...fields, amount: "11.00" })).status).toBe(409)
    await visitor.get(`${path}?step=confirm&amount=10.00&reason=duplicate`)
    await visitor.post(path, { amount: "10.00", reason: "duplicate" })
    await house.kernel.drain()
    expect((await paymentOf(id)).refunded).toEqual(money(20_00n, "USD"))
  })

  it.each(["", "0", "-1", "1e2", "12.505", "0x10", "90.01", "ten", "1,00", "9".repeat(60), "٣"])(
    "is not refunded %j, and told why",
    async (amount) => {
      const id = await sell(house, ada, { amount: 90_00n })
      const asked = await visitor.get(`/payments/${id}/refund?step=confirm&amount=${encodeURIComponent(amount)}`)
      expect(asked.status).toBe(422)
      expect(asked.text).toMatch(/That is no amount|At most 90\.00 USD/u)
      await visitor.get(`/payments/${id}/refund?step=confirm&amount=1.00`)
      expect((await visitor.post(`/payments/${id}/refund`, { amount })).status).toBe(422)
      expect((await paymentOf(id)).reversals).toEqual([])
    }
  )

  it("shows only what can be done with it, and refuses the rest", async () => {
    const failed = await sell(house, ada, { number: "4000000000000002" })
    expect(await textOf(`/payments/${failed}`)).not.toMatch(/\/(?:capture|cancel|refund)"/u)
    for (const deed of ["capture", "cancel", "refund"]) {
      expect((await visitor.get(`/payments/${failed}/${deed}`)).status).toBe(422)
      await visitor.get("/settings/branding")
      expect((await visitor.post(`/payments/${failed}/${deed}`, { amount: "1.00" })).status).toBe(422)
    }
    const refund = await sell(house, ada)
    await act(refund, "refund", { amount: "1.00" })
    const reversalId = (await paymentOf(refund)).reversals[0]?.id ?? ""
    expect((await visitor.get(`/payments/${reversalId}`)).to).toBe(`/dashboard/payments/${refund}`)
    await visitor.get("/settings/branding")
    expect((await visitor.post(`/payments/${reversalId}/refund`, { amount: "1.00" })).status).toBe(404)
  })
})

describe("money", () => {
  it("is shown as what is owed, and as what was settled for which payments", async () => {
    const own = await openHouse()
    const merchant = own.visitor()
    await merchant.signIn()
    expect((await merchant.get("/balances")).text).toContain("No money has moved yet.")
    expect((await merchant.get("/settlements")).text).toContain("Nothing was settled yet.")
    const id = await sell(own, ada, { amount: 100_00n })
    expect((await merchant.get("/balances")).text).toContain("$100.00")
    await own.advance(25 * 3_600_000)
    await merchant.signIn()
    const settlements = await merchant.get("/settlements")
    const [link = ""] = rowLinks(settlements.text)
    const one = await merchant.get(link.replace("/dashboard", ""))
    expect(one.text).toContain("Settlement of 96.80")
    expect(rowLinks(one.text)).toEqual([`/dashboard/payments/${id}`])
    expect((await merchant.get("/balances")).text).toContain("96.800000\u00A0USDC")
    await own.close()
  })
})

describe("checkouts", () => {
  it("are listed by kind and status, and one that is open can be cancelled once", async () => {
    const { id } = await openPage(house, ada, "Premium subscription")
    const { checkoutId } = await payDirectly(house, ada)
    expect(rowLinks(await textOf("/checkouts?kind=hosted&status=open"))).toEqual([`/dashboard/checkouts/${id}`])
    expect(rowLinks(await textOf("/checkouts?kind=direct"))).toContain(`/dashboard/checkouts/${checkoutId}`)
    expect(await textOf(`/checkouts/${id}`)).toContain("Premium subscription")
    expect((await visitor.post(`/checkouts/${id}/cancel`)).to).toBe(`/dashboard/checkouts/${id}?done=cancel`)
    expect(await textOf(`/checkouts/${id}?done=cancel`)).toContain("Cancelled")
    expect((await visitor.post(`/checkouts/${checkoutId}/cancel`)).status).toBe(422)
  })
})

describe("API keys", () => {
  it("are shown where they are made and nowhere else, work at once, and stop at once", async () => {
    await visitor.get("/settings/api-keys")
    const made = await visitor.post("/settings/api-keys", { name: "Till <3>", mode: "live" })
    const key = /id="secret">([^<]+)</u.exec(made.text)?.[1] ?? ""
    expect(key).toMatch(/^pk_live_/u)
    expect(made.headers.get("cache-control")).toBe("no-store")
    expect(await house.verifier.verify(key)).toMatchObject({ _tag: "Authenticated", merchantId: ada })
    const list = await textOf("/settings/api-keys")
    expect(list).toContain("Till &lt;3&gt;")
    expect(list).not.toContain(key.slice(0, 20))
    const ask = /href="\/dashboard(\/settings\/api-keys\/revoke[^"]*)"/u.exec(list)?.[1] ?? ""
    const confirm = await textOf(ask.replaceAll("&amp;", "&"))
    const id = /name="id" value="([^"]+)"/u.exec(confirm)?.[1] ?? ""
    expect((await visitor.post("/settings/api-keys/revoke", { id })).status).toBe(303)
    expect(await house.verifier.verify(key)).toEqual({ _tag: "Unknown" })
    expect(await textOf("/settings/api-keys?done=revoke")).toContain("Revoked")
  })

  it("are made once by a form that is sent twice, which shows the same key to both", async () => {
    const before = (await house.apiKeys.list(ada)).length
    await visitor.get("/settings/api-keys")
    const fields = { ...visitor.fields(), name: "Twice", mode: "test" }
    const [one, other] = await Promise.all([
      visitor.post("/settings/api-keys", fields),
      visitor.post("/settings/api-keys", fields)
    ])
    const shown = [one, other].map(({ text }) => /id="secret">([^<]+)</u.exec(text)?.[1])
    expect(shown[0]).toBe(shown[1])
    expect((await house.apiKeys.list(ada)).length).toBe(before + 1)
    await house.advance(60_000)
    const late = await visitor.post("/settings/api-keys", fields)
    expect([late.status, late.text.includes("pk_test_")]).toEqual([409, false])
    expect((await house.apiKeys.list(ada)).length).toBe(before + 1)
  })

  it.each(["", " ", "x".repeat(81), "two\nlines"])("are not named %j", async (name) => {
    await visitor.get("/settings/api-keys")
    const refused = await visitor.post("/settings/api-keys", { name, mode: "live" })
    expect([refused.status, refused.text.includes("Give the key a name")]).toEqual([422, true])
  })
})

describe("webhooks", () => {
  it("are set up, tested, rotated, disabled and sent again", async () => {
    const own = await openHouse()
    const merchant = own.visitor()
    await merchant.signIn()
    expect((await merchant.get("/settings/webhooks")).text).toContain("Set up your endpoint")
    const bad = await merchant.post("/settings/webhooks", { url: "https://10.0.0.7/hooks", all: "yes" })
    expect([bad.status, bad.text.includes("reachable from the internet")]).toEqual([422, true])
    const fields = { ...merchant.fields(), url: "https://shop.example/hooks", all: "yes" }
    const made = await merchant.post("/settings/webhooks", fields)
    const secret = /id="secret">(whsec_[^<]+)</u.exec(made.text)?.[1]
    expect(secret).toBeDefined()
    expect((await merchant.post("/settings/webhooks", fields)).text).toContain(secret)
    const at = "/settings/webhooks/default"
    const shown = await merchant.get(at)
    expect([shown.status, shown.text.includes(secret ?? "")]).toEqual([200, false])
    expect((await merchant.post(`${at}/test`)).to).toBe(`/dashboard${at}?done=test`)
    const { paymentId } = await payDirectly(own, ada)
    await own.kernel.drain()
    const payment = await merchant.get(`/payments/${paymentId}`)
    const delivery = rowLinks(payment.text).find((link) => link.includes("/deliveries/")) ?? ""
    expect(delivery).not.toBe("")
    const log = await merchant.get(delivery.replace("/dashboard", ""))
    for (const part of ["Delivered", "HTTP 200", "webhook-signature", "received"]) expect(log.text).toContain(part)
    const sent = own.posts.length
    expect((await merchant.post(`${delivery.replace("/dashboard", "")}/replay`)).status).toBe(303)
    await own.kernel.drain()
    expect(own.posts.length).toBe(sent + 1)
    await merchant.get(at)
    const day = new Date(own.nowMs()).toISOString().slice(0, 10)
    const replayed = await merchant.post(`${at}/replay`, { from: day, to: day, what: "all" })
    expect(replayed.to).toMatch(/done=replayed-\d+$/u)
    await merchant.get(at)
    expect((await merchant.post(`${at}/replay`, { from: "x", to: day })).to).toMatch(/done=no-range$/u)
    await merchant.get(at)
    const rotated = await merchant.post(`${at}/secret`, { overlap: "day" })
    const next = /id="secret">(whsec_[^<]+)</u.exec(rotated.text)?.[1]
    expect(next).toBeDefined()
    expect(next).not.toBe(secret)
    await merchant.get(at)
    await merchant.post(`${at}/enabled`, { enabled: "no" })
    expect((await merchant.get(at)).text).toContain("You disabled it.")
    await merchant.post(at, { url: "https://shop.example/other", all: "no", types: "payment.succeeded" })
    const endpoint = await own.kernel.webhooks.endpoints.get(ada, "default")
    expect(endpoint.ok && [endpoint.value.url, endpoint.value.types]).toEqual([
      "https://shop.example/other",
      ["payment.succeeded"]
    ])
    expect(own.defects).toEqual([])
    await own.close()
  })

  it("are removed, having been asked for again, and are told nothing more", async () => {
    const own = await openHouse()
    const merchant = own.visitor()
    await merchant.signIn()
    const { endpoints } = own.kernel.webhooks
    const at = "/settings/webhooks"
    for (const id of ["default", "b7a1c1de-0000-4000-8000-000000000002"]) {
      const made = { id, dialect: "api", name: null, url: `https://shop.example/${id}`, types: [] }
      expect((await endpoints.create(ada, made)).ok).toBe(true)
      expect((await merchant.get(`${at}/${id}`)).text).toContain(`href="/dashboard${at}/${id}/remove"`)
      expect((await merchant.get(`${at}/${id}/remove`)).text).toContain("Remove this endpoint?")
      const fields = merchant.fields()
      for (let times = 0; times < 2; times++) {
        const removed = await merchant.post(`${at}/${id}/remove`, fields)
        expect(removed.status).toBe(times === 0 || id === "default" ? 303 : 404)
      }
      expect((await merchant.get(`${at}/${id}/remove`)).status).toBe(404)
      expect((await merchant.get(`${at}?done=remove`)).text).toContain("The endpoint was removed.")
    }
    const left = await endpoints.get(ada, "default")
    expect(left.ok && [left.value.status, left.value.url]).toEqual(["enabled", null])
    expect((await merchant.get(`${at}/default`)).text).not.toContain("/remove")
    await payDirectly(own, ada)
    await own.kernel.drain()
    expect(own.posts).toEqual([])
    expect(own.defects).toEqual([])
    await own.close()
  })

  it("are not there where the host sends none", async () => {
    const own = await openHouse({ dashboard: { webhooks: undefined } as never })
    const merchant = own.visitor()
    await merchant.signIn()
    expect((await merchant.get("/settings/webhooks")).text).toContain("does not send webhooks")
    for (const path of ["/deliveries", "/deliveries/x", "/settings/webhooks/default", "/settings/webhooks/x/remove"]) {
      expect((await merchant.get(path)).status).toBe(404)
    }
    await own.close()
  })
})

describe("branding", () => {
  const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
  const form = (fields: Record<string, string>, logo?: Blob): FormData => {
    const data = new FormData()
    for (const [name, value] of Object.entries({ ...visitor.fields(), ...fields })) data.append(name, value)
    if (logo !== undefined) data.append("logo", logo, "logo.png")
    return data
  }
  const profile = async () => {
    const found = await house.kernel.merchants.get(ada)
    return found.ok ? found.value.profile : null
  }

  it("is looked at before it is kept", async () => {
    await visitor.get("/settings/branding")
    const logo = new Blob([Buffer.from(pixel, "base64")], { type: "image/png" })
    const own = {
      displayName: "Ada & Söhne",
      ownColour: "yes",
      colour: "#FFD400",
      returnOrigins: "https://shop.example/\n"
    }
    const looked = await visitor.send("/settings/branding", form({ ...own, act: "preview" }, logo))
    expect(looked.text).toContain("It is not saved yet.")
    expect(looked.text).toContain("background: #ffd400")
    expect(looked.text).toContain(`src="data:image/png;base64,${pixel}"`)
    expect(await profile()).toMatchObject({ displayName: null, logoUrl: null })
    const before = /name="logoBefore" value="([^"]+)"/u.exec(looked.text)?.[1] ?? ""
    const kept = await visitor.send("/settings/branding", form({ ...own, logoBefore: before, act: "save" }))
    expect(kept.to).toBe("/dashboard/settings/branding?done=save")
    expect(await profile()).toEqual({
      displayName: "Ada & Söhne",
      logoUrl: `data:image/png;base64,${pixel}`,
      colour: "#ffd400",
      returnOrigins: ["https://shop.example"]
    })
    expect(await textOf("/")).toContain("Ada &amp; Söhne")
  })

  it.each([
    ["a colour that is none", { ownColour: "yes", colour: "red;}" }],
    ["a name that turns around", { displayName: "a\u202Eb" }],
    ["a logo from elsewhere", { logoBefore: "https://elsewhere.example/x.png" }],
    ["a logo that is a page", { logoBefore: "data:text/html;base64,PGI+" }],
    ["an origin with a path", { returnOrigins: "https://shop.example/path" }],
    ["an origin that is a script", { returnOrigins: "javascript:alert(1)" }]
  ])("is refused with %s, and nothing of it is used", async (_, fields) => {
    const before = await profile()
    await visitor.get("/settings/branding")
    const refused = await visitor.send("/settings/branding", form({ ...fields, act: "save" }))
    expect(refused.status).toBe(422)
    expect(refused.text).not.toMatch(/src="(?:https|data:text)/u)
    expect(refused.text).not.toContain("background: red")
    expect(await profile()).toEqual(before)
  })

  it("is refused with a picture that is too large, or is none", async () => {
    await visitor.get("/settings/branding")
    const large = new Blob([new Uint8Array(60 * 1024)], { type: "image/png" })
    expect((await visitor.send("/settings/branding", form({ act: "save" }, large))).status).toBe(422)
    const page = new Blob(["<b>"], { type: "text/html" })
    expect((await visitor.send("/settings/branding", form({ act: "save" }, page))).status).toBe(422)
    const huge = new Blob([new Uint8Array(300 * 1024)], { type: "image/png" })
    expect((await visitor.send("/settings/branding", form({ act: "save" }, huge))).status).toBe(413)
  })
})

describe("the overview", () => {
  it("shows what a range of days came to, in one currency at a time", async () => {
    const own = await openHouse()
    const merchant = own.visitor()
    await merchant.signIn("bob@shop.example")
    expect((await merchant.get("/")).text).toContain("No payments in the last 30 days.")
    await sell(own, bob, { amount: 10_00n })
    await own.advance(86_400_000)
    await sell(own, bob, { amount: 15_00n })
    await sell(own, bob, { amount: 99_00n, number: "4000000000000002" })
    await merchant.signIn("bob@shop.example")
    const text = (await merchant.get("/?days=7")).text
    expect(text).toContain('<p class="figure">$25.00</p>')
    expect(text).toContain('<p class="figure">66.7%</p>')
    expect(text).toContain('<a href="/dashboard?days=7" aria-current="true">7 days</a>')
    expect([...text.matchAll(/class="bar-mark"/gu)]).toHaveLength(2)
    expect([...text.matchAll(/<g class="day">/gu)]).toHaveLength(14)
    for (const [query, days] of [
      ["days=90", 90],
      ["days=30", 30],
      ["days=1000000", 30],
      ["", 30]
    ] as const) {
      const shown = (await merchant.get(`/?${query}`)).text
      expect([...shown.matchAll(/<g class="day">/gu)]).toHaveLength(2 * days)
    }
    await own.close()
  })
})
