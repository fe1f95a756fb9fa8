import { describe, expect, it } from "vitest"
import { isContentOf, type RfiFileType, rfiFileTypes } from "./index.ts"

const text = (content: string): Uint8Array => new TextEncoder().encode(content)
const hex = (digits: string): Uint8Array =>
  Uint8Array.from(digits.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16))
const joined = (...parts: ReadonlyArray<Uint8Array>): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]))

const png = hex("89504e470d0a1a0a")
const heic = joined(hex("00000018"), text("ftypheic"), hex("00000000"), text("mif1heic"))

const examples: { readonly [type in RfiFileType]: Uint8Array } = {
  "application/pdf": text("%PDF-1.7\n"),
  "application/postscript": text("%!PS-Adobe-3.0"),
  "application/msword": hex("d0cf11e0a1b11ae100"),
  "application/x-msi": hex("d0cf11e0a1b11ae100"),
  "application/vnd.ms-excel": hex("d0cf11e0a1b11ae100"),
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": hex("504b0304140006"),
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": hex("504b0304140006"),
  "image/jpeg": hex("ffd8ffe000104a464946"),
  "image/jp2": hex("0000000c6a5020200d0a870a00"),
  "image/png": joined(png, hex("0000000d"), text("IHDR")),
  "image/apng": joined(png, hex("0000000d"), text("IHDR"), hex("00000008"), text("acTL")),
  "image/heic": heic,
  "image/heif": heic,
  "text/csv": text("name,amount\r\nJosé,5\n")
}

describe("a file", () => {
  it.each(rfiFileTypes)("of the type %s is known by its content, and nothing else is", (type) => {
    expect(isContentOf(type, examples[type])).toBe(true)
    expect(isContentOf(type, new Uint8Array())).toBe(false)
    expect(isContentOf(type, hex("00ff00ff"))).toBe(false)
    const others = type === "text/csv" ? examples["image/png"] : text("just, text")
    expect(isContentOf(type, others)).toBe(false)
  })

  it("is no other for having a name inside: brands are read where they stand", () => {
    const video = joined(hex("00000014"), text("ftypisom"), hex("00000000"), text("isom"), text("heic"))
    expect(isContentOf("image/heic", video)).toBe(false)
    expect(isContentOf("image/apng", examples["image/png"])).toBe(false)
  })

  it("names its brands in a box of its own, after the version of the first", () => {
    const box = (length: string, name: string, ...brands: ReadonlyArray<string>) =>
      isContentOf("image/heic", joined(hex(length), text(name), ...brands.map(text)))
    const version = "\u0000\u0000\u0000\u0000"
    expect(box("00000014", "ftyp", "isom", "heic", "isom")).toBe(false)
    expect(box("00000014", "free", "heic", version, "heic")).toBe(false)
    const long = ["isom", version, ...Array.from({ length: 5 }, () => "isom"), "heic"]
    expect(box("00000118", "ftyp", ...long)).toBe(true)
    expect(box("00000018", "ftyp", ...long)).toBe(false)
  })

  it.each<[RfiFileType, ReadonlyArray<string>]>([
    ["image/heic", ["heic", "heix", "hevc", "heim", "heis"]],
    ["image/heif", ["mif1", "msf1", "heic", "heix"]]
  ])("of the type %s has a brand of it", (type, brands) => {
    const branded = (brand: string) => isContentOf(type, joined(hex("00000010"), text(`ftyp${brand}`), hex("00000000")))
    expect(brands.filter((brand) => !branded(brand))).toEqual([])
    expect(["avif", "isom", "    "].filter(branded)).toEqual([])
  })

  it("may be large, and is still known by how it begins", () => {
    const large = (type: RfiFileType) => {
      const content = new Uint8Array(4_000_000)
      content.set(examples[type])
      return isContentOf(type, content)
    }
    expect((["image/heic", "image/apng"] as const).map(large)).toEqual([true, true])
  })

  it("of text is UTF-8", () => {
    expect(isContentOf("text/csv", joined(text("Jos"), hex("e9"), text(",5")))).toBe(false)
  })
})
