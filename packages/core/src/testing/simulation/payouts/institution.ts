/**
 * The payout network as it really is, with the chains on which it is funded: the simulator's own books, prices, timelines
 * and chains, behind a desk that opens letters without ciphers. What it says may be a lie; what it did is in its books.
 */
import type { FundingChain, FundingStanding } from "../../../ports/funding-chain.ts"
import type { NetworkStanding, PayoutNetwork, PayoutRoute } from "../../../ports/payout-network.ts"
import type { EncryptionCertificate } from "../../../quote/quote.ts"
import type { RfiLevel } from "../../../requirement/rfi-requirements.ts"
import { fundingChainOver } from "../../../simulator/payout/funding/funding-chain.ts"
import { type ChainAccount, type FundingDesk, fundingDesk } from "../../../simulator/payout/funding/funding-desk.ts"
import type { Wallet } from "../../../simulator/payout/funding/funding-outcomes.ts"
import { type BookedPayment, enter, type NetworkBook, openBook } from "../../../simulator/payout/network-book.ts"
import type { NetworkRecord } from "../../../simulator/payout/network-journal.ts"
import { networkLine } from "../../../simulator/payout/network-line.ts"
import type { NetworkMode } from "../../../simulator/payout/network-mode.ts"
import { standingOf } from "../../../simulator/payout/network-standing.ts"
import { payoutNetworkOver } from "../../../simulator/payout/payout-network-over.ts"
import type { RfiVerdict } from "../../../simulator/payout/scenarios.ts"
import type { Report } from "../problems.ts"
import { institutionDesk } from "./institution-desk.ts"
import { type Lies, openLies } from "./lies.ts"

export type InstitutionTimes = {
  /** How long anything takes that does not happen at once. */
  readonly delayMs: number
  readonly quoteTtlMs: number
  readonly fundsTtlMs: number
  readonly rfiTtlMs: number
  readonly confirmMs: number
  readonly lateMs: number
  readonly lookupLagMs: number
}

export type Institution = {
  readonly network: PayoutNetwork["Service"]
  readonly chain: FundingChain["Service"]
  readonly book: NetworkBook
  readonly nowMs: () => number
  readonly lies: Lies
  /** How the next call is treated. */
  readonly treat: (mode: NetworkMode) => void
  /** What it really did for a payment; `undefined`: it has never taken it. */
  readonly standing: (key: string) => NetworkStanding | undefined
  /** What really became of a transaction. */
  readonly funding: (key: string) => FundingStanding | undefined
  readonly account: (blockchain: string, address: string) => ChainAccount | undefined
  readonly setAccount: (wallet: Wallet) => Promise<void>
  readonly raise: (key: string, level: RfiLevel) => Promise<void>
  /** Decides what nobody answered, or what it has sat on. */
  readonly settle: (key: string, rfiId: string, verdict: Exclude<RfiVerdict, "never">) => void
  /** Countries to which nothing is paid out for the time being. */
  readonly closed: Set<string>
}

/** Whose letters are not taken at all. */
export const sanctioned = "0x8589427373D6D84E98730D7795D8f6f8731FDA16"

const certificate: EncryptionCertificate = {
  id: "0193c000-0000-8000-8000-000000000001",
  domain: "institution.example",
  certificatePem: "-----BEGIN CERTIFICATE-----",
  jwk: { kty: "EC", crv: "P-256", kid: "1", x: "x", y: "y" }
}

export const openInstitution = (
  clock: { readonly nowMs: () => number },
  times: InstitutionTimes,
  report: Report
): Institution => {
  const book = openBook([])
  const closed = new Set<string>()
  const nowMs = (): number => Math.max(clock.nowMs(), book.newestAtMs)
  const write = async (record: NetworkRecord): Promise<void> => enter(book, record)
  const ids = countedIds()
  const standingAt = (booked: BookedPayment, atMs: number): NetworkStanding =>
    standingOf(booked, { nowMs: atMs, delayMs: times.delayMs, certificate })
  const lies = openLies()
  const standing = (booked: BookedPayment, atMs = nowMs()): NetworkStanding =>
    lies.ofNetwork(booked.key, standingAt(booked, atMs))
  const isSanctioned = (address: string): boolean => address.toLowerCase() === sanctioned.toLowerCase()
  const desk = institutionDesk({ book, nowMs, ids, write, standing, isSanctioned, ...times }, report)
  const funding = fundingDesk({ book: book.funding, nowMs, write, isSanctioned, confirmMs: times.confirmMs })
  let mode: NetworkMode = "normal"
  const line = networkLine({ draw: () => mode, ...times })
  const isOpen = ({ destinationCountry }: PayoutRoute): boolean => !closed.has(destinationCountry)
  const parts = { book, desk, standing, nowMs, write, ids, certificate, isOpen, ...times }
  return {
    ...{ book, nowMs, lies, closed },
    network: payoutNetworkOver(line, parts),
    chain: fundingChainOver(line, { desk: told(funding, lies), nowMs }),
    treat: (next) => {
      mode = next
    },
    standing: (key) => {
      const booked = book.payments.get(key)
      return booked && standingAt(booked, nowMs())
    },
    funding: (key) => funding.standing(key, nowMs()),
    account: funding.account,
    setAccount: funding.setAccount,
    raise: (key, level) => desk.raise(key, level, nowMs()),
    settle: (key, rfiId, verdict) => {
      const answered = book.payments.get(key)?.rfis.find(({ id }) => id === rfiId)?.answer
      enter(book, { record: "rfi_answered", key, rfiId, verdict, digest: answered?.digest ?? "", atMs: nowMs() })
    }
  }
}

/** The chain's side, as its nodes tell it. */
const told = (desk: FundingDesk, lies: Lies): FundingDesk => ({
  ...desk,
  standing: (key, atMs) => lies.ofChain(key, desk.standing(key, atMs))
})

/** UUIDs made of nothing but a count. */
const countedIds = () => {
  let count = 0
  return { next: (): string => `0193c000-0000-7000-8000-${(++count).toString(16).padStart(12, "0")}` }
}
