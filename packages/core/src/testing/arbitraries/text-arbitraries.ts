import * as fc from "fast-check"
import { wordsOf } from "../every-word.ts"

/** Any text, with the characters that break careless code: quotes, accents, emoji and property names. */
export const anyText: fc.Arbitrary<string> = fc.string({ unit: "grapheme", maxLength: 24 })

export const anyId: fc.Arbitrary<string> = fc.uuid()

/** Milliseconds from 1970 to 2100. */
export const anyTimeMs: fc.Arbitrary<number> = fc.integer({ min: 0, max: 4_102_444_800_000 })

export const orNull = <A>(arbitrary: fc.Arbitrary<A>): fc.Arbitrary<A | null> => fc.option(arbitrary, { nil: null })

/** Any of the words of a type, each of which has to be named. */
export const anyOf = <Word extends string>(all: { readonly [Name in Word]: true }): fc.Arbitrary<Word> =>
  fc.constantFrom(...wordsOf(all))

/** Plain addresses, some in capitals: many runs need them, and the standard's whole grammar is slow to generate. */
export const anyEmail: fc.Arbitrary<string> = fc
  .tuple(fc.nat({ max: 999 }), fc.boolean())
  .map(([number, loud]) => (loud ? `PAYER${number}@Example.ORG` : `payer${number}@example.org`))

const urlPiece = fc.string({ unit: fc.constantFrom(..."abcxyz019-._~"), minLength: 1, maxLength: 8 })

/** Of the parts that a payer's return has. The standard's whole grammar costs each process 0.7 s before its first run. */
export const anyUrl: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom("http", "https"), fc.nat({ max: 99 }), fc.array(urlPiece, { maxLength: 3 }), fc.boolean())
  .map(
    ([scheme, shop, path, asks]) => `${scheme}://shop${shop}.example/${path.join("/")}${asks ? "?order=7&a=b#c" : ""}`
  )

export const anyIpAddress: fc.Arbitrary<string> = fc
  .tuple(fc.nat({ max: 0xffff }), fc.boolean())
  .map(([number, six]) => (six ? `2001:DB8::${number.toString(16)}` : `192.0.${number >> 8}.${number & 255}`))
