/** What clients ask for who send money abroad: payments of quotes, transactions that fund them, and help. */
import type {
  CreateCrossBorderInput,
  CrossBorderView
} from "../../../application/cross-border/cross-border-contract.ts"
import { useCaseOf } from "../../../cross-border/create-payment.ts"
import { money } from "../../../money/index.ts"
import type { OnchainTransaction } from "../../../onchain/onchain.ts"
import type { QuoteRequest } from "../../../ports/payout-network.ts"
import type { Quote, TransactionVersion } from "../../../quote/quote.ts"
import { scenarios } from "../../../simulator/payout/scenarios.ts"
import type { Dice } from "../dice.ts"
import { keyOf, type Made, merchantId } from "../shop.ts"
import { sanctioned } from "./institution.ts"
import { incomplete, letterOf, unreadable } from "./open-letter.ts"
import { type Sending, senders, walletOf } from "./sending.ts"

type Destination = Pick<QuoteRequest, "destinationCountry" | "destinationCurrency">

const destinations: readonly [Destination, ...ReadonlyArray<Destination>] = [
  { destinationCountry: "MX", destinationCurrency: "MXN" },
  { destinationCountry: "BR", destinationCurrency: "BRL" },
  { destinationCountry: "DE", destinationCurrency: "EUR" },
  { destinationCountry: "CO", destinationCurrency: "COP" }
]

/** In minor units; the last one is more than any route takes. */
const amounts = [100_000_000n, 25_000_000n, 2_000_000n, 9_000_000_000_000n] as const

export const quoteRequest = (dice: Dice): QuoteRequest => ({
  fixedSide: "source",
  amount: money(
    dice.pick([amounts[0], amounts[0], amounts[1], amounts[1], amounts[2], amounts[2], amounts[3]]),
    "USDC"
  ),
  sourceCurrency: "USDC",
  ...dice.pick(destinations),
  senderCountry: "US",
  paymentMethod: null,
  blockchain: dice.pick(["ETH-SEPOLIA", "ETH-SEPOLIA", "MATIC-AMOY", "SOL-DEVNET"]),
  senderType: dice.pick(["business", "individual"]),
  recipientType: "business",
  firstParty: false,
  transactionVersion: dice.pick<TransactionVersion>([1, 2])
})

/** More often than the others: those of whom there is most to be seen once the money has come. */
const telling = [
  ...["FailThenRefundWithCompleted", "FailThenRefundWithCompleted", "FailThenRefundCreatedThenFailed"],
  ...["Delayed", "Delayed", "Delayed", "Delayed"]
]

/** What the originator is called: a name that decides what becomes of it, of somebody else, or nothing that can be read. */
const originatorOf = (dice: Dice): string => {
  if (dice.chance(0.1)) return dice.pick([unreadable, incomplete])
  return dice.chance(0.4) ? "Ada" : (dice.any([...scenarios.keys(), ...telling]) ?? "Ada")
}

export const payoutWish = (dice: Dice, { institution, payouts }: Sending, quote: Quote): Made => {
  const { id: quoteId, blockchain, senderType, recipientType } = quote
  const senderAddress = walletOf(institution, blockchain, dice.pick(senders)).address
  const refundAddress = dice.chance(0.03) && !blockchain.startsWith("SOL") ? sanctioned : senderAddress
  const originator = originatorOf(dice)
  const useCase = dice.chance(0.97) ? useCaseOf(senderType, recipientType) : "c2c"
  const version = dice.pick([1, null])
  const asking = (reasonForPayment: string): Pick<Made, "what" | "ask"> => ({
    what: `send abroad, by ${originator}, of ${quoteId} on ${blockchain}`,
    ask: ({ crossBorder }, request) => {
      const key = keyOf(request)
      const letter = (word: string, part: string): string => {
        const jwe = letterOf(word, `${key} ${part}`)
        payouts.given(jwe)
        return jwe
      }
      const input: CreateCrossBorderInput = {
        ...{ quoteId, blockchain, senderAddress, refundAddress, useCase, reasonForPayment },
        ...{ customerRefId: key, beneficiaryRefId: null, refCode: null },
        travelRule: { version, jwe: letter(originator, "parties") },
        beneficiaryAccount: { version, jwe: letter("Account", "account") }
      }
      const described = request<CrossBorderView>(
        ["send", quoteId, reasonForPayment],
        ({ payment: { id, status } }) => ({
          ...{ id, status, parent: id }
        })
      )
      return crossBorder.payments.create(merchantId, input, described)
    }
  })
  return { ...asking("PMT001"), about: "payout", changed: asking("PMT002") }
}

const transactionIds = ({ id, status }: OnchainTransaction) => ({ id, status, parent: id })

/** `accelerates`: a dearer copy of the newest one. */
export const transactionWish = (paymentId: string, version: TransactionVersion, accelerates: boolean): Made => ({
  what: `${accelerates ? "overtake" : "make"} a transaction of ${paymentId}`,
  about: "transfer",
  changed: null,
  ask: ({ crossBorder: { transactions } }, request) => {
    const described = request<OnchainTransaction>(["transaction", paymentId, accelerates], transactionIds)
    return accelerates
      ? transactions.accelerate(merchantId, paymentId, described)
      : transactions.create(merchantId, paymentId, { version, metadata: null }, described)
  }
})

export const ticketWish = (paymentId: string, originalTicketId: string | null): Made => ({
  what: `ask for help with ${paymentId}`,
  about: "ticket",
  changed: null,
  ask: ({ crossBorder }, request) => {
    const issueType = originalTicketId === null ? "other" : "existing_ticket"
    const said = { email: "ada@example.com", ccEmails: [], description: "It takes long." }
    const input = { paymentId, issueType, ...said, originalTicketId } as const
    return crossBorder.tickets.create(
      merchantId,
      input,
      request(["ticket", paymentId, originalTicketId], ({ ticket: { id, status } }) => ({ id, status, parent: id }))
    )
  }
})
