/**
 * What the network and its chains say although it is not so: that what has ended ended otherwise, that a refund did, that a
 * transaction is lost which still waits. Only about what has ended for the kernel, or will be told rightly later, since
 * whoever lies about what is open can make anybody believe anything.
 */
import type { NetworkReport } from "../../../cross-border/cross-border.ts"
import type { RefundReport } from "../../../payout-refund/payout-refund.ts"
import type { FundingStanding } from "../../../ports/funding-chain.ts"
import type { NetworkRefund, NetworkStanding } from "../../../ports/payout-network.ts"

export type Lies = {
  /** From now on this is said of a payment as well. */
  readonly addReport: (key: string, report: NetworkReport) => void
  /** From now on this is said of a refund instead. */
  readonly changeRefund: (refundId: string, report: RefundReport) => void
  /** From now on this is said of a payment as well, which had none. */
  readonly addRefund: (key: string, refund: NetworkRefund) => void
  /** Until it is over, it is said of a transaction that it is lost. */
  readonly missTransaction: (key: string, isOver: () => boolean) => void
  readonly wasMissed: (key: string) => boolean
  readonly isOfRefund: (refundId: string) => boolean
  readonly ofNetwork: (key: string, truth: NetworkStanding) => NetworkStanding
  readonly ofChain: (key: string, truth: FundingStanding | undefined) => FundingStanding | undefined
}

export const openLies = (): Lies => {
  const reports = new Map<string, ReadonlyArray<NetworkReport>>()
  const changed = new Map<string, RefundReport>()
  const refunds = new Map<string, ReadonlyArray<NetworkRefund>>()
  const invented = new Set<string>()
  const missed = new Map<string, () => boolean>()
  const none: ReadonlyArray<never> = []
  return {
    addReport: (key, report) => reports.set(key, [...(reports.get(key) ?? none), report]),
    changeRefund: (refundId, report) => changed.set(refundId, report),
    addRefund: (key, refund) => {
      refunds.set(key, [...(refunds.get(key) ?? none), refund])
      invented.add(refund.id)
    },
    missTransaction: (key, isOver) => missed.set(key, isOver),
    wasMissed: (key) => missed.has(key),
    isOfRefund: (refundId) => changed.has(refundId) || invented.has(refundId),
    ofNetwork: (key, truth) => {
      const more = reports.get(key) ?? none
      const given = [...truth.refunds, ...(refunds.get(key) ?? none)].map((one) => {
        const report = changed.get(one.id)
        return report === undefined ? one : { ...one, report }
      })
      return { ...truth, reports: [...truth.reports, ...more], refunds: given }
    },
    ofChain: (key, truth) => {
      const isOver = missed.get(key)
      if (isOver === undefined || isOver() || truth === undefined || truth._tag === "Failed") return truth
      return { _tag: "Failed", reason: "transaction_expired", transactionHash: truth.transactionHash }
    }
  }
}
