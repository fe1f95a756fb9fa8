/**
 * A payout network for a system that runs on one machine, with the chains on which it is funded. It opens what is
 * encrypted for it, holds it against what it asked, obeys the magic names, and takes nothing on chain but what was signed;
 * its memory is a journal, and all else follows from that and the time.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { FundingChain } from "../../ports/funding-chain.ts"
import type { Ids } from "../../ports/ids.ts"
import type { NetworkStanding, PayoutNetwork, PayoutRoute } from "../../ports/payout-network.ts"
import type { EncryptionCertificate } from "../../quote/quote.ts"
import type { RfiLevel } from "../../requirement/rfi-requirements.ts"
import { fundingChainOver } from "./funding/funding-chain.ts"
import { type ChainAccount, fundingDesk } from "./funding/funding-desk.ts"
import type { Wallet } from "./funding/funding-outcomes.ts"
import { letterReader } from "./letter-reader.ts"
import { type BookedPayment, enter, openBook } from "./network-book.ts"
import { networkDesk } from "./network-desk.ts"
import type { NetworkJournal, NetworkRecord } from "./network-journal.ts"
import type { NetworkKey } from "./network-key.ts"
import { networkLine } from "./network-line.ts"
import { checkNetworkMode, type NetworkModeRejection, type NetworkModeSetting } from "./network-mode.ts"
import { sanctionedAddress } from "./network-routes.ts"
import { standingOf } from "./network-standing.ts"
import { payoutNetworkOver } from "./payout-network-over.ts"

export type SimulatedPayoutNetworkOptions = {
  /** The network's own memory. It is read once, here. */
  readonly journal: NetworkJournal
  /** What personal data is encrypted for. */
  readonly key: NetworkKey
  /** Everything happens by this clock. Delays of messages run on the Effect clock. */
  readonly clock: { readonly nowMs: () => number }
  readonly ids: Ids["Service"]
  /** A number from 0 up to 1, excluding 1: draws faults. Default: all calls are struck that the mode strikes. */
  readonly random?: () => number
  /** How long anything takes that does not happen at once. Default 2000. */
  readonly delayMs?: number
  /** How long a quote is good for. Default one minute. */
  readonly quoteTtlMs?: number
  /** How long the source amount may take. Default one hour. */
  readonly fundsTtlMs?: number
  /** How long a request for information can be answered. Default half an hour, which is less than a payment lives. */
  readonly rfiTtlMs?: number
  /** How long a transaction takes until nothing takes it back any more. Default 4000. */
  readonly confirmMs?: number
  /** When a late message is executed. Default 1000. */
  readonly lateMs?: number
  /** How far stale look-ups lag behind. Default 2000. */
  readonly lookupLagMs?: number
  /** Whether the institution at the end of a route takes payments at present. Default: always. */
  readonly isOpen?: (route: PayoutRoute) => boolean
  /** Whom the network does no business with. Default: one address, in whatever case. */
  readonly isSanctioned?: (address: string) => boolean
}

export type SimulatedPayoutNetwork = {
  readonly network: PayoutNetwork["Service"]
  readonly fundingChain: FundingChain["Service"]
  readonly certificate: EncryptionCertificate
  /** Asks about the sender of a payment, whatever has become of it. `undefined`: there is no such payment. */
  readonly raiseRfi: (key: string, level: RfiLevel) => Effect.Effect<NetworkStanding | undefined>
  /** What a node of the chain knows of a wallet; `undefined`: there is no such chain, or no such address on it. */
  readonly account: (blockchain: string, address: string) => ChainAccount | undefined
  /** Says what a wallet holds from now on. A chain that is not there throws a `RangeError`. */
  readonly setAccount: (wallet: Wallet) => Promise<void>
  readonly mode: () => NetworkModeSetting
  /** Changes how calls from now on are treated. What is on its way already is not affected. */
  readonly setMode: (mode: string, rate: number) => Result.Result<NetworkModeSetting, NetworkModeRejection>
  /** Waits until nothing is on its way any more. */
  readonly drain: Effect.Effect<void>
}

/** Opens the network as its journal left it. Throws a `RangeError` on a time below zero. */
export const simulatedPayoutNetwork = (options: SimulatedPayoutNetworkOptions): SimulatedPayoutNetwork => {
  const { journal, key, clock, ids, random = () => 0, isOpen = () => true } = options
  const { isSanctioned = isSanctionedByDefault } = options
  const times = timesOf(options)
  const book = openBook(journal.read())
  const certificate = key.certificate

  const write = async (record: NetworkRecord): Promise<void> => {
    await journal.append(record)
    enter(book, record)
  }
  /** Never earlier than what is written down, even where the clock is set back. */
  const nowMs = (): number => Math.max(clock.nowMs(), book.newestAtMs)
  const standing = (booked: BookedPayment, atMs = nowMs()): NetworkStanding =>
    standingOf(booked, { nowMs: atMs, delayMs: times.delayMs, certificate })
  const desk = networkDesk({ book, letters: letterReader(key), nowMs, ids, write, standing, isSanctioned, ...times })
  const funding = fundingDesk({ book: book.funding, nowMs, write, isSanctioned, confirmMs: times.confirmMs })

  let setting: NetworkModeSetting = { mode: "normal", rate: 1 }
  const line = networkLine({ draw: () => (random() < setting.rate ? setting.mode : "normal"), ...times })

  return {
    certificate,
    network: payoutNetworkOver(line, { book, desk, standing, nowMs, write, ids, certificate, isOpen, ...times }),
    fundingChain: fundingChainOver(line, { desk: funding, nowMs }),
    raiseRfi: (paymentKey, level) =>
      Effect.orDie(
        line.command(async () => {
          if (!book.payments.has(paymentKey)) return undefined
          await desk.raise(paymentKey, level, nowMs())
          const booked = book.payments.get(paymentKey)
          return booked === undefined ? undefined : standing(booked)
        })
      ),
    account: funding.account,
    setAccount: (wallet) => Effect.runPromise(line.command(() => funding.setAccount(wallet))),
    mode: () => setting,
    setMode: (mode, rate) => {
      const checked = checkNetworkMode(mode, rate)
      if (Result.isSuccess(checked)) setting = checked.success
      return checked
    },
    drain: line.drain
  }
}

/** Addresses of this chain are the same in capitals, which are check digits. */
const isSanctionedByDefault = (address: string): boolean => address.toLowerCase() === sanctionedAddress.toLowerCase()

const timesOf = (options: SimulatedPayoutNetworkOptions) => {
  const times = {
    delayMs: options.delayMs ?? 2_000,
    quoteTtlMs: options.quoteTtlMs ?? 60_000,
    fundsTtlMs: options.fundsTtlMs ?? 3_600_000,
    rfiTtlMs: options.rfiTtlMs ?? 1_800_000,
    // Above zero, so that what is broadcast later changes nothing that has happened.
    confirmMs: Math.max(1, options.confirmMs ?? 4_000),
    lateMs: options.lateMs ?? 1_000,
    lookupLagMs: options.lookupLagMs ?? 2_000
  }
  if (!Object.values(times).every((ms) => ms >= 0)) throw new RangeError("a time of the simulated network is negative")
  return times
}
