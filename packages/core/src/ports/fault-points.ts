/**
 * Where a process can be struck, declared beside the ports and checked against them by the compiler. A process touches
 * the world through its ports and nowhere else: whatever dies, stalls or fails between two calls is seen from outside as
 * happening at one of them. So the calls themselves are the fault points; they cost nothing, since nothing is called.
 */
import type { Blockchain } from "./blockchain.ts"
import type { CardGateway } from "./card-gateway.ts"
import type { ExchangeRates } from "./exchange-rate.ts"
import type { FundingChain } from "./funding-chain.ts"
import type { PayoutNetwork } from "./payout-network.ts"
import type { Risk } from "./risk.ts"
import type { Store } from "./store.ts"
import type { Vault } from "./vault.ts"
import type { WebhookSender } from "./webhook-sender.ts"

/** Calls of a port: what of it takes arguments. */
type Calls<Service> = {
  [Name in keyof Service]: Service[Name] extends (...args: never) => unknown ? Name : never
}[keyof Service]

/**
 * `changes`: leaves something behind at the other side, so that an answer may be lost after the effect. `asks`: leaves
 * nothing. `tool`: for audits and key changes, not for the work of a process, or within it, since nobody is asked.
 */
type CallKind = "changes" | "asks" | "tool"

/** Every call through which a process reaches the world. A call that a port gains has to be entered here. */
export const portCalls = {
  store: {
    commit: "changes",
    claim: "changes",
    sweep: "changes",
    load: "asks",
    find: "asks",
    list: "asks",
    count: "asks",
    idempotencyRecord: "asks",
    sealedRecord: "asks",
    balances: "asks",
    ledgerOf: "asks",
    events: "asks",
    nextDueAtMs: "asks",
    nudges: "tool",
    sealedRecords: "tool",
    parked: "tool",
    merchants: "tool",
    scan: "tool"
  },
  gateway: { send: "changes", reverse: "changes", lookup: "asks", verifyCard: "asks", authenticate: "changes" },
  vault: { seal: "asks", open: "asks", fingerprint: "asks", rewrap: "tool" },
  risk: { assessCard: "asks", assessPayment: "asks" },
  sender: { post: "changes", vet: "tool" },
  blockchain: {
    deriveAddress: "changes",
    depositsAt: "asks",
    sendRefund: "changes",
    lookupRefund: "asks",
    submitAuthorization: "changes",
    lookupAuthorization: "asks",
    quoteNetworkFee: "asks",
    checkAddress: "tool",
    checkAuthorization: "tool"
  },
  rates: { quote: "asks" },
  payouts: {
    routes: "asks",
    // What is offered binds nobody here until a payment is made of it.
    quote: "asks",
    requirements: "asks",
    submit: "changes",
    fund: "changes",
    answerRfi: "changes",
    lookup: "asks"
  },
  funding: { plan: "asks", check: "asks", broadcast: "changes", lookup: "asks", isAddress: "tool" }
} as const satisfies {
  readonly store: { readonly [Call in Calls<Store["Service"]>]: CallKind }
  readonly gateway: { readonly [Call in Calls<CardGateway["Service"]>]: CallKind }
  readonly vault: { readonly [Call in Calls<Vault["Service"]>]: CallKind }
  readonly risk: { readonly [Call in Calls<Risk["Service"]>]: CallKind }
  readonly sender: { readonly [Call in Calls<WebhookSender["Service"]>]: CallKind }
  readonly blockchain: { readonly [Call in Calls<Blockchain["Service"]>]: CallKind }
  readonly rates: { readonly [Call in Calls<ExchangeRates["Service"]>]: CallKind }
  readonly payouts: { readonly [Call in Calls<PayoutNetwork["Service"]> | "routes"]: CallKind }
  readonly funding: { readonly [Call in Calls<FundingChain["Service"]>]: CallKind }
}

/** A call by its port and name. */
export type PortCall = {
  [Port in keyof typeof portCalls]: `${Port}.${keyof (typeof portCalls)[Port] & string}`
}[keyof typeof portCalls]

/** What can strike at a call. `died`, `stalled`: the process, on either side of it. The others are the other side's. */
export type Fault =
  | "died before"
  | "died after"
  | "stalled before"
  | "stalled after"
  | "slow"
  | "unavailable"
  | "answer lost"
  | "request lost"
  | "conflict"

export type FaultPoint = `${PortCall}: ${Fault}`

/** Faults of the process itself strike at every call. */
const ofProcesses: ReadonlyArray<Fault> = ["died before", "died after", "stalled before", "stalled after"]

/**
 * Every point at which a process can be struck.
 *
 * @example
 * faultPoints.includes("store.commit: answer lost") // => true
 */
export const faultPoints: ReadonlyArray<FaultPoint> = Object.entries(portCalls).flatMap(([port, calls]) =>
  Object.entries(calls).flatMap(([name, kind]) =>
    kind === "tool" ? [] : faultsOf(port, name, kind).map((fault) => `${port}.${name}: ${fault}` as FaultPoint)
  )
)

function faultsOf(port: string, name: string, kind: CallKind): ReadonlyArray<Fault> {
  const faults: Array<Fault> = [...ofProcesses, "slow"]
  // A gateway and its answers are struck in the ways that its modes name; there is no refusal beside them.
  if (port !== "gateway") faults.push("unavailable")
  if (kind === "changes") faults.push("answer lost", "request lost")
  if (name === "commit") faults.push("conflict")
  return faults
}
