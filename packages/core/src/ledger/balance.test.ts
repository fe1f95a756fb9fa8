import { describe, expect, it } from "vitest"
import { money } from "../money/index.ts"
import { usd } from "../testing/payment-examples.ts"
import { assertBalanced, available, foldBalances, isBalanced, releaseOf } from "./index.ts"
import type { LedgerTransaction, Posting } from "./ledger.ts"

const eur = (amount: bigint) => money(amount, "EUR")
const transaction = (...postings: ReadonlyArray<Posting>): LedgerTransaction => ({
  id: "payment-1:capture",
  merchantId: "merchant-1",
  kind: "capture",
  reference: { type: "payment", id: "payment-1" },
  atMs: 0,
  postings
})
const posted = (account: Posting["account"], amount: Posting["amount"]): Posting => ({
  account,
  layer: "posted",
  amount
})
const held = (account: Posting["account"], amount: Posting["amount"]): Posting => ({ account, layer: "held", amount })

describe("a ledger transaction", () => {
  it.each([
    [
      "with equal debits and credits balances",
      [posted("card_receivable", usd(5n)), posted("merchant_unsettled", usd(-5n))],
      true
    ],
    ["of nothing balances", [], true],
    ["with one side does not", [posted("card_receivable", usd(5n))], false],
    ["balanced over two currencies does not", [posted("cash", usd(5n)), posted("conversion", eur(-5n))], false],
    [
      "balanced over two layers does not",
      [posted("card_receivable", usd(5n)), held("merchant_unsettled", usd(-5n))],
      false
    ],
    [
      "balanced within each currency and layer does",
      [posted("cash", usd(5n)), posted("conversion", usd(-5n)), held("cash", eur(3n)), held("conversion", eur(-3n))],
      true
    ]
  ])("%s", (_, postings, balances) => {
    expect(isBalanced(transaction(...postings))).toBe(balances)
  })

  it("out of balance is a defect, and says where", () => {
    const right = transaction(posted("cash", usd(5n)), posted("conversion", usd(-5n)))
    expect(assertBalanced(right)).toBe(right)
    expect(() => assertBalanced(transaction(held("cash", eur(5n))))).toThrow("capture is out of balance: held EUR")
  })
})

describe("balances", () => {
  it("are sums per account, currency and layer", () => {
    const books = [
      transaction(posted("card_receivable", usd(100n)), posted("merchant_unsettled", usd(-100n))),
      transaction(held("card_receivable", usd(30n)), held("merchant_unsettled", usd(-30n))),
      transaction(posted("card_receivable", eur(1n)), posted("merchant_unsettled", eur(-1n)))
    ]
    expect(foldBalances(books)).toEqual([
      { account: "card_receivable", currency: "USD", posted: 100n, held: 30n },
      { account: "merchant_unsettled", currency: "USD", posted: -100n, held: -30n },
      { account: "card_receivable", currency: "EUR", posted: 1n, held: 0n },
      { account: "merchant_unsettled", currency: "EUR", posted: -1n, held: 0n }
    ])
  })

  it("are available as far as they are not set apart", () => {
    expect(available({ account: "card_receivable", currency: "USD", posted: 100n, held: 30n })).toEqual(usd(70n))
    expect(available({ account: "merchant_unsettled", currency: "USD", posted: -100n, held: -30n })).toEqual(usd(-70n))
  })
})

describe("releasing a hold", () => {
  it("is its opposite, and leaves what was posted", () => {
    expect(releaseOf([held("card_receivable", usd(5n)), posted("cash", usd(7n))])).toEqual([
      held("card_receivable", usd(-5n))
    ])
  })
})
