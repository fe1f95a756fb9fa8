/** Which files answer a request for information, by the media types that IANA registers or that are in common use. */

export const rfiFileTypes = [
  "application/pdf",
  "application/postscript",
  "application/msword",
  "application/x-msi",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  "application/vnd.ms-excel",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  "image/jpeg",
  "image/jp2",
  "image/png",
  "image/apng",
  "image/heic",
  "image/heif",
  "text/csv"
] as const

export type RfiFileType = (typeof rfiFileTypes)[number]

const known: ReadonlySet<string> = new Set(rfiFileTypes)

/**
 * Whether files of a media type are taken. Types are compared as they are registered, in small letters.
 *
 * @example
 * isRfiFileType("image/png") // => true
 * isRfiFileType("image/svg+xml") // => false
 */
export const isRfiFileType = (mediaType: string): mediaType is RfiFileType => known.has(mediaType)
