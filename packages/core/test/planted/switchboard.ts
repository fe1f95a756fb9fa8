/**
 * Functions of the kernel whose places others may take while a test runs. Production code has no switch for any of them:
 * the test file that needs one mocks the module by `switchable`.
 */

import type * as CommitWithRoom from "../../src/application/commit/commit-with-room.ts"
import type * as Idempotently from "../../src/application/commit/idempotently.ts"
import type * as OperationsOf from "../../src/application/operations-of.ts"
import type * as ChallengeState from "../../src/application/payments/challenge-state.ts"
import type * as CvvLocker from "../../src/application/payments/cvv-locker.ts"
import type * as RunAuthentication from "../../src/application/payments/run-authentication.ts"
import type * as KeepLease from "../../src/application/tasks/keep-lease.ts"
import type * as Places from "../../src/application/tasks/places.ts"
import type * as Receivers from "../../src/application/webhooks/receivers.ts"
import type * as RetrySchedule from "../../src/application/webhooks/retry-schedule.ts"
import type * as WebhookNames from "../../src/application/webhooks/webhook-names.ts"
import type * as AttemptDecide from "../../src/attempt/attempt-decide.ts"
import type * as AttemptPolicy from "../../src/attempt/attempt-policy.ts"
import type * as CheckoutDecide from "../../src/checkout/checkout-decide.ts"
import type * as CheckoutEvolve from "../../src/checkout/checkout-evolve.ts"
import type * as EndpointEvolve from "../../src/endpoint/endpoint-evolve.ts"
import type * as Subscription from "../../src/endpoint/subscription.ts"
import type * as Canonical from "../../src/idempotency/canonical.ts"
import type * as Machine from "../../src/machine.ts"
import type * as PaymentDecision from "../../src/payment/payment-decision.ts"

export type Functions = typeof Canonical &
  typeof ChallengeState &
  typeof CvvLocker &
  typeof CommitWithRoom &
  typeof Idempotently &
  typeof RunAuthentication &
  typeof KeepLease &
  typeof OperationsOf &
  typeof Places &
  typeof Receivers &
  typeof RetrySchedule &
  typeof WebhookNames &
  typeof AttemptDecide &
  typeof AttemptPolicy &
  typeof CheckoutDecide &
  typeof CheckoutEvolve &
  Pick<typeof EndpointEvolve, "isSigning"> &
  typeof Subscription &
  typeof Machine &
  typeof PaymentDecision

export type Substitutes = { readonly [Name in keyof Functions]?: Functions[Name] }

/** The functions as they are, as far as their modules were made switchable. */
const real = {} as Functions
let substitutes: ReadonlyMap<string, unknown> = new Map()

/** The module, each function of which looks first whether another has taken its place. */
export const switchable = (module: object): { readonly [name: string]: unknown } => {
  Object.assign(real, module)
  return Object.fromEntries(
    Object.entries(module).map(([name, own]) => [name, typeof own === "function" ? switched(name, own) : own])
  )
}

const switched =
  (name: string, own: unknown) =>
  (...values: ReadonlyArray<unknown>): unknown => {
    const used = substitutes.get(name) ?? own
    if (typeof used !== "function") throw new Error(`${name} is no function`)
    return Reflect.apply(used, undefined, values)
  }

/** Runs with other functions in their places, and puts the real ones back. */
export const replacing = async <A>(
  others: ((own: Functions) => Substitutes) | undefined,
  run: () => Promise<A>
): Promise<A> => {
  const chosen = Object.entries(others?.(real) ?? {})
  for (const [name] of chosen) if (!(name in real)) throw new Error(`the module of ${name} is not switchable`)
  substitutes = new Map(chosen)
  try {
    return await run()
  } finally {
    substitutes = new Map()
  }
}
