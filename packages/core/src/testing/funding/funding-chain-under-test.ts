/** A funding chain that is to be judged, with a sender who signs. Time is the chain's own and is moved by hand. */
import * as Effect from "effect/Effect"
import type { FeeEstimate, SigningMessage } from "../../onchain/onchain.ts"
import type {
  FundingChain,
  FundingPlan,
  FundingReply,
  FundingStanding,
  PlanReply,
  SignedFunding
} from "../../ports/funding-chain.ts"
import type { TransactionVersion } from "../../quote/quote.ts"

export type ToSign = {
  readonly plan: FundingPlan
  readonly message: SigningMessage
  readonly estimatedFee: FeeEstimate | null
  /** The signed transaction that this one overtakes. */
  readonly overtakes?: string
}

export type FundingChainUnderTest = {
  readonly chain: FundingChain["Service"]
  readonly nowMs: () => number
  /** Lets time pass on the chain's clock. */
  readonly advance: (ms: number) => Promise<void> | void
  readonly versions: ReadonlyArray<TransactionVersion>
  /** A transfer that the sender can pay, under a key that was not used yet. */
  readonly plan: (version: TransactionVersion) => FundingPlan
  readonly sign: (what: ToSign) => Promise<string> | string
  /** The same, signed by somebody else. */
  readonly signAsStranger: (what: ToSign) => Promise<string> | string
  /** How long it may take until a transaction is final. Plans live longer than that. */
  readonly settledWithinMs: number
}

export const timeoutMs = 5_000

export const run = Effect.runPromise

export type Planned = Extract<PlanReply, { readonly _tag: "Planned" }>

export const plannedBy = async ({ chain }: FundingChainUnderTest, plan: FundingPlan): Promise<Planned> => {
  const reply = await run(chain.plan(plan))
  if (reply._tag === "Refused") throw new Error(`nothing was planned: ${reply.why}`)
  return reply
}

/** A transfer of this version, signed. */
export const signedFunding = async (
  subject: FundingChainUnderTest,
  version: TransactionVersion,
  sign: FundingChainUnderTest["sign"] = subject.sign
): Promise<SignedFunding> => {
  const plan = subject.plan(version)
  const { message, estimatedFee } = await plannedBy(subject, plan)
  return { ...plan, message, estimatedFee, signedTransaction: await sign({ plan, message, estimatedFee }) }
}

export const checkOf = async ({ chain }: FundingChainUnderTest, signed: SignedFunding): Promise<string> => {
  const check = await run(chain.check(signed))
  return check._tag === "Sound" ? "sound" : check.why
}

export const broadcast = async ({ chain }: FundingChainUnderTest, signed: SignedFunding): Promise<FundingStanding> => {
  const reply: FundingReply = await run(chain.broadcast(signed, timeoutMs))
  if (reply._tag !== "Sent") throw new Error(`the broadcast is ${reply._tag}`)
  return reply.standing
}

export const standingNow = async ({ chain }: FundingChainUnderTest, key: string): Promise<FundingStanding> => {
  const found = await run(chain.lookup(key, timeoutMs))
  if (found._tag !== "Found") throw new Error(`the transaction is ${found._tag}`)
  return found.standing
}
