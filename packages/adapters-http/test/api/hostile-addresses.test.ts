/** Hostile return and webhook addresses at both entry points: each is refused by name, and nothing is kept. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { hostileReturnUrls, hostileWebhookUrls } from "./hostile-addresses.ts"
import { ada, type Json, openShop, type Shop, shopOrigin } from "./shop.ts"

let shop: Shop
beforeAll(async () => {
  shop = await openShop({ api: { allowLocalhost: true } })
})
afterAll(() => shop.close())

const host = new URL(shopOrigin).host
const returnUrls = hostileReturnUrls(host)
const entries = ["pay", "open"] as const

const stored = async (): Promise<number> => {
  const everything = { where: {}, fromMs: null, toMs: null, page: { _tag: "First" }, limit: 50 } as const
  const checkouts = await shop.kernel.checkouts.list(ada, everything)
  const payments = await shop.kernel.payments.list(ada, everything)
  if (!checkouts.ok || !payments.ok) throw new Error("cannot be listed")
  return checkouts.value.items.length + payments.value.items.length
}

/** What is not refused as it should be: the line, and what was answered. */
const spared = async (lines: ReadonlyArray<string>, entry: "pay" | "open", field: string, code: string) => {
  const found: Array<Json> = []
  for (const line of lines) {
    const { status, error, text } = await shop[entry]({ [field]: line })
    const refused = status === 400 && error["code"] === code && error["type"] === "invalid_request_error"
    const repeats = line.length > 12 && text.includes(line)
    if (!refused || repeats) found.push({ line, status, error })
  }
  return found
}

describe("hostile addresses", () => {
  it("are many, and each another", () => {
    expect(returnUrls.length).toBeGreaterThanOrEqual(324)
    expect(hostileWebhookUrls.length).toBeGreaterThanOrEqual(324)
    for (const lines of [returnUrls, hostileWebhookUrls]) expect(new Set(lines).size).toBe(lines.length)
  })

  it.each(entries)("to send payers to are refused as invalid_return_url, and nothing is kept: %s", async (entry) => {
    expect(await spared(returnUrls, entry, "return_url", "invalid_return_url")).toEqual([])
    expect(await stored()).toBe(0)
    expect(shop.charged()).toEqual([])
  })

  it.each(entries)("to call are refused as invalid_webhook_url, and nothing is kept: %s", async (entry) => {
    expect(await spared(hostileWebhookUrls, entry, "webhook_url", "invalid_webhook_url")).toEqual([])
    expect(await stored()).toBe(0)
    expect(shop.charged()).toEqual([])
  })

  it("are no origins that a merchant can register, unless they are plain ones", async () => {
    const before = await shop.kernel.merchants.get(ada)
    const registered: Array<string> = []
    for (const line of returnUrls) {
      const profile = { displayName: null, logoUrl: null, colour: null, returnOrigins: [shopOrigin, line] }
      const changed = await shop.kernel.merchants.changeProfile(ada, profile)
      if (changed.ok) registered.push(line)
    }
    expect(registered).toEqual([])
    expect(await shop.kernel.merchants.get(ada)).toEqual(before)
  })

  it("that only look like it lead to the shop all the same, and nowhere else", async () => {
    const tails = ["//evil.example", "/%2f%2fevil.example", "?next=https://evil.example/", "/.//evil.example"]
    for (const tail of tails) {
      const opened = await shop.open({ return_url: `${shopOrigin}${tail}` })
      const found = await shop.kernel.checkouts.get(ada, String(opened.data["session_id"]))
      const kept = found.ok ? found.value.checkout.returnUrl : null
      expect([opened.status, new URL(kept ?? "").origin]).toEqual([201, shopOrigin])
    }
  })
})
