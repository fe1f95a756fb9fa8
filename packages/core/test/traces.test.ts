/** What whoever traces a kernel sees of it: every call of its host and every task by a name of its own. */
import { envelopeVault, keyRingFromValues } from "@paykernel/core/vault"
import * as Context from "effect/Context"
import * as Tracer from "effect/Tracer"
import { expect, it, onTestFinished } from "vitest"
import { createKernelIn } from "../src/application/create-kernel.ts"
import {
  answerChallenge,
  cardOf,
  direct,
  good,
  needs3ds,
  ok,
  openPage,
  openShop,
  order,
  paying
} from "./checkouts/checkout-shop.ts"
import { cardInput, digestKey, firstPage, merchantId, merchantInput, paymentInput, usd } from "./kernel-world.ts"

/** A kernel on a shop's store and bank, and the names of the spans that it has begun so far. */
const traced = async () => {
  const shop = await openShop({ worker: false })
  const names = new Set<string>()
  const tracer = Tracer.make({
    span: (options) => {
      names.add(options.name)
      return new Tracer.NativeSpan(options)
    }
  })
  const kernel = createKernelIn(Context.make(Tracer.Tracer, tracer), {
    store: shop.store,
    gateway: shop.bank.gateway,
    vault: envelopeVault(await keyRingFromValues([{ id: "k1", key: "A".repeat(43) }])),
    digestKey,
    clock: { nowMs: () => shop.clock.ms },
    worker: { idlePollMs: 3_600_000 }
  })
  onTestFinished(kernel.close)
  const later = async (ms: number): Promise<void> => {
    shop.clock.ms += ms
    await kernel.drain()
  }
  return { shop, kernel, names, later }
}

it("names what is done with cards, payments and merchants", async () => {
  const { kernel, names, later } = await traced()
  ok(await kernel.merchants.changeTerms(merchantId, merchantInput.terms))
  const { view: card } = ok(await kernel.cards.submit(merchantId, cardInput()))
  await later(1)
  const { cvv } = cardOf(good)
  if (cvv === null) throw new Error("the card has a code")
  ok(await kernel.cards.update(merchantId, card.id, { cvv, expMonth: null, expYear: null, billing: {}, email: null }))
  await later(1)
  const { view } = ok(await kernel.payments.create(merchantId, paymentInput(card.id, { autoCapture: false })))
  await later(1)
  ok(await kernel.payments.recheck(merchantId, view.id))
  const verdict = { _tag: "Approved", reference: "r", amount: usd(1000n), avs: "Y", cvv: "pass" } as const
  ok(await kernel.payments.hear(merchantId, view.id, { gatewayKey: view.attempts[0]?.gatewayKey ?? "", verdict }))
  ok(await kernel.payments.capture(merchantId, view.id, { amount: null }))
  await later(1)
  ok(await kernel.settlements.run(merchantId))
  await later(7 * 86_400_000)
  for (const name of [
    ...["changeMerchant", "submitCard", "updateCard", "verifyCard", "createPayment", "runAttempt", "recheckPayment"],
    ...["hearGateway", "changePayment", "settle", "runSettlement", "timer"]
  ]) {
    expect(names).toContain(`paykernel.${name}`)
  }
})

it("names what is done with checkouts, and with payers who are asked to prove themselves", async () => {
  const { shop, kernel, names, later } = await traced()
  const id = await openPage({ kernel })
  const { latest, page: name } = ok(await kernel.checkouts.pay(merchantId, id, paying(good)))
  await later(1)
  ok(await kernel.checkouts.settled(merchantId, id, 0))
  await later(2000)
  ok(await kernel.checkouts.get(merchantId, id))
  ok(await kernel.checkouts.ofPage(name))
  ok(await kernel.checkouts.ofTransaction(merchantId, latest?.attempt.transactionId ?? ""))
  ok(await kernel.checkouts.list(merchantId, firstPage))
  ok(await kernel.checkouts.cancel(merchantId, await openPage({ kernel })))
  const { view } = ok(await kernel.checkouts.payDirectly(merchantId, direct(needs3ds)))
  await later(1)
  ok(await kernel.checkouts.settled(merchantId, view.checkout.id, 0))
  await later(1)
  const state = await answerChallenge(shop, ok(await kernel.checkouts.get(merchantId, view.checkout.id)))
  ok(await kernel.payments.returnFromChallenge(state))
  await later(order.expiresAtMs ?? 86_400_000)
  for (const one of [
    ...["openCheckout", "payCheckout", "settledCheckout", "followPayment", "findCheckout", "findCheckoutPage"],
    ...["findTransaction", "listCheckouts", "cancelCheckout", "payDirectly", "authenticate", "returnFromChallenge"],
    "expireCheckout"
  ]) {
    expect(names).toContain(`paykernel.${one}`)
  }
})
