/** One request that reaches two processes at the same moment: it is carried out once, and both give the same answer. */
import { randomUUID } from "node:crypto"
import {
  type Accepted,
  Cvv,
  type IdempotentRequest,
  type Kernel,
  money,
  type Outcome,
  Pan,
  type TransferToSign
} from "@paykernel/core"
import { memoryChainJournal, simulatedBlockchain, simulatedExchangeRates } from "@paykernel/core/simulator"
import { PaymentExamples, plainDialect, scriptedReceivers, TestWallets } from "@paykernel/core/testing"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { engines } from "./engines.ts"
import { merchantId, ok, testClock, twoKernels } from "./two-kernels.ts"

const { usd } = PaymentExamples
const amount = usd(1_000n)

type Asking<View> = (
  kernel: Kernel,
  request: IdempotentRequest<unknown>
) => Promise<Outcome<Accepted<View>, { readonly _tag: string }>>

/** Two processes of a merchant, and what both are asked for at once under one key. */
const shop = async (url: string) => {
  const clock = testClock()
  const latencyMs = 0
  const chains = { journal: memoryChainJournal(), clock, random: () => 0.5, secret: "of this test", latencyMs }
  const { blockchain } = simulatedBlockchain({ ...chains, finalityMs: 12_000 })
  const { exchangeRates } = simulatedExchangeRates({ clock })
  const webhooks = { sender: scriptedReceivers(clock.nowMs).sender, dialects: [plainDialect()] }
  const { one, other } = await twoKernels(url, clock, { intents: { blockchain, exchangeRates }, webhooks })
  const kernels = [one.kernel, other.kernel]
  const drain = () => Promise.all(kernels.map((kernel) => kernel.drain()))
  let keys = 0
  const twice = async <View>(ask: Asking<View>): Promise<View> => {
    // An answer that is rendered anew is another one.
    const answer = () => ({ status: 201, body: randomUUID() })
    const request = { scope: "test", key: `key-${++keys}`, meaning: null, answer }
    const [first, second] = (await Promise.all(kernels.map((kernel) => ask(kernel, request)))).map(ok)
    if (first === undefined || second === undefined) throw new Error("there are two of them")
    expect([first.replayed, second.replayed].toSorted()).toEqual([false, true])
    expect(first.answer).toEqual(second.answer)
    return first.view
  }
  return { kernel: one.kernel, drain, twice }
}

const payer = { email: "ada@example.org", phoneNumber: null, sessionId: "s", ipAddress: "192.0.2.1" }

/** A security code is good once. */
const card = () => ({
  pan: Result.getOrThrow(Pan.parse("4007400000000007")),
  cvv: Result.getOrThrow(Cvv.parse("123")),
  ...{ expMonth: 12, expYear: 2035 },
  billingDetails: { name: "Ada", city: "", country: "US", line1: "", line2: null, district: null, postalCode: "" }
})

const payment = (cardId: string) => ({
  ...{ amount, cardId, cvv: null, autoCapture: false, verificationMethod: "none" as const },
  ...{ successUrl: null, failureUrl: null, description: null, channel: null, payer }
})

const order = {
  ...{ amount: usd(2_500n), description: "A book", metadata: null, webhookUrl: null },
  ...{ customer: { name: "Ada", email: "ada@example.org", phone: null, address: null } },
  ...{ returnUrl: "https://shop.example/back", expiresAtMs: null }
}

const intent = {
  ...({ kind: "transient", currency: "USDC", settlementCurrency: "USDC" } as const),
  ...{ amount: money(1_000_000n, "USDC"), chains: ["ETH"], walletId: null, expiresAtMs: null }
}

const privateKey = `0x${"4c".repeat(32)}`
const { address: payerAddress } = TestWallets.evmWallet(privateKey, () => 0n)

/** As a wallet does. */
const signed = ({ token, chain, authorization }: TransferToSign) => ({
  chain,
  currency: token.currency,
  authorization: TestWallets.signTransfer(privateKey, token, authorization)
})

const endpoint = { dialect: "plain", name: null, url: "https://shop.example/hook", types: ["card.*"] }

describe.each(engines)("a request that reaches two processes at once, on $name", ({ database }) => {
  it("is carried out once, and is given one answer, whatever it asks for", async () => {
    const { kernel, drain, twice } = await shop(await database())
    const { id: cardId } = await twice(({ cards }, request) =>
      cards.submit(merchantId, { ...card(), holder: payer }, request)
    )
    await twice(({ checkouts }, request) => checkouts.open(merchantId, order, request))
    const asked = await twice(({ intents }, request) => intents.create(merchantId, intent, request))
    await twice(({ webhooks }, request) => webhooks.endpoints.create(merchantId, endpoint, request))
    await drain()
    const pull = signed(ok(await kernel.intents.prepareTransfer(merchantId, asked.id, { payerAddress, amount: null })))
    await twice(({ intents }, request) => intents.pull(merchantId, asked.id, pull, request))
    await twice(({ checkouts }, request) =>
      checkouts.payDirectly(merchantId, { ...order, card: card(), payer }, request)
    )
    const sold = await twice(({ payments }, request) => payments.create(merchantId, payment(cardId), request))
    const unsold = await twice(({ payments }, request) => payments.create(merchantId, payment(cardId), request))
    await drain()
    await twice(({ payments }, request) => payments.capture(merchantId, sold.id, { amount: null }, request))
    await twice(({ payments }, request) => payments.cancel(merchantId, unsold.id, { reason: null }, request))
    await drain()
    // Asked for a second time it would be more than there is.
    await twice(({ payments }, request) => payments.refund(merchantId, sold.id, { amount, reason: null }, request))
    await drain()
    for (const { id } of [sold, unsold]) {
      expect(ok(await kernel.payments.get(merchantId, id)).payment.reversals).toHaveLength(1)
    }
    const first = { where: {}, fromMs: null, toMs: null, page: { _tag: "First" }, limit: 10 } as const
    expect(ok(await kernel.checkouts.list(merchantId, first)).items).toHaveLength(2)
    expect(ok(await kernel.intents.list(merchantId, first)).items).toHaveLength(1)
    expect(ok(await kernel.webhooks.endpoints.list(merchantId, first)).items).toHaveLength(1)
    expect(await kernel.audit()).toEqual([])
  })
})
