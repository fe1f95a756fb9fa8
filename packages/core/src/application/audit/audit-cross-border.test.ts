/** What is found in a payment abroad, in its books and in its parts, where their store says something else of one. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import type { CrossBorderEvent, CrossBorderPayment } from "../../cross-border/cross-border.ts"
import { noPayment } from "../../cross-border/cross-border-evolve.ts"
import type { LedgerAccount, LedgerLayer, LedgerTransaction } from "../../ledger/ledger.ts"
import { memoryStore } from "../../memory/index.ts"
import { type Currency, money } from "../../money/index.ts"
import { noTransaction } from "../../onchain/onchain-evolve.ts"
import type { RefundEvent } from "../../payout-refund/payout-refund.ts"
import { noRefund } from "../../payout-refund/payout-refund-evolve.ts"
import type { AggregateDefinition } from "../../ports/aggregate.ts"
import { Store, type StoredAggregate } from "../../ports/store.ts"
import { noQuote } from "../../quote/quote-evolve.ts"
import { noRfi } from "../../rfi/rfi-evolve.ts"
import { createExample } from "../../testing/arbitraries/cross-border-examples.ts"
import { booksProblems, storedAs } from "../../testing/told-books.ts"
import {
  crossBorderDefinition,
  onchainDefinition,
  payoutRefundDefinition,
  quoteDefinition,
  rfiDefinition
} from "../storage/cross-border-aggregates.ts"
import { written } from "../storage/repository.ts"
import { examineCrossBorder, examinePayoutRefund } from "./audit-cross-border.ts"

const merchantId = "m-1"
const usdc = (amount: bigint) => money(amount, "USDC")
const eurc = (amount: bigint) => money(amount, "EURC")

type Row = readonly [account: LedgerAccount, layer: LedgerLayer, amount: bigint, currency?: Currency]

/** Rows of the books, each with its opposite on an account that nobody asks about. */
const booked = (rows: ReadonlyArray<Row>): ReadonlyArray<LedgerTransaction> =>
  rows.map(([account, layer, amount, currency = "USDC"], at) => ({
    ...{ id: `t-${at}`, merchantId, kind: "funding", atMs: 1 },
    reference: { type: "cross_border_payment", id: "p-1" },
    postings: [
      { account: "cash", layer, amount: money(-amount, currency) },
      { account, layer, amount: money(amount, currency) }
    ]
  }))

const oneSided = ({ postings, ...transaction }: LedgerTransaction): LedgerTransaction => ({
  ...transaction,
  postings: postings.slice(1)
})

const stored = <State, Event extends { readonly _tag: string; readonly atMs: number }>(
  definition: AggregateDefinition<State, Event>,
  id: string,
  state: State
): StoredAggregate => storedAs(definition, { merchantId, id }, state)

const received = [{ transactionId: "t-1", amount: usdc(10n) }]
const inTwo = [...received, { transactionId: "t-2", amount: usdc(2n) }, { transactionId: "t-3", amount: eurc(3n) }]

const paymentIn = (
  status: CrossBorderPayment["status"],
  parts: Partial<CrossBorderPayment> = { received }
): CrossBorderPayment => ({
  ...{ ...noPayment, id: "p-1", status, source: usdc(10n), destination: money(7n, "MXN") },
  ...{ fees: { breakdown: [], total: usdc(1n) }, ...parts }
})

const sent: Row = ["merchant_wallet", "posted", -10n]
const taken: Row = ["payout_network", "posted", 10n]
const setApart: Row = ["payout_network", "held", 10n]
const awaited: Row = ["crypto_committed", "held", 10n]
const paidOut: Row = ["beneficiary", "posted", 7n, "MXN"]
const cost: Row = ["payout_fees", "posted", 1n]

const notReceived = "its postings are not what it received"
const notTaken = "its postings are not what the network has of it"
const notPaidOut = "its postings are not what it paid out"
const notCost = "its postings are not what it cost"
const notAwaited = "its holds are not what it awaits"
const notSetApart = "its holds are not what is being paid out"
const unbalanced = "a ledger transaction does not balance"

describe("the books of a payment abroad", () => {
  const [nothing, inAll] = [{ received: [] }, { received: inTwo }]
  const inAllSent: ReadonlyArray<Row> = [
    ["merchant_wallet", "posted", -12n],
    ["merchant_wallet", "posted", -3n, "EURC"]
  ]
  it.each<[string, CrossBorderPayment, ReadonlyArray<Row>, ReadonlyArray<string>]>([
    ["say nothing before it is cleared", paymentIn("created", nothing), [], []],
    ["await something before it is cleared", paymentIn("created", nothing), [awaited], [notAwaited]],
    ["await what is to be sent", paymentIn("crypto_funds_pending", nothing), [awaited], []],
    ["do not await it", paymentIn("crypto_funds_pending", nothing), [], [notAwaited]],
    ["have what was sent", paymentIn("crypto_funds_pending"), [sent, taken], []],
    ["await what has come", paymentIn("crypto_funds_pending"), [sent, taken, awaited], [notAwaited]],
    ["set it apart for the payout", paymentIn("fiat_payment_initiated"), [sent, taken, setApart], []],
    ["do not set it apart", paymentIn("fiat_payment_initiated"), [sent, taken], [notSetApart]],
    ["set it apart too early", paymentIn("crypto_funds_pending"), [sent, taken, setApart], [notSetApart]],
    ["have paid out", paymentIn("completed"), [sent, paidOut, cost], []],
    ["have paid out nothing", paymentIn("completed"), [sent, cost], [notPaidOut]],
    ["have paid out without a cost", paymentIn("completed"), [sent, paidOut], [notCost]],
    ["have paid out what is still with the network", paymentIn("completed"), [sent, taken, paidOut, cost], [notTaken]],
    ["have paid out for what failed", paymentIn("failed"), [sent, taken, paidOut, cost], [notPaidOut, notCost]],
    ["do not know of what came", paymentIn("failed"), [], [notReceived, notTaken]],
    ["know of it on one side", paymentIn("failed"), [taken], [notReceived]],
    ["know of it on the other side", paymentIn("failed"), [sent], [notTaken]],
    [
      "have all that came",
      paymentIn("completed", inAll),
      [
        ...[...inAllSent, paidOut, cost],
        ...([
          ["payout_network", "posted", 2n],
          ["payout_network", "posted", 3n, "EURC"]
        ] as const)
      ],
      []
    ],
    [
      "have all that came, in one currency",
      paymentIn("failed", inAll),
      [...[["merchant_wallet", "posted", -15n] as const, ["payout_network", "posted", 15n] as const]],
      [notReceived, notTaken]
    ],
    [
      "do not have what was sent in another currency",
      paymentIn("failed", { received: inTwo }),
      [
        ["merchant_wallet", "posted", -12n],
        ["payout_network", "posted", 12n],
        ["payout_network", "posted", 3n, "EURC"]
      ],
      [notReceived]
    ],
    [
      "do not have what came in another currency",
      paymentIn("completed", inAll),
      [...[...inAllSent, paidOut, cost], ["payout_network", "posted", 2n]],
      [notTaken]
    ]
  ])("%s", async (_, payment, rows, problems) => {
    const examined = examineCrossBorder(stored(crossBorderDefinition, "p-1", payment))
    expect(await booksProblems(examined, booked(rows))).toEqual(problems)
  })

  it("are not taken as they are where they do not balance", async () => {
    const examined = examineCrossBorder(stored(crossBorderDefinition, "p-1", paymentIn("failed")))
    expect(await booksProblems(examined, booked([sent, taken]).map(oneSided))).toEqual([unbalanced])
  })
})

describe("the books of a refund by the network", () => {
  const notBack = "its postings are not what came back or is set apart"
  const back: Row = ["merchant_wallet", "posted", 10n]
  it.each<[string, "created" | "completed" | "failed", ReadonlyArray<Row>, ReadonlyArray<string>]>([
    ["set apart what is on its way", "created", [setApart], []],
    ["do not set it apart", "created", [], [notBack]],
    ["have it back too early", "created", [setApart, back], [notBack]],
    ["have back what came back", "completed", [back], []],
    ["do not have it back", "completed", [], [notBack]],
    ["set apart what came back", "completed", [back, setApart], [notBack]],
    ["know nothing of what failed", "failed", [], []],
    ["have back what failed", "failed", [back], [notBack]],
    ["set apart what failed", "failed", [setApart], [notBack]]
  ])("%s", async (_, status, rows, problems) => {
    const refund = { ...noRefund, id: "r-1", status, amount: usdc(10n) }
    const examined = examinePayoutRefund(stored(payoutRefundDefinition, "r-1", refund))
    expect(await booksProblems(examined, booked(rows))).toEqual(problems)
    expect(await booksProblems(examined, booked(rows).map(oneSided))).toEqual(
      rows.length === 0 ? problems : [unbalanced, ...problems]
    )
  })
})

const { id: _, ...grounds } = createExample

const made: CrossBorderEvent = {
  ...{ _tag: "PaymentCreated", id: "p-1", merchantId, quoteId: "q-1", terms: grounds.terms },
  ...{ details: grounds.details, expiresAtMs: 2_000, atMs: 1 }
}
const amount = grounds.terms.source

const failedAfterAll: ReadonlyArray<CrossBorderEvent> = [
  made,
  { _tag: "RfiRecorded", rfi: { id: "a-1", status: "approved" }, atMs: 2 },
  { _tag: "PaymentCleared", atMs: 3 },
  { _tag: "TransactionStarted", transactionId: "t-1", replaces: null, atMs: 4 },
  { _tag: "TransactionRecorded", transaction: { id: "t-1", status: "completed" }, atMs: 5 },
  { _tag: "FundsReceived", transactionId: "t-1", amount, atMs: 5 },
  { _tag: "PayoutInitiated", atMs: 6 },
  { _tag: "PaymentFailed", code: "PM09000", atMs: 7 },
  { _tag: "RefundRecorded", refund: { id: "r-1", status: "completed", amount, transactionHash: "0x2" }, atMs: 8 }
]

const quote = { ...noQuote, ...grounds.terms, status: "used" as const, id: "q-1", paymentId: "p-1" }
const transaction = { ...noTransaction, id: "t-1", paymentId: "p-1", status: "completed" as const, received: amount }
const rfi = { ...noRfi, id: "a-1", paymentId: "p-1", status: "approved" as const }
const back = { status: "completed" as const, amount, transactionHash: "0x2" }
const refund = { ...noRefund, id: "r-1", paymentId: "p-1", ...back }

type Parts = {
  readonly quote?: typeof noQuote | null
  readonly transaction?: typeof noTransaction | null
  readonly rfi?: typeof noRfi | null
  readonly refund?: typeof noRefund | null
}

/** A payment whose history and books are sound, beside such parts; `null` where there is none. */
const partsProblems = async (events: ReadonlyArray<CrossBorderEvent>, parts: Parts): Promise<ReadonlyArray<string>> => {
  const own = memoryStore()
  const told = { quote, transaction, rfi, refund, ...parts }
  const beside = [
    ...(told.quote === null ? [] : [stored(quoteDefinition, "q-1", told.quote)]),
    ...(told.transaction === null ? [] : [stored(onchainDefinition, "t-1", told.transaction)]),
    ...(told.rfi === null ? [] : [stored(rfiDefinition, "a-1", told.rfi)]),
    ...(told.refund === null ? [] : [stored(payoutRefundDefinition, "r-1", told.refund)])
  ]
  const arrived = events.some(({ _tag }) => _tag === "FundsReceived") ? amount.amount : 0n
  const books = booked([
    ["merchant_wallet", "posted", -arrived],
    ["payout_network", "posted", arrived]
  ])
  const owner = { merchantId, id: "p-1" }
  const { write } = written(crossBorderDefinition, owner, { state: noPayment, version: 0 }, events)
  const nothing = { idempotency: null, ledger: [], tasks: [], lease: null, sealed: [], erased: [] }
  await Effect.runPromise(own.commit({ ...nothing, aggregates: [write] }))
  const payment = await Effect.runPromise(own.load(write.ref))
  if (payment === undefined) throw new Error("the payment was not stored")
  const store = Store.of({
    ...own,
    ledgerOf: () => Effect.succeed(books),
    load: ({ type, id }) => Effect.succeed(beside.find(({ ref }) => ref.type === type && ref.id === id))
  })
  const { problems } = await Effect.runPromise(Effect.provideService(examineCrossBorder(payment), Store, store))
  return problems
}

describe("a payment abroad beside its parts", () => {
  const otherwise = (part: string) => [`its ${part} says something else`]
  const otherQuote = ["its quote is not its own"]
  const less = { ...amount, amount: amount.amount - 1n }
  it.each<[string, Parts, ReadonlyArray<string>]>([
    ["that all say the same", {}, []],
    ["whose quote does not exist", { quote: null }, otherQuote],
    ["whose quote nobody used", { quote: { ...quote, paymentId: null } }, otherQuote],
    ["whose transaction does not exist", { transaction: null }, otherwise("transaction t-1")],
    ["whose transaction failed", { transaction: { ...transaction, status: "failed" } }, otherwise("transaction t-1")],
    [
      "whose transaction brought less",
      { transaction: { ...transaction, received: less } },
      otherwise("transaction t-1")
    ],
    [
      "whose transaction brought another currency",
      {
        transaction: { ...transaction, received: eurc(amount.amount) }
      },
      otherwise("transaction t-1")
    ],
    [
      "whose transaction brought nothing",
      { transaction: { ...transaction, received: null } },
      otherwise("transaction t-1")
    ],
    ["whose request does not exist", { rfi: null }, otherwise("request for information a-1")],
    ["whose request is open", { rfi: { ...rfi, status: "in_review" } }, otherwise("request for information a-1")],
    ["whose refund does not exist", { refund: null }, otherwise("refund r-1")],
    ["whose refund failed", { refund: { ...refund, status: "failed" } }, otherwise("refund r-1")],
    ["whose refund is of less", { refund: { ...refund, amount: less } }, otherwise("refund r-1")],
    [
      "whose refund went by another transaction",
      { refund: { ...refund, transactionHash: "0x3" } },
      otherwise("refund r-1")
    ],
    [
      "that are none at all",
      { quote: null, transaction: null, rfi: null, refund: null },
      [
        ...[...otherQuote, ...otherwise("transaction t-1")],
        ...[...otherwise("request for information a-1"), ...otherwise("refund r-1")]
      ]
    ]
  ])("%s", async (_, parts, problems) => {
    expect(await partsProblems(failedAfterAll, parts)).toEqual(problems)
  })

  it("that was withdrawn has given its quote back", async () => {
    const withdrawn: ReadonlyArray<CrossBorderEvent> = [made, { _tag: "PaymentWithdrawn", atMs: 2 }]
    expect(await partsProblems(withdrawn, { quote: { ...quote, paymentId: "p-2" } })).toEqual([])
    expect(await partsProblems(withdrawn, { quote: null })).toEqual([])
    expect(await partsProblems(withdrawn, {})).toEqual(otherQuote)
  })

  it("says of parts of its own that cannot be read what it says of those that are not there", async () => {
    const store = memoryStore()
    const garbled = { ...stored(quoteDefinition, "q-1", quote), state: "nonsense" }
    const owner = { merchantId, id: "p-1" }
    const { write } = written(crossBorderDefinition, owner, { state: noPayment, version: 0 }, [made])
    const nothing = { idempotency: null, ledger: [], tasks: [], lease: null, sealed: [], erased: [] }
    await Effect.runPromise(store.commit({ ...nothing, aggregates: [write] }))
    const payment = await Effect.runPromise(store.load(write.ref))
    if (payment === undefined) throw new Error("the payment was not stored")
    const examined = Effect.provideService(
      examineCrossBorder(payment),
      Store,
      Store.of({ ...store, load: () => Effect.succeed(garbled) })
    )
    expect((await Effect.runPromise(examined)).problems).toEqual(otherQuote)
  })
})

describe("a refund beside its payment", () => {
  const created: RefundEvent = {
    ...{ _tag: "RefundCreated", id: "r-1", merchantId, paymentId: "p-1", amount: usdc(10n) },
    ...{ blockchain: "ETH-SEPOLIA", refundAddress: "0x1", atMs: 1 }
  }

  /** A refund whose own history and books are sound, told of event by event. */
  const problemsBeside = async (payment: CrossBorderPayment | null): Promise<ReadonlyArray<string>> => {
    const own = memoryStore()
    const history: ReadonlyArray<RefundEvent> = [created, { _tag: "RefundFailed", atMs: 2 }]
    const owner = { merchantId, id: "r-1" }
    const { write } = written(payoutRefundDefinition, owner, { state: noRefund, version: 0 }, history)
    const nothing = { idempotency: null, ledger: [], tasks: [], lease: null, sealed: [], erased: [] }
    await Effect.runPromise(own.commit({ ...nothing, aggregates: [write] }))
    const kept = await Effect.runPromise(own.load(write.ref))
    if (kept === undefined) throw new Error("the refund was not stored")
    const store = Store.of({
      ...own,
      events: (ref, after) => Effect.map(own.events(ref, after), (events) => events.slice(0, 1)),
      load: () => Effect.succeed(payment === null ? undefined : stored(crossBorderDefinition, "p-1", payment))
    })
    const { problems } = await Effect.runPromise(Effect.provideService(examinePayoutRefund(kept), Store, store))
    return problems
  }

  it("is known to it, and to no other and to none that is not there", async () => {
    const knows = (id: string) =>
      paymentIn("failed", { refunds: [{ id, status: "failed", amount: usdc(10n), transactionHash: null }] })
    expect(await problemsBeside(knows("r-1"))).toEqual([])
    expect(await problemsBeside(knows("r-2"))).toEqual(["its payment does not know of it"])
    expect(await problemsBeside(null)).toEqual(["its payment does not know of it"])
  })
})

it("a payment abroad whose list holds something else is not the fold of its events", async () => {
  const own = memoryStore()
  const owner = { merchantId, id: "p-1" }
  const { write } = written(crossBorderDefinition, owner, { state: noPayment, version: 0 }, [made])
  const nothing = { idempotency: null, ledger: [], tasks: [], lease: null, sealed: [], erased: [] }
  await Effect.runPromise(own.commit({ ...nothing, aggregates: [write] }))
  const kept = await Effect.runPromise(own.load(write.ref))
  if (kept === undefined) throw new Error("the payment was not stored")
  const changed = crossBorderDefinition.decodeState(kept.state, kept.schemaVersion)
  const rfis = [{ id: "a-9", status: "approved" as const }]
  const state = crossBorderDefinition.encodeState({ ...changed, rfis })
  const { problems } = await Effect.runPromise(
    Effect.provideService(examineCrossBorder({ ...kept, state }), Store, own)
  )
  expect(problems).toEqual(["its state is not the fold of its events"])
})
