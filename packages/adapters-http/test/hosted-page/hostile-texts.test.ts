/** Texts that want to be scripts, in every field that a page shows, in a browser that would run them. */
import { openBrowser, type TestBrowser } from "@paykernel/test-browser"
import { afterAll, beforeAll, expect, it } from "vitest"
import { naughtyTexts, scriptTexts } from "./hostile-texts.ts"
import { type PaymentSite, paymentSite } from "./payment-site.ts"

let browser: TestBrowser
let site: PaymentSite

beforeAll(async () => {
  ;[browser, site] = await Promise.all([openBrowser(), paymentSite()])
})
afterAll(() => Promise.all([browser.close(), site.close()]))

/** Here a part of the list; that no text of it is more than a text, the tests of the handler show for all. */
const isDeep = process.env["PAYKERNEL_DEEP"] === "1"
const texts = [...scriptTexts, ...naughtyTexts.filter((_, place) => isDeep || place % 8 === 0)]

const inTabs = 4

it("are shown as texts: none runs, none is even refused, and nobody else is asked", async () => {
  expect(texts.length).toBeGreaterThan(100)
  const tab = async (first: number): Promise<number> => {
    const watched = await browser.openPage(first % 2 === 0 ? "phone" : "desktop")
    let shown = 0
    for (let place = first; place < texts.length; place += inTabs) {
      // Over all pages, each field has had each text.
      const text = (field: number): string => texts[(place + field) % texts.length] ?? ""
      const { id } = site.open({
        merchant: { name: text(0), logoUrl: text(1), colour: text(2) },
        description: text(3),
        customer: { name: text(4), email: text(5) },
        returnUrl: text(6)
      })
      await watched.page.goto(site.pageUrl(id))
      if (await watched.page.locator("#pay").isVisible()) shown++
      const receipt = { transactionId: text(7), last4: text(8), network: text(9), paidAtMs: Date.now() }
      site.change(id, { status: "completed", receipt })
      await watched.page.goto(site.pageUrl(id))
      if (await watched.page.locator("dl").isVisible()) shown++
      expect(watched.complaints, text(0)).toEqual([])
    }
    const foreign = watched.requests.filter(({ url }) => !url.startsWith(site.origin) && !url.startsWith("data:"))
    expect(foreign).toEqual([])
    await watched.close()
    return shown
  }
  const shown = await Promise.all(Array.from({ length: inTabs }, (_, first) => tab(first)))
  expect(shown.reduce((sum, count) => sum + count)).toBe(2 * texts.length)
  expect(site.defects).toEqual([])
})
