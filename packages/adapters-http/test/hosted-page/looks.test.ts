/** How the pages look: at both sizes, in pictures to be looked at, without a serious finding of axe, with nothing moving. */
import { openBrowser, type Page, type TestBrowser } from "@paykernel/test-browser"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { HostedSession } from "../../src/hosted/index.ts"
import { openForm, typeCard } from "./fill-in.ts"
import { type PaymentSite, paymentSite } from "./payment-site.ts"
import { cards, declinedCards } from "./test-desk.ts"

let browser: TestBrowser
let site: PaymentSite

beforeAll(async () => {
  ;[browser, site] = await Promise.all([openBrowser(), paymentSite({ delayMs: 700 })])
})
afterAll(() => Promise.all([browser.close(), site.close()]))

const receipt = { transactionId: "txn_8F3KQ2M7X1PB", paidAtMs: Date.UTC(2026, 0, 15), last4: "4242", network: "VISA" }

const door = btoa(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path fill="#1d6fb8" d="M2 0h4v8H2z"/>' +
    '<circle cx="5" cy="4" r=".5" fill="#fff"/></svg>'
)
const logoUrl = `data:image/svg+xml;base64,${door}`

type Look = {
  readonly name: string
  readonly about: Partial<HostedSession>
  readonly locale?: string
  readonly act?: (page: Page) => Promise<void>
}

const declined = declinedCards[0]?.[0] ?? ""

const looks: ReadonlyArray<Look> = [
  { name: "form", about: { merchant: { name: "Blue Door Coffee", logoUrl, colour: "#0b4f6c" } } },
  {
    name: "mistakes",
    about: { customer: null },
    act: async (page) => {
      await typeCard(page, { number: "4242424242424241", expiry: "0124", cvv: "1" })
      await page.locator("#pay").click()
    }
  },
  {
    name: "declined",
    about: { merchant: { name: "Limoncello & Söhne", logoUrl: null, colour: "#ffd400" } },
    locale: "de-DE",
    act: async (page) => {
      await typeCard(page, { number: declined })
      await page.locator("#pay").click()
      await page.locator("#notice").waitFor()
    }
  },
  {
    name: "paying",
    about: {},
    act: async (page) => {
      await page.route("**/payment", () => new Promise(() => undefined))
      await typeCard(page, { number: cards.good })
      await page.locator("#pay").click()
      await page.locator("#progress").waitFor()
    }
  },
  { name: "challenge", about: { status: "action_required", challengeUrl: "https://bank.example/" } },
  { name: "receipt", about: { status: "completed", receipt, returnUrl: "https://shop.example/" } },
  {
    name: "receipt-just-now",
    about: { status: "completed", receipt: { ...receipt, paidAtMs: Date.now() }, returnUrl: "https://shop.example/" },
    locale: "es-ES"
  },
  { name: "expired", about: { status: "expired" }, locale: "ru-RU" },
  { name: "cancelled", about: { status: "cancelled", returnUrl: "https://shop.example/" }, locale: "fr-FR" },
  { name: "failed", about: { status: "failed" } },
  {
    name: "long-texts",
    about: {
      merchant: {
        name: "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk ".repeat(2),
        logoUrl,
        colour: "#ffffff"
      },
      description: "A very long description that goes on and on, as descriptions do when nobody stops them. ".repeat(6),
      amount: { amount: 123456789012345678901234567890n, currency: "EUR" }
    },
    locale: "de-DE"
  }
]

for (const size of ["phone", "desktop"] as const) {
  describe(`on a ${size}`, () => {
    for (const { name, about, locale, act } of looks) {
      it(name, async () => {
        const watched = await browser.openPage(size, locale === undefined ? {} : { locale })
        const { page } = watched
        const { id, status } = site.open(about)
        if (status === "pending") await openForm(page, site.pageUrl(id))
        else await page.goto(site.pageUrl(id))
        await act?.(page)
        // Before the picture is taken: a browser that has to make itself as high as the page moves everything.
        expect(await watched.layoutShift()).toBe(0)
        await watched.screenshot(`hosted-page-${size}-${name}`)
        expect(await watched.accessibilityFindings()).toEqual([])
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth > document.documentElement.clientWidth
        )
        expect(overflow).toBe(false)
        await watched.close()
      })
    }

    it("without JavaScript", async () => {
      const watched = await browser.openPage(size, { javaScript: false })
      await watched.page.goto(site.pageUrl(site.open().id))
      expect(await watched.page.locator("noscript .notice").isVisible()).toBe(true)
      expect(await watched.page.locator("input:visible, button:visible").count()).toBe(0)
      await watched.screenshot(`hosted-page-${size}-without-javascript`)
      await watched.close()
    })

    it("without a session", async () => {
      const watched = await browser.openPage(size)
      await watched.page.goto(site.pageUrl("sess_none"))
      await watched.screenshot(`hosted-page-${size}-missing`)
      expect(await watched.accessibilityFindings()).toEqual([])
      await watched.close()
    })
  })
}

it("what is watched is seen: a script, a foreign picture, a movement, and a field without a name", async () => {
  const watched = await browser.openPage("phone")
  await watched.page.route("**/*", (route) =>
    route.fulfill({
      contentType: "text/html",
      headers: { "content-security-policy": "script-src 'nonce-a'; img-src 'none'" },
      body: `<!doctype html><title>x</title><p>Text</p><input><img src="https://elsewhere.example/x.png">
<script>alert(1)</script><script nonce="a">setTimeout(() => document.body.prepend("x ".repeat(9000)), 300)</script>`
    })
  )
  await watched.page.goto("http://page.example/")
  await expect.poll(watched.layoutShift, { timeout: 10_000 }).toBeGreaterThan(0)
  expect(await watched.accessibilityFindings()).toEqual(
    expect.arrayContaining([expect.stringMatching(/^label at input/u)])
  )
  expect(watched.complaints).toEqual(
    expect.arrayContaining([
      "console: policy: script-src-elem refused inline",
      expect.stringContaining("policy: img-src")
    ])
  )
  expect(watched.requests.map(({ url }) => url)).toContain("https://elsewhere.example/x.png")
  await watched.close()
})
