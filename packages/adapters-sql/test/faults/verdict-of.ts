/** The end of every fault: what the load was told against what the database holds, and the figures of the run. */
import type { Asked, Line } from "./journal.ts"
import { judge, type Verdict } from "./judge.ts"
import type { LoadProcess } from "./load-process.ts"
import { readTables } from "./tables.ts"

export const verdictOf = async (url: string, loads: ReadonlyArray<Pick<LoadProcess, "lines">>): Promise<Verdict> =>
  judge(
    loads.flatMap((load) => load.lines()),
    await readTables(url)
  )

/** How many questions of a load had no answer, and why. */
export const unanswered = (lines: ReadonlyArray<Line>): ReadonlyArray<Asked> =>
  lines.flatMap((line) => ("asked" in line && line.asked.reason !== "" ? [line.asked] : []))

/** How often each reason for being unavailable was given, to commits and to questions. */
export const reasonsOf = (lines: ReadonlyArray<Line>): { readonly [reason: string]: number } => {
  const counts: { [reason: string]: number } = {}
  for (const line of lines) {
    const reason = "answered" in line ? line.answered.reason : "asked" in line ? line.asked.reason : ""
    if (reason !== "") counts[reason] = (counts[reason] ?? 0) + 1
  }
  return counts
}

/** Seen in the output of a run, so that a count can be checked by whoever reads it. */
export const tell = (fault: string, figures: { readonly [name: string]: unknown }): void =>
  void process.stdout.write(`${fault}: ${JSON.stringify(figures)}\n`)

export const figuresOf = ({ differences, ...figures }: Verdict) => ({ ...figures, differences: differences.length })

export const isDeep = process.env["PAYKERNEL_DEEP"] === "1"
