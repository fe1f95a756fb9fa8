/** What the operations on cross-border payments have in common beside what those of `/v1` have. */
import type { IdempotentRequest, Outcome } from "@paykernel/core"
import * as Effect from "effect/Effect"
import type { Incoming } from "../front/front.ts"
import { type KeyedRequest, keyed, type Operation } from "../v1/operation.ts"
import { type AskedOfCpn, type CrossBorderFailure, publishCpn } from "./rejection.ts"

/** Asks the kernel. A promise that rejects is a defect, and stays one. */
export const askCpn = <A, E extends CrossBorderFailure>(
  call: () => Promise<Outcome<A, E>>,
  asked: AskedOfCpn
): Operation<A> =>
  Effect.flatMap(Effect.promise(call), (outcome) =>
    outcome.ok ? Effect.succeed(outcome.value) : Effect.suspend(() => Effect.fail(publishCpn(outcome.error, asked)))
  )

/** Keys of this API are its own. */
export const cpnKeyed = <View>(incoming: Incoming, request: KeyedRequest<View>): Operation<IdempotentRequest<View>> =>
  Effect.map(keyed(incoming, request), (asked) => ({ ...asked, scope: "cpn" }))

export type PaymentPath = { readonly paymentId: string }
export type TransactionPath = PaymentPath & { readonly transactionId: string }
