import { type PlainMessage, plainDialect, scriptedReceivers } from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import {
  answer,
  bestQuote,
  type CrossBorderWorld,
  crossBorderWorld,
  fund,
  inputFor,
  merchantId,
  ok,
  pass,
  payAs,
  startMs
} from "./cross-border-world.ts"

/** An institution that is told of everything. */
const toldWorld = async () => {
  const receivers = scriptedReceivers(() => startMs)
  const world = await crossBorderWorld({
    kernel: { webhooks: { sender: receivers.sender, dialects: [plainDialect()] } }
  })
  const url = "https://institution.example/hook"
  ok(await world.kernel.webhooks.endpoints.create(merchantId, { dialect: "plain", name: null, url, types: [] }))
  const told = () =>
    receivers.received
      .map(({ body }) => JSON.parse(body) as PlainMessage)
      .filter(({ aggregate }) => aggregate.type !== "endpoint")
  return { ...world, told, bodies: () => receivers.received.map(({ body }) => body).join("\n") }
}

/** Every event that the store holds of payments abroad and their parts. */
const committed = async ({ store }: CrossBorderWorld): Promise<ReadonlyArray<string>> => {
  const found: Array<string> = []
  for (const type of ["cross_border_payment", "onchain_transaction", "rfi", "payout_refund"]) {
    for (const { ref } of await Effect.runPromise(store.scan(merchantId, type, null, 100))) {
      const events = await Effect.runPromise(store.events(ref, 0))
      found.push(...events.map(({ version, tag }) => `${type}.${tag} ${ref.id} ${version}`))
    }
  }
  return found.toSorted()
}

describe("what happens to a payment abroad", () => {
  it("is told once, event by event, of it and of its transactions, questions and refunds, and of nobody's name", async () => {
    const world = await toldWorld()
    const { payment, activeRfi } = await payAs(world, "CreateRfi")
    if (activeRfi === null) throw new Error("nothing was asked")
    ok(await answer(world, activeRfi))
    await pass(world, 10_000)
    await fund(world, payment)
    const failing = await payAs(world, "FailThenRefundCreatedThenCompleted")
    await fund(world, failing.payment)
    const quote = await bestQuote(world)
    const input = await inputFor(world, quote, {}, { senderAddress: "0x8589427373D6D84E98730D7795D8f6f8731FDA16" })
    expect((await world.kernel.crossBorder.payments.create(merchantId, input)).ok).toBe(false)
    await pass(world, 60_000, 20)
    const told = world.told().map(({ type, aggregate: { id, version } }) => `${type} ${id} ${version}`)
    expect(told.toSorted()).toEqual(await committed(world))
    const types = new Set(told.map((one) => one.split(" ")[0]))
    for (const type of [
      ...["PaymentCleared", "PayoutInitiated", "PaymentCompleted", "PaymentFailed", "PaymentWithdrawn"].map(
        (tag) => `cross_border_payment.${tag}`
      ),
      ...["onchain_transaction.TransactionBroadcast", "onchain_transaction.TransactionCompleted"],
      ...["rfi.RfiRaised", "rfi.RfiSubmitted", "rfi.RfiApproved"],
      ...["payout_refund.RefundCreated", "payout_refund.RefundCompleted"]
    ]) {
      expect(types).toContain(type)
    }
    for (const text of ["CreateRfi", "Some ", "@example"]) expect(world.bodies()).not.toContain(text)
  })
})
