/**
 * An attempt as something that decides. Its rules are one function for each thing that may be heard; here they become
 * one `decide`, so that stories, histories and laws work on them.
 */
import * as Result from "effect/Result"
import {
  type Attempt,
  type AttemptEvent,
  type AttemptPolicy,
  evolveAttempt,
  type GatewayLookup,
  type GatewayReply,
  type GatewayReversal,
  onAbandon,
  onHolderLost,
  onLookup,
  onReply,
  onReversal,
  onStart,
  planAttempt
} from "../attempt/index.ts"
import type { Decider } from "./decider.ts"
import { attemptPlan, examplePolicy } from "./payment-examples.ts"

/** All that can be heard about an attempt. */
export type AttemptMessage =
  | { readonly _tag: "Start"; readonly nowMs: number }
  | { readonly _tag: "HolderLost"; readonly nowMs: number }
  | { readonly _tag: "Abandon"; readonly why: string; readonly nowMs: number }
  | { readonly _tag: "Reply"; readonly reply: GatewayReply; readonly nowMs: number }
  | { readonly _tag: "Lookup"; readonly lookup: GatewayLookup; readonly nowMs: number }
  | { readonly _tag: "Reversal"; readonly reversal: GatewayReversal; readonly nowMs: number }

/** An attempt refuses nothing: what means nothing to it has no events. */
export type AttemptDecider = Decider<
  Attempt,
  AttemptMessage,
  AttemptEvent,
  never,
  { readonly events: ReadonlyArray<AttemptEvent> }
>

/**
 * The decider of one attempt: by default a capture of USD 10.00 that is planned and not yet sent.
 *
 * @example
 * const { given } = decider(attemptDecider())
 * given().when({ _tag: "Start", nowMs: 1 }).then({ _tag: "AttemptStarted", atMs: 1 })
 */
export const attemptDecider = (
  attempt: Attempt = planAttempt(attemptPlan({ startedAtMs: null })),
  policy: AttemptPolicy = examplePolicy
): AttemptDecider => ({
  initial: attempt,
  decide: (state, message) => Result.succeed({ events: followsFrom(state, message, policy) }),
  evolve: evolveAttempt
})

const followsFrom = (attempt: Attempt, message: AttemptMessage, policy: AttemptPolicy): ReadonlyArray<AttemptEvent> => {
  switch (message._tag) {
    case "Start":
      return onStart(attempt, message.nowMs)
    case "HolderLost":
      return onHolderLost(attempt, message.nowMs)
    case "Abandon":
      return onAbandon(attempt, message.why, message.nowMs)
    case "Reply":
      return onReply(attempt, message.reply, message.nowMs)
    case "Lookup":
      return onLookup(attempt, message.lookup, policy, message.nowMs)
    case "Reversal":
      return onReversal(attempt, message.reversal, policy, message.nowMs)
  }
}
