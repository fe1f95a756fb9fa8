/**
 * What every store must do, told through the port alone. An adapter's own test runs it in a few lines; a case that a
 * store cannot meet is skipped by its title and with a reason, which then stands in the report.
 */
import { afterEach, describe, it } from "vitest"
import { commitCases } from "./store/commit-cases.ts"
import { keyCases } from "./store/key-cases.ts"
import { ledgerCases } from "./store/ledger-cases.ts"
import { listingCases } from "./store/listing-cases.ts"
import { recordCases } from "./store/record-cases.ts"
import { referenceCases } from "./store/reference-cases.ts"
import type { StoreCases, StorePort } from "./store/store-case.ts"
import { taskCases } from "./store/task-cases.ts"

export type StoreUnderTest = { readonly store: StorePort; readonly close: () => Promise<void> | void }

/** Cases, by their titles, that a store cannot meet, and why. */
export type StoreSkip = { readonly reason: string; readonly cases: ReadonlyArray<string> }

const groups: { readonly [group: string]: StoreCases } = {
  commits: commitCases,
  "idempotency keys": keyCases,
  tasks: taskCases,
  lists: listingCases,
  ledger: ledgerCases,
  records: recordCases,
  "the reference": referenceCases
}

/**
 * Runs the conformance suite of the `Store` port with vitest. `make` gives a new, empty store for each case.
 *
 * @example
 * describeStore("my store", async () => ({ store: await openMyStore(), close: () => {} }))
 */
export const describeStore = (
  name: string,
  make: () => Promise<StoreUnderTest>,
  { skip = [] }: { readonly skip?: ReadonlyArray<StoreSkip> } = {}
): void => {
  const reasons = new Map(skip.flatMap(({ reason, cases }) => cases.map((title) => [title, reason])))
  const titles = new Set(Object.values(groups).flatMap((cases) => Object.keys(cases)))
  for (const title of reasons.keys()) {
    if (!titles.has(title)) throw new Error(`the store suite has no case "${title}" to skip`)
  }
  describe(`${name} is a store`, () => {
    let opened: StoreUnderTest | undefined
    afterEach(async () => {
      await opened?.close()
      opened = undefined
    })
    for (const [group, cases] of Object.entries(groups)) {
      describe(group, () => {
        for (const [title, holds] of Object.entries(cases)) {
          const reason = reasons.get(title)
          if (reason !== undefined) it.skip(`${title} (${reason})`, () => {})
          else {
            it(title, async () => {
              opened = await make()
              await holds(opened.store)
            })
          }
        }
      })
    }
  })
}
