/**
 * A process that wants what others want as well, once all of them are there: `url name all turns callers`. A quarter of its turns create payments of its
 * own, a quarter count up one aggregate, a quarter bind keys that every process binds, and a quarter claim and finish
 * tasks that every process has filed. Prints what it was answered.
 */
import type { Commit, CommitError } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { boundOf, captureOf, commitOf, countUp, createOf, nowMs, refOf, taskOf, writeOf } from "./commits.ts"
import { openStore } from "./open-store.ts"

export type Contention = {
  /** How often each outcome was met; of an unavailable store, with its reason. */
  readonly outcomes: { readonly [outcome: string]: number }
  readonly keys: ReadonlyArray<string>
  readonly claimed: ReadonlyArray<string>
}

const [url = "", name = "", all = "", turns = "", callers = ""] = process.argv.slice(2)
const { store, close } = await openStore(url)
const outcomes: { [outcome: string]: number } = {}
const keys: Array<string> = []
const claimed: Array<string> = []
let left = Number.parseInt(turns, 10)
const quarter = left / 4

const labelOf = (failure: CommitError): string =>
  failure._tag === "StoreUnavailable" ? `${failure._tag} ${failure.reason}` : failure._tag

const outcomeOf = async (commit: Commit): Promise<string> => {
  const result = await Effect.runPromise(Effect.result(store.commit(commit)))
  const outcome = Result.isSuccess(result) ? "Committed" : labelOf(result.failure)
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  return outcome
}

const create = (n: number) => outcomeOf({ ...createOf(`${name}-own-${n}`), ledger: [captureOf(`${name}-own-${n}`)] })

const count = async (): Promise<void> => {
  const seen = await Effect.runPromise(store.load(refOf("counter")))
  if ((await outcomeOf(countUp("counter", seen))) === "VersionConflict") await count()
}

const bind = async (n: number): Promise<void> => {
  const id = `${name}-key-${n}`
  const keyed = { ...createOf(id), idempotency: boundOf(`key-${n}`, id), ledger: [captureOf(id)] }
  if ((await outcomeOf(keyed)) === "Committed") keys.push(`key-${n}`)
}

/** Whether there was anything to claim. */
const work = async (limit: number): Promise<boolean> => {
  const tasks = await Effect.runPromise(store.claim({ lane: "money", owner: name, nowMs, leaseMs: 600_000, limit }))
  for (const { id, fence, aggregate } of tasks) {
    claimed.push(id)
    const lease = { merchantId: aggregate.merchantId, id, fence, then: { _tag: "Done" } } as const
    await outcomeOf(commitOf({ aggregates: [writeOf(`by-${id}`, { state: name })], lease }))
  }
  return tasks.length > 0
}

const call = async (): Promise<void> => {
  while (left > 0) {
    const turn = left--
    const n = Math.floor(turn / 4)
    if (turn % 4 === 0) await create(n)
    else if (turn % 4 === 1) await count()
    else if (turn % 4 === 2) await bind(n)
    else await work(1)
  }
}

/** A process that began sooner than the others could take everything before they come. */
const meet = async (): Promise<void> => {
  await outcomeOf(commitOf({ aggregates: [writeOf(`here is ${name}`)] }))
  for (const one of all.split(",")) {
    while ((await Effect.runPromise(store.load(refOf(`here is ${one}`)))) === undefined) {
      await Effect.runPromise(Effect.sleep(5))
    }
  }
}

await meet()
await outcomeOf(commitOf({ tasks: Array.from({ length: quarter }, (_, n) => taskOf(`task-${n}`)) }))
await Promise.all(Array.from({ length: Number.parseInt(callers, 10) }, call))
while (await work(10));
await close()
process.stdout.write(JSON.stringify({ outcomes, keys, claimed } satisfies Contention))
