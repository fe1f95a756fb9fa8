/**
 * What every store must do, told through the port alone. An adapter's own test runs it in a few lines; a case that a
 * store cannot meet is skipped by its title and with a reason, which then stands in the report.
 */
import { afterEach, describe, it } from "vitest"
import { auditCases } from "./store/audit-cases.ts"
import { bookCases } from "./store/book-cases.ts"
import { commitCases } from "./store/commit-cases.ts"
import { fenceCases } from "./store/fence-cases.ts"
import { keyCases } from "./store/key-cases.ts"
import { laneCases } from "./store/lane-cases.ts"
import { ledgerCases } from "./store/ledger-cases.ts"
import { listingCases } from "./store/listing-cases.ts"
import { pagingCases } from "./store/paging-cases.ts"
import { raceCases } from "./store/race-cases.ts"
import { readingCases } from "./store/reading-cases.ts"
import { recordCases } from "./store/record-cases.ts"
import { referenceCases } from "./store/reference-cases.ts"
import { refusalCases } from "./store/refusal-cases.ts"
import { retentionCases } from "./store/retention-cases.ts"
import { reviewCases } from "./store/review-cases.ts"
import type { OpenAnother, StoreCases, StorePort } from "./store/store-case.ts"
import { taskCases } from "./store/task-cases.ts"
import { reasonsToSkip, type SuiteSkip } from "./suite.ts"

export type StoreUnderTest = {
  readonly store: StorePort
  /**
   * Opens one more store on the same data, as another process would: a connection of its own. Without it, races are run
   * within the one store.
   */
  readonly another?: OpenAnother
  /** Closes all of them. */
  readonly close: () => Promise<void> | void
}

/** Cases, by their titles, that a store cannot meet, and why. */
export type StoreSkip = SuiteSkip

/** Every case by its group and title. */
export const storeCases: { readonly [group: string]: StoreCases } = {
  commits: commitCases,
  refusals: refusalCases,
  "idempotency keys": keyCases,
  races: raceCases,
  tasks: taskCases,
  lanes: laneCases,
  "leases and fences": fenceCases,
  lists: listingCases,
  "reading one's writes": readingCases,
  paging: pagingCases,
  ledger: ledgerCases,
  books: bookCases,
  records: recordCases,
  retention: retentionCases,
  "outcomes that stay open": reviewCases,
  "the whole database": auditCases,
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
  const titles = Object.values(storeCases).flatMap((cases) => Object.keys(cases))
  const reasons = reasonsToSkip(`${name} is a store`, titles, skip)
  describe(`${name} is a store`, () => {
    let opened: StoreUnderTest | undefined
    afterEach(async () => {
      await opened?.close()
      opened = undefined
    })
    for (const [group, cases] of Object.entries(storeCases)) {
      describe(group, () => {
        for (const [title, holds] of Object.entries(cases)) {
          const reason = reasons.get(title)
          if (reason !== undefined) it.skip(`${title} (${reason})`, () => {})
          else {
            it(title, async () => {
              const under = await make()
              opened = under
              await holds(under.store, under.another ?? (async () => under.store))
            })
          }
        }
      })
    }
  })
}
