import { describe, expect, it } from "vitest"
import { type Currency, currencies, currencyTable, exponentOf, format, isCurrency, money, parse } from "./index.ts"
import { iso4217 } from "./iso-4217.ts"

// XTS is the code that ISO 4217 reserves for tests, so adding it to the type disturbs nobody.
declare module "./currency.ts" {
  interface CustomCurrencies {
    readonly XTS: true
  }
}

const codesWith = (exponent: number) =>
  Object.entries(iso4217).flatMap(([code, found]) => (found === exponent ? [code] : []))

describe("the ISO 4217 table", () => {
  it("has every current code with a minor unit", () => {
    expect(Object.keys(iso4217)).toHaveLength(165)
    expect(codesWith(2)).toHaveLength(139)
    expect(Object.keys(iso4217)).toEqual(Object.keys(iso4217).sort())
  })

  it("knows the currencies that do not have two decimals", () => {
    expect(codesWith(0).join(" ")).toBe("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF")
    expect(codesWith(1)).toEqual([])
    expect(codesWith(3).join(" ")).toBe("BHD IQD JOD KWD LYD OMR TND")
    expect(codesWith(4).join(" ")).toBe("CLF UYW")
  })

  it.each(["BGN", "HRK", "ANG", "SLL", "ZWL", "CUC", "VEF", "MRO", "DEM"])(
    "no longer has %s, which was withdrawn",
    (code) => {
      expect(isCurrency(code)).toBe(false)
    }
  )

  it.each(["XCG", "ZWG", "SLE", "VED", "XAD", "CHE", "COU", "MXV", "USN"])("has the recent code or fund %s", (code) => {
    expect(isCurrency(code)).toBe(true)
  })

  it.each(["XAU", "XAG", "XDR", "XTS", "XXX"])("has no %s, which cannot be counted in minor units", (code) => {
    expect(isCurrency(code)).toBe(false)
  })
})

describe("the standard table", () => {
  it.each([
    ["USDC", 6],
    ["EURC", 6],
    ["BTC", 8],
    ["ETH", 18],
    ["SOL", 9],
    ["MATIC", 18],
    ["USD", 2],
    ["JPY", 0]
  ] as const)("%s has %i decimals", (code, exponent) => {
    expect(exponentOf(code)).toBe(exponent)
  })

  it.each(["usd", "", "USD ", "US", "__proto__", "constructor", "toString"])(
    "does not take %j for a currency",
    (text) => {
      expect(isCurrency(text)).toBe(false)
    }
  )

  it("cannot be changed", () => {
    expect(Object.isFrozen(currencies) && Object.isFrozen(currencies.entries)).toBe(true)
    expect(currencies.entries.every((entry) => Object.isFrozen(entry))).toBe(true)
  })
})

describe("a host's own currency", () => {
  const table = currencyTable([...currencies.entries, { code: "XTS", exponent: 1 }])
  const added: Currency = "XTS"

  it("works wherever the host hands in the table, and nowhere else", () => {
    expect(parse("12.5", added, table)).toMatchObject({ success: { amount: 125n, currency: "XTS" } })
    expect(format(money(125n, "XTS"), table)).toBe("12.5")
    expect(exponentOf("USD", table)).toBe(2)
    expect(parse("12.5", added)).toMatchObject({ failure: { _tag: "UnknownCurrency" } })
    expect(() => format(money(125n, "XTS"))).toThrow(new RangeError("the currency is not in the table"))
  })

  const codeShape = "a currency code is 2 to 16 capital letters and digits"
  const exponentRange = "the exponent of XTS is not a whole number from 0 to 36"

  it("is not changed by what happens to the list it came from", () => {
    const entries = [{ code: "XTS", exponent: 1 }]
    const taken = currencyTable(entries)
    entries.push({ code: "USD", exponent: 3 })
    expect(taken.lookUp("USD")).toBeUndefined()
  })

  it.each([
    ["a code in small letters", [{ code: "points", exponent: 0 }], codeShape],
    ["a code that begins with another sign", [{ code: "$XTS", exponent: 0 }], codeShape],
    ["a code that ends with another sign", [{ code: "XTS$", exponent: 0 }], codeShape],
    ["a code of 17 letters", [{ code: "A".repeat(17), exponent: 0 }], codeShape],
    ["a repeated code", [...currencies.entries, { code: "USD", exponent: 3 }], "currency USD is in the table twice"],
    ["half a decimal", [{ code: "XTS", exponent: 0.5 }], exponentRange],
    ["decimals below zero", [{ code: "XTS", exponent: -1 }], exponentRange],
    ["more decimals than an amount has digits", [{ code: "XTS", exponent: 37 }], exponentRange]
  ])("is refused with %s", (_reason, entries, message) => {
    expect(() => currencyTable(entries)).toThrow(new RangeError(message))
  })

  it("may have as many decimals as fit an amount", () => {
    expect(currencyTable([{ code: "XTS", exponent: 36 }]).lookUp("XTS")).toBe(36)
  })
})
