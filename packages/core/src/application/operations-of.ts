/** What a process works with, from the options of its host: checked here, once, before anything runs. */
import * as Result from "effect/Result"
import { checkPolicy } from "../attempt/index.ts"
import type { KernelOptions } from "./create-kernel.ts"
import type { Incident } from "./kernel-contract.ts"
import type { Hands, Operations } from "./operations.ts"
import { cvvLocker } from "./payments/cvv-locker.ts"
import type { WorkerOptions } from "./tasks/worker.ts"
import type { WatchedClock } from "./watched-clock.ts"

export const operationsOf = (options: KernelOptions, clock: WatchedClock, settings: WorkerOptions): Operations => {
  const policy = checkPolicy({
    capabilities: options.gateway.capabilities,
    marginMs: options.marginMs ?? 1000,
    resolveLimitMs: options.resolveLimitMs ?? 24 * 60 * 60 * 1000
  })
  if (Result.isFailure(policy)) {
    throw new Error(`the gateway ${options.gateway.name} cannot be used: ${JSON.stringify(policy.failure)}`)
  }
  const callTimeoutMs = options.callTimeoutMs ?? 10_000
  if (callTimeoutMs * 2 > settings.leaseMs)
    throw new Error("callTimeoutMs must be at most half of the worker's leaseMs")
  return {
    owner: settings.owner,
    leaseMs: settings.leaseMs,
    callTimeoutMs,
    policy: policy.success,
    challengePollMs: 2000,
    challengeReturnUrl: options.challengeReturnUrl ?? ((state) => `http://localhost/v1/3ds/return/${state}`),
    cvvs: cvvLocker(options.cvvsMax ?? 10_000, clock),
    latestMs: clock.latestMs,
    passedMs: clock.passedMs,
    onIncident: withoutThrowing(options.onIncident ?? (() => {})),
    hands: { ...absentHands }
  }
}

/** A listener's own failure must not stop what it is told about. */
const withoutThrowing =
  (listen: (incident: Incident) => void) =>
  (incident: Incident): void => {
    try {
      listen(incident)
    } catch {
      // There is nobody left to tell.
    }
  }

export const absentHands: Hands = { reserve: () => null, offer: () => {}, wake: () => {} }
