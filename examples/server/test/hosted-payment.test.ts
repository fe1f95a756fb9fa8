/** A hosted payment as a merchant and a payer go through it: the session, the page, the bank, and the way back. */
import { once } from "node:events"
import { createServer, type Server } from "node:http"
import { textAt } from "@paykernel/four-books/json-reading"
import { openBrowser, type Page, type TestBrowser, type WatchedPage } from "@paykernel/test-browser"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { engines, openSite, type Site } from "./engine.ts"
import type { ServerProcess } from "./server-process.ts"

const apiKey = "SAND_API_KEY:hosted:test"

let browser: TestBrowser
let shop: Server
let shopUrl = ""

beforeAll(async () => {
  browser = await openBrowser()
  shop = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Shop</title><h1>Thank you</h1>")
  }).listen(0, "localhost")
  await once(shop, "listening")
  const address = shop.address()
  shopUrl = `http://localhost:${typeof address === "object" ? address?.port : ""}`
})

afterAll(async () => {
  shop.close()
  await browser.close()
})

describe.each(engines)("on %s, a hosted payment", (engine) => {
  let site: Site
  let server: ServerProcess
  let opened: Array<WatchedPage> = []

  beforeAll(async () => {
    site = await openSite(engine)
    server = await site.start({ PAYKERNEL_API_KEY: apiKey, PAYKERNEL_RETURN_ORIGINS: shopUrl, PORT: "0" })
  })

  afterAll(async () => {
    await server.stop("SIGKILL")
    await site.remove()
  })

  afterEach(async () => {
    const own = (url: string) => [server.address, shopUrl, "data:"].some((start) => url.startsWith(start))
    for (const watched of opened) {
      expect(watched.requests.filter(({ url }) => !own(url))).toEqual([])
      await watched.close()
    }
    opened = []
  })

  const call = async (method: "GET" | "POST", path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${server.address}${path}`, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    return response.json()
  }

  const openSession = async (): Promise<{ readonly id: string; readonly url: string }> => {
    const created = await call("POST", "/api/hosted-payment", {
      amount: 25_000,
      currency: "USD",
      description: "Premium Subscription",
      customer_info: { name: "Jane Smith", email: "jane@example.com" },
      return_url: `${shopUrl}/success`
    })
    return { id: textAt(created, "data", "session_id"), url: textAt(created, "data", "payment_url") }
  }

  const statusOf = async (id: string): Promise<string> =>
    textAt(await call("GET", `/api/hosted-payment/${id}`), "data", "status")

  const payOn = async (url: string, number: string): Promise<Page> => {
    const watched = await browser.openPage("phone")
    opened.push(watched)
    await watched.page.goto(url)
    await typeIn(watched.page, number)
    return watched.page
  }

  const typeIn = async (page: Page, number: string): Promise<void> => {
    await page.locator("#pay:enabled").waitFor()
    await page.locator("#number").fill(number)
    await page.locator("#expiry").fill("12/35")
    await page.locator("#cvv").fill("123")
    await page.locator("#pay").click()
  }

  it("goes from the session through the page back to the shop", async () => {
    const { id, url } = await openSession()
    expect(await statusOf(id)).toBe("pending")
    const page = await payOn(url, "4242424242424242")
    await page.getByRole("heading", { name: "Payment complete" }).waitFor()
    expect(await statusOf(id)).toBe("completed")
    await page.locator("#return").click()
    await page.waitForURL(`${shopUrl}/success?session_id=${id}&status=completed`)
  })

  it("is declined, tried with another card, confirmed at the bank, and completed", async () => {
    const { id, url } = await openSession()
    const page = await payOn(url, "4000000000000002")
    await page
      .getByText(/declined/iu)
      .first()
      .waitFor()
    expect(await statusOf(id)).toBe("pending")
    await typeIn(page, "4000000000003220")
    await page.waitForURL(/\/sandbox\/3ds\//u)
    await page.getByRole("button", { name: "Approve" }).click()
    await page.getByRole("heading", { name: "Payment complete" }).waitFor()
    expect(await statusOf(id)).toBe("completed")
  })

  it("whose challenge fails stays to be paid with another card", async () => {
    const { id, url } = await openSession()
    const page = await payOn(url, "4000000000003220")
    await page.waitForURL(/\/sandbox\/3ds\//u)
    await page.getByRole("button", { name: "Cancel" }).click()
    await page.locator("#number").waitFor()
    expect(await statusOf(id)).toBe("pending")
  })

  it("that was cancelled shows a page without a form", async () => {
    const { id, url } = await openSession()
    await call("POST", `/api/hosted-payment/${id}/cancel`, {})
    const watched = await browser.openPage("phone")
    opened.push(watched)
    await watched.page.goto(url)
    expect(await watched.page.locator("form").count()).toBe(0)
  })
})
