/** The form while somebody types: what it shows, what it says, and when. */
import { openBrowser, type Page, type TestBrowser } from "@paykernel/test-browser"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { openForm } from "./fill-in.ts"
import { type PaymentSite, paymentSite } from "./payment-site.ts"

let browser: TestBrowser
let site: PaymentSite
let page: Page

beforeAll(async () => {
  ;[browser, site] = await Promise.all([openBrowser(), paymentSite()])
  page = (await browser.openPage("phone")).page
})
afterAll(() => Promise.all([browser.close(), site.close()]))
beforeEach(() => openForm(page, site.pageUrl(site.open({ customer: null }).id)))

const type = (id: string, text: string): Promise<void> => page.locator(`#${id}`).pressSequentially(text)
const value = (id: string): Promise<string> => page.locator(`#${id}`).inputValue()
const complaint = (id: string): Promise<string | null> => page.locator(`#${id}-error`).textContent()
const brand = (): Promise<string | null> => page.locator("#brand").textContent()

describe("the card number", () => {
  it("is grouped as on the card, and its brand named with the first digits", async () => {
    await type("number", "4")
    expect(await brand()).toBe("Visa")
    await type("number", "242x4242-42424242")
    expect(await value("number")).toBe("4242 4242 4242 4242")
    await page.locator("#number").fill("")
    await type("number", "378282246310005")
    expect([await value("number"), await brand()]).toEqual(["3782 822463 10005", "American Express"])
  })

  it("is called wrong as soon as it cannot be right, and unfinished only when it is left", async () => {
    await type("number", "4242 4242 4242 424")
    expect(await complaint("number")).toBe("")
    await type("number", "1")
    expect(await complaint("number")).toBe("This is not a card number. Please check the digits.")
    expect(await page.locator("#number").getAttribute("aria-invalid")).toBe("true")
    await page.keyboard.press("Backspace")
    expect(await complaint("number")).toBe("")
    await page.keyboard.press("Tab")
    expect(await complaint("number")).toBe("Enter the whole card number.")
    await page.locator("#number").press("End")
    await type("number", "2")
    expect(await complaint("number")).toBe("")
    expect(await page.locator("#number").getAttribute("aria-invalid")).toBe("false")
  })

  it("can be mended in the middle", async () => {
    await type("number", "424242424242")
    for (let steps = 0; steps < 7; steps++) await page.keyboard.press("ArrowLeft")
    await page.keyboard.type("99")
    expect(await value("number")).toBe("4242 4299 4242 42")
    await page.keyboard.press("Backspace")
    await page.keyboard.press("Backspace")
    expect(await value("number")).toBe("4242 4242 4242")
  })

  it("can be pasted with whatever stands between the digits", async () => {
    await page.locator("#number").fill("4242-4242 4242–4242\n")
    expect([await value("number"), await brand()]).toEqual(["4242 4242 4242 4242", "Visa"])
  })
})

describe("the other fields", () => {
  it("write a date as it stands on the card, and let it be deleted again", async () => {
    await type("expiry", "4")
    expect(await value("expiry")).toBe("04 / ")
    await type("expiry", "30")
    expect(await value("expiry")).toBe("04 / 30")
    for (const left of ["04 / 3", "04", "0", ""]) {
      await page.keyboard.press("Backspace")
      expect(await value("expiry")).toBe(left)
    }
  })

  it("know a month that does not exist, and a card that is over", async () => {
    await type("expiry", "13")
    expect(await complaint("expiry")).toBe("There is no such month.")
    await page.locator("#expiry").fill("")
    await type("expiry", "0124")
    expect(await complaint("expiry")).toBe("This card has expired.")
  })

  it("take four digits of security code for American Express, and three for others", async () => {
    await type("cvv", "12345")
    expect(await value("cvv")).toBe("1234")
    await type("number", "4242")
    await page.locator("#cvv").fill("")
    await type("cvv", "12345")
    expect(await value("cvv")).toBe("123")
    await page.locator("#number").fill("3782")
    await page.locator("#cvv").blur()
    expect(await complaint("cvv")).toBe("Enter the 4 digits.")
    expect(await page.locator("#cvv").getAttribute("placeholder")).toBe("1234")
  })

  it("say nothing while somebody merely passes through", async () => {
    for (let fields = 0; fields < 6; fields++) await page.keyboard.press("Tab")
    for (const id of ["number", "expiry", "cvv", "name", "email"]) expect(await complaint(id), id).toBe("")
  })

  it("say what is missing when the payer wants to pay, and lead to the first of it", async () => {
    await page.locator("#pay").click()
    const ids = ["number", "expiry", "cvv", "name", "email"]
    for (const id of ids) expect(await complaint(id), id).not.toBe("")
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("number")
    expect(site.payments).toEqual([])
    await page.keyboard.press("Tab")
    expect(await complaint("number")).toBe("Enter the whole card number.")
    const described = await page.locator("#cvv").getAttribute("aria-describedby")
    expect(described).toBe("cvv-error")
  })
})
