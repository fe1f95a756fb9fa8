import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { displayable, html } from "./html-text.ts"
import { textTables } from "./page-texts.ts"

const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(..."<>\"'`&=/ \u0000\u202Ex;#"), maxLength: 40 })
)

describe("a text in a page", () => {
  it("stays a text, and is read as it was written", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { markup } = html`<p title="${text}">${text}</p>`
        const [, attribute, content] = /^<p title="([^"<>]*)">([^<>]*)<\/p>$/u.exec(markup) ?? []
        expect(unescaped(attribute ?? "no")).toBe(text)
        expect(unescaped(content ?? "no")).toBe(text)
      }),
      { numRuns: 10_000 }
    )
  })

  it("shows nothing that turns or hides what stands beside it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), fc.integer({ min: 1, max: 50 }), (text, lengthMax) => {
        const shown = displayable(text, lengthMax)
        expect(shown).not.toMatch(/[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u)
        expect(shown.isWellFormed()).toBe(true)
        expect([...shown].length).toBeLessThanOrEqual(lengthMax)
      }),
      { numRuns: 10_000 }
    )
  })

  it("given it is harmless, is shown whole", () => {
    for (const text of ["Ada Byron", "Кофейня «Синяя дверь»", "مقهى", "👩‍👩‍👧", "O'Hara & Sons"]) {
      expect(displayable(text, 100)).toBe(text)
    }
  })
})

describe("the texts of the pages", () => {
  it("name the same things in every language", () => {
    const named = (text: string): ReadonlyArray<string> => [...text.matchAll(/\{\w+\}/gu)].map(([name]) => name).sort()
    for (const [language, table] of Object.entries(textTables)) {
      for (const [key, text] of Object.entries(table)) {
        const english = textTables.en[key as keyof typeof table]
        expect(named(text), `${language} ${key}`).toEqual(named(english))
        expect(text, `${language} ${key}`).not.toBe("")
      }
    }
  })
})

const unescaped = (text: string): string =>
  text.replace(/&#(\d+);/gu, (_, code) => String.fromCharCode(Number.parseInt(code, 10)))
