/** How a rate is measured here: several rounds interleaved with their baseline, the best of each taken. */

export type Contender = {
  readonly name: string
  /** Does the work and answers how many operations that was. */
  readonly run: () => number | Promise<number>
}

export type Row = {
  readonly name: string
  readonly perSecond: number
  /** Against the first contender, which is the baseline. */
  readonly ratio: number
}

/**
 * Runs the contenders turn by turn, so that a noisy minute of the machine hits all alike, and takes each one's best
 * round: noise only ever makes things slower.
 */
export const compare = async (contenders: ReadonlyArray<Contender>, rounds = 5): Promise<ReadonlyArray<Row>> => {
  const best = contenders.map(() => 0)
  for (let round = 0; round < rounds; round++) {
    for (const [at, contender] of contenders.entries()) {
      const started = performance.now()
      const operations = await contender.run()
      const perSecond = (operations / (performance.now() - started)) * 1000
      best[at] = Math.max(best[at] ?? 0, perSecond)
    }
  }
  return contenders.map(({ name }, at) => ({
    name,
    perSecond: best[at] ?? 0,
    ratio: (best[at] ?? 0) / (best[0] ?? 1)
  }))
}

export const printTable = (title: string, rows: ReadonlyArray<Row>): void => {
  console.log(`\n### ${title}\n`)
  console.log("| | per second | against the baseline |\n|---|---:|---:|")
  for (const [at, row] of rows.entries()) {
    console.log(`| ${row.name} | ${rateText(row.perSecond)} | ${at === 0 ? "baseline" : `${row.ratio.toFixed(2)}×`} |`)
  }
}

const rateText = (perSecond: number): string =>
  perSecond >= 1e6
    ? `${(perSecond / 1e6).toFixed(1)} M`
    : perSecond >= 1e4
      ? `${(perSecond / 1e3).toFixed(1)} k`
      : perSecond.toFixed(0)

/** `callers` loops side by side, together making `operations` calls. */
export const concurrently = async (
  callers: number,
  operations: number,
  call: (turn: number) => Promise<unknown>
): Promise<number> => {
  let turn = 0
  const caller = async () => {
    while (turn < operations) await call(turn++)
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return operations
}
