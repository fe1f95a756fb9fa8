import { expect, it } from "vitest"
import { money } from "../money/index.ts"
import type { Posting } from "./ledger.ts"
import { entriesOf } from "./ledger-entry.ts"

const postings: ReadonlyArray<Posting> = [
  { account: "merchant_available", layer: "held", amount: money(100n, "USD") },
  { account: "crypto_holdings", layer: "held", amount: money(-100n, "USD") }
]

it("is named by what it records, so that the same fact is never posted twice", () => {
  const entry = entriesOf("intent")({ id: "i-1", merchantId: "m-1" }, "d-1", "crypto_refund_hold", postings, 9)
  expect(entry).toEqual({
    id: "d-1:crypto-refund-hold",
    merchantId: "m-1",
    kind: "crypto_refund_hold",
    reference: { type: "intent", id: "i-1" },
    atMs: 9,
    postings
  })
})
