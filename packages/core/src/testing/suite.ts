/** Conformance suites as tables of cases, and what they have in common: a fresh subject for each case, skips with a reason. */
import { describe, it } from "vitest"

/** Cases, by their titles, that an adapter cannot meet, and why. */
export type SuiteSkip = { readonly reason: string; readonly cases: ReadonlyArray<string> }

/** Titles and what they assert. */
export type SuiteCases<Subject> = { readonly [title: string]: (subject: Subject) => Promise<void> | void }

/** Thrown by a case that does not apply to a subject: it is skipped, and the report says why. */
export class NotApplicable extends Error {
  override readonly name = "NotApplicable"
}

/** Why cases are skipped, by their titles. A title that does not exist is an error, so no skip outlives its case. */
export const reasonsToSkip = (
  suite: string,
  titles: ReadonlyArray<string>,
  skip: ReadonlyArray<SuiteSkip>
): ReadonlyMap<string, string> => {
  const reasons = new Map(skip.flatMap(({ reason, cases }) => cases.map((title) => [title, reason])))
  for (const title of reasons.keys()) {
    if (!titles.includes(title)) throw new Error(`"${suite}" has no case "${title}" to skip`)
  }
  return reasons
}

/** Registers the cases with vitest. */
export const describeCases = <Subject>(
  title: string,
  cases: SuiteCases<Subject>,
  make: () => Promise<Subject> | Subject,
  skip: ReadonlyArray<SuiteSkip> = []
): void => {
  const reasons = reasonsToSkip(title, Object.keys(cases), skip)
  describe(title, () => {
    for (const [name, holds] of Object.entries(cases)) {
      const reason = reasons.get(name)
      if (reason !== undefined) it.skip(`${name} (${reason})`, () => {})
      else {
        it(name, async (context) => {
          const subject = await make()
          try {
            await holds(subject)
          } catch (error) {
            if (!(error instanceof NotApplicable)) throw error
            context.skip(error.message)
          }
        })
      }
    }
  })
}
