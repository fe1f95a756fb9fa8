/** What the bank says by itself reaches a node that is awake, whichever node had asked. */
import { readFileSync } from "node:fs"
import { type FreshDatabase, freshDatabase } from "@paykernel/test-postgres"
import { afterAll, beforeAll, expect, it } from "vitest"
import { auditDatabase } from "../src/audit.ts"
import { readBankBook } from "../src/bank-book.ts"
import { type Cluster, startCluster } from "../src/cluster.ts"
import { pause } from "../src/merchant.ts"
import { bundledScripts } from "./bundled-scripts.ts"
import { openShop, type Shop } from "./shop.ts"

let database: FreshDatabase
let cluster: Cluster
let shop: Shop

beforeAll(async () => {
  database = await freshDatabase()
  cluster = await startCluster({
    databaseUrl: database.url,
    scripts: await bundledScripts(),
    nodes: 2,
    // Slow enough that the one that asked can be frozen between the execution and the answer.
    bankLatencyMs: 800,
    // So long that nobody takes over within this test.
    nodeTimes: { leaseMs: 120_000, callTimeoutMs: 10_000 }
  })
  shop = openShop(cluster)
})

afterAll(async () => {
  await cluster?.close()
  await database?.drop()
})

it("given the node that asked is frozen, then the payment is confirmed at another all the same", async () => {
  const card = await shop.saveCard(0, 1)
  await cluster.bank.setMode("duplicate-reply")
  const id = await shop.pay(1, card, "9.00")
  while (!readFileSync(cluster.bank.journalPath, "utf8").includes(id)) await pause(2)
  cluster.nodes[1]?.pause()
  try {
    await shop.paymentOnce(0, id, "confirmed", 20_000)
  } finally {
    cluster.nodes[1]?.resume()
  }
  await shop.paymentOnce(1, id, "paid")
  expect(readBankBook(cluster.bank.journalPath).charged.get(id)).toEqual(["9.00"])
  expect(await auditDatabase(database.url, cluster.keysDirectory)).toEqual([])
})
