/** An institution that pays abroad over a simulated network, with a wallet of its own and a clock that tests move. */

import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import type {
  CreateCrossBorderInput,
  CrossBorderPayment,
  CrossBorderView,
  IdempotentRequest,
  Kernel,
  KernelOptions,
  OnchainTransaction,
  Outcome,
  PayoutRefund,
  Quote,
  QuoteRequest,
  Rfi
} from "@paykernel/core"
import { money } from "@paykernel/core"
import type { FundingChain, PayoutNetwork, Store } from "@paykernel/core/effect"
import { memoryStore } from "@paykernel/core/memory"
import {
  generateNetworkKey,
  memoryNetworkJournal,
  type NetworkKey,
  openNetworkKey,
  type SimulatedPayoutNetworkOptions,
  simulatedPayoutNetwork
} from "@paykernel/core/simulator"
import * as Effect from "effect/Effect"
import { onTestFinished } from "vitest"
import {
  evmWallet,
  solanaWallet,
  type TestWallet,
  type TransactionChange
} from "../../src/testing/funding/test-wallet.ts"
import {
  encryptFile,
  encryptJson,
  encryptList,
  exampleAnswer,
  examplePdf,
  type Fields
} from "../../src/testing/payout/encrypt-answer.ts"
import { requestOf } from "../held-answers.ts"
import { merchantId, world } from "../kernel-world.ts"

export { encryptFile, encryptJson, encryptList, exampleAnswer, examplePdf, type Fields, merchantId }

export const usdc = (amount: bigint) => money(amount, "USDC")

export const startMs = Date.UTC(2026, 0, 1)

let sharedKey: Promise<NetworkKey> | undefined

/** One key for all of them: making it is slow, and nothing here depends on whose it is. */
export const networkKey = (): Promise<NetworkKey> => {
  sharedKey ??= generateNetworkKey().then((material) =>
    openNetworkKey(material, { domain: "institution.example", nowMs: startMs })
  )
  return sharedKey
}

export const quoteRequest: QuoteRequest = {
  fixedSide: "source",
  amount: usdc(100_000_000n),
  sourceCurrency: "USDC",
  destinationCurrency: "MXN",
  senderCountry: "US",
  destinationCountry: "MX",
  paymentMethod: "SPEI",
  blockchain: "ETH-SEPOLIA",
  senderType: "business",
  recipientType: "business",
  firstParty: false,
  transactionVersion: 1
}

export type WorldOptions = {
  readonly kernel?: Partial<KernelOptions>
  readonly store?: Store["Service"]
  /** When it is closed. Default: when the test is over. */
  readonly closing?: (close: () => Promise<void>) => void
  /** `false`: the kernel is given no network. */
  readonly enabled?: boolean
  readonly network?: Partial<SimulatedPayoutNetworkOptions>
  /** Stands between the kernel and the network. */
  readonly reach?: (network: PayoutNetwork["Service"]) => PayoutNetwork["Service"]
  readonly reachChain?: (chain: FundingChain["Service"]) => FundingChain["Service"]
  /** How long what has ended is followed. Default: as the kernel has it. */
  readonly followEndedMs?: number
}

export type CrossBorderWorld = Awaited<ReturnType<typeof crossBorderWorld>>

export const crossBorderWorld = async (options: WorldOptions = {}) => {
  const { reach = (network) => network, reachChain = (chain) => chain } = options
  const clock = { ms: startMs }
  const now = { nowMs: () => clock.ms }
  const store = options.store ?? memoryStore()
  let ids = 0
  const simulated = simulatedPayoutNetwork({
    journal: memoryNetworkJournal(),
    key: await networkKey(),
    clock: now,
    ids: { next: () => `00000000-0000-7000-8000-${String(++ids).padStart(12, "0")}` },
    lateMs: 0,
    ...options.network
  })
  const crossBorder = {
    ...{ network: reach(simulated.network), chain: reachChain(simulated.fundingChain) },
    ...(options.followEndedMs === undefined ? {} : { followEndedMs: options.followEndedMs })
  }
  const given = options.enabled === false ? {} : { crossBorder }
  const opened = await world({}, { clock: now, store, ...given, ...options.kernel })
  const { closing = onTestFinished } = options
  closing(async () => {
    await opened.kernel.close()
    await Effect.runPromise(simulated.drain)
  })
  const { kernel, incidents } = opened
  return { kernel, incidents, store, clock, simulated, crossBorder, ...walletsOf(simulated) }
}

type Simulated = ReturnType<typeof simulatedPayoutNetwork>

/** The institution's wallets, which nobody else has the keys of. */
export const walletsOf = ({ account }: Simulated) => {
  const secret = sha256(utf8ToBytes("an institution"))
  const nonceOf = (): bigint => BigInt(account("ETH-SEPOLIA", wallet.address)?.nonce ?? 0)
  const wallet: TestWallet = evmWallet(`0x${bytesToHex(secret)}`, nonceOf)
  return { wallet, solana: solanaWallet(secret) }
}

export const ok = <A>(outcome: Outcome<A, { readonly _tag: string }>): A => {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.error))
  return outcome.value
}

/** What was refused, or `null`. */
export const errorOf = (outcome: Outcome<unknown, { readonly _tag: string }>): string | null =>
  outcome.ok ? null : outcome.error._tag

export const bestQuote = async (
  { kernel }: { readonly kernel: Kernel },
  change: Partial<QuoteRequest> = {}
): Promise<Quote> => {
  const [quote] = ok(await kernel.crossBorder.quotes.create(merchantId, { ...quoteRequest, ...change }))
  if (quote === undefined) throw new Error("an offer of nothing")
  return quote
}

type World = Pick<CrossBorderWorld, "kernel" | "wallet" | "solana">

/** Everything that a payment of a quote needs; `parties` are of the travel rule. */
export const inputFor = async (
  { kernel, wallet, solana }: World,
  quote: Quote,
  parties: Fields = {},
  change: Partial<CreateCrossBorderInput> = {}
): Promise<CreateCrossBorderInput> => {
  const asked = ok(await kernel.crossBorder.requirements(merchantId, quote.id))
  const { address } = quote.blockchain === "SOL-DEVNET" ? solana : wallet
  return {
    quoteId: quote.id,
    blockchain: quote.blockchain,
    senderAddress: address,
    refundAddress: address,
    useCase: "b2b",
    reasonForPayment: "PMT001",
    customerRefId: "customer-1",
    beneficiaryRefId: null,
    refCode: "ref-1",
    travelRule: {
      version: asked.travelRule.version,
      jwe: await encryptList(quote.certificate, exampleAnswer(asked.travelRule, parties))
    },
    beneficiaryAccount: {
      version: null,
      jwe: await encryptList(quote.certificate, exampleAnswer(asked.beneficiaryAccount))
    },
    ...change
  }
}

export const paymentRequest = (key: string, meaning?: string): IdempotentRequest<CrossBorderView> =>
  requestOf(key, ({ payment: { id, status } }) => `${id} ${status}`, meaning)

/** A payment whose originator has this name. */
export const payAs = async (
  world: World,
  originator: string,
  change: Partial<QuoteRequest> = {}
): Promise<CrossBorderView> => {
  const input = await inputFor(world, await bestQuote(world, change), { ORIGINATOR_NAME: originator })
  return ok(await world.kernel.crossBorder.payments.create(merchantId, input)).view
}

export const viewOf = async ({ kernel }: Pick<World, "kernel">, id: string): Promise<CrossBorderView> =>
  ok(await kernel.crossBorder.payments.get(merchantId, id))

export const paymentOf = async (world: Pick<World, "kernel">, id: string): Promise<CrossBorderPayment> =>
  (await viewOf(world, id)).payment

/** Lets time pass in steps, each followed by the work that fell due. */
export const pass = async (
  { kernel, clock }: Pick<CrossBorderWorld, "kernel" | "clock">,
  ms: number,
  steps = 4
): Promise<void> => {
  for (let step = 0; step < steps; step++) {
    clock.ms += Math.ceil(ms / steps)
    await kernel.drain()
  }
}

/** A transaction that waits for its signature. */
export const createTransaction = async (
  { kernel }: Pick<World, "kernel">,
  { id, transactionVersion: version }: CrossBorderPayment
): Promise<OnchainTransaction> =>
  ok(await kernel.crossBorder.transactions.create(merchantId, id, { version, metadata: null })).view

/** What the sender's wallet makes of a transaction. */
export const signed = (
  { wallet, solana }: Pick<World, "wallet" | "solana">,
  transaction: OnchainTransaction,
  change: TransactionChange & { readonly overtakes?: string } = {}
): string => {
  const { version, blockchain, message, estimatedFee } = transaction
  const { overtakes, ...others } = change
  const what = { plan: { version }, message, estimatedFee, ...(overtakes === undefined ? {} : { overtakes }) }
  return blockchain === "SOL-DEVNET" ? solana.sign(what) : wallet.sign(what, others)
}

export const submitTransaction = async (
  world: World,
  transaction: OnchainTransaction,
  signedTransaction = signed(world, transaction)
): Promise<OnchainTransaction> => {
  const { paymentId, id } = transaction
  return ok(await world.kernel.crossBorder.transactions.submit(merchantId, paymentId, id, { signedTransaction }))
}

/** Creates, signs and submits a transaction, and waits until it has arrived and is told. */
export const fund = async (world: CrossBorderWorld, payment: CrossBorderPayment): Promise<OnchainTransaction> => {
  const transaction = await createTransaction(world, payment)
  await submitTransaction(world, transaction)
  await world.kernel.drain()
  await pass(world, 8_000, 4)
  return ok(await world.kernel.crossBorder.transactions.get(merchantId, payment.id, transaction.id))
}

/** Answers a request as it asks to be, with the files that it needs. */
export const answer = async (
  { kernel }: Pick<World, "kernel">,
  rfi: Rfi,
  fields: Fields = {}
): Promise<Outcome<Rfi, { readonly _tag: string }>> => {
  const { rfis } = kernel.crossBorder
  for (const { key, optional } of rfi.fileRequirements) {
    if (optional) continue
    const file = await encryptFile(rfi.certificate, { key, mediaType: "application/pdf", content: examplePdf })
    ok(await rfis.uploadFile(merchantId, rfi.paymentId, rfi.id, file))
  }
  const jwe = await encryptJson(rfi.certificate, exampleAnswer(rfi.fieldRequirements, fields))
  return rfis.submit(merchantId, rfi.paymentId, rfi.id, { version: rfi.fieldRequirements.version, jwe })
}

export const refundsOf = async (
  { kernel }: Pick<World, "kernel">,
  { id, refunds }: CrossBorderPayment
): Promise<ReadonlyArray<PayoutRefund>> =>
  Promise.all(refunds.map(async (one) => ok(await kernel.crossBorder.refunds.get(merchantId, id, one.id))))

/** What is posted on an account in a currency. */
export const balanceOf = async (
  { kernel }: Pick<World, "kernel">,
  account: string,
  currency = "USDC"
): Promise<{ readonly posted: bigint; readonly held: bigint }> => {
  const { accounts } = ok(await kernel.balances(merchantId))
  const found = accounts.find((one) => one.account === account && one.currency === currency)
  return { posted: found?.posted ?? 0n, held: found?.held ?? 0n }
}
