/** Sending money abroad in a simulated world: the network and its chains, the senders' wallets, and the books kept of it. */
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import type { CrossBorderOptions } from "../../../application/cross-border/cross-border-contract.ts"
import type { CrossBorderEventJson, CrossBorderPaymentJson } from "../../../cross-border/cross-border.schema.ts"
import type { OnchainEventJson, OnchainTransactionJson } from "../../../onchain/onchain.schema.ts"
import type { PayoutRefundJson, RefundEventJson } from "../../../payout-refund/payout-refund.schema.ts"
import { type AggregateWrite, type Commit, isJsonObject, type Json } from "../../../ports/commit.ts"
import type { Quote } from "../../../quote/quote.ts"
import type { Rfi, RfiEvent } from "../../../rfi/rfi.ts"
import { evmWallet, solanaWallet, type TestWallet } from "../../funding/test-wallet.ts"
import { startMs } from "../../payment-examples.ts"
import type { Actor } from "../agenda.ts"
import type { Conduct } from "../conduct.ts"
import { makeDice } from "../dice.ts"
import type { Report } from "../problems.ts"
import { type Institution, openInstitution } from "./institution.ts"
import { openPayoutBook, type PayoutBook } from "./payout-book.ts"
import { openQuestionBook, type QuestionBook } from "./question-book.ts"
import { openReturnBook, type ReturnBook } from "./return-book.ts"
import { type EarsAbroad, fundingOf, networkOf, type RoadsAbroad } from "./roads-abroad.ts"
import { openTransferBook, type TransferBook } from "./transfer-book.ts"

export type Sending = {
  readonly institution: Institution
  readonly payouts: PayoutBook
  readonly transfers: TransferBook
  readonly questions: QuestionBook
  readonly returns: ReturnBook
  /** Quotes that clients were told of. */
  readonly quotes: Array<Quote>
  /** What the ledger says that the network has, in minor units of the stablecoin. */
  readonly held: () => bigint
  readonly optionsOf: (actor: Actor, nowMs: () => number) => CrossBorderOptions
  readonly committed: (commit: Commit) => void
}

export type SendingGrounds = {
  readonly surroundings: RoadsAbroad
  readonly report: Report
  readonly conduct: Pick<Conduct, "checkLease">
  readonly seed: number
  readonly times: { readonly lateMs: number; readonly lookupLagMs: number }
}

const minuteMs = 60_000

/** How patient everybody is, which follows from the seed. */
const termsOf = (seed: number) => {
  const dice = makeDice(seed + 0x9a7)
  return {
    times: {
      delayMs: dice.pick([2000, 30_000, 600_000]),
      quoteTtlMs: dice.pick([3000, 60_000, 600_000]),
      fundsTtlMs: dice.pick([10 * minuteMs, 60 * minuteMs, 240 * minuteMs]),
      rfiTtlMs: dice.pick([2 * minuteMs, 30 * minuteMs]),
      confirmMs: dice.pick([1000, 4000, 60_000])
    },
    options: {
      lookPauseMaxMs: dice.pick([2 * minuteMs, 15 * minuteMs]),
      followEndedMs: dice.pick([24 * 60 * minuteMs, 90 * 24 * 60 * minuteMs])
    }
  }
}

/** Names of senders; each has a wallet of his own on every chain. */
export const senders = ["ada", "bob", "eve"] as const

export type Sender = (typeof senders)[number]

const secretOf = (sender: string): Uint8Array => sha256(utf8ToBytes(`a wallet of ${sender}`))

/** A wallet that signs for a sender. */
export const walletOf = ({ account }: Institution, blockchain: string, sender: string): TestWallet => {
  const secret = secretOf(sender)
  if (blockchain.startsWith("SOL")) return solanaWallet(secret)
  const wallet: TestWallet = evmWallet(`0x${bytesToHex(secret)}`, () =>
    BigInt(account(blockchain, wallet.address)?.nonce ?? 0)
  )
  return wallet
}

export const openSending = ({ surroundings, report, conduct, seed, times }: SendingGrounds): Sending => {
  const { agenda } = surroundings
  const terms = termsOf(seed)
  const clock = { nowMs: () => startMs + agenda.nowMs() }
  const { lateMs, lookupLagMs } = times
  const institution = openInstitution(clock, { ...terms.times, lateMs, lookupLagMs }, report)
  const transfers = openTransferBook(institution, report)
  const payouts = openPayoutBook({ institution, transfers, report })
  const questions = openQuestionBook(institution, report)
  const returns = openReturnBook(institution, report)
  let held = 0n

  const earsOf = (actor: Actor, nowMs: () => number): EarsAbroad => {
    const check = (task: string, what: string, timeoutMs: number): void =>
      conduct.checkLease(task, what, timeoutMs, actor, nowMs())
    return {
      submits: (payment, timeoutMs) => {
        payouts.submitting(payment)
        check(`${payment.key}:submit-cross-border`, `${payment.key} is submitted`, timeoutMs)
      },
      funds: (notice) => payouts.funding(notice),
      answers: (answer, timeoutMs) => {
        const kept = questions.leaving(answer)?.stored.answer
        if (kept == null) return
        check(`${answer.rfiId}:submit-rfi:${kept.recordId}`, `${answer.rfiId} is answered`, timeoutMs)
      },
      broadcasts: (signed, timeoutMs) => {
        transfers.leaving(signed)
        check(`${signed.key}:broadcast-transaction`, `${signed.key} is broadcast`, timeoutMs)
      }
    }
  }
  const write = ({ ref: { type, id }, state, events }: AggregateWrite): void => {
    const happened = events.map(({ data }) => data)
    if (isPayout(type, state)) payouts.write(id, state, happened.filter(isPayoutEvent))
    if (isTransfer(type, state)) transfers.write(id, state, happened.filter(isTransferEvent))
    if (isQuestion(type, state)) questions.write(id, state, happened.filter(isQuestionEvent))
    if (isReturn(type, state)) returns.write(id, state, happened.filter(isReturnEvent))
  }
  return {
    ...{ institution, payouts, transfers, questions, returns, quotes: [], held: () => held },
    optionsOf: (actor, nowMs) => {
      const ears = earsOf(actor, nowMs)
      return {
        ...terms.options,
        network: networkOf(surroundings, actor, institution, ears),
        chain: fundingOf(surroundings, actor, institution, ears)
      }
    },
    committed: ({ aggregates, ledger }) => {
      for (const { account, layer, amount } of ledger.flatMap(({ postings }) => postings)) {
        if (account === "payout_network" && layer === "posted") held += amount.amount
      }
      // A transaction before the payment that it funds.
      for (const one of aggregates.filter(({ ref }) => ref.type !== "cross_border_payment")) write(one)
      for (const one of aggregates.filter(({ ref }) => ref.type === "cross_border_payment")) write(one)
    }
  }
}

/** What is stored under a type has the shape that the kernel's codec of this type writes. */
const isPayout = (type: string, state: Json): state is CrossBorderPaymentJson =>
  type === "cross_border_payment" && isJsonObject(state)
const isTransfer = (type: string, state: Json): state is OnchainTransactionJson =>
  type === "onchain_transaction" && isJsonObject(state)
const isQuestion = (type: string, state: Json): state is Rfi => type === "rfi" && isJsonObject(state)
const isReturn = (type: string, state: Json): state is PayoutRefundJson =>
  type === "payout_refund" && isJsonObject(state)
const isPayoutEvent = (data: Json): data is CrossBorderEventJson => isJsonObject(data)
const isTransferEvent = (data: Json): data is OnchainEventJson => isJsonObject(data)
const isQuestionEvent = (data: Json): data is RfiEvent => isJsonObject(data)
const isReturnEvent = (data: Json): data is RefundEventJson => isJsonObject(data)
