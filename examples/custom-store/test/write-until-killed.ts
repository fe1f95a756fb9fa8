/** Writes payments to a log as fast as it can and says each one that was acknowledged, until somebody kills it. */
import { writeSync } from "node:fs"
import * as Effect from "effect/Effect"
import { logStore } from "../src/log-store.ts"
import { paymentCommit } from "./payment-commit.ts"

const { store } = logStore(process.argv[2] ?? "")
const begin = Number.parseInt(process.argv[3] ?? "0", 10)

const writer = async (place: number): Promise<void> => {
  for (let n = begin + place; ; n += 4) {
    await Effect.runPromise(store.commit(paymentCommit(n)))
    writeSync(1, `${n}\n`)
  }
}

await Promise.all([0, 1, 2, 3].map(writer))
