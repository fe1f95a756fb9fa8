/** How a rate is measured here: several rounds interleaved with their baseline, the best of each taken. */

export type Contender = {
  readonly name: string
  /** What the work needs first. Takes no part in the time. */
  readonly prepare?: () => unknown
  /** Does the work and answers how many operations that was. */
  readonly run: () => number | Promise<number>
}

export type Row = {
  readonly name: string
  readonly perSecond: number
  /** Against the best of the baselines. */
  readonly ratio: number
}

/**
 * Runs the contenders turn by turn, so that a noisy minute of the machine hits all alike, and takes each one's best
 * round: noise only ever makes things slower. The first is the baseline, or the best of the first few.
 */
export const compare = async (
  contenders: ReadonlyArray<Contender>,
  { rounds = 5, baselines = 1 }: { readonly rounds?: number; readonly baselines?: number } = {}
): Promise<ReadonlyArray<Row>> => {
  const best = contenders.map(() => 0)
  for (let round = 0; round < rounds; round++) {
    for (const [at, contender] of contenders.entries()) {
      await contender.prepare?.()
      const started = performance.now()
      const operations = await contender.run()
      const perSecond = (operations / (performance.now() - started)) * 1000
      best[at] = Math.max(best[at] ?? 0, perSecond)
    }
  }
  const baseline = Math.max(...best.slice(0, baselines))
  return contenders.map(({ name }, at) => ({ name, perSecond: best[at] ?? 0, ratio: (best[at] ?? 0) / baseline }))
}

export const printTable = (title: string, rows: ReadonlyArray<Row>): void => {
  console.log(`\n### ${title}\n`)
  console.log("| | per second | against the baseline |\n|---|---:|---:|")
  for (const { name, perSecond, ratio } of rows) {
    console.log(`| ${name} | ${rateText(perSecond)} | ${ratio === 1 ? "baseline" : `${ratio.toFixed(2)}×`} |`)
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
