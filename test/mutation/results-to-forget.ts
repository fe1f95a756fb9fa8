/**
 * Results that no longer hold. Stryker judges a mutant again when a test that meets it is new; but no test is known to
 * meet what is computed while files load, and the quick round does not show such defects to the tests at all.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { resolve } from "node:path"
import { type Mutant, pathOfResults, type Report } from "./results.ts"
import { type Room, root } from "./rooms.ts"

/** Forgets every survivor of a room one of whose tests is another than it was. */
export const forgetWhereTestsChanged = ({ name, tests }: Room): void => {
  const report = reportOf(name)
  if (report === undefined) return
  const known = report.testFiles ?? {}
  const isSame = (test: string): boolean => known[test]?.source === readFileSync(resolve(root, test), "utf8")
  if (!tests.every(isSame)) forget(name, report, survives)
}

/** The survivors of a room, by what was changed where. */
export const survivorsOf = (room: string): ReadonlySet<string> => {
  const files = Object.entries(reportOf(room)?.files ?? {})
  return new Set(files.flatMap(([file, { mutants }]) => mutants.filter(survives).map((mutant) => keyOf(file, mutant))))
}

/** Forgets what has newly survived the quick round, where the defect may have acted before the tests ran. */
export const forgetWhatLoadsFirst = (room: string, before: ReadonlySet<string>): void => {
  const report = reportOf(room)
  if (report === undefined) return
  forget(room, report, (mutant, file) => survives(mutant) && mutant.static === true && !before.has(keyOf(file, mutant)))
}

const reportOf = (room: string): Report | undefined =>
  existsSync(pathOfResults(room)) ? JSON.parse(readFileSync(pathOfResults(room), "utf8")) : undefined

const forget = (room: string, report: Report, doubtful: (mutant: Mutant, file: string) => boolean): void => {
  const files = Object.entries(report.files).map(([file, judged]) => [
    file,
    { ...judged, mutants: judged.mutants.filter((mutant) => !doubtful(mutant, file)) }
  ])
  writeFileSync(pathOfResults(room), JSON.stringify({ ...report, files: Object.fromEntries(files) }))
}

const survives = ({ status }: Mutant): boolean => status === "Survived" || status === "NoCoverage"

const keyOf = (file: string, { location, replacement }: Mutant): string => JSON.stringify([file, location, replacement])
