/** The dashboard as a merchant uses it, in a real browser: everything that can be done, and how it looks. */
import { openBrowser, type Page, type TestBrowser, type WatchedPage } from "@paykernel/test-browser"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { scriptTexts } from "../hosted-page/hostile-texts.ts"
import { ada, openPage, passwords, payDirectly, sell } from "./house.ts"
import { type HouseSite, openSite } from "./house-site.ts"

let browser: TestBrowser
let site: HouseSite
let paid: { readonly paymentId: string; readonly transactionId: string; readonly checkoutId: string }

const dayMs = 86_400_000

beforeAll(async () => {
  ;[browser, site] = await Promise.all([openBrowser(), openSite({ atMs: Date.UTC(2026, 4, 1, 9) })])
  for (let day = 0; day < 12; day++) {
    for (let n = 0; n <= (day * 7) % 3; n++) {
      await sell(site, ada, { amount: BigInt(2_500 + ((day * 1_737 + n * 911) % 9_000)), description: "Two books" })
    }
    if (day % 4 === 1) await sell(site, ada, { amount: 5_000n, number: "4000000000000002" })
    await site.advance(dayMs)
  }
  paid = await payDirectly(site, ada)
})
afterAll(() => Promise.all([browser.close(), site.close()]))

const go = (page: Page, path: string) => page.goto(`${site.origin}/dashboard${path}`)

const signIn = async (page: Page): Promise<void> => {
  await go(page, "")
  await page.getByLabel("Email").fill("ada@shop.example")
  await page.getByLabel("Password").fill(passwords["ada@shop.example"])
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.getByRole("heading", { level: 1 }).waitFor()
}

const press = (page: Page, name: string | RegExp) => page.getByRole("button", { name }).first().click()
const follow = (page: Page, name: string | RegExp) => page.getByRole("link", { name }).first().click()
const heading = (page: Page, name: string | RegExp) => page.getByRole("heading", { level: 1, name }).waitFor()

/** Nothing ran, nothing was refused, nobody else was asked. */
const expectQuiet = async (watched: WatchedPage): Promise<void> => {
  expect(watched.complaints).toEqual([])
  const foreign = watched.requests.filter(({ url }) => !url.startsWith(site.origin) && !url.startsWith("data:"))
  expect(foreign).toEqual([])
  expect(site.defects).toEqual([])
  await watched.close()
}

describe("a merchant", () => {
  it("finds payments, looks at one, captures, cancels and refunds, all of it without JavaScript", async () => {
    const open = await sell(site, ada, { amount: 80_00n, autoCapture: false, email: "open@example.com" })
    const other = await sell(site, ada, { amount: 30_00n, autoCapture: false })
    const watched = await browser.openPage("desktop", { javaScript: false })
    const { page } = watched
    await signIn(page)
    await follow(page, "Payments")
    for (const end of ["From", "To"]) await page.getByLabel(end).fill("2026-05-02")
    await press(page, "Search")
    const days = () =>
      page
        .getByRole("row")
        .getByText(/^May \d+, 2026/u)
        .allTextContents()
    expect(await days()).toEqual(Array.from({ length: 3 }, () => expect.stringMatching(/^May 2, 2026/u)))
    await page.getByLabel("Status").selectOption("failed")
    await press(page, "Search")
    expect([(await days()).length, await page.getByRole("cell", { name: "Failed" }).count()]).toEqual([1, 1])
    await follow(page, "Clear")
    await page.getByLabel("Search").fill(paid.transactionId)
    await press(page, "Search")
    await page.waitForURL(`**/payments/${paid.paymentId}`)
    await go(page, "/payments")
    await page.getByLabel("Search").fill("open@example.com")
    await page.getByLabel("Status").selectOption("authorized")
    await press(page, "Search")
    expect(await page.getByRole("row").count()).toBe(2)
    await follow(page, "$80.00")
    await follow(page, "Capture")
    await page.getByLabel("Amount in USD").fill("60.00")
    await press(page, "Continue")
    await press(page, "Capture $60.00")
    await page.getByText("The capture was accepted.").waitFor()
    await site.kernel.drain()
    await page.reload()
    await page.getByText("$60.00 captured").waitFor()
    await follow(page, "Refund")
    await page.getByLabel("Amount in USD").fill("15.50")
    await page.getByLabel("Reason").selectOption("duplicate")
    await press(page, "Continue")
    // A hand that clicks twice.
    await page.getByRole("button", { name: "Refund $15.50" }).dblclick()
    await page.getByText("The refund was accepted.").waitFor()
    await site.kernel.drain()
    const refunded = await site.kernel.payments.get(ada, open)
    expect(refunded.ok && refunded.value.payment.reversals).toMatchObject([
      { amount: { amount: 15_50n }, status: "paid" }
    ])
    await page.reload()
    await page.getByRole("cell", { name: "Card receivable" }).first().waitFor()
    await go(page, `/payments/${other}`)
    await follow(page, "Cancel")
    await press(page, "Continue")
    await press(page, "Cancel this payment")
    await page.getByText("The cancel was accepted.").waitFor()
    await site.kernel.drain()
    await page.reload()
    await page.getByText("Voided").first().waitFor()
    await expectQuiet(watched)
  })

  it("sees what he has, what was settled and for which payments", async () => {
    const watched = await browser.openPage("desktop", { javaScript: false })
    const { page } = watched
    await signIn(page)
    await follow(page, "Balances")
    const available = await page.locator(".figure").first().textContent()
    const balances = await site.kernel.balances(ada)
    if (!balances.ok) throw new Error(balances.error._tag)
    const [usdc] = balances.value.available
    expect(available?.replace(/[^0-9]/gu, "")).toBe(String(usdc?.amount))
    await follow(page, "Settlements")
    await page.getByRole("table").getByRole("link").last().click()
    await heading(page, "Settlement of 23.97")
    await follow(page, "$25.00")
    await heading(page, "$25.00")
    await page.getByRole("link", { name: /^[0-9a-f-]{36}$/u }).click()
    await heading(page, "Settlement of 23.97")
    await expectQuiet(watched)
  })

  it("makes a key that works, and revokes it", async () => {
    const watched = await browser.openPage("desktop")
    const { page } = watched
    const asks = async (key: string): Promise<number> => {
      const headers = { authorization: `Bearer ${key}` }
      return (await fetch(`${site.origin}/api/direct-payment/${paid.transactionId}`, { headers })).status
    }
    await signIn(page)
    await follow(page, "API Keys")
    await page.getByLabel("Name").fill("Web shop")
    await page.getByLabel("Mode").selectOption("live")
    await press(page, "Generate New Key")
    await heading(page, "Your new key")
    const key = (await page.locator("#secret").textContent()) ?? ""
    await watched.screenshot("dashboard-desktop-new-key")
    expect(await watched.accessibilityFindings()).toEqual([])
    expect([key.slice(0, 8), await asks(key)]).toEqual(["pk_live_", 200])
    await follow(page, "I have kept it")
    expect(await page.content()).not.toContain(key)
    expect(await page.getByRole("row", { name: /Web shop/u }).textContent()).not.toContain("Never")
    await follow(page, "Revoke Web shop")
    await press(page, "Revoke key")
    await page.getByText("The key is revoked.").waitFor()
    expect(await asks(key)).toBe(401)
    await expectQuiet(watched)
  })

  it("sets up webhooks, tries them, and sees what was answered", async () => {
    const watched = await browser.openPage("desktop")
    const { page } = watched
    await signIn(page)
    await follow(page, "Webhooks")
    await page.getByLabel("Address").fill("https://shop.example/hooks?<script>alert(1)</script>")
    await press(page, "Set up endpoint")
    await heading(page, "Webhook secret")
    expect(await page.locator("#secret").textContent()).toMatch(/^whsec_/u)
    await follow(page, "I have kept it")
    await press(page, "Send test message")
    await page.getByText("A test message is on its way.").waitFor()
    const told = await payDirectly(site, ada)
    await site.kernel.drain()
    await go(page, `/payments/${told.paymentId}`)
    await follow(page, "payment.succeeded")
    await heading(page, /payment\.succeeded/u)
    await page.getByText("Request headers").click()
    await page.getByText("webhook-signature", { exact: true }).waitFor()
    await watched.screenshot("dashboard-desktop-delivery")
    expect(await watched.accessibilityFindings()).toEqual([])
    const sent = site.posts.length
    await press(page, "Send again")
    await page.getByText("The message will be sent again.").waitFor()
    await site.kernel.drain()
    expect(site.posts.length).toBe(sent + 1)
    await go(page, "/settings/webhooks/default")
    await press(page, "Generate new secret")
    await heading(page, "Webhook secret")
    const second = { id: "b7a1c1de-0000-4000-8000-000000000003", dialect: "api", name: null, types: [] }
    await site.kernel.webhooks.endpoints.create(ada, { ...second, url: "https://shop.example/second" })
    await follow(page, "Webhooks")
    await follow(page, "https://shop.example/second")
    await follow(page, "Remove")
    await press(page, "Remove endpoint")
    await page.getByText("The endpoint was removed.").waitFor()
    expect(await page.getByText("https://shop.example/second").count()).toBe(0)
    await expectQuiet(watched)
  })

  it("gives the payment pages a face, having looked at it before", async () => {
    const checkout = await openPage(site, ada, "Premium subscription")
    const watched = await browser.openPage("desktop")
    const { page } = watched
    await signIn(page)
    await follow(page, "Branding")
    await page.getByLabel("Name on payment pages").fill("Blue Door <b>Coffee</b>")
    await page.getByLabel("Use a colour of your own").check()
    await page.getByLabel("Your colour").fill("#0b6f4c")
    const picture =
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8" onload="alert(1)"><path d="M2 0h4v8H2z"/></svg>'
    await page
      .getByLabel("Logo")
      .setInputFiles({ name: "d.svg", mimeType: "image/svg+xml", buffer: Buffer.from(picture) })
    await press(page, "Preview")
    await page.getByText("It is not saved yet.").waitFor()
    const ground = () => page.locator(".preview-head").evaluate((head) => getComputedStyle(head).backgroundColor)
    expect(await ground()).toBe("rgb(11, 111, 76)")
    await watched.screenshot("dashboard-desktop-branding")
    expect(await watched.accessibilityFindings()).toEqual([])
    await press(page, "Save")
    await page.getByText("Your payment pages look like this").waitFor()
    await page.goto(`${site.origin}/pay/${checkout.page}`)
    await page.getByText("Blue Door <b>Coffee</b>").first().waitFor()
    expect(await page.locator("header").evaluate((head) => getComputedStyle(head).backgroundColor)).toBe(
      "rgb(11, 111, 76)"
    )
    expect(await page.locator("img.logo").evaluate((logo: HTMLImageElement) => logo.naturalWidth)).toBeGreaterThan(0)
    await expectQuiet(watched)
  })
})

describe("whoever is not the merchant", () => {
  const statusOf = (page: Page) =>
    page.evaluate(() => performance.getEntriesByType("navigation")[0]?.toJSON().responseStatus)

  it("is told nothing for a wrong password, and made to wait after five of them", async () => {
    const watched = await browser.openPage("phone")
    const { page } = watched
    await go(page, "")
    const tried = async (password: string): Promise<void> => {
      await page.getByLabel("Email").fill("bob@shop.example")
      await page.getByLabel("Password").fill(password)
      await Promise.all([page.waitForEvent("load"), press(page, "Sign in")])
    }
    for (let n = 0; n < 5; n++) await tried(`wrong horse battery ${n}`)
    expect(await page.locator(".notice.bad").textContent()).toContain("do not match")
    await tried(passwords["bob@shop.example"])
    expect([await page.locator(".notice.bad").textContent(), await statusOf(page)]).toEqual([
      expect.stringContaining("Too many attempts"),
      429
    ])
    await watched.screenshot("dashboard-phone-locked-out")
    expect(await watched.accessibilityFindings()).toEqual([])
    await go(page, "/payments")
    await heading(page, "Sign in")
    expect(watched.complaints.every((complaint) => /status of (?:403|429)/u.test(complaint))).toBe(true)
    await watched.close()
  })

  it("cannot have a merchant's browser send a form from a page of his own", async () => {
    const watched = await browser.openPage("desktop")
    const { page } = watched
    await signIn(page)
    const before = (await site.apiKeys.list(ada)).length
    const form = `<form method="post" action="${site.origin}/dashboard/settings/api-keys"><input name="name" value="x">
<input name="mode" value="live"><input name="token" value="x"><input name="deed" value="x"><button>Win</button></form>`
    const sendsFrom = async (thief: string): Promise<void> => {
      await page.route(thief, (route) => route.fulfill({ contentType: "text/html", body: form }))
      await page.goto(thief)
      await press(page, "Win")
      await page.waitForURL(`${site.origin}/**`)
    }
    // Of another site the browser brings no cookie; of a neighbour on the same machine it does.
    await sendsFrom("http://evil.example/")
    await heading(page, "Sign in")
    await sendsFrom(`http://${new URL(site.origin).hostname}:8081/`)
    expect(await statusOf(page)).toBe(403)
    expect((await site.apiKeys.list(ada)).length).toBe(before)
    await go(page, "/settings/api-keys")
    await heading(page, "API Keys")
    await watched.close()
  })
})

describe("every page", () => {
  const settlementId = async (): Promise<string> => {
    const request = { where: {}, fromMs: null, toMs: null, page: { _tag: "First" }, limit: 1 } as const
    const listed = await site.kernel.settlements.list(ada, request)
    return listed.ok ? (listed.value.items[0]?.id ?? "") : ""
  }
  const pages = async (): Promise<ReadonlyArray<readonly [name: string, path: string]>> => [
    ["overview", ""],
    ["payments", "/payments"],
    ["payment", `/payments/${paid.paymentId}`],
    ["refund", `/payments/${paid.paymentId}/refund`],
    ["confirm", `/payments/${paid.paymentId}/refund?step=confirm&amount=1.00`],
    ["checkouts", "/checkouts"],
    ["checkout", `/checkouts/${paid.checkoutId}`],
    ["balances", "/balances"],
    ["settlements", "/settlements"],
    ["settlement", `/settlements/${await settlementId()}`],
    ["api-keys", "/settings/api-keys"],
    ["webhooks", "/settings/webhooks"],
    ["endpoint", "/settings/webhooks/default"],
    ["deliveries", "/deliveries"],
    ["nothing", "/payments/nothing"]
  ]

  /** On a phone the same markup is laid out anew: a list, a page of facts and one of charts tell how well. */
  const judgedOnPhones = new Set(["overview", "payments", "payment"])

  const lookAtAll = async (size: "desktop" | "phone"): Promise<void> => {
    const watched = await browser.openPage(size)
    const { page } = watched
    await go(page, "")
    await watched.screenshot(`dashboard-${size}-sign-in`)
    await signIn(page)
    for (const [name, path] of await pages()) {
      await go(page, path)
      await page.getByRole("heading", { level: 1 }).waitFor()
      const wider = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth
      )
      expect([name, wider]).toEqual([name, 0])
      if (size === "desktop" || judgedOnPhones.has(name)) {
        expect([name, await watched.accessibilityFindings()]).toEqual([name, []])
      }
      await watched.screenshot(`dashboard-${size}-${name}`)
    }
    if (size === "phone") {
      await go(page, "")
      await page.getByText("Menu").click()
      await watched.screenshot("dashboard-phone-menu")
      await follow(page, "Balances")
      await heading(page, "Balances")
    }
    if (size === "phone") await page.getByText("Menu").click()
    await press(page, "Sign out")
    await page.getByText("You are signed out.").waitFor()
    await watched.close()
  }

  it("fits a phone and a desktop, and has no serious finding of axe", async () => {
    await Promise.all([lookAtAll("desktop"), lookAtAll("phone")])
  })

  it("draws what the table below says, also in the dark", async () => {
    const watched = await browser.openPage("desktop")
    const { page } = watched
    await page.emulateMedia({ colorScheme: "dark" })
    await signIn(page)
    await follow(page, "7 days")
    const [volume, rate] = [
      page.getByRole("img", { name: /^Volume per day/u }),
      page.getByRole("img", { name: /^Success/u })
    ]
    const days = await volume.locator(".day title").allTextContents()
    expect([days.length, await rate.locator(".day").count()]).toEqual([7, 7])
    await page.getByText(/^Show the figures of/u).click()
    const rows = await page.getByRole("table", { name: "Figures of each day" }).getByRole("row").allTextContents()
    const [first = "", last = ""] = [days[0], days.at(-1)].map((title = "") => title.replace(": ", ""))
    expect([rows.at(-1)?.replaceAll("\n", "").startsWith(first), rows[1]?.startsWith(last)]).toEqual([true, true])
    expect(await watched.accessibilityFindings()).toEqual([])
    await watched.screenshot("dashboard-desktop-dark")
    await expectQuiet(watched)
  })

  it("shows texts that want to be scripts as texts", async () => {
    const watched = await browser.openPage("phone")
    const { page } = watched
    await signIn(page)
    for (const text of scriptTexts.filter((_, place) => place % 9 === 0)) {
      const id = await sell(site, ada, { description: text, email: `${text.slice(0, 99)}@x.example` })
      const { id: checkoutId } = await openPage(site, ada, text)
      await go(page, `/payments/${id}?done=${encodeURIComponent(text)}`)
      await heading(page, /\$12\.50/u)
      await go(page, `/checkouts/${checkoutId}`)
      await heading(page, /\$49\.00/u)
      await go(page, `/payments?q=${encodeURIComponent(text)}`)
    }
    await go(page, "/payments")
    await expectQuiet(watched)
  })
})
