import { describe, expect, it } from "vitest"
import { keyedDigest } from "../commit/keyed-digest.ts"
import { challengeState, readChallengeState } from "./challenge-state.ts"

const digest = keyedDigest(new Uint8Array(32).fill(1))
const paymentId = "0193a000-0000-7000-8000-00000000000a"

/** Of a merchant whose own name makes it so long. */
const stateOfLetters = (letters: number) => {
  const { length } = challengeState(digest, "", paymentId)
  const merchantId = "m".repeat(letters - length)
  return { merchantId, state: challengeState(digest, merchantId, paymentId) }
}

describe("the token that comes back with a payer", () => {
  it.each(["0193a000-0000-7000-8000-000000000001", "shop", "acme.shop", "a.b.c", "."])(
    "names the payment of merchant %s",
    (merchantId) => {
      const state = challengeState(digest, merchantId, paymentId)
      expect(readChallengeState(digest, state)).toEqual({ merchantId, paymentId })
    }
  )

  it("has up to a thousand letters", () => {
    const { merchantId, state } = stateOfLetters(1000)
    expect(state).toHaveLength(1000)
    expect(readChallengeState(digest, state)).toEqual({ merchantId, paymentId })
  })

  it.each([
    ["of another key", challengeState(keyedDigest(new Uint8Array(32).fill(2)), "shop", paymentId)],
    ["of another merchant", challengeState(digest, "shop", paymentId).replace("shop", "shoq")],
    ["of another payment", challengeState(digest, "shop", paymentId).replace("000a", "000b")],
    ["cut short", challengeState(digest, "shop", paymentId).slice(0, -1)],
    ["without a merchant", `.${paymentId}.x`],
    ["of a merchant without a name", challengeState(digest, "", paymentId)],
    ["longer than a thousand letters", stateOfLetters(1001).state],
    ["without points", "x"],
    ["empty", ""],
    ["endless", "x".repeat(100_000)]
  ])("is refused when it is %s", (_, state) => {
    expect(readChallengeState(digest, state)).toBeUndefined()
  })
})
