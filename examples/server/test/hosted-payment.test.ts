/** Payments as merchants and payers go through them in a browser: the session, the page, the bank, and the way back. */
import { once } from "node:events"
import { createServer, type Server } from "node:http"
import { encryptCardData } from "@paykernel/adapters-http/browser"
import { textAt, valueAt } from "@paykernel/four-books/json-reading"
import { eventually } from "@paykernel/four-books/polling"
import { openBrowser, type Page, type ScreenSize, type TestBrowser, type WatchedPage } from "@paykernel/test-browser"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { type Engine, engines, openSite, type Site } from "./engine.ts"
import type { ServerProcess } from "./server-process.ts"
import { openReceiver, type WebhookReceiver } from "./webhook-receiver.ts"

const apiKey = "SAND_API_KEY:hosted:test"
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

const cards = { good: "4242424242424242", declined: "4000000000000002", challenged: "4000000000003220" }

/** Every card of the published list that is declined, and what the payer reads. */
const declines: ReadonlyArray<readonly [number: string, text: string]> = [
  [cards.declined, "Your card was declined."],
  ["4000000000009995", "There is not enough money on this card."],
  ["4000000000000069", "Your card has expired."],
  ["4000000000000127", "The security code is not right."]
]

let browser: TestBrowser
let shop: Server
let shopUrl = ""
let hooks: WebhookReceiver

beforeAll(async () => {
  hooks = await openReceiver({ read: async () => "", stumbles: () => false })
  hooks.expect("/hooks", { _tag: "Standard", secret, isPlainToo: true })
  browser = await openBrowser()
  shop = createServer((_request, response) => {
    const page = `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Shop</title><h1>Thank you</h1>`
    response.writeHead(200, { "content-type": "text/html" }).end(page)
  }).listen(0, "localhost")
  await once(shop, "listening")
  const address = shop.address()
  shopUrl = `http://localhost:${typeof address === "object" ? address?.port : ""}`
})

afterAll(async () => {
  hooks.close()
  shop.close()
  await browser.close()
})

let site: Site
let server: ServerProcess
let opened: Array<WatchedPage> = []
/** What the browser itself remarks on, in tests that are about it. */
let remarks: RegExp | null = null

const startOn = async (engine: Engine): Promise<void> => {
  site = await openSite(engine)
  server = await site.start({
    PAYKERNEL_API_KEY: apiKey,
    PAYKERNEL_RETURN_ORIGINS: shopUrl,
    PAYKERNEL_WEBHOOK_SECRET: secret,
    PAYKERNEL_WEBHOOK_ALLOW_HOSTS: hooks.host,
    PORT: "0"
  })
}

const stop = async (): Promise<void> => {
  await server.stop("SIGKILL")
  await site.remove()
}

/** Whatever happened: nobody else was asked, no script of a stranger ran, no policy refused anything. */
afterEach(async () => {
  const own = (url: string) => [server.address, shopUrl, "data:"].some((start) => url.startsWith(start))
  for (const watched of opened) {
    expect(watched.requests.filter(({ url }) => !own(url))).toEqual([])
    expect(watched.complaints.filter((complaint) => remarks?.test(complaint) !== true)).toEqual([])
    await watched.close()
  }
  opened = []
  remarks = null
})

const call = async (method: "GET" | "POST", path: string, body?: object): Promise<unknown> => {
  const response = await fetch(`${server.address}${path}`, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
  return response.json()
}

const openSession = async (change: object = {}): Promise<{ readonly id: string; readonly url: string }> => {
  const created = await call("POST", "/api/hosted-payment", {
    amount: 25_000,
    currency: "USD",
    description: "Premium Subscription",
    customer_info: { name: "Jane Smith", email: "jane@example.com" },
    return_url: `${shopUrl}/success`,
    ...change
  })
  return { id: textAt(created, "data", "session_id"), url: textAt(created, "data", "payment_url") }
}

const sessionOf = async (id: string): Promise<unknown> =>
  valueAt(await call("GET", `/api/hosted-payment/${id}`), "data")
const statusOf = async (id: string): Promise<string> => textAt(await sessionOf(id), "status")

/** What the shop is told of a session, each message checked by libraries of others. */
const toldOf = async (id: string, count: number): Promise<ReadonlyArray<string>> => {
  const told = await eventually(
    async () => hooks.told("/hooks").filter(({ json }) => valueAt(json, "data", "session_id") === id),
    (messages) => messages.length >= count
  )
  expect(hooks.faults()).toEqual([])
  return told.map(({ json }) => textAt(json, "event"))
}

const visit = async (url: string, size: ScreenSize = "phone"): Promise<WatchedPage> => {
  const watched = await browser.openPage(size)
  opened.push(watched)
  await watched.page.goto(url)
  return watched
}

const payWith = async (page: Page, number: string): Promise<void> => {
  await page.locator("#pay:enabled").waitFor()
  await page.locator("#number").fill(number)
  await page.locator("#expiry").fill("12/35")
  await page.locator("#cvv").fill("123")
  await page.locator("#pay").click()
}

const heading = (page: Page, name: string): Promise<void> => page.getByRole("heading", { name }).waitFor()

const atTheBank = async (page: Page, number = cards.challenged): Promise<void> => {
  await payWith(page, number)
  await page.waitForURL(/\/sandbox\/3ds\//u)
}

type Challenged = { readonly id: string; readonly bankUrl: string }

/** Payments that wait for the payer to answer his bank. */
const challengedDirectly = async (): Promise<Challenged> => {
  const begun = await call("POST", "/api/direct-payment", {
    amount: 1000,
    currency: "USD",
    payment_method: "card",
    card_number: cards.challenged,
    expiry_month: 12,
    expiry_year: 2035,
    cvv: "123",
    return_url: `${shopUrl}/3ds-return`
  })
  return { id: textAt(begun, "data", "transaction_id"), bankUrl: textAt(begun, "data", "action_data", "3ds_url") }
}

const challengedUnderV1 = async (): Promise<Challenged> => {
  const key = valueAt(await call("GET", "/v1/encryption/public"), "data")
  const sealed = await encryptCardData(
    { number: cards.challenged, cvv: "123" },
    { keyId: textAt(key, "keyId"), publicKey: textAt(key, "publicKey") }
  )
  const metadata = { email: "jane@example.com", sessionId: "s", ipAddress: "203.0.113.9" }
  const card = await call("POST", "/v1/cards", {
    idempotencyKey: crypto.randomUUID(),
    ...sealed,
    billingDetails: {
      name: "Jane",
      line1: "1 Main St",
      city: "Boston",
      country: "US",
      district: "MA",
      postalCode: "02101"
    },
    expMonth: 12,
    expYear: 2035,
    metadata
  })
  const payment = await call("POST", "/v1/payments", {
    idempotencyKey: crypto.randomUUID(),
    metadata,
    amount: { amount: "12.00", currency: "USD" },
    source: { id: textAt(card, "data", "id"), type: "card" },
    verification: "three_d_secure",
    verificationSuccessUrl: `${shopUrl}/paid`,
    verificationFailureUrl: `${shopUrl}/not-paid`
  })
  const id = textAt(payment, "data", "id")
  const waiting = await paymentOnce(id, "action_required")
  return { id, bankUrl: textAt(waiting, "data", "requiredAction", "redirectUrl") }
}

const paymentOnce = (id: string, status: string): Promise<unknown> =>
  eventually(
    () => call("GET", `/v1/payments/${id}`),
    (reply) => textAt(reply, "data", "status") === status
  )

describe.each(engines)("on %s, a hosted payment", (engine) => {
  beforeAll(() => startOn(engine))
  afterAll(stop)

  it("goes from the session through each test card and the bank back to the shop, completed and its webhooks received", async () => {
    const { id, url } = await openSession({ webhook_url: hooks.url("/hooks") })
    expect(await statusOf(id)).toBe("pending")
    const { page } = await visit(url)
    for (const [number, text] of declines) {
      await payWith(page, number)
      await page.locator("#notice", { hasText: text }).waitFor()
      expect(await page.locator("#notice").textContent()).toContain("You have not been charged.")
      expect(await statusOf(id)).toBe("pending")
    }
    const ways: Array<string> = []
    page.on("request", (request) => void ways.push(request.url()))
    await atTheBank(page)
    await page.getByRole("button", { name: "Approve" }).click()
    await heading(page, "Payment complete")
    await page.locator("#return").click()
    await page.waitForURL(`${shopUrl}/success?session_id=${id}&status=completed`)
    const told = await toldOf(id, declines.length + 2)
    // Each comes at its own pace.
    const failed = declines.map(() => "payment.failed")
    expect(told.toSorted()).toEqual([...failed, "payment.pending", "payment.succeeded"])

    const session = await sessionOf(id)
    expect(textAt(session, "status")).toBe("completed")
    const transaction = await call("GET", `/api/direct-payment/${textAt(session, "transaction_id")}`)
    expect(valueAt(transaction, "data")).toMatchObject({ status: "completed", amount: 25_000, webhook_queued: true })

    // Whoever finds the way back from the bank in a history is told that it is no way any more.
    const back = ways.find((way) => way.includes("/3ds/return/")) ?? ""
    remarks = /400 \(Bad Request\)/u
    await page.goto(back)
    await heading(page, "This link is not valid")
    expect(await sessionOf(id)).toEqual(session)
  })
})

describe("a payer", () => {
  beforeAll(() => startOn("sqlite"))
  afterAll(stop)

  it("whose card needs nothing more pays, and is shown the bank's pages as they are meant to be seen", async () => {
    const { id, url } = await openSession()
    const { page } = await visit(url)
    await payWith(page, cards.good)
    await heading(page, "Payment complete")
    expect(await statusOf(id)).toBe("completed")

    for (const size of ["phone", "desktop"] as const) {
      const other = await openSession()
      const watched = await visit(other.url, size)
      await atTheBank(watched.page)
      expect(await watched.page.locator("dd").first().textContent()).toBe("Demo merchant 1")
      await watched.screenshot(`hosted-flow-${size}-bank`)
      if (size === "phone") expect(await watched.accessibilityFindings()).toEqual([])
      const address = watched.page.url()
      await watched.page.getByRole("button", { name: "Approve" }).click()
      await heading(watched.page, "Payment complete")
      await watched.screenshot(`hosted-flow-${size}-receipt`)
      remarks = /40[09] \(/u
      await watched.page.goto(address)
      await heading(watched.page, "Already answered")
      await watched.screenshot(`hosted-flow-${size}-answered`)
      if (size === "phone") expect(await watched.accessibilityFindings()).toEqual([])
    }
  })

  it.each(["Fail", "Cancel"])(
    "who answers the bank with %s is not charged, and pays with another card",
    async (answer) => {
      const { id, url } = await openSession()
      const { page } = await visit(url)
      await atTheBank(page)
      await page.getByRole("button", { name: answer }).click()
      await page.locator("#notice", { hasText: "Your card was declined." }).waitFor()
      expect(await statusOf(id)).toBe("pending")
      await payWith(page, cards.good)
      await heading(page, "Payment complete")
      expect(await statusOf(id)).toBe("completed")
    }
  )

  it("of a session that was cancelled finds a page without a form", async () => {
    const { id, url } = await openSession()
    await call("POST", `/api/hosted-payment/${id}/cancel`, {})
    remarks = /410 \(Gone\)/u
    const { page } = await visit(url)
    await heading(page, "This payment was cancelled")
    expect(await page.locator("form").count()).toBe(0)
    await page.locator("#return").click()
    await page.waitForURL(`${shopUrl}/success?session_id=${id}&status=cancelled`)
  })

  it("sees texts that want to be scripts as texts, whichever field they were sent in", async () => {
    const texts = [
      "</script><script>alert(1)</script>",
      '"><img src=x onerror=alert(1)>',
      "'-alert(1)-'",
      "</title><svg/onload=alert(1)>",
      "</bdi></main><iframe srcdoc='<script>parent.alert(1)</script>'>",
      "<base href=https://evil.example/>",
      "<meta http-equiv=refresh content='0;url=https://evil.example'>",
      "{amount} {merchant} #{alert(1)} {{7*7}}"
    ]
    const watched = await browser.openPage("desktop")
    opened.push(watched)
    const { page } = watched
    for (const [place, text] of texts.entries()) {
      const email = `${text.replaceAll(/[\s@]/gu, "")}@shop.example`
      const name = texts[(place + 3) % texts.length] ?? ""
      const { url } = await openSession({ description: text, customer_info: { name, email } })
      await page.goto(url)
      await page.locator("#pay:enabled").waitFor()
      expect(await page.locator("body").textContent()).toContain(text)
      expect([await page.locator("#name").inputValue(), await page.locator("#email").inputValue()]).toEqual([
        name,
        email
      ])
    }
  })

  it.each([
    ["Approve", "completed"],
    ["Fail", "failed"],
    ["Cancel", "failed"]
  ])("of a direct payment who answers %s comes back to the shop, which finds it %s", async (answer, status) => {
    const { id, bankUrl } = await challengedDirectly()
    const { page } = await visit(bankUrl)
    await page.getByRole("button", { name: answer }).click()
    await page.waitForURL(`${shopUrl}/3ds-return?transaction_id=${id}`)
    const found = await eventually(
      () => call("GET", `/api/direct-payment/${id}`),
      (reply) => valueAt(reply, "data", "status") !== "pending"
    )
    expect(textAt(found, "data", "status")).toBe(status)
  })

  it.each([
    ["Approve", "confirmed", "/paid"],
    ["Fail", "failed", "/not-paid"],
    ["Cancel", "failed", "/not-paid"]
  ])("of a payment of /v1 who answers %s leaves it %s", async (answer, status, path) => {
    const { id, bankUrl } = await challengedUnderV1()
    const { page } = await visit(bankUrl)
    await page.getByRole("button", { name: answer }).click()
    await page.waitForURL(`${shopUrl}${path}`)
    await paymentOnce(id, status)
  })

  it("is sent to no other shop than his merchant's, by neither API", async () => {
    const elsewhere = "https://elsewhere.example/"
    const refusedUnderV1 = await call("POST", "/v1/payments", {
      idempotencyKey: crypto.randomUUID(),
      metadata: { email: "jane@example.com", sessionId: "s", ipAddress: "203.0.113.9" },
      amount: { amount: "12.00", currency: "USD" },
      source: { id: crypto.randomUUID(), type: "card" },
      verification: "three_d_secure",
      verificationSuccessUrl: `${shopUrl}/paid`,
      verificationFailureUrl: elsewhere
    })
    expect(valueAt(refusedUnderV1, "errors")).toMatchObject([{ location: "verificationFailureUrl" }])
    const order = { amount: 1000, currency: "USD", description: "Tea", return_url: elsewhere }
    expect(textAt(await call("POST", "/api/hosted-payment", order), "error", "code")).toBe("invalid_return_url")
  })

  // The clock goes forward from here on.
  it("who transfers the money has paid when the bank has it, and not before", async () => {
    const order = { amount: 4000, currency: "USD", payment_method: "bank_transfer" }
    const begun = await call("POST", "/api/direct-payment", order)
    const id = textAt(begun, "data", "transaction_id")
    const statusNow = async () => textAt(await call("GET", `/api/direct-payment/${id}`), "data", "status")
    expect([textAt(begun, "data", "status"), await statusNow()]).toEqual(["pending", "pending"])
    await call("POST", "/sandbox/clock/advance", { seconds: 180 })
    await eventually(statusNow, (status) => status === "completed")
  })

  it("who leaves the bank without an answer is not charged, and finds his session open when that is over", async () => {
    const { id, url } = await openSession()
    const { page } = await visit(url)
    await atTheBank(page)
    const [direct, underV1] = [await challengedDirectly(), await challengedUnderV1()]
    await call("POST", "/sandbox/clock/advance", { seconds: 16 * 60 })
    await eventually(
      () => statusOf(id),
      (status) => status === "pending"
    )
    const given = await eventually(
      () => call("GET", `/api/direct-payment/${direct.id}`),
      (reply) => valueAt(reply, "data", "status") !== "pending"
    )
    expect(valueAt(given, "data")).toMatchObject({
      status: "failed",
      error: { decline_code: "three_d_secure_action_expired" }
    })
    const left = await paymentOnce(underV1.id, "failed")
    expect(textAt(left, "data", "errorCode")).toBe("three_d_secure_action_expired")
    await page.goto(url)
    await page.locator("#notice", { hasText: "You have not been charged." }).waitFor()
    await payWith(page, cards.good)
    await heading(page, "Payment complete")
    expect(await statusOf(id)).toBe("completed")
  })

  it("whose session runs out while he types is told so instead of being charged, and so is who comes later", async () => {
    const { id, url } = await openSession()
    const { page } = await visit(url)
    await page.locator("#pay:enabled").waitFor()
    await call("POST", "/sandbox/clock/advance", { seconds: 25 * 3600 })
    remarks = /410 \(Gone\)/u
    await payWith(page, cards.good)
    await heading(page, "This payment link has expired")
    const later = await visit(url, "desktop")
    await heading(later.page, "This payment link has expired")
    await later.screenshot("hosted-flow-desktop-expired")
    expect(await later.accessibilityFindings()).toEqual([])
    expect(await statusOf(id)).toBe("expired")
    expect(textAt(await call("POST", `/api/hosted-payment/${id}/cancel`, {}), "error", "code")).toBe("session_expired")
  })
})
