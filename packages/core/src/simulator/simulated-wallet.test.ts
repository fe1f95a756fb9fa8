import { describe, expect, it } from "vitest"
import { simulatedWallet, testCards, walletToken } from "./index.ts"

const wallet = simulatedWallet()

describe("the simulated wallet", () => {
  it.each(["apple_pay", "google_pay"] as const)(
    "has a token of %s for each test card, and for no two the same",
    async (kind) => {
      const tokens = testCards.map(({ number }) => walletToken(kind, number))
      expect(new Set(tokens).size).toBe(testCards.length)
      expect(tokens).toContain(`tok_${kind}_424242_4242`)
      for (const { number } of testCards) {
        const opened = await wallet.open(kind, walletToken(kind, number))
        expect(opened.ok && opened.card.pan.reveal()).toBe(number)
        expect(opened).toMatchObject({ card: { expMonth: 12, expYear: 2049 } })
      }
    }
  )

  it.each([
    "",
    "tok_apple_pay_424242_4242 ",
    "tok_google_pay_424242_4242",
    "tok_apple_pay_411111_1111",
    "4242424242424242"
  ])("does not open %j as a token of Apple Pay", async (token) => {
    expect(await wallet.open("apple_pay", token)).toEqual({ ok: false })
  })
})
