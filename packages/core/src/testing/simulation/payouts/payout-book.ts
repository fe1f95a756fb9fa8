/** What has become of each cross-border payment, by its events, and compared with what the network has really done. */
import type { CrossBorderEventJson, CrossBorderPaymentJson } from "../../../cross-border/cross-border.schema.ts"
import type { FundingNotice, NetworkStanding, SubmittedPayment } from "../../../ports/payout-network.ts"
import type { Report } from "../problems.ts"
import type { Institution } from "./institution.ts"
import type { TransferBook } from "./transfer-book.ts"

export type PayoutEntry = { readonly id: string; stored: CrossBorderPaymentJson }

export type PayoutBook = {
  readonly entries: ReadonlyMap<string, PayoutEntry>
  readonly write: (id: string, stored: CrossBorderPaymentJson, events: ReadonlyArray<CrossBorderEventJson>) => void
  /** A client has given this letter. */
  readonly given: (text: string) => void
  /** Called when a payment is about to be submitted. */
  readonly submitting: (payment: SubmittedPayment) => void
  /** Called when the network is about to be told of money. */
  readonly funding: (notice: FundingNotice) => void
}

type Grounds = { readonly institution: Institution; readonly transfers: TransferBook; readonly report: Report }

export const openPayoutBook = ({ institution, transfers, report }: Grounds): PayoutBook => {
  const entries = new Map<string, PayoutEntry>()
  const letters = new Set<string>()
  /** What holds a quote, and what was made for a request, which is named by its key. */
  const [byQuote, byRequest] = [new Map<string, string>(), new Map<string, string>()]

  const take = (names: Map<string, string>, name: string, id: string, what: string): void => {
    const other = names.get(name)
    if (other !== undefined) report("I1", `${other} and ${id} are both made ${what} ${name}`)
    names.set(name, id)
  }
  const release = (names: Map<string, string>, name: string, id: string): void => {
    if (names.get(name) === id) names.delete(name)
  }
  const happen = (entry: PayoutEntry, event: CrossBorderEventJson): void => {
    const { id, stored } = entry
    const truth = institution.standing(id)
    switch (event._tag) {
      case "PaymentCreated":
        take(byQuote, event.quoteId, id, "of the quote")
        take(byRequest, event.details.customerRefId, id, "for the key")
        return
      case "PaymentWithdrawn":
        release(byQuote, stored.quoteId, id)
        release(byRequest, stored.customerRefId, id)
        if (truth !== undefined) report("TRUTH", `${id} is withdrawn, and the network has taken it`)
        return
      case "FundsReceived":
        if (!transfers.hasArrived(event.transactionId, event.amount.amount))
          report("TRUTH", `${id} has received ${event.amount.amount}, and the chain does not say so`)
        return
      default: {
        const problem = newsProblem(event, stored, truth)
        if (problem !== null) report("TRUTH", `${id}: ${problem}`)
      }
    }
  }
  return {
    entries,
    write: (id, stored, events) => {
      const entry = entries.get(id) ?? { id, stored }
      entries.set(id, entry)
      entry.stored = stored
      for (const event of events) happen(entry, event)
      checkAmounts(entry, report)
    },
    given: (text) => letters.add(text),
    submitting: ({ key, quoteId, senderAddress, refundAddress, travelRule, beneficiaryAccount }) => {
      const stored = entries.get(key)?.stored
      if (stored === undefined) {
        report("RESEND", `${key} is submitted before anything says so`)
        return
      }
      const isRight =
        stored.quoteId === quoteId && stored.senderAddress === senderAddress && stored.refundAddress === refundAddress
      if (!isRight) report("TRUTH", `${key} is submitted as something that was not decided`)
      const isGiven = [travelRule, beneficiaryAccount].every(({ jwe }) => letters.has(jwe))
      if (!isGiven) report("TRUTH", `${key} is submitted with what nobody has given`)
    },
    funding: ({ key, transactionHash, amount }) => {
      const isKnown = entries
        .get(key)
        ?.stored.received.some(
          ({ transactionId, amount: one }) =>
            one.amount === amount.amount.toString() &&
            transfers.entries.get(transactionId)?.stored.transactionHash === transactionHash
        )
      if (isKnown !== true) report("TRUTH", `the network is told of ${amount.amount} for ${key}, which did not come`)
    }
  }
}

/** Why a payment may fail by what is decided here: its time, its money, an answer that did not come or was refused. */
const ownReasons: ReadonlySet<string> = new Set(["PM09000", "PM05001", "PM03004", "PM03005"])

/** And where the network would not take it as it was written. */
const submissionReasons: ReadonlySet<string> = new Set(["PM00001", "PM01000", "PM07001", "PM09000"])

const newsProblem = (
  event: CrossBorderEventJson,
  { fiatNetworkRef }: CrossBorderPaymentJson,
  truth: NetworkStanding | undefined
): string | null => {
  const said = (tag: string): boolean => truth?.reports.some(({ _tag }) => _tag === tag) === true
  switch (event._tag) {
    case "PaymentCleared":
      return said("Cleared") ? null : "it is cleared, and the network does not say so"
    case "PayoutInitiated":
      return said("PayoutInitiated") ? null : "it is being paid out, and the network does not say so"
    case "PayoutDelayed":
      return said("PayoutDelayed") ? null : "it is delayed, and the network does not say so"
    case "PaymentCompleted": {
      const done = truth?.reports.find(({ _tag }) => _tag === "PayoutCompleted")
      const isSo = done?._tag === "PayoutCompleted" && done.fiatNetworkRef === fiatNetworkRef
      return isSo ? null : "it is completed, and the network does not say so"
    }
    case "PaymentFailed": {
      const own = truth === undefined ? submissionReasons : ownReasons
      return said("Failed") || own.has(event.code) ? null : `it has failed (${event.code}), and nobody says so`
    }
    default:
      return null
  }
}

const checkAmounts = ({ id, stored }: PayoutEntry, report: Report): void => {
  const { status, source, received, refunds } = stored
  const sum = (parts: ReadonlyArray<{ readonly amount: { readonly amount: string } }>): bigint =>
    parts.reduce((total, { amount }) => total + BigInt(amount.amount), 0n)
  const gone =
    sum(refunds.filter((one) => one.status !== "failed")) + (status === "completed" ? BigInt(source.amount) : 0n)
  if (gone > sum(received)) report("I4", `${id}: ${gone} were paid out or given back of ${sum(received)}`)
  const brought = received.map(({ transactionId }) => transactionId)
  if (new Set(brought).size < brought.length) report("I1", `${id} has received the funds of one transaction twice`)
}
