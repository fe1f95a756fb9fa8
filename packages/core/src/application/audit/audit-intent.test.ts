/** What is found in an intent, its deposits and its refunds, where their store says something else of one of them. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import type { Deposit } from "../../deposit/deposit.ts"
import { noDeposit } from "../../deposit/deposit-evolve.ts"
import type { IntentEvent, IntentKind } from "../../intent/intent.ts"
import { idsNamedMax, noIntent } from "../../intent/intent-evolve.ts"
import type { IntentRefund } from "../../intent-refund/intent-refund.ts"
import { noIntentRefund } from "../../intent-refund/intent-refund-evolve.ts"
import type { LedgerTransaction, Posting } from "../../ledger/ledger.ts"
import { memoryStore } from "../../memory/index.ts"
import { money } from "../../money/index.ts"
import type { Commit } from "../../ports/commit.ts"
import { Store, type StoredAggregate } from "../../ports/store.ts"
import { booksProblems, storedAs } from "../../testing/told-books.ts"
import { depositDefinition, intentDefinition, intentRefundDefinition } from "../storage/aggregates.ts"
import { written } from "../storage/repository.ts"
import { examineDeposit, examineIntent, examineIntentRefund } from "./audit-intent.ts"

const merchantId = "m-1"
const usdc = (amount: bigint) => money(amount, "USDC")
const unbalanced = "a ledger transaction does not balance"

/** What one row of the books says: an amount of the account, and its opposite on the other side. */
const moved = (layer: Posting["layer"], amount: bigint, currency: "USDC" | "EURC" = "USDC"): LedgerTransaction => ({
  ...{ id: `t-${layer}`, merchantId, kind: "crypto_deposit", atMs: 1 },
  reference: { type: "deposit", id: "d-1" },
  postings: [
    { account: "conversion", layer, amount: money(-amount, currency) },
    { account: "crypto_holdings", layer, amount: money(amount, currency) }
  ]
})

const oneSided = (layer: Posting["layer"], amount: bigint): LedgerTransaction => ({
  ...moved(layer, amount),
  postings: moved(layer, amount).postings.slice(1)
})

const storedDeposit = (deposit: Deposit): StoredAggregate =>
  storedAs(depositDefinition, { merchantId, id: deposit.id }, deposit)

const storedRefund = (refund: IntentRefund): StoredAggregate =>
  storedAs(intentRefundDefinition, { merchantId, id: refund.id }, refund)

const credited = (amount: bigint): Deposit => ({
  ...{ ...noDeposit, status: "final", id: "d-1", intentId: "i-1", amount: usdc(amount) },
  credit: { amount: usdc(amount), fee: usdc(0n), net: usdc(amount), settled: usdc(amount), rate: null }
})

const seen = (id: string, status: Deposit["status"] = "seen"): Deposit => ({
  ...credited(5n),
  id,
  status,
  credit: null
})

const refundOf = (id: string, status: IntentRefund["status"], amount: bigint): IntentRefund => ({
  ...{ ...noIntentRefund, id, status, amount: usdc(amount), source: usdc(amount) },
  networkFee: status === "paid" ? usdc(1n) : null
})

describe("the books of a deposit", () => {
  const notCredited = "its postings are not what was credited"
  it.each<[string, Deposit, ReadonlyArray<LedgerTransaction>, ReadonlyArray<string>]>([
    ["hold what was credited", credited(10n), [moved("posted", 10n)], []],
    ["hold nothing before it is final", seen("d-1"), [], []],
    ["hold less than was credited", credited(10n), [moved("posted", 9n)], [notCredited]],
    ["hold nothing of what was credited", credited(10n), [], [notCredited]],
    ["hold what was never credited", seen("d-1"), [moved("posted", 5n)], [notCredited]],
    ["hold another currency", credited(10n), [moved("posted", 10n, "EURC")], [notCredited]],
    ["only reserve what was credited", credited(10n), [moved("held", 10n)], [notCredited]],
    ["do not balance", credited(10n), [oneSided("posted", 10n)], [unbalanced]]
  ])("%s", async (_, deposit, books, problems) => {
    expect(await booksProblems(examineDeposit(storedDeposit(deposit)), books)).toEqual(problems)
  })
})

describe("the books of a refund", () => {
  const notSent = "its postings are not what was sent or set apart"
  it.each<[string, IntentRefund, ReadonlyArray<LedgerTransaction>, ReadonlyArray<string>]>([
    ["have sent it and the chain's fee", refundOf("r-1", "paid", 10n), [moved("posted", -11n)], []],
    ["have sent it without the chain's fee", refundOf("r-1", "paid", 10n), [moved("posted", -10n)], [notSent]],
    [
      "have sent it where nothing was taken for it",
      { ...refundOf("r-1", "paid", 10n), networkFee: null },
      [moved("posted", -10n)],
      []
    ],
    [
      "keep it apart still, after it was sent",
      refundOf("r-1", "paid", 10n),
      [moved("posted", -11n), moved("held", 10n)],
      [notSent]
    ],
    ["keep it apart", refundOf("r-1", "pending", 10n), [moved("held", 10n)], []],
    ["do not keep it apart", refundOf("r-1", "pending", 10n), [], [notSent]],
    [
      "have sent it before it is known to be final",
      refundOf("r-1", "pending", 10n),
      [moved("held", 10n), moved("posted", -11n)],
      [notSent]
    ],
    ["know nothing of what failed", refundOf("r-1", "failed", 10n), [], []],
    ["keep apart what failed", refundOf("r-1", "failed", 10n), [moved("held", 10n)], [notSent]],
    ["do not balance", refundOf("r-1", "pending", 10n), [oneSided("held", 10n)], [unbalanced]]
  ])("%s", async (_, refund, books, problems) => {
    expect(await booksProblems(examineIntentRefund(storedRefund(refund)), books)).toEqual(problems)
  })
})

const created = (kind: IntentKind): IntentEvent => ({
  ...{ _tag: "IntentCreated", kind, id: "i-1", merchantId, walletId: null, currency: "USDC" },
  ...{ amount: kind === "transient" ? usdc(100n) : null, settlementCurrency: "USDC", chains: ["ETH"], toleranceBps: 0 },
  ...{ expiresAtMs: kind === "transient" ? 50 : null, monitoringMs: 10, atMs: 1 }
})

const opened = (kind: IntentKind): IntentEvent => ({
  _tag: kind === "transient" ? "IntentOpened" : "IntentActivated",
  addresses: [{ chain: "ETH", address: "0x1", addressTag: null }],
  ...{ leaseFee: usdc(0n), atMs: 2 }
})

const noted = (depositId: string): IntentEvent => ({
  ...{ _tag: "IntentDepositNoted", depositId, amount: usdc(5n) },
  ...{ late: false, atMs: 3 }
})

const paidBy = (depositId: string, amount: bigint): IntentEvent => ({
  ...{ _tag: "IntentDepositCredited", depositId, amount: usdc(amount) },
  ...{ fee: usdc(0n), late: false, noted: null, atMs: 4 }
})

const givingBack = (refundId: string, amount: bigint): IntentEvent => ({
  ...{ _tag: "IntentRefundStarted", refundId },
  ...{ amount: usdc(amount), atMs: 6 }
})

const gaveBack = (refundId: string, amount: bigint): IntentEvent => ({
  ...{ _tag: "IntentRefundPaid", refundId },
  ...{ amount: usdc(amount), atMs: 7 }
})

const expired: IntentEvent = { _tag: "IntentExpired", reason: null, atMs: 50 }

type Parts = { readonly deposits?: ReadonlyArray<Deposit>; readonly refunds?: ReadonlyArray<IntentRefund> }

/** An intent whose own history is sound, beside such deposits and refunds. */
const intentProblems = async (
  kind: IntentKind,
  events: ReadonlyArray<IntentEvent>,
  { deposits = [], refunds = [] }: Parts,
  change: (one: StoredAggregate) => StoredAggregate = (one) => one,
  books: ReadonlyArray<LedgerTransaction> = []
): Promise<ReadonlyArray<string>> => {
  const own = memoryStore()
  const parts = [...deposits.map(storedDeposit), ...refunds.map(storedRefund)].map(change)
  const history = [created(kind), opened(kind), ...events]
  const { write } = written(intentDefinition, { merchantId, id: "i-1" }, { state: noIntent, version: 0 }, history)
  const commit: Commit = {
    ...{ idempotency: null, aggregates: [write], ledger: [], tasks: [] },
    ...{ lease: null, sealed: [], erased: [] }
  }
  const store = Store.of({
    ...own,
    ledgerOf: () => Effect.succeed(books),
    load: ({ type, id }) => Effect.succeed(parts.find(({ ref }) => ref.type === type && ref.id === id))
  })
  await Effect.runPromise(own.commit(commit))
  const intent = await Effect.runPromise(own.load(write.ref))
  if (intent === undefined) throw new Error("the intent was not stored")
  const { problems } = await Effect.runPromise(Effect.provideService(examineIntent(intent), Store, store))
  return problems
}

describe("an intent beside its deposits and refunds", () => {
  const notPaid = "its deposits are not what was paid"
  const notConfirming = "its deposits are not what is confirming"
  const notGivenBack = "its refunds are not what it gave back or set apart"
  const refunded = [paidBy("d-1", 10n), expired, givingBack("r-1", 4n), givingBack("r-2", 3n), gaveBack("r-1", 4n)]
  const ten = [credited(10n)]
  const [sent, underWay] = [refundOf("r-1", "paid", 4n), refundOf("r-2", "pending", 3n)]

  it.each<[string, ReadonlyArray<IntentEvent>, Parts, ReadonlyArray<string>]>([
    ["nobody has paid", [], {}, []],
    ["they are what was paid", [paidBy("d-1", 10n)], { deposits: ten }, []],
    ["they are less than was paid", [paidBy("d-1", 10n)], { deposits: [credited(9n)] }, [notPaid]],
    ["one does not exist", [paidBy("d-1", 10n)], {}, ["its deposit d-1 does not exist"]],
    [
      "one is seen, one is in a block",
      [noted("d-1"), noted("d-2")],
      {
        deposits: [seen("d-1"), seen("d-2", "confirming")]
      },
      []
    ],
    ["one that is confirming is gone", [noted("d-1")], { deposits: [seen("d-1", "dropped")] }, [notConfirming]],
    ["they are what was given back and set apart", refunded, { deposits: ten, refunds: [sent, underWay] }, []],
    [
      "less was given back",
      refunded,
      { deposits: ten, refunds: [refundOf("r-1", "paid", 3n), underWay] },
      [notGivenBack]
    ],
    ["less is set apart", refunded, { deposits: ten, refunds: [sent, refundOf("r-2", "pending", 2n)] }, [notGivenBack]],
    [
      "what is set apart has failed",
      refunded,
      { deposits: ten, refunds: [sent, refundOf("r-2", "failed", 3n)] },
      [notGivenBack]
    ],
    ["a refund does not exist", refunded, { deposits: ten, refunds: [sent] }, ["its intent_refund r-2 does not exist"]],
    [
      "both are wrong",
      refunded,
      { deposits: [credited(9n)], refunds: [] },
      [notPaid, "its intent_refund r-1 does not exist"]
    ]
  ])("is compared with them: %s", async (_, events, parts, problems) => {
    expect(await intentProblems("transient", events, parts)).toEqual(problems)
  })

  it("is not compared where one of them cannot be read, which its own examination says", async () => {
    const garbled = (one: StoredAggregate): StoredAggregate => ({ ...one, state: "nonsense" })
    const events = [paidBy("d-1", 10n), expired, givingBack("r-1", 4n)]
    const parts = { deposits: ten, refunds: [refundOf("r-1", "pending", 4n)] }
    expect(await intentProblems("transient", events, parts, garbled)).toEqual([])
  })

  it("is not compared where it names none or no longer all of them", async () => {
    expect(await intentProblems("continuous", [paidBy("d-1", 10n)], {})).toEqual([])
    const names = (count: number) => Array.from({ length: count }, (_, at) => `x-${at}`)
    const deposits = (count: number) => names(count).map((id) => ({ ...credited(0n), id }))
    const pays = (count: number) => names(count).map((id) => paidBy(id, 1n))
    const all = { deposits: deposits(idsNamedMax) }
    expect(await intentProblems("transient", pays(idsNamedMax - 1), all)).toEqual([notPaid])
    expect(await intentProblems("transient", pays(idsNamedMax), all)).toEqual([])
    const refunds = names(idsNamedMax).map((id) => refundOf(id, "failed", 1n))
    const gives = (count: number) => [paidBy("d-1", 1000n), expired, ...names(count).map((id) => givingBack(id, 1n))]
    const both = { deposits: [credited(1000n)], refunds }
    expect(await intentProblems("transient", gives(idsNamedMax - 1), both)).toEqual([notGivenBack])
    expect(await intentProblems("transient", gives(idsNamedMax), both)).toEqual([])
  })

  it("is compared with nothing where its own books are wrong", async () => {
    const alone = await intentProblems("transient", [paidBy("d-1", 10n)], {}, undefined, [oneSided("posted", 1n)])
    expect(alone).toEqual([unbalanced])
  })
})
