/** Ids that are derived instead of drawn, so that making something twice is making it once. */
import type { Digest } from "../../ports/digest.ts"
import { digestBytes } from "./keyed-digest.ts"

type Purpose = Parameters<Digest["Service"]["of"]>[0]

/**
 * A UUID of version 8 (RFC 9562 §5.8), whose bits are the maker's own: the same for the same parts.
 *
 * @example
 * derivedUuid(digest, "deposit-id", ["ETH", "0xabc", 0]).length // => 36
 */
export const derivedUuid = (
  digest: Digest["Service"],
  purpose: Purpose,
  parts: ReadonlyArray<string | number>
): string => {
  const bytes = digestBytes(digest.of(purpose, JSON.stringify(parts)))
  const digits = [...bytes].map((byte, at) => marked(byte, at).toString(16).padStart(2, "0")).join("")
  const cuts = [0, 8, 12, 16, 20, 32]
  return cuts
    .slice(1)
    .map((end, at) => digits.slice(cuts[at], end))
    .join("-")
}

const marked = (byte: number, at: number): number => {
  if (at === 6) return 0x80 | (byte & 0x0f)
  return at === 8 ? 0x80 | (byte & 0x3f) : byte
}
