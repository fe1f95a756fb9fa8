/** The controls of the sandbox's payout network: what they do, what they refuse, and what outlives a restart. */
import { randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createKernel, defaultFeeSchedule, money, type Quote } from "@paykernel/core"
import { memoryStore } from "@paykernel/core/memory"
import { memoryJournal, sandboxGateway } from "@paykernel/core/simulator"
import { PayoutAnswers } from "@paykernel/core/testing"
import { envelopeVault, keyRingFromValues } from "@paykernel/core/vault"
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest"
import { openPayoutNetwork, type SandboxPayoutNetwork } from "../src/payout-network.ts"
import { payoutControls } from "../src/sandbox-payout.ts"

const ada = "0d1f6a52-1a06-4b37-9d70-43c9a4a1e001"
const bob = "0d1f6a52-1a06-4b37-9d70-43c9a4a1e002"
const sender = "0xe01be9cdd9e744ae6a709794bfe531ec3ec0671c"
const clock = { nowMs: () => Date.now() }

let sandboxDir: string
let payout: SandboxPayoutNetwork
let kernel: ReturnType<typeof createKernel>
const closers: Array<() => unknown> = []

beforeAll(async () => {
  sandboxDir = await mkdtemp(join(tmpdir(), "payout-"))
})
beforeEach(async () => {
  payout = await openPayoutNetwork({ sandboxDir, clock, onClose: (close) => closers.push(close) })
  const challengeUrl = (id: string) => `https://bank.example/${id}`
  kernel = createKernel({
    store: memoryStore(),
    gateway: sandboxGateway({ journal: memoryJournal(), clock, random: () => 0.5, challengeUrl }).gateway,
    vault: envelopeVault(await keyRingFromValues([{ id: "k1", key: randomBytes(32).toString("base64url") }])),
    digestKey: randomBytes(32),
    clock,
    crossBorder: { network: payout.network, chain: payout.fundingChain }
  })
  const terms = {
    feeSchedule: defaultFeeSchedule,
    minAmount: money(1n, "USD"),
    maxAmount: money(1_000_00n, "USD"),
    partialCapture: false,
    settlementCurrency: "USDC",
    settlementRate: { numerator: 1n, denominator: 1n },
    settlementIntervalMs: 86_400_000
  } as const
  await kernel.merchants.register({ id: ada, name: "Ada", walletId: "1", channels: [], terms })
})
afterEach(async () => {
  await kernel.close()
  for (const close of closers.splice(0)) await close()
})
afterAll(() => rm(sandboxDir, { recursive: true }))

const ask = async (path: string, body: { readonly [field: string]: unknown }, merchantId = ada) => {
  const response = await payoutControls[path]?.answer({ kernel, payout }, body, merchantId)
  return { status: response?.status, body: await response?.json() }
}

const quote = () =>
  kernel.crossBorder.quotes.create(ada, {
    fixedSide: "source",
    amount: money(100_000_000n, "USDC"),
    sourceCurrency: "USDC",
    destinationCurrency: "MXN",
    senderCountry: "US",
    destinationCountry: "MX",
    paymentMethod: null,
    blockchain: "ETH-SEPOLIA",
    senderType: "business",
    recipientType: "business",
    firstParty: false,
    transactionVersion: 1
  })

const pay = async ({ id, certificate, blockchain }: Quote): Promise<string> => {
  const asked = await kernel.crossBorder.requirements(ada, id)
  if (!asked.ok) throw new Error(asked.error._tag)
  const encrypt = async (fields: Parameters<typeof PayoutAnswers.exampleAnswer>[0]) => ({
    version: null,
    jwe: await PayoutAnswers.encryptList(certificate, PayoutAnswers.exampleAnswer(fields))
  })
  const paid = await kernel.crossBorder.payments.create(ada, {
    quoteId: id,
    blockchain,
    senderAddress: sender,
    refundAddress: sender,
    useCase: "b2b",
    reasonForPayment: "PMT001",
    customerRefId: "7",
    beneficiaryRefId: null,
    refCode: null,
    travelRule: await encrypt(asked.value.travelRule),
    beneficiaryAccount: await encrypt(asked.value.beneficiaryAccount)
  })
  if (!paid.ok) throw new Error(paid.error._tag)
  return paid.value.view.payment.id
}

it("asks about a payment of the caller's own, and of nobody else's", async () => {
  const offered = await quote()
  const [first] = offered.ok ? offered.value : []
  if (first === undefined) throw new Error("nothing was offered")
  const paymentId = await pay(first)
  expect(await ask("/sandbox/payout/rfi", { paymentId, level: 2 }, bob)).toMatchObject({ status: 404 })
  expect(await ask("/sandbox/payout/rfi", { paymentId, level: 4 })).toMatchObject({ status: 400 })
  expect(await ask("/sandbox/payout/rfi", { paymentId, level: 2 })).toEqual({
    status: 201,
    body: { data: { paymentId, level: "LEVEL_2" } }
  })
  await kernel.drain()
  const found = await kernel.crossBorder.payments.get(ada, paymentId)
  expect(found).toMatchObject({ ok: true, value: { activeRfi: { level: 2, status: "information_required" } } })
})

it("asks about no payment that does not exist", async () => {
  for (const paymentId of [sender, ada, 7, undefined]) {
    const { status } = await ask("/sandbox/payout/rfi", { paymentId })
    expect([400, 404]).toContain(status)
  }
})

it("closes an institution, and opens it again", async () => {
  expect((await ask("/sandbox/payout/institution", { destinationCountry: "MX", open: false })).status).toBe(200)
  expect(await quote()).toMatchObject({ ok: false, error: { _tag: "QuoteRefused", why: "institution_not_available" } })
  await ask("/sandbox/payout/institution", { destinationCountry: "MX", open: true })
  expect((await quote()).ok).toBe(true)
  for (const body of [{ destinationCountry: "mexico", open: true }, { destinationCountry: "MX" }, {}]) {
    expect((await ask("/sandbox/payout/institution", body)).status).toBe(400)
  }
})

it("shows a wallet as a node would, and fills and empties it", async () => {
  const wallet = { blockchain: "ETH-SEPOLIA", address: sender }
  const shown = await ask("/sandbox/payout/account", wallet)
  expect(shown).toMatchObject({ status: 200, body: { data: { nonce: "0", exists: true } } })
  const emptied = await ask("/sandbox/payout/wallet", { ...wallet, tokens: "0", allowance: "5" })
  expect(emptied).toMatchObject({ status: 200, body: { data: { tokens: "0", allowance: "5", exists: true } } })
  expect(await ask("/sandbox/payout/account", wallet)).toEqual(emptied)
  const wrongs = [
    { tokens: 5 },
    { coins: "-1" },
    { allowance: "1.5" },
    { exists: "yes" },
    { address: "x" },
    { blockchain: 1 }
  ]
  for (const wrong of wrongs) expect((await ask("/sandbox/payout/wallet", { ...wallet, ...wrong })).status).toBe(400)
  expect(await ask("/sandbox/payout/account", wallet)).toEqual(emptied)
  expect((await ask("/sandbox/payout/account", {})).status).toBe(400)
})

it("misbehaves on demand", async () => {
  expect(await ask("/sandbox/payout/mode", { mode: "down", rate: 0.5 })).toMatchObject({ status: 200 })
  expect(payout.mode()).toEqual({ mode: "down", rate: 0.5 })
  for (const body of [{ mode: "mad" }, { mode: "down", rate: 2 }, { mode: "down", rate: "1" }, {}]) {
    expect((await ask("/sandbox/payout/mode", body)).status).toBe(400)
  }
  expect(payout.mode()).toEqual({ mode: "down", rate: 0.5 })
})

it("is the same network after a restart: its key, its offers and its wallets", async () => {
  const offered = await quote()
  const [first] = offered.ok ? offered.value : []
  for (const close of closers.splice(0)) await close()
  const again = await openPayoutNetwork({ sandboxDir, clock, onClose: (close) => closers.push(close) })
  expect(again.certificate.jwk).toEqual(first?.certificate.jwk)
  expect(again.account("ETH-SEPOLIA", sender)).toMatchObject({ tokens: "0", allowance: "5" })
})
