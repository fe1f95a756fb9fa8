/**
 * A process that does as it is told, line by line: `url`. "claim" takes a task for a short while and prints it; any
 * other line is a plan whose commit completes that task, and prints its outcome.
 */
import { createInterface } from "node:readline"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { openStore } from "../open-store.ts"
import type { Planned } from "./journal.ts"
import { commitOfPlan } from "./load-commits.ts"

const { store, close } = await openStore(process.argv[2] ?? "")
let completes: Planned["completes"] = null

const claim = async (): Promise<void> => {
  const request = { lane: "money" as const, owner: "holder", nowMs: Date.now(), leaseMs: 150, limit: 1 }
  const [task] = await Effect.runPromise(store.claim(request))
  completes = task === undefined ? null : { task: task.id, fence: task.fence }
  process.stdout.write(`${JSON.stringify(completes)}\n`)
}

const commit = async (plan: Planned): Promise<void> => {
  const answer = await Effect.runPromise(
    Effect.result(store.commit(commitOfPlan({ ...plan, completes }, "holder", Date.now())))
  )
  process.stdout.write(`${JSON.stringify(Result.isSuccess(answer) ? "Committed" : answer.failure._tag)}\n`)
}

process.stdout.write('"ready"\n')
for await (const line of createInterface({ input: process.stdin })) {
  await (line === "claim" ? claim() : commit(JSON.parse(line) as Planned))
}
await close()
