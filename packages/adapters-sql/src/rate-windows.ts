/** How the SQL limiters name what they count, and for how long they keep it. */
import { createHash } from "node:crypto"
import type { RateTake } from "@paykernel/core/effect"

/**
 * The name of a key's windows of one length, as 43 characters of base64url. Of a digest, because a database does not
 * keep every text, because keys may be as long as strangers like, and because they may hold the address of a person.
 */
export const windowsOf = ({ key, windowMs }: RateTake): string =>
  createHash("sha256").update(`${windowMs} ${key}`, "utf16le").digest("base64url")

/** A window that has ended stays for as long as a clock may be set back, or two clocks may differ. */
export const windowKeptMs = 300_000

/** Each take that begins a window removes so many that are over, so the table cannot outgrow what is counted. */
export const windowsSweptPerTake = 16
