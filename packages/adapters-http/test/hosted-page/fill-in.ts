/** A payer at the form, who types as people do: key by key. */
import type { Page } from "@paykernel/test-browser"

export type Typed = { readonly number: string; readonly expiry?: string; readonly cvv?: string }

/** Opens the page of a session and waits until it can be paid. */
export const openForm = async (page: Page, url: string): Promise<void> => {
  await page.goto(url)
  await page.locator("#pay:enabled").waitFor()
}

export const typeCard = async (page: Page, { number, expiry = "0430", cvv = "123" }: Typed): Promise<void> => {
  await page.locator("#number").fill("")
  await page.locator("#number").pressSequentially(number)
  await page.locator("#expiry").fill("")
  await page.locator("#expiry").pressSequentially(expiry)
  await page.locator("#cvv").fill("")
  await page.locator("#cvv").pressSequentially(cvv)
}

export const heading = (page: Page): Promise<string | null> => page.locator("h1:visible").textContent()

/** Waits for a heading, on this page or the next. */
export const untilHeading = (page: Page, text: string): Promise<void> =>
  page.locator("h1:visible", { hasText: text }).waitFor()
