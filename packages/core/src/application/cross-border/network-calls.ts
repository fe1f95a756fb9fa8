/** Calls to a payout network and to the chains that it is funded on, with a deadline of our own, as for every adapter. */
import * as Effect from "effect/Effect"
import {
  FundingChainUnavailable,
  type FundingLookup,
  type FundingPlan,
  type FundingReply,
  type PlanReply,
  type SignedFunding,
  type SigningCheck
} from "../../ports/funding-chain.ts"
import {
  type FundingNotice,
  type NetworkLookup,
  type NetworkReply,
  PayoutNetworkUnavailable,
  type PayoutRoute,
  type QuoteReply,
  type QuoteRequest,
  type SubmittedPayment,
  type SubmittedRfi
} from "../../ports/payout-network.ts"
import type { PaymentRequirements } from "../../requirement/payment-requirements.ts"
import { withDeadline } from "../intents/chain-calls.ts"
import type { CrossBorderDesk } from "./cross-border-desk.ts"

const networkLate = Effect.suspend(() => Effect.fail(new PayoutNetworkUnavailable({ reason: "deadline" })))

const chainLate = Effect.suspend(() => Effect.fail(new FundingChainUnavailable({ reason: "deadline" })))

/** No answer in time says nothing about what happened. */
const unknown = Effect.succeed({ _tag: "Unknown", why: "deadline" } as const)

const unavailable = Effect.succeed({ _tag: "Unavailable", why: "deadline" } as const)

export const routesOf = (
  { network }: CrossBorderDesk,
  timeoutMs: number
): Effect.Effect<ReadonlyArray<PayoutRoute>, PayoutNetworkUnavailable> =>
  withDeadline(timeoutMs, networkLate, () => network.routes)

export const askForQuotes = (
  { network }: CrossBorderDesk,
  request: QuoteRequest,
  timeoutMs: number
): Effect.Effect<QuoteReply, PayoutNetworkUnavailable> =>
  withDeadline(timeoutMs, networkLate, () => network.quote(request))

export const requirementsOf = (
  { network }: CrossBorderDesk,
  quoteId: string,
  timeoutMs: number
): Effect.Effect<PaymentRequirements | undefined, PayoutNetworkUnavailable> =>
  withDeadline(timeoutMs, networkLate, () => network.requirements(quoteId))

export const submitPaymentTo = (
  { network }: CrossBorderDesk,
  payment: SubmittedPayment,
  timeoutMs: number
): Effect.Effect<NetworkReply> => withDeadline(timeoutMs, unknown, () => network.submit(payment, timeoutMs))

export const tellOfFunds = (
  { network }: CrossBorderDesk,
  notice: FundingNotice,
  timeoutMs: number
): Effect.Effect<NetworkReply> => withDeadline(timeoutMs, unknown, () => network.fund(notice, timeoutMs))

export const answerRfiTo = (
  { network }: CrossBorderDesk,
  answer: SubmittedRfi,
  timeoutMs: number
): Effect.Effect<NetworkReply> => withDeadline(timeoutMs, unknown, () => network.answerRfi(answer, timeoutMs))

export const lookUpPaymentAt = (
  { network }: CrossBorderDesk,
  key: string,
  timeoutMs: number
): Effect.Effect<NetworkLookup> => withDeadline(timeoutMs, unavailable, () => network.lookup(key, timeoutMs))

export const planOn = (
  { chain }: CrossBorderDesk,
  plan: FundingPlan,
  timeoutMs: number
): Effect.Effect<PlanReply, FundingChainUnavailable> => withDeadline(timeoutMs, chainLate, () => chain.plan(plan))

export const checkOn = (
  { chain }: CrossBorderDesk,
  signed: SignedFunding,
  timeoutMs: number
): Effect.Effect<SigningCheck, FundingChainUnavailable> => withDeadline(timeoutMs, chainLate, () => chain.check(signed))

export const broadcastOn = (
  { chain }: CrossBorderDesk,
  signed: SignedFunding,
  timeoutMs: number
): Effect.Effect<FundingReply> => withDeadline(timeoutMs, unknown, () => chain.broadcast(signed, timeoutMs))

export const lookUpTransactionOn = (
  { chain }: CrossBorderDesk,
  key: string,
  timeoutMs: number
): Effect.Effect<FundingLookup> => withDeadline(timeoutMs, unavailable, () => chain.lookup(key, timeoutMs))
