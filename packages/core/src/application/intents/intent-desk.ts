/** What intents are worked with: the chains, the rates, and how the host wants it, checked once at construction. */
import * as Result from "effect/Result"
import type { AttemptPolicy } from "../../attempt/attempt.ts"
import { quietMs } from "../../attempt/index.ts"
import { blockchainMethod } from "../../deposit/index.ts"
import { assessFees, checkFeeSchedule, type FeeSchedule } from "../../fees/index.ts"
import { intentLifetimeMaxMs, toleranceBpsMax } from "../../intent/index.ts"
import { bps, type Currency, isNegative, type Money, money, zero } from "../../money/index.ts"
import type { Blockchain, ChainDescription } from "../../ports/blockchain.ts"
import type { ExchangeRates } from "../../ports/exchange-rate.ts"
import type { IntentOptions } from "./intent-contract.ts"

export type IntentDesk = {
  readonly blockchain: Blockchain["Service"]
  readonly exchangeRates: ExchangeRates["Service"] | null
  /** Rules how a refund in doubt is found out about. */
  readonly policy: AttemptPolicy
  readonly lifetimeMs: number
  readonly monitoringMs: number
  readonly toleranceBps: number
  readonly feeSchedule: FeeSchedule
  readonly leaseFees: ReadonlyArray<Money>
  readonly lookPauseMaxMs: number
}

const hourMs = 3_600_000

/** One percent of what comes. */
export const defaultIntentFees: FeeSchedule = {
  fee: { kind: "percentage", name: "blockchain", rate: bps(100n), rounding: "halfUp" },
  onExcess: "limit"
}

/** Throws on options that could lose or double money, or that mean nothing. */
export const intentDeskOf = (
  options: IntentOptions,
  { marginMs, resolveLimitMs }: Pick<AttemptPolicy, "marginMs" | "resolveLimitMs">
): IntentDesk => {
  const { blockchain } = options
  const desk: IntentDesk = {
    blockchain,
    exchangeRates: options.exchangeRates ?? null,
    // A chain takes nothing back: what is in doubt for too long is a person's.
    policy: { capabilities: { ...blockchain.capabilities, reverseByKey: false }, marginMs, resolveLimitMs },
    lifetimeMs: options.lifetimeMs ?? 8 * hourMs,
    monitoringMs: options.monitoringMs ?? 7 * 24 * hourMs,
    toleranceBps: options.toleranceBps ?? 0,
    feeSchedule: options.feeSchedule ?? defaultIntentFees,
    leaseFees: options.leaseFees ?? [],
    lookPauseMaxMs: options.lookPauseMaxMs ?? 30_000
  }
  const fault = faultOf(desk)
  if (fault !== undefined) throw new Error(`the blockchain ${blockchain.name} cannot be used: ${fault}`)
  return desk
}

const faultOf = (desk: IntentDesk): string | undefined => {
  const { idempotentByKey, lookupByKey, keyTtlMs } = desk.blockchain.capabilities
  if (!idempotentByKey || !lookupByKey) return "without keys and look-ups a refund in doubt could be sent twice"
  if (keyTtlMs <= desk.policy.marginMs) return "it forgets a key within the margin"
  if (desk.policy.resolveLimitMs <= quietMs(desk.policy)) return "doubt would end before absence can be final"
  if (!isWithin(desk.lifetimeMs, 1, intentLifetimeMaxMs)) return "lifetimeMs is out of range"
  if (!isWithin(desk.monitoringMs, 0, 366 * 24 * hourMs)) return "monitoringMs is out of range"
  if (!isWithin(desk.toleranceBps, 0, toleranceBpsMax)) return "toleranceBps is out of range"
  if (!isWithin(desk.lookPauseMaxMs, 1, 24 * hourMs)) return "lookPauseMaxMs is out of range"
  if (desk.leaseFees.some(isNegative)) return "a lease fee is negative"
  if (new Set(desk.leaseFees.map(({ currency }) => currency)).size < desk.leaseFees.length)
    return "a lease fee is twice"
  const schedule = checkFeeSchedule(desk.feeSchedule)
  if (Result.isFailure(schedule)) return `feeSchedule cannot be charged: ${schedule.failure._tag}`
  return assetsOf(desk)
    .map((asset) => feeFaultOf(desk, asset))
    .find((fault) => fault !== undefined)
}

const assetsOf = ({ blockchain }: IntentDesk): ReadonlyArray<Currency> => [
  ...new Set(blockchain.chains.flatMap(({ assets }) => assets))
]

/** A deposit whose fee cannot be told would never be credited. */
const feeFaultOf = ({ feeSchedule }: IntentDesk, asset: Currency): string | undefined => {
  const assessed = assessFees(feeSchedule, money(1n, asset), { method: blockchainMethod, merchantId: "" })
  return Result.isFailure(assessed) ? `feeSchedule cannot be charged on ${asset}: ${assessed.failure._tag}` : undefined
}

const isWithin = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max

/** The chain, where it is known and carries the asset. */
export const chainWith = ({ blockchain }: IntentDesk, chain: string, asset: Currency): ChainDescription | undefined =>
  blockchain.chains.find((one) => one.chain === chain && one.assets.includes(asset))

/** What an address for this asset costs. */
export const leaseFeeOf = ({ leaseFees }: IntentDesk, asset: Currency): Money =>
  leaseFees.find(({ currency }) => currency === asset) ?? zero(asset)

/** Whether what comes as one can be settled in the other. */
export const isTraded = ({ exchangeRates }: IntentDesk, base: Currency, counter: Currency): boolean =>
  base === counter || (exchangeRates?.pairs.some((pair) => pair.base === base && pair.counter === counter) ?? false)
