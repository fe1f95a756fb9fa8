import { describe, expect, it } from "vitest"
import { keyedDigest } from "../commit/keyed-digest.ts"
import { checkoutPage, publicName, readCheckoutPage } from "./checkout-names.ts"

const digest = keyedDigest(new Uint8Array(32).fill(1))
const checkoutId = "sess_ABCDEFGHIJKL"

describe("the public name of what was made", () => {
  it("has its published shape, and differs from id to id", () => {
    const names = Array.from({ length: 1_000 }, (_, n) => publicName(digest, "txn", `id-${n}`))
    for (const name of names) expect(name).toMatch(/^txn_[0-9A-Z]{12}$/u)
    expect(new Set(names).size).toBe(names.length)
    expect(publicName(digest, "sess", "id-1")).toBe(publicName(digest, "sess", "id-1"))
  })

  it("is nobody else's to work out from an id", () => {
    const other = keyedDigest(new Uint8Array(32).fill(2))
    expect(publicName(other, "txn", "id-1")).not.toBe(publicName(digest, "txn", "id-1"))
  })
})

/** Of a merchant whose own name makes it so long. */
const pageOfLetters = (letters: number) => {
  const { length } = checkoutPage(digest, "", checkoutId)
  const merchantId = "m".repeat(letters - length)
  return { merchantId, page: checkoutPage(digest, merchantId, checkoutId) }
}

describe("the name of a page", () => {
  it.each(["0193a000-0000-7000-8000-000000000001", "shop", "acme.shop", "a.b.c", "."])(
    "names the checkout of merchant %s",
    (merchantId) => {
      const page = checkoutPage(digest, merchantId, checkoutId)
      expect(readCheckoutPage(digest, page)).toEqual({ merchantId, checkoutId })
    }
  )

  it("has up to a thousand letters", () => {
    const { merchantId, page } = pageOfLetters(1000)
    expect(page).toHaveLength(1000)
    expect(readCheckoutPage(digest, page)).toEqual({ merchantId, checkoutId })
  })

  it.each([
    ["of another key", checkoutPage(keyedDigest(new Uint8Array(32).fill(2)), "shop", checkoutId)],
    ["of another merchant", checkoutPage(digest, "shop", checkoutId).replace("shop", "shoq")],
    ["of another checkout", checkoutPage(digest, "shop", checkoutId).replace("JKL", "JKM")],
    ["a proof of something else", `shop.${checkoutId}.${digest.of("return-state", `shop.${checkoutId}`)}`],
    ["cut short", checkoutPage(digest, "shop", checkoutId).slice(0, -1)],
    ["without a merchant", `.${checkoutId}.x`],
    ["of a merchant without a name", checkoutPage(digest, "", checkoutId)],
    ["longer than a thousand letters", pageOfLetters(1001).page],
    ["without points", "x"],
    ["empty", ""],
    ["endless", "x".repeat(100_000)]
  ])("is refused when it is %s", (_, page) => {
    expect(readCheckoutPage(digest, page)).toBeUndefined()
  })
})
