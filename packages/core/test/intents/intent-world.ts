/** A merchant who is paid on simulated chains, with a clock that tests move. */
import {
  type AnyPayment,
  type CreateIntentInput,
  type Deposit,
  type Intent,
  type IntentOptions,
  type IntentRefund,
  type Kernel,
  type KernelOptions,
  type Money,
  money,
  type Outcome,
  type RefundIntentInput
} from "@paykernel/core"
import type { Blockchain, Store } from "@paykernel/core/effect"
import { memoryStore } from "@paykernel/core/memory"
import { memoryChainJournal, simulatedBlockchain, simulatedExchangeRates } from "@paykernel/core/simulator"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { onTestFinished } from "vitest"
import { merchantId, world } from "../kernel-world.ts"

export const usdc = (amount: bigint) => money(amount, "USDC")

/** What an order is about, and half of it. */
export const whole = usdc(10_000_000n)
export const half = usdc(5_000_000n)

export const hourMs = 3_600_000
export const dayMs = 24 * hourMs

/** How long the chains of a world take to make a deposit final. */
export const finalityMs = 12_000

/** Where refunds go. */
export const customer = { chain: "ETH", address: "0x8381470ED67C3802402dbbFa0058E8871F017A6F", addressTag: null }

export type IntentWorld = Awaited<ReturnType<typeof intentWorld>>

export type WorldOptions = {
  readonly intents?: Partial<IntentOptions>
  readonly kernel?: Partial<KernelOptions>
  readonly reach?: (store: Store["Service"]) => Store["Service"]
  /** Stands between the kernel and its chains. */
  readonly reachChain?: (blockchain: Blockchain["Service"]) => Blockchain["Service"]
}

export const intentWorld = async (options: WorldOptions = {}) => {
  const { intents, kernel: settingsOf, reach = (store) => store, reachChain = (blockchain) => blockchain } = options
  const clock = { ms: Date.UTC(2026, 0, 1) }
  const now = { nowMs: () => clock.ms }
  const store = memoryStore()
  const chains = simulatedBlockchain({
    journal: memoryChainJournal(),
    clock: now,
    random: () => 0.5,
    secret: "of these tests",
    finalityMs,
    latencyMs: 0,
    lateMs: 0
  })
  const rates = simulatedExchangeRates({ clock: now })
  const settings: IntentOptions = {
    blockchain: reachChain(chains.blockchain),
    exchangeRates: rates.exchangeRates,
    feeSchedule: { fee: { kind: "sum", fees: [] }, onExcess: "limit" },
    ...intents
  }
  const opened = await world({}, { clock: now, store: reach(store), intents: settings, ...settingsOf })
  onTestFinished(async () => {
    await opened.kernel.close()
    await Effect.runPromise(chains.drain)
  })
  return { kernel: opened.kernel, incidents: opened.incidents, store, clock, chains, rates, settings }
}

export const ok = <A>(outcome: Outcome<A, { readonly _tag: string }>): A => {
  if (!outcome.ok) throw new Error(outcome.error._tag)
  return outcome.value
}

/** What was refused, or `null`. */
export const errorOf = (outcome: Outcome<unknown, { readonly _tag: string }>): string | null =>
  outcome.ok ? null : outcome.error._tag

export const order: CreateIntentInput = {
  kind: "transient",
  amount: usdc(10_000_000n),
  currency: "USDC",
  settlementCurrency: "USDC",
  chains: ["ETH"],
  walletId: "1000000001",
  expiresAtMs: null
}

type World = Pick<IntentWorld, "kernel" | "clock">

/** Creates an intent, and waits until it can be paid. */
export const openIntent = async (world: World, change: Partial<CreateIntentInput> = {}): Promise<Intent> => {
  const { view } = ok(await world.kernel.intents.create(merchantId, { ...order, ...change }))
  await world.kernel.drain()
  return intentOf(world, view.id)
}

export const openContinuous = (world: World): Promise<Intent> => openIntent(world, { kind: "continuous", amount: null })

export const intentOf = async ({ kernel }: Pick<World, "kernel">, id: string): Promise<Intent> =>
  ok(await kernel.intents.get(merchantId, id))

/** Lets time pass in steps, each followed by the work that fell due. */
export const pass = async ({ kernel, clock }: World, ms: number, steps = 4): Promise<void> => {
  for (let step = 0; step < steps; step++) {
    clock.ms += Math.ceil(ms / steps)
    await kernel.drain()
  }
}

/** A customer sends amounts in one transaction; gives its hash. */
export const send = async (
  { chains }: Pick<IntentWorld, "chains">,
  { methods }: Intent,
  ...amounts: ReadonlyArray<Money>
): Promise<string> => {
  const to = methods[0]?.address
  if (to === undefined || to === null) throw new Error("the intent has no address")
  const { chain, address, addressTag } = to
  const payments = amounts.map((amount) => ({ address, addressTag, amount }))
  return Result.getOrThrow(await chains.pay({ chain, payments })).transactionHash
}

/** Sends, and waits until it is final and known. */
export const payIn = async (world: IntentWorld, intent: Intent, ...amounts: ReadonlyArray<Money>): Promise<Intent> => {
  await send(world, intent, ...amounts)
  await settle(world, intent)
  return intentOf(world, intent.id)
}

/** Waits until what was sent is final and known. */
export const settle = async (world: IntentWorld, { id }: Intent): Promise<void> => {
  await pass(world, 2 * finalityMs)
  ok(await world.kernel.intents.hear(merchantId, id))
  await world.kernel.drain()
}

export const refund = async (
  { kernel }: Pick<World, "kernel">,
  id: string,
  change: Partial<RefundIntentInput> = {}
): Promise<IntentRefund> => {
  const input: RefundIntentInput = {
    destination: customer,
    amount: usdc(1_000_000n),
    sourceCurrency: "USDC",
    ...change
  }
  return ok(await kernel.intents.refund(merchantId, id, input)).view.refund
}

/** Everything that was paid to an intent and given back, newest first. */
export const paymentsOf = async (
  { kernel }: { readonly kernel: Kernel },
  id: string
): Promise<ReadonlyArray<AnyPayment>> => {
  const where = { source: id, type: "blockchain" }
  const request = { where, fromMs: null, toMs: null, page: { _tag: "First" as const }, limit: 100 }
  return ok(await kernel.payments.listAny(merchantId, request)).items
}

export const depositsOf = async (world: { readonly kernel: Kernel }, id: string): Promise<ReadonlyArray<Deposit>> =>
  (await paymentsOf(world, id)).flatMap((one) => (one._tag === "Deposit" ? [one.deposit] : []))

export const refundsOf = async (world: { readonly kernel: Kernel }, id: string): Promise<ReadonlyArray<IntentRefund>> =>
  (await paymentsOf(world, id)).flatMap((one) => (one._tag === "IntentRefund" ? [one.refund] : []))

/** Status and context of each entry, oldest first. */
export const storyOf = ({ timeline }: Intent): ReadonlyArray<string> =>
  timeline.toReversed().map(({ status, context }) => (context === "none" ? status : `${status} ${context}`))

/** What is posted on an account in a currency; owed to the merchant is above zero. */
export const balanceOf = async (
  { kernel }: { readonly kernel: Kernel },
  account: string,
  currency = "USDC"
): Promise<bigint> => {
  const { accounts } = ok(await kernel.balances(merchantId))
  return accounts.find((one) => one.account === account && one.currency === currency)?.posted ?? 0n
}

export { merchantId }
