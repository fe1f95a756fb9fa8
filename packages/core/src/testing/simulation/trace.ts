/** What happened, as one number that any difference changes, and in words for whoever reads about a failure. */

export type Trace = {
  /** Notes something that happened. Only its hash is kept. */
  readonly note: (...parts: ReadonlyArray<string | number>) => void
  /** 16 hexadecimal digits. */
  readonly hash: () => string
  readonly notes: () => number
}

/** Two hashes with different multipliers (FNV-1a and a variant of it), so that 64 bits come of 32-bit arithmetic. */
export const makeTrace = (): Trace => {
  let one = 0x811c9dc5
  let other = 0x9e3779b9
  let notes = 0
  const mix = (code: number): void => {
    one = Math.imul(one ^ code, 0x01000193)
    other = Math.imul(other ^ code, 0x85ebca6b)
    other ^= other >>> 13
  }
  const mixText = (text: string): void => {
    for (let at = 0; at < text.length; at++) mix(text.charCodeAt(at))
  }
  return {
    note: (...parts) => {
      notes++
      for (const part of parts) {
        if (typeof part === "string") mixText(part)
        else mixText(part.toString(36))
        mix(0x1f)
      }
    },
    hash: () => hex(one) + hex(other),
    notes: () => notes
  }
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, "0")
