/**
 * A hundred merchants, each with a receiver, who are told of something in turn, steadily. In every other round one of
 * the receivers takes each message and never answers. What the other ninety-nine see of that is how long it takes from
 * the moment that something is asked for until they have been told of it.
 */
import { setTimeout as pause } from "node:timers/promises"
import type { Kernel } from "@paykernel/core"
import { merchantWithEndpoint, openPage, openTellingShop } from "./telling-shop.ts"
import { openWebhookReceiver } from "./webhook-receiver.ts"

const merchants = 100
const rounds = 3
const messagesPerSecond = 50
/** Longer than the deadline of an attempt, so that the silence is heard of too. */
const roundMs = 20_000

type Way = "all answer" | "one hangs"

export const benchHangingReceiver = async (): Promise<void> => {
  const tookMs: { readonly [way in Way]: Array<ReadonlyArray<number>> } = { "all answer": [], "one hangs": [] }
  for (let round = 0; round < rounds; round++) {
    for (const way of ["all answer", "one hangs"] as const) tookMs[way].push(await roundOf(way))
  }
  console.log(`\n### Webhooks: ${merchants - 1} receivers, and one that hangs\n`)
  console.log(
    "| milliseconds from the change to the receiver | p50 | p95 | p99 | p95, each round |\n|---|---:|---:|---:|---|"
  )
  for (const [way, all] of Object.entries(tookMs)) {
    const cells = [0.5, 0.95, 0.99].map((share) => best(all, share).toFixed(2))
    console.log(`| ${[way, ...cells, all.map((times) => at(times, 0.95).toFixed(2)).join(", ")].join(" | ")} |`)
  }
  const ratio = best(tookMs["one hangs"], 0.95) / best(tookMs["all answer"], 0.95)
  console.log(`\nThe others' p95 is ${ratio.toFixed(2)}× what it is without the one that hangs.`)
}

/** How long it took until each of the others' messages was there. */
const roundOf = async (way: Way): Promise<ReadonlyArray<number>> => {
  const receiver = await openWebhookReceiver()
  const shop = await openTellingShop(receiver.host)
  const kernel = shop.kernel()
  for (let n = 0; n < merchants; n++) {
    const path = n === 0 && way === "one hangs" ? "hangs" : `hook-${n}`
    await merchantWithEndpoint(kernel, nameOf(n), `http://${receiver.host}/${path}`)
  }
  const asked = new Map<string, number>()
  await steadily(kernel, asked)
  const arrived = new Map<string, number>()
  while (arrived.size < asked.size) {
    await pause(100)
    for (const [id, atMs] of (await receiver.arrived("forget")).arrivals) arrived.set(id, atMs)
  }
  await kernel.close()
  await shop.close()
  await receiver.close()
  return [...asked].map(([id, atMs]) => (arrived.get(id) ?? Number.NaN) - atMs).toSorted((a, b) => a - b)
}

const nameOf = (n: number): string => `merchant-${n}`

/** Nobody waits for anybody: what is slow meets what comes after it. Notes when the others' pages were asked for. */
const steadily = async (kernel: Kernel, asked: Map<string, number>): Promise<void> => {
  const startedMs = nowMs()
  const under: Array<Promise<void>> = []
  for (let turn = 0; nowMs() < startedMs + roundMs; turn++) {
    const dueMs = startedMs + (turn * 1000) / messagesPerSecond
    if (dueMs > nowMs()) await pause(dueMs - nowMs())
    const ask = async () => {
      const atMs = nowMs()
      const id = await openPage(kernel, nameOf(turn % merchants))
      if (turn % merchants !== 0) asked.set(id, atMs)
    }
    under.push(ask())
  }
  await Promise.all(under)
}

/** By the clock that the receiver's process has too. */
const nowMs = (): number => performance.timeOrigin + performance.now()

const at = (sorted: ReadonlyArray<number>, share: number): number => sorted[Math.floor(share * sorted.length)] ?? 0

/** Of the best round: noise only ever makes things slower. */
const best = (rounds: ReadonlyArray<ReadonlyArray<number>>, share: number): number =>
  Math.min(...rounds.map((times) => at(times, share)))
