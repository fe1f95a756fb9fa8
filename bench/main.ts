/**
 * Measures everything, or the parts named on the command line: `pnpm bench money decide`. How many payments are stored
 * before it is measured what they change may follow its name, and how many messages are queued before they are
 * delivered: `pnpm bench growth 100000 webhook-delivery 10000`.
 */
import { cpus } from "node:os"
import { closeBenchServer } from "./bench-server.ts"
import { benchDecide } from "./decide.ts"
import { benchGrowth } from "./growth.ts"
import { benchHotMerchant } from "./hot-merchant.ts"
import { benchHttp } from "./http.ts"
import { benchMoney } from "./money.ts"
import { benchPaymentsPostgres } from "./payments-postgres.ts"
import { benchPaymentsSqlite } from "./payments-sqlite.ts"
import { benchSimulation } from "./simulation.ts"
import { benchTaskQueue } from "./task-queue.ts"
import { benchWebhookDelivery } from "./webhook-delivery.ts"
import { benchHangingReceiver } from "./webhook-hanging.ts"
import { benchWebhooks } from "./webhooks.ts"

const parts: Readonly<Record<string, (count?: number) => Promise<void>>> = {
  money: benchMoney,
  decide: benchDecide,
  simulation: benchSimulation,
  "payments-sqlite": benchPaymentsSqlite,
  http: benchHttp,
  webhooks: benchWebhooks,
  "webhook-delivery": benchWebhookDelivery,
  "webhook-hanging": () => benchHangingReceiver(),
  "payments-postgres": benchPaymentsPostgres,
  "hot-merchant": benchHotMerchant,
  "task-queue": benchTaskQueue,
  growth: benchGrowth
}

/** Names of several parts. */
const groups: Readonly<Record<string, ReadonlyArray<string>>> = {
  payments: ["payments-sqlite", "payments-postgres"],
  postgres: ["payments-postgres", "hot-merchant", "task-queue", "growth"]
}

const isCount = (word: string): boolean => /^[1-9]\d{0,8}$/u.test(word)

const words = process.argv.slice(2)
const counted = ["growth", "webhook-delivery"]
const unknown = words.filter(
  (word, at) => !(word in parts || word in groups || (isCount(word) && counted.includes(words[at - 1] ?? "")))
)
if (unknown.length > 0) {
  console.error(`no such bench: ${unknown.join(", ")}; there are ${Object.keys({ ...parts, ...groups }).join(", ")}`)
  process.exit(1)
}
const asked = words.length === 0 ? Object.keys(parts) : words.flatMap((word) => groups[word] ?? [word])
const countAfter = (name: string): number | undefined => {
  const word = words[words.indexOf(name) + 1] ?? ""
  return words.includes(name) && isCount(word) ? Number.parseInt(word, 10) : undefined
}
console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}. Best of 5 rounds, each contender beside its baseline.`
)
try {
  for (const [name, bench] of Object.entries(parts)) {
    if (asked.includes(name)) await bench(countAfter(name))
  }
} finally {
  await closeBenchServer()
}
