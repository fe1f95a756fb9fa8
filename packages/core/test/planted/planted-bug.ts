/** A defect that a payment system might really have, as a small patch, and the judge that has to notice it. */
import * as fc from "fast-check"

export type PlantedBug = {
  readonly title: string
  /** The part of the kit that notices it. */
  readonly judge: string
  /** What it is noticed as: anything else would be an accident of the patch. */
  readonly noticedAs: "LawBroken" | "AssertionError" | "Error"
  /** Resolves where the judge finds nothing, rejects where it does. Without a patch it is about the sound thing. */
  readonly judged: (isPlanted: boolean) => Promise<void>
}

/** Judged by a law. The seed makes finding it no matter of luck. */
export const byLaw = <Ts>(
  title: string,
  judge: string,
  law: (isPlanted: boolean) => fc.IRawProperty<Ts>,
  numRuns = 500
): PlantedBug => ({
  title,
  judge,
  noticedAs: "LawBroken",
  judged: async (isPlanted) => {
    await fc.assert(law(isPlanted), { numRuns, seed: 4 })
  }
})

/** Judged by a conformance suite: by the first case that fails. */
export const bySuite = <Subject>(
  title: string,
  judge: string,
  cases: { readonly [title: string]: (subject: Subject) => Promise<void> | void },
  make: (isPlanted: boolean) => Promise<Subject> | Subject
): PlantedBug => ({
  title,
  judge,
  noticedAs: "AssertionError",
  judged: async (isPlanted) => {
    for (const holds of Object.values(cases)) await holds(await make(isPlanted))
  }
})
