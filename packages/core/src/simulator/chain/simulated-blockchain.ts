/**
 * Blockchains for a system that runs on one machine: blocks at the pace of the clock, transactions that wait, confirm and
 * are taken back, and refunds whose answers get lost. As deep as real ones, and quicker.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type CurrencyTable, format, parse, currencies as standardCurrencies } from "../../money/index.ts"
import type { Blockchain, BlockchainCapabilities, ChainDescription } from "../../ports/blockchain.ts"
import type { Network } from "./address-format.ts"
import { addressProblem } from "./chain-address.ts"
import { type ChainDesk, chainDesk } from "./chain-desk.ts"
import type { ChainJournal, TransactionBroadcast } from "./chain-journal.ts"
import { type ChainLine, type ChainLineTimes, chainLine } from "./chain-line.ts"
import { chainRow, sandboxChains } from "./chain-list.ts"
import { type ChainModeRejection, type ChainModeSetting, checkChainMode } from "./chain-mode.ts"
import { authorizationFault } from "./chain-transfer.ts"
import type { Amounts } from "./chain-view.ts"
import { feeQuoteAt } from "./network-fee.ts"

export type SimulatedBlockchainOptions = {
  /** The chains' own memory. It is read once, here. */
  readonly journal: ChainJournal
  /** Blocks come by this clock. Delays run on the Effect clock. */
  readonly clock: { readonly nowMs: () => number }
  /** A number from 0 up to 1, excluding 1: draws faults. */
  readonly random: () => number
  /** Makes addresses and hashes; as long as it is the same, a reference has the same address. */
  readonly secret: string
  /** How long a deposit takes to be final, on every chain. Default 4000. */
  readonly finalityMs?: number
  /** How long a call takes. Default 5. */
  readonly latencyMs?: number
  /** When a late transfer is executed. Default 1000; never more than `maxInFlightMs`. */
  readonly lateMs?: number
  /** Default 5000. */
  readonly maxInFlightMs?: number
  /** How far stale looks lag behind. Default 2000. */
  readonly lookupLagMs?: number
  /** Whose addresses are good. Default `testnet`. */
  readonly network?: Network
  readonly currencies?: CurrencyTable
}

export type SimulatedBlockchain = {
  readonly blockchain: Blockchain["Service"]
  /** Every transaction that was ever broadcast, oldest first. */
  readonly transactions: () => ReadonlyArray<TransactionBroadcast>
  /** A payer sends. */
  readonly pay: ChainDesk["pay"]
  /** Miners replace the newest blocks, or a payer changes his mind while a transaction waits. */
  readonly reorganise: ChainDesk["reorganise"]
  readonly mode: () => ChainModeSetting
  /** Changes how calls from now on are treated. What is on its way already is not affected. */
  readonly setMode: (mode: string, rate: number) => Result.Result<ChainModeSetting, ChainModeRejection>
  /** Waits until nothing is on its way any more. */
  readonly drain: Effect.Effect<void>
}

/**
 * Opens the chains as their journal left them. Throws a `RangeError` on times that contradict each other.
 *
 * @example
 * const journal = { append: async () => {}, read: () => [] }
 * const chains = simulatedBlockchain({ journal, clock, random, secret: "a secret" })
 * chains.mode() // => { mode: "normal", rate: 1 }
 */
export const simulatedBlockchain = (options: SimulatedBlockchainOptions): SimulatedBlockchain => {
  const times = timesOf(options)
  const network = options.network ?? "testnet"
  const blockMsOf = (chain: string): number =>
    Math.max(1, Math.floor(times.finalityMs / (chainRow(chain)?.confirmations ?? 1)))
  const amounts = amountsIn(options.currencies ?? standardCurrencies)
  const desk = chainDesk({ ...options, amounts, network, blockMsOf })
  let setting: ChainModeSetting = { mode: "normal", rate: 1 }
  const draw = () => (options.random() < setting.rate ? setting.mode : "normal")
  const line = chainLine({ desk, draw, random: options.random, ...times })
  return {
    blockchain: blockchainOver(line, { ...options, amounts, network, blockMsOf, capabilities: capabilitiesOf(times) }),
    transactions: () => options.journal.read().filter((one) => one.record === "transaction_broadcast"),
    pay: desk.pay,
    reorganise: desk.reorganise,
    mode: () => setting,
    setMode: (mode, rate) => {
      const checked = checkChainMode(mode, rate)
      if (Result.isSuccess(checked)) setting = checked.success
      return checked
    },
    drain: line.drain
  }
}

type Parts = {
  readonly clock: { readonly nowMs: () => number }
  readonly secret: string
  readonly amounts: Amounts
  readonly network: Network
  readonly blockMsOf: (chain: string) => number
  readonly capabilities: BlockchainCapabilities
}

const blockchainOver = (line: ChainLine, parts: Parts): Blockchain["Service"] => {
  const { clock, secret, amounts, network, blockMsOf, capabilities } = parts
  return {
    name: "sandbox",
    chains: sandboxChains.map(
      ({ chain, confirmations, assets, tags, pullTokens = [] }): ChainDescription => ({
        chain,
        confirmations,
        blockMs: blockMsOf(chain),
        addressTags: tags !== undefined,
        assets,
        pullTokens
      })
    ),
    capabilities,
    checkAddress: (chain, address, addressTag) => addressProblem(chain, address, addressTag, network),
    deriveAddress: ({ chain, currency, reference }) =>
      Effect.suspend(() => {
        demandAsset(chain, currency)
        return line.read((desk) => desk.derive(chain, reference))
      }),
    depositsAt: (query) => line.look(query),
    sendRefund: (operation, timeoutMs) => line.send((desk) => desk.refund(operation), timeoutMs),
    lookupRefund: (key, timeoutMs) => line.lookUp("refund", key, timeoutMs),
    checkAuthorization: (operation) => authorizationFault(operation, network),
    submitAuthorization: (operation, timeoutMs) => line.send((desk) => desk.pull(operation), timeoutMs),
    lookupAuthorization: (key, timeoutMs) => line.lookUp("pull", key, timeoutMs),
    quoteNetworkFee: (chain, currency) =>
      Effect.suspend(() => {
        demandAsset(chain, currency)
        return line.read(async () =>
          feeQuoteAt({ chain, currency, secret, nowMs: clock.nowMs(), parse: amounts.parse })
        )
      })
  }
}

/** Asking for what is not declared is a mistake of the caller. */
const demandAsset = (chain: string, currency: string): void => {
  if (chainRow(chain)?.assets.some((asset) => asset === currency) !== true) {
    throw new RangeError("the chain does not carry the asset")
  }
}

const amountsIn = (currencies: CurrencyTable): Amounts => ({
  parse: (amount, currency) => Result.getOrThrow(parse(amount, currency, currencies)),
  format: (amount) => format(amount, currencies)
})

type Times = ChainLineTimes & { readonly finalityMs: number }

const timesOf = (options: SimulatedBlockchainOptions): Times => {
  const times = {
    finalityMs: options.finalityMs ?? 4000,
    latencyMs: options.latencyMs ?? 5,
    lateMs: options.lateMs ?? 1000,
    maxInFlightMs: options.maxInFlightMs ?? 5000,
    lookupLagMs: options.lookupLagMs ?? 2000
  }
  if (!Object.values(times).every((ms) => ms >= 0)) throw new RangeError("a time of the simulated chains is negative")
  // The kernel trusts this bound: what has not executed by then never will.
  if (Math.max(times.lateMs, times.latencyMs) > times.maxInFlightMs) {
    throw new RangeError("lateMs and latencyMs must not be more than maxInFlightMs")
  }
  return times
}

/** The chains forget no key; a day is what they promise, as custody services do. */
const capabilitiesOf = ({ lookupLagMs, maxInFlightMs }: Times): BlockchainCapabilities => ({
  idempotentByKey: true,
  lookupByKey: true,
  keyTtlMs: 24 * 60 * 60_000,
  lookupLagMs,
  maxInFlightMs
})
