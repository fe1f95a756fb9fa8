/** Which adapter meets which promises of its port, as data and as a page: made of the suites' own cases and their skips. */

/** One adapter under one suite. `skips` are those that its test hands to the suite. */
export type SuiteRun = {
  readonly suite: string
  readonly adapter: string
  readonly cases: ReadonlyArray<string>
  readonly skips: ReadonlyArray<{ readonly reason: string; readonly cases: ReadonlyArray<string> }>
}

export type CapabilityMatrix = {
  readonly suites: ReadonlyArray<{
    readonly suite: string
    readonly cases: ReadonlyArray<string>
    readonly adapters: ReadonlyArray<{
      readonly adapter: string
      readonly met: number
      readonly skipped: ReadonlyArray<{ readonly case: string; readonly reason: string }>
    }>
  }>
}

/**
 * The matrix of these runs, by suite, in the order in which they come. A skip of a case that the suite does not have is
 * an error, as it is in the suite.
 *
 * @example
 * const runs = [{ suite: "clock", adapter: "mine", cases: ["ticks", "tocks"], skips: [{ reason: "mute", cases: ["tocks"] }] }]
 * capabilityMatrix(runs).suites[0].adapters[0].skipped // => [{ case: "tocks", reason: "mute" }]
 */
export const capabilityMatrix = (runs: ReadonlyArray<SuiteRun>): CapabilityMatrix => {
  const names = [...new Set(runs.map(({ suite }) => suite))]
  const suites = names.map((suite) => {
    const own = runs.filter((run) => run.suite === suite)
    return { suite, cases: own[0]?.cases ?? [], adapters: own.map(adapterRow) }
  })
  return { suites }
}

const adapterRow = ({ suite, adapter, cases, skips }: SuiteRun) => {
  const skipped = skips.flatMap((skip) => skip.cases.map((title) => ({ case: title, reason: skip.reason })))
  for (const { case: title } of skipped) {
    if (!cases.includes(title)) throw new Error(`the ${suite} suite has no case "${title}" to skip`)
  }
  return { adapter, met: cases.length - skipped.length, skipped }
}

/**
 * The matrix as Markdown: a table of adapters for each suite, with the reasons of what is skipped, and the list of cases.
 *
 * @example
 * const matrix = capabilityMatrix([{ suite: "clock", adapter: "mine", cases: ["ticks"], skips: [] }])
 * capabilityPage(matrix).includes("| mine    | 1 of 1    |") // => true
 */
export const capabilityPage = ({ suites }: CapabilityMatrix): string =>
  suites
    .map(({ suite, cases, adapters }) =>
      [
        `## ${suite}`,
        "",
        ...table([
          ["Adapter", "Cases met", "Skipped, and why"],
          ...adapters.map(({ adapter, met, skipped }) => {
            const why = skipped.map((skip) => `${skip.case} (${skip.reason})`).join("; ")
            return [adapter, `${met} of ${cases.length}`, why]
          })
        ]),
        "",
        ...cases.map((title) => `- ${title}`),
        ""
      ].join("\n")
    )
    .join("\n")

/** Rows as Markdown, the first one as the head, with columns of one width, as formatters like them. */
const table = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)))
  const line = (row: ReadonlyArray<string>) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`
  const [head = [], ...body] = rows
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)]
}
