/**
 * A key and what it began, over weeks: a payment that waits for a person is not made a second time, however late its
 * client asks again. Told by a kernel over the store, because it takes both to keep that promise.
 */
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import { createKernel } from "../../application/create-kernel.ts"
import type { IdempotentRequest } from "../../application/kernel-contract.ts"
import type { GatewayLookup } from "../../attempt/attempt.ts"
import type { Payment } from "../../payment/payment.ts"
import type { CardGateway } from "../../ports/card-gateway.ts"
import { keyRingFromValues } from "../../vault/key-ring.ts"
import { envelopeVault } from "../../vault/vault.ts"
import { examplePolicy, startMs, usd } from "../payment-examples.ts"
import { done, paymentInput, register, submitCard } from "../trading-kernel.ts"
import { numbers, run, type StoreCases, type StorePort } from "./store-case.ts"

const merchantId = "shop"
const dayMs = 86_400_000

const request: IdempotentRequest<Payment> = {
  scope: "POST /payments",
  key: "order-1881",
  meaning: "order 1881",
  answer: ({ id, status }) => ({ status: 201, body: `${id} ${status}` })
}

/** Takes what it is sent and never says what became of it, until `answer` is set. */
const silentGateway = () => {
  const bank: { sent: number; answer: GatewayLookup } = { sent: 0, answer: { _tag: "Unavailable", why: "down" } }
  const gateway: CardGateway["Service"] = {
    name: "silent",
    capabilities: examplePolicy.capabilities,
    send: () =>
      Effect.sync(() => {
        bank.sent += 1
        return { _tag: "Unknown", why: "no answer" }
      }),
    lookup: () => Effect.sync(() => bank.answer),
    reverse: () => Effect.succeed({ _tag: "ReversalUnknown", why: "no answer" }),
    verifyCard: () =>
      Effect.succeed({ error: null, avs: "Y", cvv: "pass", issuerCountry: "US", fundingType: "credit" as const }),
    authenticate: () => Effect.succeed(undefined)
  }
  return { bank, gateway }
}

/** A payment whose outcome the gateway does not tell, as seen by its kernel 40 days later, when it was long a person's. */
const fortyDaysOn = async (store: StorePort) => {
  const clock = { ms: startMs }
  const { bank, gateway } = silentGateway()
  const kernel = createKernel({
    store,
    gateway,
    vault: envelopeVault(await keyRingFromValues([{ id: "k1", key: "A".repeat(43) }])),
    digestKey: new Uint8Array(32).fill(7),
    clock: { nowMs: () => clock.ms }
  })
  await register(kernel, merchantId)
  const input = paymentInput(await submitCard(kernel, merchantId), true)
  const pay = async () => done(await kernel.payments.create(merchantId, input, request))
  const first = await pay()
  for (const _ of numbers(4)) {
    await kernel.drain()
    clock.ms += 10 * dayMs
  }
  const sweep = () => run(store.sweep({ nowMs: clock.ms, finishedTasksBeforeMs: 0, limit: 1000 }))
  const stored = async () => done(await kernel.payments.get(merchantId, first.view.id)).payment
  return { kernel, bank, first, pay, sweep, stored }
}

export const reviewCases: StoreCases = {
  "a payment that waits for a person is not made again under its key, 40 days later": async (store) => {
    const { kernel, bank, first, pay, sweep, stored } = await fortyDaysOn(store)
    try {
      expect((await stored()).attempts.map(({ status }) => status)).toEqual(["manual"])
      for (const _ of numbers(2)) {
        const again = await pay()
        expect(again).toMatchObject({ replayed: true, view: { id: first.view.id }, answer: first.answer })
        await sweep()
      }
      await kernel.drain()
      expect(bank.sent).toBe(1)
      expect(await run(store.scan(merchantId, "payment", null, 10))).toHaveLength(1)
    } finally {
      await kernel.close()
    }
  },
  "once the person has decided, its key is as good as new": async (store) => {
    const { kernel, bank, first, pay, sweep, stored } = await fortyDaysOn(store)
    try {
      const verdict = { _tag: "Approved", reference: "r", amount: usd(1000n), avs: "Y", cvv: "not_requested" } as const
      bank.answer = { _tag: "Found", verdict }
      done(await kernel.payments.recheck(merchantId, first.view.id))
      expect((await stored()).status).toBe("confirmed")
      await sweep()
      expect(await pay()).toMatchObject({ replayed: false })
      expect(await run(store.scan(merchantId, "payment", null, 10))).toHaveLength(2)
    } finally {
      await kernel.close()
    }
  }
}
