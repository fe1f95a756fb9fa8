/**
 * A real browser for tests. Each page comes in a context of its own, at the size of a phone or a desktop, and is
 * watched: what it asked for, what it complained about, and whether anything on it moved by itself.
 */
import { chromium } from "playwright-core"
import { findChromium } from "./chromium.ts"
import { type WatchedPage, watch } from "./watched-page.ts"

/** CSS pixels. */
export const screenSizes = {
  phone: { width: 360, height: 740 },
  desktop: { width: 1280, height: 800 }
} as const

export type ScreenSize = keyof typeof screenSizes

export type OpenPageOptions = {
  /** What the customer reads, such as `de-AT`. Default `en-US`. */
  readonly locale?: string
  /** Default true. */
  readonly javaScript?: boolean
}

export type TestBrowser = {
  /** A blank page. Closing the browser closes it too. */
  readonly openPage: (size: ScreenSize, options?: OpenPageOptions) => Promise<WatchedPage>
  readonly close: () => Promise<void>
}

/** Starts it; takes a second or two, and some more the first time on a machine. */
export const openBrowser = async (): Promise<TestBrowser> => {
  const browser = await chromium.launch(findChromium())
  return {
    openPage: async (size, { locale = "en-US", javaScript = true } = {}) => {
      const context = await browser.newContext({
        viewport: screenSizes[size],
        hasTouch: size === "phone",
        isMobile: size === "phone",
        deviceScaleFactor: size === "phone" ? 2 : 1,
        locale,
        javaScriptEnabled: javaScript
      })
      return watch(await context.newPage())
    },
    close: () => browser.close()
  }
}
