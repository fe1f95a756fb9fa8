/** Payments abroad that are wrong, are not taken, or are heard about. */
import type { CreateCrossBorderInput, CrossBorderStatus } from "@paykernel/core"
import type { PayoutNetwork } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { everything } from "../kernel-world.ts"
import {
  answer,
  bestQuote,
  type CrossBorderWorld,
  createTransaction,
  crossBorderWorld,
  encryptJson,
  encryptList,
  errorOf,
  inputFor,
  merchantId,
  ok,
  pass,
  payAs,
  paymentOf,
  quoteRequest,
  viewOf
} from "./cross-border-world.ts"
import { create, listed, sealedIn } from "./kept-records.ts"

describe("a payment that is wrong by itself", () => {
  it.each<[string, Partial<CreateCrossBorderInput>, string]>([
    ["for no quote", { quoteId: "none" }, "QuoteNotFound"],
    [
      "from no address of its chain",
      { senderAddress: "4Nd1mYvQK7o3iXfGZJ8N3cQ1hU2xRbPpT6sWqVzLkA9e" },
      "AddressNotOfBlockchain"
    ],
    ["with no address to refund to", { refundAddress: "0x12" }, "AddressNotOfBlockchain"],
    ["for another chain than was quoted", { blockchain: "MATIC-AMOY" }, "QuoteBlockchainDiffers"],
    ["between others than was quoted", { useCase: "c2c" }, "UseCaseDiffers"],
    ["for no known reason", { reasonForPayment: "PMT031" }, "ReasonForPaymentUnknown"],
    ["with a text that is no JWE", { travelRule: { version: 1, jwe: "a.b.c" } }, "JweNotAcceptable"]
  ])("%s is refused before the network hears of it, and its quote stays good", async (_, change, tag) => {
    const world = await crossBorderWorld()
    const input = await inputFor(world, await bestQuote(world))
    expect(errorOf(await create(world, { ...input, ...change }, "key-1"))).toBe(tag)
    expect(await listed(world)).toEqual([])
    ok(await create(world, input, "key-1"))
    expect(await world.kernel.audit()).toEqual([])
  })

  it("is none of a merchant who may not trade", async () => {
    const world = await crossBorderWorld()
    const input = await inputFor(world, await bestQuote(world))
    expect(errorOf(await world.kernel.crossBorder.payments.create("nobody", input))).toBe("MerchantNotFound")
    ok(await world.kernel.merchants.suspend(merchantId))
    expect(errorOf(await create(world, input))).toBe("MerchantIsSuspended")
  })

  it("is not encrypted as it should be", async () => {
    const world = await crossBorderWorld()
    const quote = await bestQuote(world)
    const input = await inputFor(world, quote)
    const jwe = await encryptJson(quote.certificate, [], { alg: "ECDH-ES", enc: "A256GCM" })
    expect(await create(world, { ...input, beneficiaryAccount: { version: 1, jwe } })).toEqual({
      ok: false,
      error: { _tag: "JweNotAcceptable", field: "beneficiaryAccount", why: "encryption_unsupported" }
    })
  })
})

describe("a payment that the network does not take", () => {
  const altered = (jwe: string): string => {
    const parts = jwe.split(".")
    const text = parts[3] ?? ""
    parts[3] = (text.startsWith("A") ? "B" : "A") + text.slice(1)
    return parts.join(".")
  }

  type Spoil = (input: CreateCrossBorderInput, world: CrossBorderWorld) => Promise<Partial<CreateCrossBorderInput>>

  const sanctioned = "0x8589427373D6D84E98730D7795D8f6f8731FDA16"

  const spoils: ReadonlyArray<readonly [string, Spoil]> = [
    ["decryption_failed", async ({ travelRule }) => ({ travelRule: { ...travelRule, jwe: altered(travelRule.jwe) } })],
    ["requirements_version_unknown", async ({ travelRule }) => ({ travelRule: { ...travelRule, version: 7 } })],
    [
      "requirements_not_met",
      async ({ quoteId }, { kernel }) => {
        const { certificate } = ok(await kernel.crossBorder.quotes.get(merchantId, quoteId))
        return { beneficiaryAccount: { version: 1, jwe: await encryptList(certificate, {}) } }
      }
    ],
    ["sender_sanctioned", async () => ({ senderAddress: sanctioned })],
    ["sender_sanctioned", async () => ({ refundAddress: sanctioned.toLowerCase() })]
  ]

  it.each(spoils)("because %s changes nothing, and may be corrected under its key", async (why, spoil) => {
    const world = await crossBorderWorld()
    const input = await inputFor(world, await bestQuote(world))
    const spoilt = { ...input, ...(await spoil(input, world)) }
    for (let turn = 0; turn < 2; turn++) {
      expect(await create(world, spoilt, "key-1", "spoilt")).toMatchObject({
        ...{ ok: false, error: { _tag: "RefusedByNetwork", refusal: { why } } }
      })
    }
    expect(await listed(world)).toEqual([])
    expect(await listed(world, { status: "withdrawn" satisfies CrossBorderStatus })).toEqual([])
    expect(await sealedIn(world)).toEqual([])
    await pass(world, 10_000)
    const accepted = ok(await create(world, input, "key-1", "corrected"))
    expect(accepted).toMatchObject({ replayed: false, view: { payment: { status: "crypto_funds_pending" } } })
    expect(await listed(world)).toHaveLength(1)
    // There is nothing of them that could run out of time.
    await pass(world, 3_600_000)
    expect(await world.kernel.audit()).toEqual([])
    expect(world.incidents).toEqual([])
  })

  it("may be corrected under its key a hundred times", async () => {
    const reach = (network: PayoutNetwork["Service"]): PayoutNetwork["Service"] => ({
      ...network,
      submit: () => Effect.succeed({ _tag: "Refused", refusal: { why: "decryption_failed", fields: [] } })
    })
    const world = await crossBorderWorld({ reach })
    const input = await inputFor(world, await bestQuote(world))
    const told = { ...input, beneficiaryAccount: { ...input.beneficiaryAccount, version: 1 } }
    for (let turn = 1; turn <= 100; turn++) expect(errorOf(await create(world, told, "key-1"))).toBe("RefusedByNetwork")
    expect(errorOf(await create(world, told, "key-1"))).toBe("IdempotencyKeyReused")
    expect(errorOf(await create(world, told, "key-2"))).toBe("RefusedByNetwork")
  })

  it("although it was told to be under way has failed", async () => {
    let isSilent = true
    const reach = (network: PayoutNetwork["Service"]): PayoutNetwork["Service"] => ({
      ...network,
      submit: (payment, timeoutMs) =>
        isSilent ? Effect.succeed({ _tag: "NotSent", why: "a test" }) : network.submit(payment, timeoutMs)
    })
    const world = await crossBorderWorld({ reach })
    const input = await inputFor(world, await bestQuote(world))
    const first = ok(await create(world, { ...input, senderAddress: sanctioned }, "key-1"))
    const { view } = first
    expect(view.payment.status).toBe("created")
    // The key is bound to that, whoever knows more by now.
    expect(await create(world, input, "key-1")).toEqual({ ok: true, value: { ...first, replayed: true } })
    isSilent = false
    await pass(world, 30_000)
    expect(await paymentOf(world, view.payment.id)).toMatchObject({ status: "failed", failureCode: "PM07001" })
    expect(ok(await create(world, input, "key-1")).answer?.body).toBe(`${view.payment.id} created`)
    expect(await sealedIn(world)).toEqual([])
    expect(await world.kernel.audit()).toEqual([])
  })
})

describe("a kernel without a payout network", () => {
  it("begins nothing, and shows what there is", async () => {
    const { kernel } = await crossBorderWorld({ enabled: false })
    const { crossBorder } = kernel
    expect(crossBorder.enabled).toBe(false)
    const input = { quoteId: "q" } as CreateCrossBorderInput
    const attempts = await Promise.all([
      crossBorder.overview(),
      crossBorder.routes({
        ...{ sourceCurrency: "USDC", destinationCountry: "MX", destinationCurrency: null },
        ...{ paymentMethod: null, blockchain: null, transactionVersion: null }
      }),
      crossBorder.quotes.create(merchantId, quoteRequest),
      crossBorder.requirements(merchantId, "q"),
      crossBorder.payments.create(merchantId, input),
      crossBorder.payments.hear(merchantId, "p"),
      crossBorder.transactions.create(merchantId, "p", { version: 1, metadata: null }),
      crossBorder.transactions.accelerate(merchantId, "p"),
      crossBorder.transactions.submit(merchantId, "p", "t", { signedTransaction: "0x1" }),
      crossBorder.rfis.submit(merchantId, "p", "r", { version: 1, jwe: "" })
    ])
    expect(new Set(attempts.map(errorOf))).toEqual(new Set(["CrossBorderNotEnabled"]))
    expect(errorOf(await crossBorder.payments.get(merchantId, "p"))).toBe("PaymentNotFound")
    expect(ok(await crossBorder.payments.list(merchantId, everything)).items).toEqual([])
  })
})

describe("somebody who says that something happened", () => {
  it("has the network asked, and is believed nothing", async () => {
    const world = await crossBorderWorld()
    const { payment } = await payAs(world, "AsyncSuccess")
    const { payments } = world.kernel.crossBorder
    expect(ok(await payments.hear(merchantId, payment.id)).payment.status).toBe("created")
    world.clock.ms += 2_000
    expect(ok(await payments.hear(merchantId, payment.id)).payment.status).toBe("crypto_funds_pending")
    expect((await paymentOf(world, payment.id)).status).toBe("crypto_funds_pending")
    expect(errorOf(await payments.hear(merchantId, "none"))).toBe("PaymentNotFound")
  })

  it("hears of questions that come when the payment has ended, for as long as it is followed", async () => {
    const world = await crossBorderWorld()
    const { payment } = await payAs(world, "Ada Example")
    await createTransaction(world, payment)
    await pass(world, 3_600_000)
    expect((await paymentOf(world, payment.id)).status).toBe("failed")
    await Effect.runPromise(world.simulated.raiseRfi(payment.id, 1))
    await pass(world, 100_000, 4)
    const { activeRfi } = await viewOf(world, payment.id)
    if (activeRfi === null) throw new Error("nobody looked")
    ok(await answer(world, activeRfi))
    await pass(world, 100_000, 4)
    expect(await viewOf(world, payment.id)).toMatchObject({
      activeRfi: null,
      payment: { status: "failed", failureCode: "PM09000", rfis: [{ status: "approved" }] }
    })
    await pass(world, 91 * 86_400_000, 8)
    await Effect.runPromise(world.simulated.raiseRfi(payment.id, 1))
    await pass(world, 1_000_000, 2)
    expect((await viewOf(world, payment.id)).activeRfi).toBe(null)
    const heard = ok(await world.kernel.crossBorder.payments.hear(merchantId, payment.id))
    expect(heard.activeRfi).toMatchObject({ status: "information_required", paymentId: payment.id })
  })
})
