import type { CreateCrossBorderInput, CrossBorderStatus, KernelOptions, ListRequest, TicketView } from "@paykernel/core"
import type { PayoutNetwork, Vault } from "@paykernel/core/effect"
import { envelopeVault, keyRingFromValues } from "@paykernel/core/vault"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { requestOf } from "../held-answers.ts"
import {
  answer,
  bestQuote,
  type CrossBorderWorld,
  createTransaction,
  crossBorderWorld,
  encryptJson,
  encryptList,
  errorOf,
  fund,
  inputFor,
  merchantId,
  ok,
  pass,
  payAs,
  paymentOf,
  paymentRequest,
  quoteRequest,
  usdc,
  viewOf
} from "./cross-border-world.ts"

const everything: ListRequest = { where: {}, fromMs: null, toMs: null, page: { _tag: "First" }, limit: 100 }

const listed = async ({ kernel }: CrossBorderWorld, where: ListRequest["where"] = {}) =>
  ok(await kernel.crossBorder.payments.list(merchantId, { ...everything, where })).items

const create = ({ kernel }: CrossBorderWorld, input: CreateCrossBorderInput, key?: string, meaning?: string) =>
  kernel.crossBorder.payments.create(merchantId, input, key === undefined ? undefined : paymentRequest(key, meaning))

/** What the network has taken. */
const takenBy = async (world: CrossBorderWorld, id: string): Promise<boolean> =>
  (await Effect.runPromise(world.simulated.network.lookup(id, 1_000)))._tag === "Found"

/** Everything that the store holds, as text. */
const rowsOf = async ({ store }: CrossBorderWorld): Promise<string> => {
  const types = ["quote", "cross_border_payment", "onchain_transaction", "rfi", "payout_refund", "ticket"]
  const rows: Array<unknown> = []
  for (const type of types) {
    for (const stored of await Effect.runPromise(store.scan(merchantId, type, null, 100))) {
      rows.push(stored, await Effect.runPromise(store.events(stored.ref, 0)))
    }
  }
  rows.push(await Effect.runPromise(store.claim({ lane: "money", owner: "o", nowMs: 1e15, leaseMs: 1, limit: 1000 })))
  return JSON.stringify(rows, (_, value) => (typeof value === "bigint" ? `${value}` : value))
}

const sealedIn = ({ store }: CrossBorderWorld) => Effect.runPromise(store.sealedRecords(null, 1000))

describe("quotes", () => {
  it("are kept as they were offered, best first, for their merchant alone", async () => {
    const world = await crossBorderWorld()
    const { quotes } = world.kernel.crossBorder
    const [quote] = ok(await quotes.create(merchantId, quoteRequest))
    if (quote === undefined) throw new Error("an offer of nothing")
    expect(quote).toMatchObject({ status: "open", source: usdc(100_000_000n), destinationCountry: "MX" })
    expect(ok(await quotes.get(merchantId, quote.id))).toEqual(quote)
    expect(errorOf(await quotes.get("another", quote.id))).toBe("QuoteNotFound")
    const dollars = {
      ...quoteRequest,
      destinationCountry: "US",
      destinationCurrency: "USD",
      paymentMethod: null
    } as const
    const methods = ok(await quotes.create(merchantId, dollars)).map(({ paymentMethod }) => paymentMethod)
    expect([...methods].sort()).toEqual(["FEDWIRE", "WIRE"])
  })

  it.each([
    ["route_not_supported", { destinationCountry: "ZZ" }],
    ["amount_outside_limit", { amount: usdc(1n) }]
  ] as const)("are refused: %s", async (why, change) => {
    const { kernel } = await crossBorderWorld()
    const refused = await kernel.crossBorder.quotes.create(merchantId, { ...quoteRequest, ...change })
    expect(refused).toEqual({ ok: false, error: { _tag: "QuoteRefused", why } })
  })

  it("are refused where nobody at the other end takes payments, and to those who may not ask", async () => {
    const { kernel } = await crossBorderWorld({ network: { isOpen: () => false } })
    expect(await kernel.crossBorder.quotes.create(merchantId, quoteRequest)).toMatchObject({
      error: { why: "institution_not_available" }
    })
    expect(errorOf(await kernel.crossBorder.quotes.create("nobody", quoteRequest))).toBe("MerchantNotFound")
    ok(await kernel.merchants.suspend(merchantId))
    expect(errorOf(await kernel.crossBorder.quotes.create(merchantId, quoteRequest))).toBe("MerchantIsSuspended")
  })

  it("tell what has to be told with them, and where money can go at all", async () => {
    const world = await crossBorderWorld()
    const { crossBorder } = world.kernel
    const quote = await bestQuote(world)
    const { travelRule, beneficiaryAccount } = ok(await crossBorder.requirements(merchantId, quote.id))
    expect([travelRule.version, beneficiaryAccount.fields.map(({ name }) => name)]).toEqual([1, ["CLABE", "BANK_NAME"]])
    expect(errorOf(await crossBorder.requirements(merchantId, "none"))).toBe("QuoteNotFound")
    expect(errorOf(await crossBorder.requirements("another", quote.id))).toBe("QuoteNotFound")
    expect(crossBorder.enabled).toBe(true)
    const anyWay = { destinationCurrency: null, paymentMethod: null, blockchain: null, transactionVersion: null }
    const toMexico = { sourceCurrency: "USDC", destinationCountry: "MX", ...anyWay } as const
    expect(ok(await crossBorder.routes(toMexico))).toHaveLength(3)
    expect(ok(await crossBorder.routes({ ...toMexico, blockchain: "SOL-DEVNET" }))).toHaveLength(1)
    expect(ok(await crossBorder.routes({ ...toMexico, sourceCurrency: "EURC" }))).toEqual([])
  })

  it("are good until they expire, are looked at again when they are used, and are used once", async () => {
    const world = await crossBorderWorld()
    const first = await inputFor(world, await bestQuote(world))
    world.clock.ms += 59_999
    ok(await create(world, first))
    expect(errorOf(await create(world, first))).toBe("QuoteAlreadyInUse")
    const second = await inputFor(world, await bestQuote(world))
    world.clock.ms += 60_000
    expect(errorOf(await create(world, second))).toBe("QuoteHasExpired")
    expect(await listed(world)).toHaveLength(1)
  })

  it("go when nobody took them", async () => {
    const world = await crossBorderWorld()
    const quote = await bestQuote(world)
    const sweep = (nowMs: number) =>
      Effect.runPromise(world.store.sweep({ nowMs, finishedTasksBeforeMs: 0, limit: 100 }))
    await sweep(quote.expiresAtMs + 86_399_999)
    ok(await world.kernel.crossBorder.quotes.get(merchantId, quote.id))
    await sweep(quote.expiresAtMs + 86_400_000)
    expect(errorOf(await world.kernel.crossBorder.quotes.get(merchantId, quote.id))).toBe("QuoteNotFound")
  })
})

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

describe("a request that comes again", () => {
  it("is answered as the first time, byte for byte, and has no effect", async () => {
    const world = await crossBorderWorld()
    const input = await inputFor(world, await bestQuote(world))
    const first = ok(await create(world, input, "key-1"))
    await pass(world, 3_600_000)
    const again = ok(await create(world, input, "key-1"))
    expect(again).toMatchObject({ replayed: true, answer: first.answer, view: { payment: { status: "failed" } } })
    expect(await listed(world)).toHaveLength(1)
    expect(errorOf(await create(world, input, "key-1", "another"))).toBe("IdempotencyKeyReused")
    expect(errorOf(await create(world, input, "\n"))).toBe("IdempotencyKeyInvalid")
  })

  it("means another one when the time of its key is over", async () => {
    const world = await crossBorderWorld()
    const first = ok(await create(world, await inputFor(world, await bestQuote(world)), "key-1")).view.payment
    await pass(world, 29 * 86_400_000)
    const input = await inputFor(world, await bestQuote(world))
    expect(ok(await create(world, input, "key-1"))).toMatchObject({
      replayed: true,
      view: { payment: { id: first.id } }
    })
    await pass(world, 86_400_000)
    const again = ok(await create(world, await inputFor(world, await bestQuote(world)), "key-1"))
    expect(again).toMatchObject({ replayed: false, view: { payment: { status: "crypto_funds_pending" } } })
    expect(again.view.payment.id).not.toBe(first.id)
    expect(await listed(world)).toHaveLength(2)
  })

  it("at once makes one payment, and one answer", async () => {
    const world = await crossBorderWorld()
    const input = await inputFor(world, await bestQuote(world))
    const outcomes = await Promise.all([1, 2, 3].map(() => create(world, input, "key-1")))
    const settled = await create(world, input, "key-1")
    for (const outcome of [...outcomes, settled]) {
      // Whoever came second while nothing was known yet is asked to come again.
      if (outcome.ok) expect(outcome.value.answer).toEqual(ok(settled).answer)
      else expect(outcome.error._tag).toBe("Unavailable")
    }
    expect(await listed(world)).toHaveLength(1)
    const quote = ok(await world.kernel.crossBorder.quotes.get(merchantId, input.quoteId))
    expect(quote).toMatchObject({ status: "used", paymentId: ok(settled).view.payment.id })
  })

  it("finds its own quote taken by the first, and gives the answer of both", async () => {
    const [told, sent] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let [asked, taken] = [0, 0]
    const reach = (network: PayoutNetwork["Service"]): PayoutNetwork["Service"] => ({
      ...network,
      // Asked once before there is anything to pay with, and then by whoever makes a payment: the first of them waits.
      requirements: (quoteId) =>
        Effect.tap(network.requirements(quoteId), () =>
          ++asked === 2 ? Effect.promise(() => told.promise) : Effect.void
        ),
      submit: (payment, timeoutMs) =>
        Effect.tap(network.submit(payment, timeoutMs), () => {
          taken++
          return Effect.promise(() => sent.promise)
        })
    })
    const world = await crossBorderWorld({ reach })
    const input = await inputFor(world, await bestQuote(world))
    const second = create(world, input, "key-1")
    await expect.poll(() => asked).toBe(2)
    const first = create(world, input, "key-1")
    await expect.poll(() => taken).toBe(1)
    expect(errorOf(await create(world, input, "key-1", "another"))).toBe("IdempotencyKeyReused")
    told.resolve()
    const { view, answer: given } = ok(await second)
    sent.resolve()
    expect(ok(await first)).toMatchObject({ answer: given, view: { payment: { id: view.payment.id } } })
    expect(await listed(world)).toHaveLength(1)
    expect(await world.kernel.audit()).toEqual([])
  })

  it("finds a payment whose answer was lost by the process that made it", async () => {
    const silent: { submits: number } = { submits: 0 }
    const reach = (network: PayoutNetwork["Service"]): PayoutNetwork["Service"] => ({
      ...network,
      // The process that made it never comes back from its call.
      submit: (payment, timeoutMs) =>
        ++silent.submits === 1
          ? Effect.andThen(network.submit(payment, timeoutMs), Effect.never)
          : network.submit(payment, timeoutMs)
    })
    const world = await crossBorderWorld({ reach, kernel: { callTimeoutMs: 5_000 } satisfies Partial<KernelOptions> })
    const input = await inputFor(world, await bestQuote(world))
    void create(world, input, "key-1")
    await expect.poll(() => silent.submits).toBe(1)
    const again = ok(await create(world, input, "key-1"))
    expect(again).toMatchObject({ replayed: false, view: { payment: { status: "crypto_funds_pending" } } })
    expect(again.answer?.body).toBe(`${again.view.payment.id} crypto_funds_pending`)
    expect(await listed(world)).toHaveLength(1)
    expect(errorOf(await create(world, input, "key-1", "another"))).toBe("IdempotencyKeyReused")
  })
})

describe("what is kept", () => {
  it("is nobody's name: what is encrypted is sealed, and goes when the network has it", async () => {
    const world = await crossBorderWorld()
    const quote = await bestQuote(world)
    const input = await inputFor(world, quote, { ORIGINATOR_NAME: "CreateRfiL3" })
    const { view } = ok(await create(world, input, "key-1"))
    const rfi = view.activeRfi
    if (rfi === null) throw new Error("nothing was asked")
    const texts = [input.travelRule.jwe, input.beneficiaryAccount.jwe, "CreateRfiL3", "Some "]
    const kept = await rowsOf(world)
    for (const text of texts) expect(kept).not.toContain(text)
    expect(await sealedIn(world)).toEqual([])
    ok(await answer(world, rfi))
    expect(await sealedIn(world)).toEqual([])
    const record = await Effect.runPromise(world.store.idempotencyRecord({ merchantId, scope: "test", key: "key-1" }))
    // As long as the payment is open the key is, whatever its time: the record says whose it is.
    expect(record).toMatchObject({
      body: `${view.payment.id} created`,
      aggregate: { merchantId, type: "cross_border_payment", id: view.payment.id }
    })
    // And so does the record of the attempt, which is of the same time.
    const attempt = await Effect.runPromise(
      world.store.idempotencyRecord({ merchantId, scope: "test#1", key: "key-1" })
    )
    const { aggregate, subject, createdAtMs, expiresAtMs } = record ?? {}
    expect(attempt).toMatchObject({ aggregate, subject, createdAtMs, expiresAtMs })
  })

  it("is sealed as long as the network has not answered", async () => {
    const reach = (network: PayoutNetwork["Service"]): PayoutNetwork["Service"] => ({
      ...network,
      submit: () => Effect.succeed({ _tag: "Unknown", why: "a test" })
    })
    const world = await crossBorderWorld({ reach })
    const input = await inputFor(world, await bestQuote(world))
    const { view } = ok(await create(world, input))
    expect((await sealedIn(world)).map(({ field }) => field).sort()).toEqual(["beneficiary-account", "travel-rule"])
    expect(JSON.stringify(await sealedIn(world))).not.toContain(input.travelRule.jwe)
    // The time for it runs out, whether or not it was ever taken.
    await pass(world, 3_600_000)
    expect(await paymentOf(world, view.payment.id)).toMatchObject({ status: "failed", failureCode: "PM09000" })
    await pass(world, 120_000)
    expect(await sealedIn(world)).toEqual([])
    expect(await takenBy(world, view.payment.id)).toBe(false)
  })

  it("is found by how it stands and by the names that its maker gave it", async () => {
    const world = await crossBorderWorld()
    const first = (await payAs(world, "Ada Example")).payment
    const second = (await payAs(world, "Failed")).payment
    const input = await inputFor(world, await bestQuote(world), {}, { customerRefId: "customer-2", refCode: null })
    const third = ok(await create(world, input)).view.payment
    const found = async (where: ListRequest["where"]) => (await listed(world, where)).map(({ payment }) => payment.id)
    expect(await found({})).toEqual([third.id, second.id, first.id])
    const status = "withdrawn" satisfies CrossBorderStatus
    const none = await world.kernel.crossBorder.payments.list(merchantId, { ...everything, where: { status } })
    expect(ok(none)).toEqual({ items: [], hasNext: false, hasPrevious: false })
    expect(await found({ status: "failed" satisfies CrossBorderStatus })).toEqual([second.id])
    expect(await found({ customerRefId: "customer-2" })).toEqual([third.id])
    expect(await found({ refCode: "ref-1", status: "crypto_funds_pending" })).toEqual([first.id])
  })

  it("is found whatever has become of it", async () => {
    const world = await crossBorderWorld()
    const { payment } = await payAs(world, "Delayed")
    const asked = (await payAs(world, "CreateRfi")).payment
    const found = async (status: CrossBorderStatus) => (await listed(world, { status })).map((one) => one.payment.id)
    expect(await found("created")).toEqual([asked.id])
    expect(await found("crypto_funds_pending")).toEqual([payment.id])
    await fund(world, payment)
    await pass(world, 6_000, 3)
    expect(await found("fiat_payment_initiated")).toEqual([payment.id])
    await pass(world, 30_000)
    expect(await found("completed")).toEqual([payment.id])
    expect(await listed(world)).toHaveLength(2)
  })

  it("is its merchant's, and each part its payment's", async () => {
    const world = await crossBorderWorld()
    const { crossBorder } = world.kernel
    const asked = await payAs(world, "CreateRfi")
    const { payment } = await payAs(world, "FailThenRefundWithCompleted")
    const transaction = await fund(world, payment)
    const funded = (await payAs(world, "Ada Example")).payment
    await fund(world, funded)
    await pass(world, 30_000)
    const refund = (await paymentOf(world, payment.id)).refunds[0]
    const rfi = asked.activeRfi
    if (rfi === null || refund === undefined) throw new Error("there are neither questions nor refunds")
    const other = asked.payment.id
    expect(errorOf(await crossBorder.payments.get("another", payment.id))).toBe("PaymentNotFound")
    expect(errorOf(await crossBorder.transactions.get(merchantId, other, transaction.id))).toBe("TransactionNotFound")
    expect(errorOf(await crossBorder.transactions.get(merchantId, funded.id, transaction.id))).toBe(
      "TransactionNotFound"
    )
    expect(errorOf(await crossBorder.rfis.get(merchantId, payment.id, rfi.id))).toBe("RfiNotFound")
    expect(errorOf(await crossBorder.refunds.get(merchantId, other, refund.id))).toBe("RefundNotFound")
    expect(errorOf(await crossBorder.refunds.get("another", payment.id, refund.id))).toBe("PaymentNotFound")
    expect(ok(await crossBorder.refunds.get(merchantId, payment.id, refund.id))).toMatchObject(refund)
    expect(ok(await crossBorder.payments.ledger(merchantId, payment.id)).map(({ kind }) => kind)).toEqual([
      ...["funding_hold", "funding", "payout_hold", "payout_release"]
    ])
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

describe("a support ticket", () => {
  const ticket = {
    issueType: "payment_settlement_delay",
    email: "desk@institution.example",
    ccEmails: ["boss@institution.example"],
    description: "Ada Example waits for her money",
    originalTicketId: null
  } as const

  it("is opened once, and what is written in it is sealed", async () => {
    const world = await crossBorderWorld()
    const { payment } = await payAs(world, "Ada Example")
    const input = { ...ticket, paymentId: payment.id }
    const { tickets } = world.kernel.crossBorder
    const asked = requestOf<{ readonly ticket: { readonly id: string } }>("key-1", (view) => view.ticket.id)
    const opened = ok(await tickets.create(merchantId, input, asked))
    const record = await Effect.runPromise(world.store.idempotencyRecord({ merchantId, scope: "test", key: "key-1" }))
    expect(record?.aggregate).toEqual({ merchantId, type: "ticket", id: opened.view.ticket.id })
    const again = ok(await tickets.create(merchantId, input, asked))
    expect(again).toEqual({ ...opened, replayed: true })
    expect(again.view).toMatchObject({ email: ticket.email, description: ticket.description })
    const kept = await rowsOf(world)
    for (const text of [ticket.email, "boss@", "Ada"]) expect(kept).not.toContain(text)
    const more = { ...input, issueType: "existing_ticket", originalTicketId: opened.view.ticket.id } as const
    const added = ok(await tickets.create(merchantId, more)).view.ticket
    expect(added).toMatchObject({ caseRefId: opened.view.ticket.caseRefId, originalTicketId: opened.view.ticket.id })
    expect(errorOf(await tickets.create(merchantId, { ...more, originalTicketId: null }))).toBe(
      "OriginalTicketRequired"
    )
    expect(errorOf(await tickets.create(merchantId, { ...more, originalTicketId: "none" }))).toBe(
      "OriginalTicketNotFound"
    )
    expect(errorOf(await tickets.create(merchantId, { ...input, paymentId: "none" }))).toBe("PaymentNotFound")
    expect(errorOf(await tickets.create("nobody", input))).toBe("MerchantNotFound")
    expect(await world.kernel.audit()).toEqual([])
  })
})

describe("a ticket that is opened as something else", () => {
  it("is shown to nobody", async () => {
    const own = envelopeVault(await keyRingFromValues([{ id: "k1", key: "A".repeat(43) }]))
    const said = { email: "desk@institution.example", ccEmails: [], description: "Ada waits" }
    let instead: unknown = said
    const vault: Vault["Service"] = {
      ...own,
      open: (text, place) =>
        place.field === "ticket" ? Effect.sync(() => Redacted.make(JSON.stringify(instead))) : own.open(text, place)
    }
    const world = await crossBorderWorld({ kernel: { vault } })
    const { payment } = await payAs(world, "Ada Example")
    const input = { ...said, issueType: "other", paymentId: payment.id, originalTicketId: null } as const
    const request = requestOf<TicketView>("key-1", (view) => view.ticket.id)
    const open = () => world.kernel.crossBorder.tickets.create(merchantId, input, request)
    ok(await open())
    expect(ok(await open()).view).toMatchObject(said)
    for (const other of [
      ...[null, "text", 7, [], {}, { ...said, email: 7 }, { ...said, ccEmails: "x" }, { ...said, description: null }],
      ...["email", "ccEmails", "description"].map((name) => ({ ...said, [name]: undefined }))
    ]) {
      instead = other
      await expect(open()).rejects.toThrow("a sealed ticket is not one")
    }
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
