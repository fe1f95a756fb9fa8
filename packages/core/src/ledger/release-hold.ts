/** Giving up a hold: the opposite of what it set apart, and nothing of what is posted. */
import { negate } from "../money/index.ts"
import type { Posting } from "./ledger.ts"

/**
 * The postings that undo the held ones among these. What they posted for good stays.
 *
 * @example
 * releaseOf([{ account: "card_receivable", layer: "held", amount: usd(5n) }])
 * // => [{ account: "card_receivable", layer: "held", amount: usd(-5n) }]
 */
export const releaseOf = (postings: ReadonlyArray<Posting>): ReadonlyArray<Posting> =>
  postings.filter(({ layer }) => layer === "held").map((posting) => ({ ...posting, amount: negate(posting.amount) }))
