/**
 * Telling a merchant of a hundred thousand things that have happened, over real sockets and a database with full
 * durability: how fast that goes, and what it takes of memory.
 */
import { Agent, request } from "node:http"
import { setTimeout as pause } from "node:timers/promises"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import * as Effect from "effect/Effect"
import { concurrently, printTable, type Row } from "./measure.ts"
import { merchantWithEndpoint, openPage, openTellingShop, type TellingShop } from "./telling-shop.ts"
import { openWebhookReceiver, type WebhookReceiver } from "./webhook-receiver.ts"

const merchantId = "bench"
/** Attempts under way at one receiver, unless the host says otherwise. */
const atOnce = 4

export const benchWebhookDelivery = async (messages = 100_000): Promise<void> => {
  const receiver = await openWebhookReceiver()
  const shop = await openTellingShop(receiver.host)
  const url = `http://${receiver.host}/hook`
  const queueing = shop.kernel({ worker: false })
  await merchantWithEndpoint(queueing, merchantId, url)
  const started = performance.now()
  await concurrently(64, messages, () => openPage(queueing, merchantId))
  const queuedSeconds = (performance.now() - started) / 1000
  await queueing.close()

  const loops = [
    { name: "fetch in a loop, connections kept", run: () => concurrently(atOnce, posts, () => fetched(url)) },
    { name: "node:http in a loop, a connection each", run: () => concurrently(atOnce, posts, () => posted(url)) }
  ]
  const rows: Array<Omit<Row, "ratio">> = []
  for (const { name, run } of loops) rows.push({ name, perSecond: await rateOf(run) })
  await receiver.arrived("forget")

  const bytesBefore = shop.bytes()
  const samples: Array<Sample> = []
  const perSecond = await rateOf(async () => {
    const kernel = shop.kernel()
    await allDelivered(shop, receiver, messages, samples)
    await kernel.close()
    return messages
  })
  const { count, distinct } = await receiver.arrived("forget")
  if (count !== messages || distinct !== messages) throw new Error(`of ${messages}, ${distinct} came, ${count} times`)
  rows.push({ name: "kernel, from the queue to what was told and written down", perSecond })

  const amount = messages.toLocaleString("en")
  const best = Math.max(...rows.slice(0, loops.length).map((row) => row.perSecond))
  printTable(
    `Webhooks: ${amount} queued messages to one receiver, ${atOnce} at once, SQLite FULL`,
    rows.map((row) => ({ ...row, ratio: row.perSecond / best }))
  )
  printSamples(samples, messages)
  const grown = Math.round((shop.bytes() - bytesBefore) / messages)
  console.log(`\nQueued ${amount} in ${queuedSeconds.toFixed(0)} s. What is kept of each, for 30 days: ${grown} bytes.`)
  await shop.close()
  await receiver.close()
}

const posts = 5_000
const body = JSON.stringify({ type: "checkout.opened", text: "x".repeat(600) })
const headers = { "content-type": "application/json", "webhook-id": "bare" }

const fetched = async (url: string): Promise<void> => {
  await (await fetch(url, { method: "POST", headers, body })).text()
}

const agent = new Agent({ keepAlive: false })

const posted = (url: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const outgoing = request(url, { method: "POST", agent, headers }, (answer) => {
      answer.on("end", resolve).on("error", reject).resume()
    })
    outgoing.on("error", reject).end(body)
  })

const rateOf = async (run: () => Promise<number>): Promise<number> => {
  const started = performance.now()
  return ((await run()) / (performance.now() - started)) * 1000
}

type Sample = { readonly told: number; readonly rssMb: number; readonly heapMb: number }

/** Looks ten times a second; takes a sample of memory at each tenth of the way. Ends when nothing waits any more. */
const allDelivered = async (
  { store }: TellingShop,
  receiver: WebhookReceiver,
  messages: number,
  samples: Array<Sample>
): Promise<void> => {
  for (let told = 0; told < messages || (await isWaiting(store)); await pause(100)) {
    told = (await receiver.arrived()).count
    if (told >= (messages / 10) * (samples.length + 1)) samples.push(sampleOf(told))
  }
}

const isWaiting = async (store: TellingShop["store"]): Promise<boolean> => {
  const where = { status: "waiting" }
  const query = { merchantId, collection: "deliveries", where, fromMs: null } as const
  return (await Effect.runPromise(store.count(query, 1))) > 0
}

/** What is in use, without what is only not collected yet. */
const sampleOf = (told: number): Sample => {
  collect()
  const { rss, heapUsed } = process.memoryUsage()
  return { told, rssMb: rss / 1e6, heapMb: heapUsed / 1e6 }
}

const collect = (() => {
  setFlagsFromString("--expose-gc")
  return runInNewContext("gc") as () => void
})()

const printSamples = (samples: ReadonlyArray<Sample>, messages: number): void => {
  console.log("\n| delivered | heap in use, MB | resident, MB |\n|---:|---:|---:|")
  for (const { told, rssMb, heapMb } of samples) {
    const share = `${Math.round((told / messages) * 100)} %`
    console.log(`| ${share} | ${heapMb.toFixed(1)} | ${rssMb.toFixed(0)} |`)
  }
}
