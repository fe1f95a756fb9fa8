/** A mutant is done with at the first test that fails; Vitest would still load every file that comes after it. */
import { type CancelReason, TestRunner } from "vitest"

export default class StopsAtFirstFailure extends TestRunner {
  #stopped = false

  override cancel(reason: CancelReason): void {
    this.#stopped = true
    super.cancel(reason)
  }

  override importFile(path: string, source: "collect" | "setup"): unknown {
    return this.#stopped ? undefined : super.importFile(path, source)
  }
}
