/** The simulated payout network with a clock of its own, for suites and tests: nothing happens until time is moved. */
import * as Effect from "effect/Effect"
import { money } from "../../money/index.ts"
import type { QuoteRequest } from "../../ports/payout-network.ts"
import { memoryNetworkJournal, type NetworkJournal } from "../../simulator/payout/network-journal.ts"
import { generateNetworkKey, type NetworkKey, openNetworkKey } from "../../simulator/payout/network-key.ts"
import {
  type SimulatedPayoutNetwork,
  type SimulatedPayoutNetworkOptions,
  simulatedPayoutNetwork
} from "../../simulator/payout/simulated-payout-network.ts"
import type { PayoutNetworkUnderTest } from "./network-under-test.ts"

export const startMs = 1_795_000_000_000

/** A hundred dollars from a business in the United States to one in Mexico. */
export const exampleQuoteRequest: QuoteRequest = {
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
}

export type NetworkWorld = PayoutNetworkUnderTest & {
  readonly simulated: SimulatedPayoutNetwork
  readonly journal: NetworkJournal
  /** From now on nothing can be written down. */
  readonly breakJournal: () => void
  /** The same network after a restart, at the same time; of another book, if one is given. */
  readonly restarted: (book?: NetworkJournal) => SimulatedPayoutNetwork
}

let sharedKey: Promise<NetworkKey> | undefined

/** One key for all of them: making it is slow, and nothing here depends on whose it is. */
const keyOnce = (): Promise<NetworkKey> => {
  sharedKey ??= generateNetworkKey().then((material) =>
    openNetworkKey(material, { domain: "institution.example", nowMs: startMs })
  )
  return sharedKey
}

export type NetworkWorldOptions = Partial<
  Pick<SimulatedPayoutNetworkOptions, "isOpen" | "journal" | "lateMs" | "random">
>

export const networkWorld = async (options: NetworkWorldOptions = {}): Promise<NetworkWorld> => {
  const key = await keyOnce()
  const memory = options.journal ?? memoryNetworkJournal()
  let isBroken = false
  const journal: NetworkJournal = {
    ...memory,
    append: (record) => (isBroken ? Promise.reject(new Error("the disk is full")) : memory.append(record))
  }
  let nowMs = startMs
  let ids = 0
  const open = (book: NetworkJournal = journal): SimulatedPayoutNetwork =>
    simulatedPayoutNetwork({
      ...options,
      journal: book,
      key,
      clock: { nowMs: () => nowMs },
      ids: { next: () => `id-${++ids}` }
    })
  const simulated = open()
  return {
    simulated,
    journal,
    restarted: open,
    breakJournal: () => {
      isBroken = true
    },
    network: simulated.network,
    nowMs: () => nowMs,
    advance: (ms) => {
      nowMs += ms
    },
    request: exampleQuoteRequest,
    settledWithinMs: 20_000,
    raiseRfi: async (paymentKey, level) => {
      await Effect.runPromise(simulated.raiseRfi(paymentKey, level))
    }
  }
}
