/** Payments abroad on real databases, by two kernels at once: a payment, its parts and the books are one commit or none. */
import {
  type CreateCrossBorderInput,
  type CrossBorderView,
  type IdempotentRequest,
  type Kernel,
  money,
  type OnchainTransaction,
  type QuoteRequest,
  type Rfi
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
import { merchantId, ok, testClock, twoKernels } from "./two-kernels.ts"

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

const request = <View>(key: string, idOf: (view: View) => string): IdempotentRequest<View> => ({
  ...{ scope: "test", key, meaning: { key } },
  answer: (view) => ({ status: 201, body: idOf(view) })
})

/** Asked of both processes at once, until both have an answer. */
const payTwice = async ({ one, other }: World, input: CreateCrossBorderInput): Promise<CrossBorderView> => {
  const asked = request<CrossBorderView>("pay", ({ payment }) => `${payment.id} ${payment.status}`)
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

const answer = async ({ crossBorder }: Kernel, rfi: Rfi): Promise<Rfi> => {
  const content = new Uint8Array([...examplePdf, ...new Uint8Array(400_000).fill(65)])
  for (const { key, optional } of rfi.fileRequirements) {
    if (optional) continue
    const file = await encryptFile(rfi.certificate, { key, mediaType: "application/pdf", content })
    ok(await crossBorder.rfis.uploadFile(merchantId, rfi.paymentId, rfi.id, file))
  }
  const jwe = await encryptJson(rfi.certificate, exampleAnswer(rfi.fieldRequirements))
  return ok(await crossBorder.rfis.submit(merchantId, rfi.paymentId, rfi.id, { version: 1, jwe }))
}

const fund = async ({ one, other, wallet, pass }: World, paymentId: string): Promise<OnchainTransaction> => {
  const input = { version: 1, metadata: null } as const
  const create = ({ crossBorder }: Kernel) => crossBorder.transactions.create(merchantId, paymentId, input)
  const made = await Promise.all([one, other].map(create))
  expect(made.map((outcome) => (outcome.ok ? "made" : outcome.error._tag)).toSorted()).toEqual([
    ...["AnotherTransactionActive", "made"]
  ])
  const { view } = made.filter((outcome) => outcome.ok).map(ok)[0] ?? {}
  if (view === undefined) throw new Error("no transaction was made")
  const signedTransaction = wallet.sign({
    plan: { version: 1 },
    message: view.message,
    estimatedFee: view.estimatedFee
  })
  const submit = ({ crossBorder }: Kernel) =>
    crossBorder.transactions.submit(merchantId, paymentId, view.id, { signedTransaction })
  for (const submitted of await Promise.all([one, other].map(submit))) {
    // Whoever is second may see it on its way already.
    expect(ok(submitted).status).toMatch(/^(?:pending|broadcasted)$/u)
  }
  await pass(8_000)
  return ok(await other.crossBorder.transactions.get(merchantId, paymentId, view.id))
}

describe.each(engines)("payments abroad on $name", ({ database }) => {
  it("are asked about, funded once and paid out once, whoever works on them", async () => {
    const world = await institution(await database())
    const { one, other, pass, journal } = world
    const { payment, activeRfi } = await payTwice(world, await inputFor(world, "CreateRfiL3"))
    if (activeRfi === null) throw new Error("nothing was asked")
    expect((await answer(other, activeRfi)).status).toBe("in_review")
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
