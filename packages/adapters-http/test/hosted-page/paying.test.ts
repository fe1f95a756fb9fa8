/** The hosted page in a real browser: a payer pays, is declined and tries again, confirms with his bank, gets back. */
import { openBrowser, type Page, type ScreenSize, type TestBrowser, type WatchedPage } from "@paykernel/test-browser"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { heading, openForm, typeCard, untilHeading } from "./fill-in.ts"
import { type PaymentSite, paymentSite } from "./payment-site.ts"
import { cards, declinedCards } from "./test-desk.ts"

let browser: TestBrowser
let site: PaymentSite
let opened: Array<WatchedPage> = []
/** What the browser itself remarks on, in tests that are about it. */
let remarks: ReadonlyArray<string> = []

beforeAll(async () => {
  ;[browser, site] = await Promise.all([openBrowser(), paymentSite({ delayMs: 200 })])
})
afterAll(() => Promise.all([browser.close(), site.close()]))

const openPage = async (size: ScreenSize = "phone"): Promise<WatchedPage> => {
  const watched = await browser.openPage(size)
  opened.push(watched)
  return watched
}

/** Whatever happened in a test: no error, no policy refused anything, nobody else was asked, nothing moved. */
afterEach(async () => {
  for (const watched of opened) {
    expect(watched.complaints).toEqual(remarks)
    expect(watched.requests.filter(({ url }) => !url.startsWith(site.origin) && !url.startsWith("data:"))).toEqual([])
    expect(await watched.layoutShift()).toBe(0)
    await watched.close()
  }
  opened = []
  remarks = []
  expect(site.defects).toEqual([])
})

describe("a payer", () => {
  for (const size of ["phone", "desktop"] as const) {
    it(`on a ${size} pays, gets a receipt, and goes back to the merchant`, async () => {
      const { id } = site.open({ returnUrl: `${site.shopUrl}?order=7` })
      const { page } = await openPage(size)
      await openForm(page, site.pageUrl(id))
      expect(await page.title()).toBe("Pay $49.90 to Blue Door Coffee")
      await typeCard(page, { number: cards.good })
      await page.locator("#pay").click()
      await untilHeading(page, "Payment complete")
      const receipt = (await page.locator("dl").textContent())?.replace(/\s+/gu, " ")
      expect(receipt).toMatch(/Amount\$49\.90 Paid toBlue Door Coffee CardVisa •••• 4242 Date.* UTC Referencetxn_8F3/u)
      expect(site.charges.at(-1)).toEqual({ sessionId: id, last4: "4242", email: "ada@example.com" })
      await page.locator("#return").click()
      await page.waitForURL(`${site.shopUrl}?order=7&session_id=${id}&status=completed`)
    })
  }

  it("goes back by itself after a while, unless he wants to stay", async () => {
    const receipt = { transactionId: "txn_1", paidAtMs: Date.now(), last4: "4242", network: "VISA" }
    const { id } = site.open({ status: "completed", receipt, returnUrl: site.shopUrl })
    const [{ page }, { page: other }] = [await openPage(), await openPage()]
    await Promise.all([page, other].map((it) => it.clock.install()))
    await Promise.all([page, other].map((it) => it.goto(site.pageUrl(id))))
    await page.clock.runFor(3000)
    expect(await page.locator("#return-soon").textContent()).toBe("You will return to Blue Door Coffee in 7 seconds.")
    await page.clock.runFor(7000)
    await page.waitForURL(/\/shop\?session_id=sess_\w+&status=completed$/u)

    await other.locator("#stay").click()
    await other.clock.runFor(20_000)
    expect(await heading(other)).toBe("Payment complete")
  })

  it("with the keyboard alone fills in and pays, in the order of the page", async () => {
    const { id } = site.open({ customer: null })
    const { page } = await openPage("desktop")
    await openForm(page, site.pageUrl(id))
    for (const text of [cards.amex, "430", "1234", "Grace Hopper", "grace@example.com"]) {
      await page.keyboard.press("Tab")
      await page.keyboard.type(text)
    }
    expect(await page.locator("#brand").textContent()).toBe("American Express")
    await page.keyboard.press("Enter")
    await untilHeading(page, "Payment complete")
    expect(site.charges.at(-1)).toEqual({ sessionId: id, last4: "0005", email: "grace@example.com" })
  })

  it.each(["2020-01-01T00:00:00Z", "2050-01-01T00:00:00Z"])("whose clock says %s pays all the same", async (time) => {
    const { id } = site.open()
    const { page } = await openPage()
    await page.clock.install({ time })
    await openForm(page, site.pageUrl(id))
    await typeCard(page, { number: cards.good })
    await page.locator("#pay").click()
    await untilHeading(page, "Payment complete")
  })

  it("who clicks twice, and presses Enter as well, pays once", async () => {
    const { id } = site.open()
    const { page } = await openPage()
    await openForm(page, site.pageUrl(id))
    await typeCard(page, { number: cards.good })
    const before = [site.charges.length, site.payments.length]
    // Two submissions before anything could be answered, and one while the first is under way.
    await page.evaluate(() => {
      const form = document.querySelector("form")
      for (let times = 0; times < 3; times++) form?.requestSubmit()
    })
    await untilHeading(page, "Payment complete")
    expect([site.charges.length, site.payments.length]).toEqual(before.map((count) => count + 1))
  })

  it("with the same session in two tabs pays once, and both tell", async () => {
    const { id } = site.open()
    const [{ page }, { page: other }] = [await openPage(), await openPage()]
    for (const tab of [page, other]) {
      await openForm(tab, site.pageUrl(id))
      await typeCard(tab, { number: cards.good })
    }
    const before = site.charges.length
    await Promise.all([page, other].map((tab) => tab.locator("#pay").click()))
    await Promise.all([page, other].map((tab) => untilHeading(tab, "Payment complete")))
    expect(site.charges.length).toBe(before + 1)
  })

  it("whose connection breaks after the payment was sent, is not charged twice", async () => {
    const { id } = site.open()
    const { page } = await openPage()
    await openForm(page, site.pageUrl(id))
    await typeCard(page, { number: cards.good })
    let dropped = 0
    await page.route("**/payment", async (route) => {
      if (dropped++ > 0) return route.continue()
      // The server has it, and the answer is lost.
      await route.fetch()
      return route.abort()
    })
    const before = site.charges.length
    await page.locator("#pay").click()
    await untilHeading(page, "Payment complete")
    expect([dropped, site.charges.length]).toEqual([2, before + 1])
    remarks = ["console: Failed to load resource: net::ERR_FAILED"]
  })
})

describe("what may go wrong on the way", () => {
  const notice = (page: Page): Promise<string | null> => page.locator("#notice:visible").textContent()

  it("given the server cannot be reached, then tries for a while, says so, and can go on", async () => {
    const { id } = site.open()
    const { page } = await openPage()
    await page.clock.install()
    await openForm(page, site.pageUrl(id))
    await typeCard(page, { number: cards.good })
    let tries = 0
    await page.route("**/payment", (route) => {
      tries++
      return route.abort()
    })
    await page.locator("#pay").click()
    while (!(await page.locator("#notice").isVisible())) await page.clock.runFor(500)
    expect(tries).toBe(4)
    expect(await notice(page)).toBe("The connection was lost. Please try again: you will not be charged twice.")
    await page.unroute("**/payment")
    await page.locator("#pay").click()
    await untilHeading(page, "Payment complete")
    remarks = Array.from({ length: 4 }, () => "console: Failed to load resource: net::ERR_FAILED")
  })

  it("given the page is older than the server's keys, then says that it is to be reloaded", async () => {
    const { id } = site.open()
    const { page } = await openPage()
    await openForm(page, site.pageUrl(id))
    await page.route("**/payment", (route) =>
      route.continue({ postData: (route.request().postData() ?? "").replace(/"keyId":"[^"]*"/u, '"keyId":"old"') })
    )
    await typeCard(page, { number: cards.good })
    await page.locator("#pay").click()
    expect(await notice(page)).toBe("This page is out of date. Please reload it and try again.")
    remarks = ["console: Failed to load resource: the server responded with a status of 409 (Conflict)"]
  })

  it("given the browser cannot encrypt, then says that nothing was sent, and sends nothing", async () => {
    const { id } = site.open()
    const watched = await openPage()
    const { page } = watched
    await page.addInitScript(() => {
      crypto.getRandomValues = () => {
        throw new Error("no randomness")
      }
    })
    await openForm(page, site.pageUrl(id))
    await typeCard(page, { number: cards.good })
    await page.locator("#pay").click()
    expect(await notice(page)).toBe("This browser could not encrypt the card details. Nothing was sent.")
    expect(watched.requests.filter(({ method }) => method === "POST")).toEqual([])
  })

  it("given somebody puts the page into a frame of his, then nothing of it is shown there", async () => {
    const { id } = site.open()
    const { page } = await openPage()
    const thief = `${site.origin}/shop`
    const body = `<!doctype html><title>x</title><link rel="icon" href="data:,"><iframe src="${site.pageUrl(id)}"></iframe>`
    await page.route(thief, (route) => route.fulfill({ contentType: "text/html", body }))
    await page.goto(thief)
    await expect.poll(() => remarksOf(page)).toContain("frame-ancestors 'none'")
    expect(await page.frameLocator("iframe").locator("input").count()).toBe(0)
    remarks = [expect.stringContaining("frame-ancestors 'none'")]
  })

  const remarksOf = (page: Page): string => opened.find((watched) => watched.page === page)?.complaints.join("\n") ?? ""
})

describe("a declined card", () => {
  it("is told clearly, for each reason, and another one can be tried on the same page", async () => {
    const told: ReadonlyArray<readonly [code: string, text: string]> = [
      ["card_declined", "Your card was declined."],
      ["insufficient_funds", "There is not enough money on this card."],
      ["expired_card", "Your card has expired."],
      ["invalid_cvv", "The security code is not right."],
      ["invalid_card", "Your bank does not know this card number."],
      ["processing_error", "The payment could not be carried out."]
    ]
    const { id } = site.open()
    const { page } = await openPage()
    await openForm(page, site.pageUrl(id))
    for (const [number, code] of declinedCards) {
      await typeCard(page, { number })
      await page.locator("#pay").click()
      const text = told.find(([its]) => its === code)?.[1] ?? "none"
      const notice = page.locator("#notice", { hasText: text })
      await notice.waitFor()
      expect(await notice.textContent()).toContain("You have not been charged.")
      // Those who hear the page are told, and find the rest as they left it; the security code is asked for again.
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("notice")
      expect(await page.locator("#number").inputValue()).toBe(number.replace(/(.{4})(?=.)/gu, "$1 "))
      expect(await page.locator("#cvv").inputValue()).toBe("")
    }
    expect(site.charges.filter(({ sessionId }) => sessionId === id)).toEqual([])
    await typeCard(page, { number: cards.good })
    await page.locator("#pay").click()
    await untilHeading(page, "Payment complete")
    expect(site.charges.filter(({ sessionId }) => sessionId === id)).toHaveLength(1)
  })
})

describe("a bank", () => {
  it("that takes its time is waited for", async () => {
    const { id } = site.open()
    const { page } = await openPage()
    await openForm(page, site.pageUrl(id))
    await typeCard(page, { number: cards.slow })
    await page.locator("#pay").click()
    expect(await heading(page)).toBe("Paying…")
    await untilHeading(page, "Payment complete")
    expect(await page.locator("dl").textContent()).toContain("Mastercard •••• 4444")
  })

  for (const approved of [true, false]) {
    it(`that asks the payer to confirm, and hears ${approved ? "yes" : "no"}`, async () => {
      const { id } = site.open()
      const { page } = await openPage("desktop")
      await openForm(page, site.pageUrl(id))
      await typeCard(page, { number: cards.challenged })
      await page.locator("#pay").click()
      await page.waitForURL(`${site.origin}/bank/${id}`)
      // Who turns back half way finds the way there again.
      await page.goto(site.pageUrl(id))
      await untilHeading(page, "Your bank asks you to confirm")
      await page.locator(".button").click()
      await page.getByText(approved ? "Approve" : "Refuse").click()
      if (approved) return untilHeading(page, "Payment complete")
      await page.locator("#notice", { hasText: "Your card was declined." }).waitFor()
      await page.locator("#pay:enabled").waitFor()
      await typeCard(page, { number: cards.good })
      await page.locator("#pay").click()
      await untilHeading(page, "Payment complete")
    })
  }
})

describe("a session", () => {
  const gone = "console: Failed to load resource: the server responded with a status of 410 (Gone)"

  it("that is cancelled while the form is open, says so instead of taking money", async () => {
    const { id } = site.open()
    const { page } = await openPage()
    await openForm(page, site.pageUrl(id))
    site.change(id, { status: "cancelled" })
    await typeCard(page, { number: cards.good })
    const before = site.charges.length
    await page.locator("#pay").click()
    await untilHeading(page, "This payment was cancelled")
    expect(site.charges.length).toBe(before)
    remarks = [gone]
  })

  it("that expires while the form is open, says so by itself", async () => {
    const { page } = await openPage()
    const { id } = site.open({ expiresAtMs: Date.now() + 1000 })
    await page.goto(site.pageUrl(id))
    await untilHeading(page, "This payment link has expired")
    expect(await page.locator("input").count()).toBe(0)
    remarks = [gone]
  })
})
