import { Money } from "@paykernel/core/domain"
import { describe, expect, it } from "vitest"
import { localAmount, localTime } from "./page-amount.ts"
import { pageLocale } from "./page-locale.ts"

const plain = (text: string): string => text.replace(/[\u00A0\u202F]/gu, " ")

describe("an amount", () => {
  const cases: ReadonlyArray<readonly [amount: bigint, currency: Money.Currency, locale: string, shown: string]> = [
    [4990n, "USD", "en-US", "$49.90"],
    [4990n, "USD", "en-CA", "US$49.90"],
    [123456789n, "EUR", "de-DE", "1.234.567,89 €"],
    [123456789n, "EUR", "fr-FR", "1 234 567,89 €"],
    [4990n, "RUB", "ru-RU", "49,90 ₽"],
    [10000000n, "INR", "en-IN", "₹1,00,000.00"],
    [300n, "JPY", "en-US", "¥300"],
    [1234n, "KWD", "en-US", "KWD 1.234"],
    [5n, "USD", "es-ES", "0,05 US$"],
    [1_500_000n, "USDC", "en-US", "1.500000 USDC"],
    [1n, "ETH", "en-US", "ETH 0.000000000000000001"]
  ]
  for (const [amount, currency, locale, shown] of cases) {
    it(`of ${amount} ${currency} reads ${shown} in ${locale}`, () => {
      expect(plain(localAmount({ amount, currency }, locale))).toBe(shown)
    })
  }

  it("keeps every digit, where a float would round", () => {
    const amount = 99_999_999_999_999_999_999_999_999_999_999_999_999n
    expect(localAmount({ amount, currency: "USD" }, "en-US").replace(/\D/gu, "")).toBe(amount.toString())
  })

  it("of a currency that the host has added is shown too", () => {
    const table = Money.currencyTable([...Money.currencies.entries, { code: "POINTS", exponent: 0 }])
    const points = { amount: 1200n, currency: "POINTS" as Money.Currency }
    expect(plain(localAmount(points, "de", table))).toBe("1.200 POINTS")
  })
})

it("a moment says that it is in UTC", () => {
  expect(localTime(Date.UTC(2026, 1, 3, 4, 5), "de")).toBe("3. Februar 2026 um 04:05 UTC")
})

describe("the language of a customer", () => {
  const cases: ReadonlyArray<readonly [header: string | null, language: string, numbers: string]> = [
    [null, "en", "en"],
    ["", "en", "en"],
    ["de-AT", "de", "de-AT"],
    ["fr;q=0.3, es-MX;q=0.9", "es", "es-MX"],
    ["ja-JP, pt;q=0.9, fr;q=0.2", "fr", "ja-JP"],
    ["*", "en", "en"],
    ["de;q=0, ru", "ru", "ru"],
    ["xx-YY, tlh", "en", "en"],
    ["en-u-nu-thai", "en", "en"],
    ["</html>, ../../etc, de\u0000", "en", "en"],
    [`${"x,".repeat(100_000)}de`, "en", "en"]
  ]
  for (const [header, language, numbers] of cases) {
    it(`${JSON.stringify(header)?.slice(0, 40)} is ${language}, with numbers as in ${numbers}`, () => {
      expect(pageLocale(header)).toEqual({ language, numbers })
    })
  }
})
