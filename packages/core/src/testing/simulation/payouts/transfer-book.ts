/** What has become of each transaction on chain that funds a payment, by its events, and compared with its chain. */
import type { OnchainEventJson, OnchainTransactionJson } from "../../../onchain/onchain.schema.ts"
import type { SignedFunding } from "../../../ports/funding-chain.ts"
import type { Report } from "../problems.ts"
import type { Institution } from "./institution.ts"

export type TransferEntry = {
  readonly id: string
  readonly paymentId: string
  stored: OnchainTransactionJson
  /** What the sender signed, once it was taken. */
  signed: string | null
}

export type TransferBook = {
  readonly entries: ReadonlyMap<string, TransferEntry>
  readonly write: (id: string, stored: OnchainTransactionJson, events: ReadonlyArray<OnchainEventJson>) => void
  /** Called when a signed transaction is about to leave a process. */
  readonly leaving: (signed: SignedFunding) => void
  /** Those of a payment, oldest first. */
  readonly of: (paymentId: string) => ReadonlyArray<TransferEntry>
  /** Whether the chain has carried it out, for so much. */
  readonly hasArrived: (id: string, amount: string) => boolean
}

export const openTransferBook = ({ funding, lies }: Institution, report: Report): TransferBook => {
  const entries = new Map<string, TransferEntry>()
  const byPayment = new Map<string, Array<TransferEntry>>()
  const of = (paymentId: string): ReadonlyArray<TransferEntry> => byPayment.get(paymentId) ?? []

  const hasArrived = (id: string, amount: string): boolean => {
    const truth = funding(id)
    return truth?._tag === "Confirmed" && truth.received.amount.toString() === amount
  }
  const isLive = ({ stored: { status } }: TransferEntry): boolean => status !== "failed"

  /** Of two that do not overtake each other both could be carried out. */
  const checkAlone = ({ id, paymentId, stored }: TransferEntry): void => {
    const rival = of(paymentId).find((one) => one.id !== id && isLive(one))
    const overtakes = stored.replaces !== null && of(paymentId).some((one) => one.id === stored.replaces)
    if (rival !== undefined && !overtakes) report("I1", `${id} is made for ${paymentId} beside ${rival.id}`)
  }
  const checkOnce = (paymentId: string): void => {
    const mine = of(paymentId)
    const arrived = mine.filter(({ id }) => funding(id)?._tag === "Confirmed")
    if (arrived.length > 1 && !mine.some(({ id }) => lies.wasMissed(id)))
      report("I1", `the funds of ${paymentId} are sent ${arrived.length} times`)
  }
  const happen = (entry: TransferEntry, event: OnchainEventJson): void => {
    const { id, paymentId } = entry
    switch (event._tag) {
      case "TransactionCreated":
        checkAlone(entry)
        return
      case "TransactionSubmitted":
        entry.signed = event.signedTransaction
        return
      case "TransactionBroadcast":
        if (funding(id) === undefined) report("TRUTH", `${id} is on the chain, which has never seen it`)
        return
      case "TransactionCompleted":
      case "LateConfirmationFound":
        if (!hasArrived(id, event.received.amount)) report("TRUTH", `${id} has arrived, and the chain does not say so`)
        checkOnce(paymentId)
        return
      case "TransactionFailed": {
        // What has never come to the chain may be given up, and may come yet.
        const truth = funding(id)?._tag ?? "Failed"
        if (truth !== "Failed" && !lies.wasMissed(id)) report("TRUTH", `${id} has failed, and is ${truth} on its chain`)
      }
    }
  }
  return {
    ...{ entries, of, hasArrived },
    write: (id, stored, events) => {
      const entry = entries.get(id) ?? { id, paymentId: stored.paymentId, stored, signed: null }
      if (!entries.has(id)) byPayment.set(stored.paymentId, [...of(stored.paymentId), entry])
      entries.set(id, entry)
      entry.stored = stored
      for (const event of events) happen(entry, event)
      if (entry.signed !== stored.signedTransaction) report("I6", `${id} is stored with another signature`)
    },
    leaving: ({ key, signedTransaction, amount }) => {
      const entry = entries.get(key)
      if (entry === undefined || entry.signed === null) {
        report("RESEND", `${key} is broadcast before anything says so`)
        return
      }
      const isRight = entry.signed === signedTransaction && entry.stored.amount.amount === amount.amount.toString()
      if (!isRight) report("TRUTH", `${key} is broadcast as something that was not signed`)
    }
  }
}
