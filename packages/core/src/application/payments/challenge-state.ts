/**
 * The token that comes back with a payer's browser. It names the payment and proves, in 130 bits, that we made it; it
 * never says how the challenge ended, since whoever carries it could change that. It is good once, for as long as its
 * challenge: what is kept of one that was used is a digest.
 */
import type { Digest } from "../../ports/digest.ts"

type Digests = Digest["Service"]

export const challengeState = (digest: Digests, merchantId: string, paymentId: string): string =>
  `${merchantId}.${paymentId}.${digest.of("return-state", `${merchantId}.${paymentId}`)}`

export const readChallengeState = (
  digest: Digests,
  state: string
): { readonly merchantId: string; readonly paymentId: string } | undefined => {
  if (state.length > stateLettersMax) return undefined
  // Read from its end: a merchant's id is the host's, and may have points of its own.
  const proofAt = state.lastIndexOf(".")
  const paymentAt = state.lastIndexOf(".", proofAt - 1)
  if (paymentAt <= 0) return undefined
  const merchantId = state.slice(0, paymentAt)
  const paymentId = state.slice(paymentAt + 1, proofAt)
  const proof = state.slice(proofAt + 1)
  const expected = digest.of("return-state", `${merchantId}.${paymentId}`)
  return sameText(expected, proof) ? { merchantId, paymentId } : undefined
}

const stateLettersMax = 1000

/** Looks at every character whatever the first difference, so that time tells nothing about the proof. */
export const sameText = (expected: string, given: string): boolean => {
  if (expected.length !== given.length) return false
  let difference = 0
  for (let at = 0; at < expected.length; at++) difference |= expected.charCodeAt(at) ^ given.charCodeAt(at)
  return difference === 0
}
