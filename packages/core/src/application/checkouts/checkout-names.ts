/**
 * The public names of checkouts and transactions, and of the pages where checkouts are paid. Names are short enough to be
 * read out; a page's name carries its merchant and a proof that we made it, so nobody finds a page by trying.
 */
import type { Digest } from "../../ports/digest.ts"
import { sameText } from "../payments/challenge-state.ts"

type Digests = Digest["Service"]

const nameLetters = 12

/**
 * `sess_` or `txn_` and twelve capital letters and digits, sixty bits of a digest of an id that is used once.
 *
 * @example
 * publicName(keyedDigest(digestKey), "txn", "id-1").length // => 16
 */
export const publicName = (digest: Digests, prefix: "sess" | "txn", id: string): string =>
  `${prefix}_${digest.of("public-id", id).slice(0, nameLetters).toUpperCase()}`

/** Names the page of a checkout: whose it is, which one, and a proof that we said so. */
export const checkoutPage = (digest: Digests, merchantId: string, checkoutId: string): string =>
  `${merchantId}.${checkoutId}.${digest.of("checkout-page", `${merchantId}.${checkoutId}`)}`

/**
 * Whose page it is; `undefined` for a name that we did not make.
 *
 * @example
 * const digest = keyedDigest(digestKey)
 * const page = checkoutPage(digest, "merchant-1", "sess_1")
 * readCheckoutPage(digest, page) // => { merchantId: "merchant-1", checkoutId: "sess_1" }
 * readCheckoutPage(digest, page.replace("sess_1", "sess_2")) // => undefined
 */
export const readCheckoutPage = (
  digest: Digests,
  page: string
): { readonly merchantId: string; readonly checkoutId: string } | undefined => {
  if (page.length > pageLettersMax) return undefined
  // Read from its end: a merchant's id is the host's, and may have points of its own.
  const proofAt = page.lastIndexOf(".")
  const checkoutAt = page.lastIndexOf(".", proofAt - 1)
  if (checkoutAt <= 0) return undefined
  const named = page.slice(0, proofAt)
  if (!sameText(digest.of("checkout-page", named), page.slice(proofAt + 1))) return undefined
  return { merchantId: page.slice(0, checkoutAt), checkoutId: page.slice(checkoutAt + 1, proofAt) }
}

const pageLettersMax = 1000
