/** What has become of each refund of the network, by its events, and compared with what the network has really given back. */
import type { PayoutRefundJson, RefundEventJson } from "../../../payout-refund/payout-refund.schema.ts"
import type { NetworkRefund } from "../../../ports/payout-network.ts"
import type { Report } from "../problems.ts"
import type { Institution } from "./institution.ts"

export type ReturnEntry = { readonly id: string; stored: PayoutRefundJson }

export type ReturnBook = {
  readonly entries: ReadonlyMap<string, ReturnEntry>
  readonly write: (id: string, stored: PayoutRefundJson, events: ReadonlyArray<RefundEventJson>) => void
  /** What the network really gives back under this name. */
  readonly truthOf: (stored: PayoutRefundJson) => NetworkRefund | undefined
}

export const openReturnBook = ({ standing, lies }: Institution, report: Report): ReturnBook => {
  const entries = new Map<string, ReturnEntry>()
  const truthOf = ({ paymentId, id }: PayoutRefundJson): NetworkRefund | undefined =>
    standing(paymentId)?.refunds.find((one) => one.id === id)

  const check = ({ stored }: ReturnEntry, event: RefundEventJson): void => {
    const { id, amount, refundAddress } = stored
    const truth = truthOf(stored)
    if (lies.isOfRefund(id)) return
    if (
      truth === undefined ||
      truth.amount.amount.toString() !== amount.amount ||
      truth.refundAddress !== refundAddress
    ) {
      report("TRUTH", `the network does not give back ${amount.amount} as ${id}`)
      return
    }
    const { report: said } = truth
    if (event._tag === "RefundCompleted") {
      const isSo = said._tag === "Completed" && said.transactionHash === event.transactionHash
      if (!isSo) report("TRUTH", `${id} is completed, and the network does not say so`)
    }
    if (event._tag === "RefundFailed" && said._tag !== "Failed") {
      report("TRUTH", `${id} has failed, and the network does not say so`)
    }
  }
  return {
    ...{ entries, truthOf },
    write: (id, stored, events) => {
      const entry = entries.get(id) ?? { id, stored }
      entries.set(id, entry)
      entry.stored = stored
      for (const event of events) check(entry, event)
    }
  }
}
