import * as fc from "fast-check"
import { expect, it } from "vitest"
import { fromBase64Url, toBase64Url } from "./base64-url.ts"

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text)

/** RFC 4648 §10, without the padding, and the two letters in which §5 differs. */
it.each([
  ["", ascii("")],
  ["Zg", ascii("f")],
  ["Zm8", ascii("fo")],
  ["Zm9v", ascii("foo")],
  ["Zm9vYg", ascii("foob")],
  ["Zm9vYmE", ascii("fooba")],
  ["Zm9vYmFy", ascii("foobar")],
  ["-_-_", new Uint8Array([0xfb, 0xff, 0xbf])]
])("%j stands for the bytes of the standard, both ways", (text, bytes) => {
  expect(toBase64Url(bytes)).toBe(text)
  expect(fromBase64Url(text)).toEqual(bytes)
})

it("any bytes come back as they were, however many", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes)
    })
  )
  for (const length of [8_191, 8_192, 8_193, 300_000]) {
    const many = Uint8Array.from({ length }, (_, at) => at % 251)
    expect(fromBase64Url(toBase64Url(many))).toEqual(many)
  }
})

it.each(["Z", "Zm9vZ", "Zg==", "Zm9v=", "Zm+v", "Zm/v", "Zm 9v", "Zm9v\n", "Zmäv"])(
  "%j is no text of bytes",
  (text) => {
    expect(fromBase64Url(text)).toBeUndefined()
  }
)

it.each(["Zh", "Zm9", "Zm9vYh", "Zm9vYmF"])("%j would be a second spelling, and is none", (text) => {
  expect(fromBase64Url(text)).toBeUndefined()
})
