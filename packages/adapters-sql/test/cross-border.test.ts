/** Payments abroad on real databases, by two kernels at once: a payment, its parts and the books are one commit or none. */
import {
  type CreateCrossBorderInput,
  type CrossBorderView,
  type IdempotentRequest,
  type Kernel,
  money,
  type OnchainTransaction,
  type QuoteRequest,
  type Rfi,
  type TicketView
} from "@paykernel/core"
import {
  generateNetworkKey,
  memoryNetworkJournal,
  openNetworkKey,
  simulatedPayoutNetwork
} from "@paykernel/core/simulator"
import { PayoutAnswers, TestWallets } from "@paykernel/core/testing"
import { describe, expect, it } from "vitest"
import { engines } from "./engines.ts"
import { merchantId, ok, requestOf, testClock, twoKernels } from "./two-kernels.ts"

const { encryptFile, encryptJson, encryptList, exampleAnswer, examplePdf } = PayoutAnswers

/** An institution with a wallet, and the network that both kernels reach. */
const institution = async (url: string) => {
  const clock = testClock()
  let ids = 0
  const journal = memoryNetworkJournal()
  const network = simulatedPayoutNetwork({
    journal,
    key: await openNetworkKey(await generateNetworkKey(), { domain: "institution.example", nowMs: clock.ms }),
    clock,
    ids: { next: () => `00000000-0000-7000-8000-${String(++ids).padStart(12, "0")}` }
  })
  const crossBorder = { network: network.network, chain: network.fundingChain }
  const kernels = await twoKernels(url, clock, { crossBorder })
  const [{ kernel: one, store }, { kernel: other }] = [kernels.one, kernels.other]
  const pass = async (ms: number, steps = 4): Promise<void> => {
    for (let step = 0; step < steps; step++) {
      clock.ms += ms / steps
      await Promise.all([one.drain(), other.drain()])
    }
  }
  const nonceOf = () => BigInt(network.account("ETH-SEPOLIA", wallet.address)?.nonce ?? 0)
  const wallet = TestWallets.evmWallet(`0x${"7".repeat(64)}`, nonceOf)
  return { one, other, store, journal, network, pass, wallet }
}

type World = Awaited<ReturnType<typeof institution>>

const inputFor = async ({ one, wallet }: World, originator: string): Promise<CreateCrossBorderInput> => {
  const amount = money(110_270_000n, "USDC")
  const quoteRequest: QuoteRequest = {
    fixedSide: "source",
    ...{ amount, sourceCurrency: "USDC", destinationCurrency: "MXN" },
    ...{ senderCountry: "US", destinationCountry: "MX", paymentMethod: "SPEI", blockchain: "ETH-SEPOLIA" },
    ...{ senderType: "business", recipientType: "business", firstParty: false, transactionVersion: 1 }
  }
  const [quote] = ok(await one.crossBorder.quotes.create(merchantId, quoteRequest))
  if (quote === undefined) throw new Error("an offer of nothing")
  const asked = ok(await one.crossBorder.requirements(merchantId, quote.id))
  const parties = exampleAnswer(asked.travelRule, { ORIGINATOR_NAME: originator })
  return {
    ...{ quoteId: quote.id, blockchain: quote.blockchain, useCase: "b2b", reasonForPayment: "PMT001" },
    ...{ senderAddress: wallet.address, refundAddress: wallet.address },
    ...{ customerRefId: "customer-1", beneficiaryRefId: null, refCode: "ref-1" },
    travelRule: { version: null, jwe: await encryptList(quote.certificate, parties) },
    beneficiaryAccount: {
      version: null,
      jwe: await encryptList(quote.certificate, exampleAnswer(asked.beneficiaryAccount))
    }
  }
}

/** Asked of both processes at once, until both have an answer. */
const payTwice = async ({ one, other }: World, input: CreateCrossBorderInput): Promise<CrossBorderView> => {
  const asked = requestOf<CrossBorderView>("pay", ({ payment }) => `${payment.id} ${payment.status}`)
  const answers = new Set<string | undefined>()
  let view: CrossBorderView | null = null
  for (let turn = 0; turn < 2; turn++) {
    const create = ({ crossBorder }: Kernel) => crossBorder.payments.create(merchantId, input, asked)
    for (const outcome of await Promise.all([one, other].map(create))) {
      if (outcome.ok) {
        view = outcome.value.view
        answers.add(outcome.value.answer?.body)
      } else expect(outcome.error._tag).toBe("Unavailable")
    }
  }
  expect(answers.size).toBe(1)
  if (view === null) throw new Error("nobody was answered")
  return view
}

/** What both processes are asked for at the same moment. */
const bothOf = <A>({ one, other }: World, ask: (crossBorder: Kernel["crossBorder"]) => Promise<A>) =>
  Promise.all([one, other].map(({ crossBorder }) => ask(crossBorder)))

const answer = async (world: World, rfi: Rfi): Promise<void> => {
  const large = new Uint8Array([...examplePdf, ...new Uint8Array(270_000).fill(65)])
  for (const [at, { key }] of rfi.fileRequirements.filter(({ optional }) => !optional).entries()) {
    const content = at === 0 ? large : examplePdf
    const file = await encryptFile(rfi.certificate, { key, mediaType: "application/pdf", content })
    const uploaded = await bothOf(world, ({ rfis }) => rfis.uploadFile(merchantId, rfi.paymentId, rfi.id, file))
    for (const outcome of uploaded) expect(ok(outcome).files.filter((one) => one.key === key)).toHaveLength(1)
  }
  const jwe = await encryptJson(rfi.certificate, exampleAnswer(rfi.fieldRequirements))
  const given = await bothOf(world, ({ rfis }) => rfis.submit(merchantId, rfi.paymentId, rfi.id, { version: 1, jwe }))
  for (const outcome of given) expect(ok(outcome).status).toBe("in_review")
}

type Making = (
  transactions: Kernel["crossBorder"]["transactions"],
  asked: IdempotentRequest<OnchainTransaction>
) => ReturnType<Kernel["crossBorder"]["transactions"]["accelerate"]>

/** Made under one key by both processes at once, and signed and handed in by both. */
const sendTwice = async (world: World, key: string, make: Making, change: Signing): Promise<OnchainTransaction> => {
  const asked = requestOf<OnchainTransaction>(key, ({ id }) => id)
  const made = await bothOf(world, ({ transactions }) => make(transactions, asked))
  expect(made.map((outcome) => ok(outcome).replayed).toSorted()).toEqual([false, true])
  const [view, again] = made.map((outcome) => ok(outcome).view)
  if (view === undefined) throw new Error("no transaction was made")
  expect(again).toEqual(view)
  const { overtakes, ...others } = change
  const { message, estimatedFee, paymentId, id } = view
  const what = { plan: { version: 1 } as const, message, estimatedFee, ...(overtakes ? { overtakes } : {}) }
  const signedTransaction = world.wallet.sign(what, others)
  const submitted = await bothOf(world, ({ transactions }) =>
    transactions.submit(merchantId, paymentId, id, { signedTransaction })
  )
  // Whoever is second may see it on its way already.
  for (const outcome of submitted) expect(ok(outcome).status).toMatch(/^(?:pending|broadcasted)$/u)
  return ok(submitted[0] ?? expect.fail())
}

type Signing = { readonly maxFeePerGas?: bigint; readonly overtakes?: string }

/** With a transaction that the chain leaves waiting, and one that overtakes it. */
const fund = async (world: World, paymentId: string): Promise<OnchainTransaction> => {
  const input = { version: 1, metadata: null } as const
  const create: Making = (transactions, asked) => transactions.create(merchantId, paymentId, input, asked)
  const waiting = await sendTwice(world, "fund", create, { maxFeePerGas: 1_200_000_000n })
  const another = await bothOf(world, ({ transactions }) => transactions.create(merchantId, paymentId, input))
  for (const outcome of another) expect(outcome).toMatchObject({ error: { _tag: "AnotherTransactionActive" } })
  await world.pass(1_000, 1)
  const accelerate: Making = (transactions, asked) => transactions.accelerate(merchantId, paymentId, asked)
  const overtakes = waiting.signedTransaction ?? ""
  const { id } = await sendTwice(world, "accelerate", accelerate, { overtakes })
  await world.pass(8_000)
  return ok(await world.other.crossBorder.transactions.get(merchantId, paymentId, id))
}

describe.each(engines)("payments abroad on $name", ({ database }) => {
  it("are asked about, funded once and paid out once, whoever works on them", async () => {
    const world = await institution(await database())
    const { one, other, pass, journal } = world
    const { payment, activeRfi } = await payTwice(world, await inputFor(world, "CreateRfiL3"))
    if (activeRfi === null) throw new Error("nothing was asked")
    await answer(world, activeRfi)
    const ticket = { issueType: "other", email: "a@b.example", ccEmails: [], description: "?" } as const
    const help = requestOf<TicketView>("ticket", (view) => view.ticket.id)
    const opened = await bothOf(world, ({ tickets }) =>
      tickets.create(merchantId, { ...ticket, paymentId: payment.id, originalTicketId: null }, help)
    )
    expect(new Set(opened.map((outcome) => ok(outcome).view.ticket.id)).size).toBe(1)
    await pass(10_000)
    expect(await fund(world, payment.id)).toMatchObject({ status: "completed", received: payment.source })
    await pass(20_000)
    const { payment: paid } = ok(await one.crossBorder.payments.get(merchantId, payment.id))
    expect(paid).toMatchObject({ status: "completed", rfis: [{ status: "approved" }] })
    const records = journal.read().map(({ record }) => record)
    const count = (record: string) => records.filter((entry) => entry === record).length
    expect(["payment_taken", "rfi_answered", "payment_funded"].map(count)).toEqual([1, 1, 1])
    const where = { status: "completed", customerRefId: "customer-1" }
    const page = { where, fromMs: null, toMs: null, page: { _tag: "First" }, limit: 10 } as const
    expect(ok(await other.crossBorder.payments.list(merchantId, page)).items).toHaveLength(1)
    expect(await other.audit()).toEqual([])
  })

  it("fail and are refunded, are withdrawn where nobody takes them, and run out of time", async () => {
    const world = await institution(await database())
    const { one, other, pass } = world
    const create = async (input: CreateCrossBorderInput) => one.crossBorder.payments.create(merchantId, input)
    const failing = ok(await create(await inputFor(world, "FailThenRefundCreatedThenCompleted"))).view.payment
    await fund(world, failing.id)
    await pass(60_000, 12)
    const { payment: failed } = ok(await other.crossBorder.payments.get(merchantId, failing.id))
    expect(failed).toMatchObject({ status: "failed", failureCode: "PM06000", refunds: [{ status: "completed" }] })
    const input = await inputFor(world, "Ada Example")
    const refused = await create({ ...input, travelRule: { version: 9, jwe: input.travelRule.jwe } })
    expect(refused).toMatchObject({ error: { refusal: { why: "requirements_version_unknown" } } })
    const { payment } = ok(await create(input)).view
    await pass(3_600_000)
    expect(ok(await other.crossBorder.payments.get(merchantId, payment.id)).payment).toMatchObject({
      ...{ status: "failed", failureCode: "PM09000", received: [] }
    })
    const everything = { where: {}, fromMs: null, toMs: null, page: { _tag: "First" }, limit: 10 } as const
    expect(ok(await one.crossBorder.payments.list(merchantId, everything)).items).toHaveLength(2)
    expect(await other.audit()).toEqual([])
  })
})
