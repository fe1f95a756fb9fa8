import * as fc from "fast-check"
import { describe, it } from "vitest"
import { money } from "../money/index.ts"
import { assertBalanced, foldBalances, isBalanced, type LedgerTransaction, type Posting, releaseOf } from "./index.ts"

const numRuns = 10_000

const layer = fc.constantFrom("posted" as const, "held" as const)
const currency = fc.constantFrom("USD" as const, "EUR" as const, "USDC" as const)
const account = fc.constantFrom("card_receivable" as const, "merchant_unsettled" as const, "cash" as const)
const amount = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n })

const posting: fc.Arbitrary<Posting> = fc
  .record({ account, layer, currency, amount })
  .map((parts) => ({ account: parts.account, layer: parts.layer, amount: money(parts.amount, parts.currency) }))

const transactionOf = (postings: ReadonlyArray<Posting>): LedgerTransaction => ({
  id: "transaction-1",
  merchantId: "merchant-1",
  kind: "capture",
  reference: { type: "payment", id: "payment-1" },
  atMs: 0,
  postings
})

/** Each posting together with its counterpart on another account. */
const balancedTransaction = fc
  .array(posting, { maxLength: 6 })
  .map((postings) =>
    transactionOf(
      postings.flatMap((one) => [
        one,
        { ...one, account: "conversion" as const, amount: money(-one.amount.amount, one.amount.currency) }
      ])
    )
  )

describe("the books", () => {
  it("of balanced transactions sum to nothing, per currency and layer", () => {
    fc.assert(
      fc.property(fc.array(balancedTransaction, { maxLength: 8 }), (transactions) => {
        const sums = new Map<string, { posted: bigint; held: bigint }>()
        for (const balance of foldBalances(transactions.map(assertBalanced))) {
          const { posted, held } = sums.get(balance.currency) ?? { posted: 0n, held: 0n }
          sums.set(balance.currency, { posted: posted + balance.posted, held: held + balance.held })
        }
        return [...sums.values()].every(({ posted, held }) => posted === 0n && held === 0n)
      }),
      { numRuns }
    )
  })

  it("notice any one posting that is off", () => {
    fc.assert(
      fc.property(
        balancedTransaction.filter(({ postings }) => postings.length > 0),
        fc.nat(),
        fc.bigInt({ min: 1n, max: 10n ** 12n }),
        ({ postings }, index, off) => {
          const wrong = postings.map((one, place) =>
            place === index % postings.length
              ? { ...one, amount: money(one.amount.amount + off, one.amount.currency) }
              : one
          )
          return !isBalanced(transactionOf(wrong))
        }
      ),
      { numRuns }
    )
  })

  it("hold nothing after every hold was released, and keep what is posted", () => {
    fc.assert(
      fc.property(fc.array(balancedTransaction, { maxLength: 8 }), (transactions) => {
        const released = transactions.map(({ postings }) => transactionOf(releaseOf(postings)))
        const before = foldBalances(transactions)
        const after = foldBalances([...transactions, ...released])
        return (
          released.every(isBalanced) &&
          after.every(({ held }) => held === 0n) &&
          after.every((balance, index) => balance.posted === before[index]?.posted)
        )
      }),
      { numRuns }
    )
  })

  it("do not depend on the order of transactions", () => {
    const sorted = (transactions: ReadonlyArray<LedgerTransaction>) =>
      foldBalances(transactions)
        .map(({ account: name, currency: code, posted, held }) => `${name} ${code} ${posted} ${held}`)
        .sort()
        .join()
    fc.assert(
      fc.property(
        fc.array(balancedTransaction, { maxLength: 8 }),
        (transactions) => sorted(transactions) === sorted(transactions.toReversed())
      ),
      { numRuns }
    )
  })
})
