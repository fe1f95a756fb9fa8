/** A page in a test, with what can be said about it that its own code would not tell. */
import { mkdirSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join, resolve } from "node:path"
import type { AxeResults } from "axe-core"
import type { Page } from "playwright-core"

export type AskedFor = { readonly method: string; readonly url: string }

export type WatchedPage = {
  readonly page: Page
  /** Every request since the page was opened, of navigations and of what the pages loaded. */
  readonly requests: ReadonlyArray<AskedFor>
  /** Errors on the console, uncaught exceptions, dialogs, and what the content security policy refused. */
  readonly complaints: ReadonlyArray<string>
  /** The cumulative layout shift of the document (Layout Instability §2.4): what moved though nobody touched it. */
  readonly layoutShift: () => Promise<number>
  /** What axe finds in the current document that is serious or critical, one line each. */
  readonly accessibilityFindings: () => Promise<ReadonlyArray<string>>
  /** A picture of the whole page, kept in `artefacts/screens`. */
  readonly screenshot: (name: string) => Promise<void>
  readonly close: () => Promise<void>
}

export const watch = async (page: Page): Promise<WatchedPage> => {
  const requests: Array<AskedFor> = []
  const complaints: Array<string> = []
  page.on("request", (request) => void requests.push({ method: request.method(), url: request.url() }))
  page.on("pageerror", (error) => void complaints.push(`uncaught: ${error.message}`))
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`)
  })
  page.on("dialog", async (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    await dialog.dismiss()
  })
  await page.addInitScript(observe)
  return {
    page,
    requests,
    complaints,
    layoutShift: () =>
      page.evaluate(async () => {
        // What is about to be painted counts.
        for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)
        return globalThis.observedLayoutShift()
      }),
    accessibilityFindings: () => accessibilityFindings(page),
    screenshot: async (name) => {
      mkdirSync(screens, { recursive: true })
      await page.screenshot({ path: join(screens, `${name}.png`), fullPage: true, animations: "disabled" })
    },
    close: () => page.context().close()
  }
}

declare global {
  var observedLayoutShift: () => number
}

/**
 * Runs in the page, before any script of it. What the browser itself takes for recent input is not relied upon: to it,
 * the emulation of a phone is one, so that it forgives whatever moves in the first half second.
 */
const observe = (): void => {
  type Shift = PerformanceEntry & { readonly value: number }
  const isShift = (entry: PerformanceEntry): entry is Shift => entry.entryType === "layout-shift"
  const forgivenForMs = 500
  let lastInputAtMs = Number.NEGATIVE_INFINITY
  for (const kind of ["pointerdown", "keydown", "input"]) {
    document.addEventListener(kind, () => (lastInputAtMs = performance.now()), { capture: true })
  }
  let total = 0
  const add = (entries: PerformanceEntryList): void => {
    for (const shift of entries.filter(isShift)) {
      if (shift.startTime - lastInputAtMs > forgivenForMs) total += shift.value
    }
  }
  const observer = new PerformanceObserver((list) => add(list.getEntries()))
  observer.observe({ type: "layout-shift", buffered: true })
  globalThis.observedLayoutShift = () => {
    add(observer.takeRecords())
    return total
  }
  document.addEventListener("securitypolicyviolation", (event) => {
    console.error(`policy: ${event.effectiveDirective} refused ${event.blockedURI}`)
  })
}

/** In a world of its own, so that neither the policy of the page nor its script has a say. */
const accessibilityFindings = async (page: Page): Promise<ReadonlyArray<string>> => {
  const session = await page.context().newCDPSession(page)
  try {
    const { frameTree } = await session.send("Page.getFrameTree")
    const { executionContextId: contextId } = await session.send("Page.createIsolatedWorld", {
      frameId: frameTree.frame.id,
      worldName: "axe"
    })
    const evaluate = (expression: string) =>
      session.send("Runtime.evaluate", { expression, contextId, awaitPromise: true, returnByValue: true })
    await evaluate(axe)
    const { result, exceptionDetails } = await evaluate("axe.run(document, { resultTypes: ['violations'] })")
    if (exceptionDetails !== undefined) throw new Error(`axe failed: ${exceptionDetails.text}`)
    const { violations } = result.value as AxeResults
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`))
  } finally {
    await session.detach()
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

const screens = resolve(import.meta.dirname, "../../../artefacts/screens")
