/** A process that commits until it is killed and prints each id when its commit is answered: `url`. */
import { writeSync } from "node:fs"
import * as Effect from "effect/Effect"
import { createOf } from "./commits.ts"
import { openStore } from "./open-store.ts"

const { store } = await openStore(process.argv[2] ?? "")

const caller = async (name: number): Promise<never> => {
  for (let n = 0; ; n++) {
    await Effect.runPromise(store.commit(createOf(`p-${name}-${n}`)))
    writeSync(1, `p-${name}-${n}\n`)
  }
}

await Promise.all([0, 1, 2, 3].map(caller))
