/**
 * A process that commits: `file name commits callers`. Half of its commits create payments of its own, the other
 * half count up one aggregate that other processes count up as well. Prints how often each outcome was met.
 */
import { sqliteStore } from "@paykernel/adapters-sql/sqlite"
import type { Commit } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { countUp, createOf, refOf } from "./commits.ts"

const [file = "", name = "", commits = "", callers = ""] = process.argv.slice(2)
const { store, close } = sqliteStore({ path: file })
const outcomes: { [outcome: string]: number } = {}
let left = Number.parseInt(commits, 10)

const outcomeOf = async (commit: Commit): Promise<string> => {
  const result = await Effect.runPromise(Effect.result(store.commit(commit)))
  const { _tag, reason } = Result.isSuccess(result)
    ? { _tag: "Committed", reason: "" }
    : { reason: "", ...result.failure }
  const outcome = `${_tag}${reason}`
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  return outcome
}

const count = async (): Promise<void> => {
  const seen = await Effect.runPromise(store.load(refOf("counter")))
  if ((await outcomeOf(countUp("counter", seen))) === "VersionConflict") await count()
}

const call = async (): Promise<void> => {
  while (left > 0) {
    const turn = left--
    await (turn % 2 === 0 ? outcomeOf(createOf(`${name}-${turn}`)) : count())
  }
}

await Promise.all(Array.from({ length: Number.parseInt(callers, 10) }, call))
await close()
process.stdout.write(JSON.stringify(outcomes))
