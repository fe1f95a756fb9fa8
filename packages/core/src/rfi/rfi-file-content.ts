/** Whether a file is what it is said to be, by the bytes that it begins with. */
import type { RfiFileType } from "./rfi-file-types.ts"

/**
 * Whether content can be a file of a media type: it begins as such files do. That it is a good one is not told by it.
 *
 * @example
 * const pdf = new TextEncoder().encode("%PDF-1.7")
 * isContentOf("application/pdf", pdf) // => true
 * isContentOf("image/png", pdf) // => false
 */
export const isContentOf = (mediaType: RfiFileType, content: Uint8Array): boolean =>
  content.length > 0 && shapes[mediaType](content)

type Shape = (content: Uint8Array) => boolean

const beginsWith =
  (...bytes: ReadonlyArray<number>): Shape =>
  (content) =>
    bytes.every((byte, at) => content[at] === byte)

const beginsWithText = (text: string): Shape => beginsWith(...new TextEncoder().encode(text))

/** Of the files that Microsoft's programs wrote before 2007, and of installers. */
const compoundFile = beginsWith(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1)
const zip = beginsWith(0x50, 0x4b, 0x03, 0x04)
const png = beginsWith(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

/** A box of ISO/IEC 14496-12 that names one of these brands, as its own or as one that it agrees with. */
const branded =
  (...brands: ReadonlyArray<string>): Shape =>
  (content) => {
    const text = latin1(content.slice(0, 64))
    const length = content.slice(0, 4).reduce((size, byte) => size * 256 + byte, 0)
    const listed = (text.slice(8, Math.min(length, 64)).match(/.{4}/gsu) ?? []).filter((_, place) => place !== 1)
    return text.slice(4, 8) === "ftyp" && listed.some((brand) => brands.includes(brand))
  }

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes)

/** A PNG with the chunk that says how many pictures follow. */
const animated: Shape = (content) => png(content) && latin1(content.slice(0, 4096)).includes("acTL")

/** UTF-8 without signs that no keyboard has. */
const plainText: Shape = (content) => {
  try {
    return !/[^\P{Cc}\t\n\r]/u.test(new TextDecoder("utf-8", { fatal: true }).decode(content))
  } catch {
    return false
  }
}

const shapes: { readonly [type in RfiFileType]: Shape } = {
  "application/pdf": beginsWithText("%PDF-"),
  "application/postscript": beginsWithText("%!"),
  "application/msword": compoundFile,
  "application/x-msi": compoundFile,
  "application/vnd.ms-excel": compoundFile,
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": zip,
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": zip,
  "image/jpeg": beginsWith(0xff, 0xd8, 0xff),
  "image/jp2": beginsWith(0, 0, 0, 0x0c, 0x6a, 0x50, 0x20, 0x20, 0x0d, 0x0a, 0x87, 0x0a),
  "image/png": png,
  "image/apng": animated,
  "image/heic": branded("heic", "heix", "hevc", "heim", "heis"),
  "image/heif": branded("mif1", "msf1", "heic", "heix"),
  "text/csv": plainText
}
