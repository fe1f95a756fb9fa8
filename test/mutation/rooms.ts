/**
 * The rooms of the core whose code is mutated, and the tests that have to notice. A room is judged by the tests beside
 * its code; rooms whose behaviour shows only through a running kernel are judged by the stories about that kernel too.
 */
import { globSync, readdirSync } from "node:fs"
import { resolve } from "node:path"

export const root = resolve(import.meta.dirname, "../..")
const source = "packages/core/src"

export type Room = {
  readonly name: string
  /** The code that is mutated: everything except tests, codecs included. */
  readonly files: ReadonlyArray<string>
  readonly tests: ReadonlyArray<string>
  /** By what the runs of each law are divided. */
  readonly fewerRuns: number
}

const stories = (...about: ReadonlyArray<string>): ReadonlyArray<string> =>
  about.map((name) => `packages/core/test/${name}.test.ts`)

const paymentStories = stories("*", "payments/*", "checkouts/*", "scars/*")
const kernelStories = [...paymentStories, ...stories("webhooks/*", "intents/*", "cross-border/*")]

/** They run the kernel, or whole lives of payments, thousands of times over for what the others show in one story. */
const tooSlow = [
  ...["adversity.property", "crash-points", "card-races", "checkouts/races"],
  ...["payment-edges.property", "webhooks/crashes", "webhooks/planted", "balance-and-transaction-apart"],
  ...["any-order.property", "lives.property"]
]

/** An aggregate and its codec meet where the aggregate is stored. */
const storage = [`${source}/application/storage/aggregates*.test.ts`]

const stored = [
  ...["card", "checkout", "cross-border", "delivery", "deposit", "endpoint", "intent", "intent-refund", "merchant"],
  ...["onchain", "payment", "payout-refund", "quote", "rfi", "settlement", "ticket"]
]

const furtherTests: Readonly<Record<string, ReadonlyArray<string>>> = {
  ...Object.fromEntries(stored.map((room) => [room, storage])),
  attempt: [`${source}/payment/payment-machine.test.ts`],
  ...Object.fromEntries(
    ["", "/audit", "/commit", "/storage", "/tasks"].map((at) => [`application${at}`, kernelStories])
  ),
  "application/payments": paymentStories,
  "application/checkouts": paymentStories,
  "application/webhooks": stories("webhooks/*", "scars/*", "*/told"),
  "application/intents": stories("intents/*"),
  "application/cross-border": stories("cross-border/*"),
  simulator: paymentStories,
  "simulator/chain": stories("intents/*"),
  "simulator/payout": stories("cross-border/*"),
  ports: [`${source}/{application,memory,simulator,vault}/**/*.test.ts`, ...kernelStories],
  root: [`${source}/{attempt,card,payment,checkout}/*-{decide,machine}.test.ts`]
}

/** The kit for tests is not mutated: it is itself a judge, and planted bugs show that it bites. */
const notMutated = ["testing"]

const found = (patterns: ReadonlyArray<string>): ReadonlyArray<string> =>
  globSync([...patterns], { cwd: root })
    .filter((file) => !tooSlow.some((name) => file.endsWith(`/${name}.test.ts`)))
    .sort()

/** Tables and stories before what takes a second or more; else the room's own tests come first. */
const quickFirst = (a: string, b: string): number => Number(isLong(a)) - Number(isLong(b))

const isLong = (file: string): boolean => long.some((part) => file.includes(part))

const long = [
  ...[".property.", "/every-", "test/audit.", "worker-limits", "retention", "aggregates.test", "webhooks/replays"],
  ...["webhooks/isolation", "late-success-after-expiry", "settled-to-settled", "file-journal", "gateway-mode"]
]

/** Lives of payments are long. The laws of others need as many runs to meet every case that they claim to meet. */
const fewerRunsOf: Readonly<Record<string, number>> = { payment: 20, intent: 2 }

const roomAt = (name: string, code: string, tests: string): Room => ({
  name,
  files: found([code]).filter((file) => !file.endsWith(".test.ts")),
  tests: [...found([tests]), ...found(furtherTests[name] ?? [])].sort(quickFirst),
  fewerRuns: fewerRunsOf[name] ?? 5
})

const foldersIn = (path: string): ReadonlyArray<string> =>
  readdirSync(resolve(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !notMutated.includes(entry.name))
    .map(({ name }) => name)
    .sort()

const roomIn = (name: string, files: string): Room =>
  roomAt(name, `${source}/${name}/${files}.ts`, `${source}/${name}/${files}.test.ts`)

/** Every folder of the core is a room, and so is every folder in one; the files that lie in none are the room "root". */
export const rooms: ReadonlyArray<Room> = [
  roomAt("root", `${source}/*.ts`, `${source}/*.test.ts`),
  ...foldersIn(source).flatMap((name) => [
    roomIn(name, "*"),
    ...foldersIn(`${source}/${name}`).map((inner) => roomIn(`${name}/${inner}`, "**/*"))
  ])
]
