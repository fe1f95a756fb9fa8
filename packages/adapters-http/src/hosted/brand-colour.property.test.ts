import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { brandOf, contrastMin, contrastOf } from "./brand-colour.ts"

const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdefABCDEF"), minLength: length, maxLength: length })

const colour = fc.oneof(hex(3), hex(6)).map((digits) => `#${digits}`)

describe("a merchant's colour", () => {
  it("whatever it is, carries text that can be read, and gives an accent that can be seen", () => {
    fc.assert(
      fc.property(colour, (chosen) => {
        const brand = brandOf(chosen)
        expect(contrastOf(brand.colour, brand.onColour)).toBeGreaterThanOrEqual(contrastMin)
        expect(contrastOf(brand.accent, "#ffffff")).toBeGreaterThanOrEqual(contrastMin)
      }),
      { numRuns: 10_000 }
    )
  })

  it("given it is no colour, then the page has one of its own", () => {
    const none = brandOf(null)
    const texts = ["", "red", "#12", "#12345g", "#1234567", "#fff}", "#fff;}body{display:none", "url(//x)", " #ffffff"]
    for (const text of texts) expect(brandOf(text), text).toEqual(none)
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const { colour, onColour, accent } = brandOf(text)
        for (const part of [colour, onColour, accent]) expect(part).toMatch(/^#[0-9a-f]{6}$/u)
      }),
      { numRuns: 10_000 }
    )
  })

  it("keeps what the merchant chose", () => {
    expect(brandOf("#0B4F6C")).toEqual({ colour: "#0b4f6c", onColour: "#ffffff", accent: "#0b4f6c" })
    expect(brandOf("#fd0")).toMatchObject({ colour: "#ffdd00", onColour: "#000000" })
  })
})
