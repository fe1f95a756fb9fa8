/** Being paid on chains in a simulated world: the chains, what its processes reach them with, and the books kept of it. */
import type { IntentOptions } from "../../../application/intents/intent-contract.ts"
import type { DepositEventJson } from "../../../deposit/deposit.schema.ts"
import type { IntentEventJson, IntentJson } from "../../../intent/intent.schema.ts"
import type { IntentRefundEventJson, IntentRefundJson } from "../../../intent-refund/intent-refund.schema.ts"
import type { Posting } from "../../../ledger/ledger.ts"
import { money } from "../../../money/index.ts"
import { type AggregateWrite, type Commit, type EventRecord, isJsonObject, type Json } from "../../../ports/commit.ts"
import { memoryChainJournal } from "../../../simulator/chain/chain-journal.ts"
import { type SimulatedBlockchain, simulatedBlockchain } from "../../../simulator/chain/simulated-blockchain.ts"
import { simulatedExchangeRates } from "../../../simulator/chain/simulated-exchange-rates.ts"
import { startMs } from "../../payment-examples.ts"
import type { Actor } from "../agenda.ts"
import type { Conduct } from "../conduct.ts"
import { makeDice } from "../dice.ts"
import type { Report } from "../problems.ts"
import { type ChainTruth, chainTruth } from "./chain-truth.ts"
import { type DepositBook, openDepositBook } from "./deposit-book.ts"
import { type IntentBook, openIntentBook } from "./intent-book.ts"
import { openRefundBook, type RefundBook } from "./refund-book.ts"
import { blockchainOf, type Roads, ratesOf } from "./simulated-chains.ts"

export type Paying = {
  readonly chains: SimulatedBlockchain
  readonly truth: ChainTruth
  readonly intents: IntentBook
  readonly deposits: DepositBook
  readonly refunds: RefundBook
  /** What the ledger says that is held on chains, in minor units by asset. */
  readonly holdings: ReadonlyMap<string, bigint>
  readonly optionsOf: (actor: Actor, nowMs: () => number) => IntentOptions
  readonly committed: (commit: Commit) => void
}

export type PayingGrounds = {
  readonly surroundings: Roads
  readonly report: Report
  readonly conduct: Pick<Conduct, "checkLease">
  readonly seed: number
  /** Of calls: how long one takes, when a late one is carried out, and how long that is not seen. */
  readonly times: {
    readonly latencyMs: number
    readonly lateMs: number
    readonly maxInFlightMs: number
    readonly lookupLagMs: number
  }
}

const minuteMs = 60_000

/** How intents are taken, which follows from the seed: a lease that nobody can pay for, windows short and long. */
const termsOf = (seed: number) => {
  const dice = makeDice(seed + 0x1a7e)
  return {
    finalityMs: dice.pick([3000, 12_000, 120_000]),
    options: {
      lifetimeMs: dice.pick([10 * minuteMs, 120 * minuteMs, 480 * minuteMs]),
      monitoringMs: dice.pick([0, 60 * minuteMs, 1440 * minuteMs]),
      toleranceBps: dice.pick([0, 0, 500]),
      leaseFees: dice.pick([[], [money(1000n, "USDC")], [money(5_000_000n, "EURC")]]),
      // Long pauses, so that two days in which nobody pays are over soon.
      lookPauseMaxMs: dice.pick([60 * minuteMs, 240 * minuteMs])
    }
  }
}

export const openPaying = ({ surroundings, report, conduct, seed, times }: PayingGrounds): Paying => {
  const { agenda, dice, coverage } = surroundings
  const clock = { nowMs: () => startMs + agenda.nowMs() }
  const { finalityMs, options } = termsOf(seed)
  const journal = memoryChainJournal()
  const chains = simulatedBlockchain({ ...times, journal, clock, finalityMs, random: dice.next, secret: "simulated" })
  const { exchangeRates } = simulatedExchangeRates({ clock })
  const paces = new Map(chains.blockchain.chains.map(({ chain, blockMs }) => [chain, blockMs]))
  const truth = chainTruth(journal, (chain) => paces.get(chain) ?? 1, clock.nowMs)
  const intents = openIntentBook(report, agenda.nowMs)
  const deposits = openDepositBook(truth, report)
  const quietMs = times.maxInFlightMs + times.lookupLagMs
  const refunds = openRefundBook({ truth, coverage, report, quietMs })
  const holdings = new Map<string, bigint>()

  const write = ({ ref: { type, id }, state, events }: AggregateWrite): string | undefined => {
    const happened = events.map(({ data }: EventRecord) => data)
    if (isIntent(type, state)) {
      const intent = intents.write(id, state)
      for (const event of happened) if (isIntentEvent(event)) intents.happen(intent, event)
      return id
    }
    if (isRefund(type, state)) refunds.write(id, state, happened.filter(isRefundEvent))
    if (type !== "deposit") return undefined
    for (const event of happened) if (isDepositEvent(event)) deposits.happen(id, event)
    return deposits.entries.get(id)?.intentId
  }
  return {
    ...{ chains, truth, intents, deposits, refunds, holdings },
    optionsOf: (actor, nowMs) => ({
      ...options,
      exchangeRates: ratesOf(surroundings, actor, exchangeRates),
      blockchain: blockchainOf(surroundings, actor, chains, {
        leaving: (operation, timeoutMs) => {
          const refund = refunds.leaving(operation)
          if (refund === undefined) return
          conduct.checkLease(`${refund.id}:refund-transfer`, refund.id, timeoutMs, actor, nowMs())
        },
        answered: refunds.answered
      })
    }),
    committed: ({ aggregates, ledger }) => {
      truth.read()
      for (const { postings } of ledger) for (const posting of postings) hold(holdings, posting)
      const touched = new Set(aggregates.map(write))
      for (const id of touched) {
        const intent = id === undefined ? undefined : intents.entries.get(id)
        if (intent !== undefined) intents.written(intent, deposits.finalOf(intent.id, intent.state.currency))
      }
    }
  }
}

const hold = (holdings: Map<string, bigint>, { account, layer, amount: { amount, currency } }: Posting): void => {
  if (account === "crypto_holdings" && layer === "posted")
    holdings.set(currency, (holdings.get(currency) ?? 0n) + amount)
}

/** What is stored under a type has the shape that the kernel's codec of this type writes. */
const isIntent = (type: string, state: Json): state is IntentJson => type === "intent" && isJsonObject(state)
const isRefund = (type: string, state: Json): state is IntentRefundJson =>
  type === "intent_refund" && isJsonObject(state)
const isIntentEvent = (data: Json): data is IntentEventJson => isJsonObject(data)
const isRefundEvent = (data: Json): data is IntentRefundEventJson => isJsonObject(data)
const isDepositEvent = (data: Json): data is DepositEventJson => isJsonObject(data)
