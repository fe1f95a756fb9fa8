/**
 * How long a message may be. Standard Webhooks advises senders to stay below 20 kB, and receivers count on it: what is
 * longer is sent with less in it, never in part.
 */

/** In UTF-8. */
export const bodyBytesMax = 20_000

export type Room = {
  /** How the text is written in the body. Default: as it is. */
  readonly written?: (text: string) => string
  /** For what stands around it in the body. Default: nothing does. */
  readonly aroundBytes?: number
}

/**
 * The first of the texts that is short enough; the fullest comes first. Throws where none is, which means that a field
 * without a bound has found its way into the last one.
 *
 * @example
 * firstThatFits(["a", "b"]) // => "a"
 * firstThatFits(["a".repeat(20_001), "b"]) // => "b"
 */
export const firstThatFits = (texts: Iterable<string>, room: Room = {}): string => {
  const { written = (text: string) => text, aroundBytes = 0 } = room
  for (const text of texts) {
    if (new TextEncoder().encode(written(text)).length + aroundBytes <= bodyBytesMax) return text
  }
  throw new Error("a message has no form that is short enough")
}
