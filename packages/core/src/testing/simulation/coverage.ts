/** How much of what could happen did happen: a campaign that never struck a point proves nothing about it. */
import { attemptMachine } from "../../attempt/attempt-machine.ts"
import { cardMachine } from "../../card/card-machine.ts"
import { checkoutMachine } from "../../checkout/checkout-machine.ts"
import { crossBorderMachine } from "../../cross-border/cross-border-machine.ts"
import { deliveryMachine } from "../../delivery/delivery-machine.ts"
import { depositMachine } from "../../deposit/deposit-machine.ts"
import { endpointMachine } from "../../endpoint/endpoint-machine.ts"
import { intentMachine } from "../../intent/intent-machine.ts"
import { intentRefundMachine } from "../../intent-refund/intent-refund-machine.ts"
import { merchantMachine } from "../../merchant/merchant-machine.ts"
import { onchainMachine } from "../../onchain/onchain-machine.ts"
import { paymentMachine } from "../../payment/payment-machine.ts"
import { refundMachine } from "../../payout-refund/payout-refund-machine.ts"
import { type FaultPoint, faultPoints } from "../../ports/fault-points.ts"
import { quoteMachine } from "../../quote/quote-machine.ts"
import { rfiMachine } from "../../rfi/rfi-machine.ts"
import { settlementMachine } from "../../settlement/settlement-machine.ts"
import { ticketMachine } from "../../ticket/ticket-machine.ts"

/** The machines whose moves are watched, by the type of their aggregate; attempts are part of payments and of refunds. */
export const machines = {
  attempt: attemptMachine,
  payment: paymentMachine,
  card: cardMachine,
  merchant: merchantMachine,
  settlement: settlementMachine,
  checkout: checkoutMachine,
  endpoint: endpointMachine,
  delivery: deliveryMachine,
  intent: intentMachine,
  deposit: depositMachine,
  intent_refund: intentRefundMachine,
  quote: quoteMachine,
  cross_border_payment: crossBorderMachine,
  onchain_transaction: onchainMachine,
  rfi: rfiMachine,
  payout_refund: refundMachine,
  ticket: ticketMachine
} as const

export type MachineName = keyof typeof machines

type MachineTable = { readonly [state: string]: { readonly [event: string]: string } }

const tables: { readonly [type: string]: MachineTable } = machines

/** The machine of an aggregate by the name of its type, as a table of texts. */
export const tableOf = (type: string): MachineTable => tables[type] ?? {}

/**
 * Legal moves that no kernel makes, which the books hold it to: a chain knows a transaction by the name under which the
 * kernel has broadcast it, and that is never before it was submitted. A host that has the domain alone may hear of it so.
 */
const outOfReach: ReadonlySet<string> = new Set([
  edgeName("onchain_transaction", "created", "TransactionBroadcast"),
  edgeName("onchain_transaction", "created", "TransactionCompleted")
])

export const isOutOfReach = (edge: string): boolean => outOfReach.has(edge)

/** Every edge of every machine that a kernel may take, as `payment: pending --PaymentFailed-->`. */
export const machineEdges: ReadonlyArray<string> = Object.entries(machines)
  .flatMap(([name, machine]) =>
    Object.entries(machine).flatMap(([from, row]) => Object.keys(row).map((event) => edgeName(name, from, event)))
  )
  .filter((edge) => !isOutOfReach(edge))

export function edgeName(machine: string, from: string, event: string): string {
  return `${machine}: ${from} --${event}-->`
}

export type Coverage = {
  /** How often each was hit. */
  readonly faults: ReadonlyMap<string, number>
  readonly edges: ReadonlyMap<string, number>
}

export type CoverageCount = Coverage & {
  readonly struck: (point: FaultPoint) => void
  readonly moved: (edge: string) => void
  readonly add: (other: Coverage) => void
}

export const countCoverage = (): CoverageCount => {
  const faults = new Map<string, number>()
  const edges = new Map<string, number>()
  const count = (into: Map<string, number>, name: string, times = 1): void => {
    into.set(name, (into.get(name) ?? 0) + times)
  }
  return {
    faults,
    edges,
    struck: (point) => count(faults, point),
    moved: (edge) => count(edges, edge),
    add: (other) => {
      for (const [name, times] of other.faults) count(faults, name, times)
      for (const [name, times] of other.edges) count(edges, name, times)
    }
  }
}

/**
 * What a campaign has not hit.
 *
 * @example
 * missed(countCoverage()).faults.length === faultPoints.length // => true
 */
export const missed = ({
  faults,
  edges
}: Coverage): { readonly faults: ReadonlyArray<string>; readonly edges: ReadonlyArray<string> } => ({
  faults: faultPoints.filter((point) => !faults.has(point)),
  edges: machineEdges.filter((edge) => !edges.has(edge))
})
