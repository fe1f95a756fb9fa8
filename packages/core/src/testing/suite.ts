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

/** Registers the cases with vitest. A title to skip that does not exist is an error, so no skip outlives its case. */
export const describeCases = <Subject>(
  title: string,
  cases: SuiteCases<Subject>,
  make: () => Promise<Subject> | Subject,
  skip: ReadonlyArray<SuiteSkip> = []
): void => {
  const reasons = new Map(skip.flatMap((one) => one.cases.map((name) => [name, one.reason])))
  for (const name of reasons.keys()) {
    if (!Object.hasOwn(cases, name)) throw new Error(`"${title}" has no case "${name}" to skip`)
  }
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
