/** What an audit finds in checkouts whose payments say otherwise. */
import { type Currency, money } from "@paykernel/core"
import { Checkout } from "@paykernel/core/domain"
import { checkoutDefinition, type Store } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { written } from "../../src/application/storage/repository.ts"
import { merchantId } from "../kernel-world.ts"
import { declined, good, openPage, openShop, pay, paying, settled } from "./checkout-shop.ts"

const opened = (amount: bigint, currency: Currency = "USD"): Checkout.CheckoutEvent => ({
  _tag: "CheckoutOpened",
  id: "sess_PLANTED",
  merchantId,
  kind: "hosted",
  amount: money(amount, currency),
  description: null,
  customer: null,
  metadata: null,
  webhookUrl: null,
  returnUrl: null,
  expiresAtMs: null,
  atMs: 1
})

const started = (paymentId: string, attempt = "first"): Checkout.CheckoutEvent => ({
  _tag: "CheckoutPaymentStarted",
  paymentId,
  transactionId: "txn_PLANTED",
  attempt,
  atMs: 2
})

const completed = (paymentId: string): Checkout.CheckoutEvent => ({ _tag: "CheckoutCompleted", paymentId, atMs: 3 })

const refused = (paymentId: string): Checkout.CheckoutEvent => ({
  ...{ _tag: "CheckoutPaymentDeclined", paymentId },
  ...{ code: "card_failed", atMs: 3 }
})

/** Stores a history that is sound by itself. */
const plant = (store: Store["Service"], events: ReadonlyArray<Checkout.CheckoutEvent>): Promise<void> => {
  const owner = { merchantId, id: "sess_PLANTED" }
  const { write } = written(checkoutDefinition, owner, { state: Checkout.noCheckout, version: 0 }, events)
  const nothing = { idempotency: null, ledger: [], tasks: [], lease: null, sealed: [], erased: [] }
  return Effect.runPromise(store.commit({ ...nothing, aggregates: [write] }))
}

/** A shop with one payment that was captured and one that was declined, for USD 25.00 each. */
const trading = async () => {
  const shop = await openShop()
  const paymentOf = async (number: string): Promise<string> => {
    const id = await openPage(shop)
    await pay(shop, id, paying(number))
    return (await settled(shop, id)).latest?.payment.id ?? ""
  }
  const captured = await paymentOf(good)
  const failed = await paymentOf(declined)
  expect(await shop.kernel.audit()).toEqual([])
  return { shop, captured, failed }
}

type Payments = { readonly captured: string; readonly failed: string }

describe("an audit of a checkout", () => {
  it.each<
    [string, (payments: Payments) => ReadonlyArray<Checkout.CheckoutEvent>, (payments: Payments) => Array<string>]
  >([
    ["which is sound", ({ captured }) => [opened(2500n), started(captured), completed(captured)], () => []],
    ["whose payment is still to be heard of", ({ captured }) => [opened(2500n), started(captured)], () => []],
    ["whose payment is not there", () => [opened(2500n), started("p-9")], () => ["its payment p-9 does not exist"]],
    [
      "that was completed by a payment which was declined",
      ({ failed }) => [opened(2500n), started(failed), completed(failed)],
      ({ failed }) => [`its payment ${failed} succeeded, and was not captured`]
    ],
    [
      "that was declined, and charged",
      ({ captured }) => [opened(2500n), started(captured), refused(captured)],
      ({ captured }) => [`its payment ${captured} failed, and was captured`]
    ],
    [
      "that was paid with another amount",
      ({ captured }) => [opened(2499n), started(captured), completed(captured)],
      ({ captured }) => [`its payment ${captured} is of another amount`]
    ],
    [
      "that was paid in another currency",
      ({ captured }) => [opened(2500n, "EUR"), started(captured), completed(captured)],
      ({ captured }) => [`its payment ${captured} is of another amount`]
    ],
    [
      "that counts one payment for two tries",
      ({ captured }) => [
        ...[opened(2500n), started(captured), refused(captured)],
        ...[started(captured, "second"), completed(captured)]
      ],
      () => ["it is not completed by exactly one payment"]
    ]
  ])("%s", async (_, events, problems) => {
    const { shop, ...payments } = await trading()
    await plant(shop.store, events(payments))
    const aggregate = { type: "checkout", id: "sess_PLANTED" }
    const expected = problems(payments).map((problem) => ({ merchantId, aggregate, problem }))
    expect(await shop.kernel.audit()).toEqual(expected)
  })

  it("leaves a payment that cannot be read to the payment's own examination", async () => {
    const { shop } = await trading()
    await plant(shop.store, [opened(2500n), started("garbled")])
    const ref = { merchantId, type: "payment", id: "garbled" }
    const event = { tag: "Nonsense", schemaVersion: 1, data: "nonsense", atMs: 0 }
    const write = { ref, expectedVersion: 0, schemaVersion: 1, state: "nonsense", events: [event] }
    const rest = { index: [], bounds: null, retention: { _tag: "Kept" as const } }
    const nothing = { idempotency: null, ledger: [], tasks: [], lease: null, sealed: [], erased: [] }
    await Effect.runPromise(shop.store.commit({ ...nothing, aggregates: [{ ...write, ...rest }] }))
    expect(await shop.kernel.audit()).toEqual([
      { merchantId, aggregate: { type: "payment", id: "garbled" }, problem: "its state cannot be decoded" }
    ])
  })

  it("says of one that is not the fold of its events that it is not, and compares it with nothing", async () => {
    const { shop } = await trading()
    const events = [opened(2500n), started("p-9")]
    const owner = { merchantId, id: "sess_PLANTED" }
    const { write } = written(checkoutDefinition, owner, { state: Checkout.noCheckout, version: 0 }, events)
    const state = checkoutDefinition.encodeState({ ...Checkout.noCheckout, status: "open", payments: [] })
    const nothing = { idempotency: null, ledger: [], tasks: [], lease: null, sealed: [], erased: [] }
    await Effect.runPromise(shop.store.commit({ ...nothing, aggregates: [{ ...write, state }] }))
    const problem = "its state is not the fold of its events"
    expect(await shop.kernel.audit()).toEqual([
      { merchantId, aggregate: { type: "checkout", id: "sess_PLANTED" }, problem }
    ])
  })
})
