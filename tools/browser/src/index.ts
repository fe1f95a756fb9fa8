export type { Page } from "playwright-core"
export { type OpenPageOptions, openBrowser, type ScreenSize, screenSizes, type TestBrowser } from "./browser.ts"
export type { AskedFor, WatchedPage } from "./watched-page.ts"
