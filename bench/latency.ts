/** How long single calls take, of two that are to take the same: turn by turn, so that noise hits both alike. */

export type Call = {
  readonly name: string
  /** Two ways to make the same call; `turn` says with what. */
  readonly ways: readonly [(turn: number) => Promise<unknown>, (turn: number) => Promise<unknown>]
}

export type Latency = { readonly p50Ms: number; readonly p99Ms: number }

export type LatencyRow = { readonly name: string; readonly latencies: readonly [Latency, Latency] }

const warmUps = 50

export const compareLatency = async ({ name, ways }: Call, calls = 1000): Promise<LatencyRow> => {
  const took: readonly [Array<number>, Array<number>] = [[], []]
  for (let turn = 0; turn < warmUps + calls; turn++) {
    for (const [way, times] of [
      [ways[0], took[0]],
      [ways[1], took[1]]
    ] as const) {
      const started = performance.now()
      await way(turn)
      if (turn >= warmUps) times.push(performance.now() - started)
    }
  }
  return { name, latencies: [latencyOf(took[0]), latencyOf(took[1])] }
}

const latencyOf = (times: ReadonlyArray<number>): Latency => {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(share * sorted.length)] ?? 0
  return { p50Ms: at(0.5), p99Ms: at(0.99) }
}

export const printLatencies = (
  title: string,
  ways: readonly [string, string],
  rows: ReadonlyArray<LatencyRow>
): void => {
  console.log(`\n### ${title}\n`)
  console.log(`| milliseconds | p50, ${ways[0]} | p50, ${ways[1]} | p99, ${ways[0]} | p99, ${ways[1]} | p99 |`)
  console.log("|---|---:|---:|---:|---:|---:|")
  for (const { name, latencies } of rows) {
    const [a, b] = latencies
    const times = [a.p50Ms, b.p50Ms, a.p99Ms, b.p99Ms].map((time) => time.toFixed(2)).join(" | ")
    console.log(`| ${name} | ${times} | ${(b.p99Ms / a.p99Ms).toFixed(2)}× |`)
  }
}
