/** A process that commits until it is killed and prints each id when its commit is answered: `file`. */
import { writeSync } from "node:fs"
import { sqliteStore } from "@paykernel/adapters-sql/sqlite"
import * as Effect from "effect/Effect"
import { createOf } from "./commits.ts"

const { store } = sqliteStore({ path: process.argv[2] ?? "" })

const caller = async (name: number): Promise<never> => {
  for (let n = 0; ; n++) {
    await Effect.runPromise(store.commit(createOf(`p-${name}-${n}`)))
    writeSync(1, `p-${name}-${n}\n`)
  }
}

await Promise.all([0, 1, 2, 3].map(caller))
