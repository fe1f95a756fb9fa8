/**
 * The whole thing in one command: a database, a bank, three nodes, and a merchant whose payments go to all of them
 * while one is killed and comes back. Ends with 0 if the books agree, and with 1 if they do not.
 */
import { startPostgres } from "@paykernel/test-postgres"
import { auditDatabase } from "./audit.ts"
import { readBankBook } from "./bank-book.ts"
import { type Cluster, startCluster } from "./cluster.ts"
import { answeredAlike, differencesOf, type Told } from "./comparison.ts"
import { type Asked, endingOf, runLoad } from "./load.ts"
import { type Merchant, merchantOf } from "./merchant.ts"

const nodes = 3
const callers = 12

/** How many payments: the first argument. */
const paymentsOf = (text = "200"): number => {
  const payments = /^[0-9]{1,6}$/u.test(text) ? Number.parseInt(text, 10) : 0
  if (payments < 1) throw new Error("usage: start [PAYMENTS], a whole number from 1")
  return payments
}

const main = async (): Promise<number> => {
  const payments = paymentsOf(process.argv[2])
  const interrupted = interruption()
  // Whoever waits for it hears of it; until then it must not count as unheard.
  interrupted.catch(() => {})
  const given = process.env["DATABASE_URL"] ?? ""
  const postgres = given === "" ? await startPostgres() : undefined
  const databaseUrl = postgres?.url ?? given
  try {
    const cluster = await startCluster({ databaseUrl, nodes, log: (line) => console.log(`  ${line}`) })
    try {
      return await Promise.race([rehearse(cluster, databaseUrl, payments), interrupted])
    } finally {
      await cluster.close()
    }
  } finally {
    await postgres?.close()
  }
}

/** What was started has to be stopped also where somebody has had enough. */
const interruption = (): Promise<never> =>
  new Promise((_, reject) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => reject(new Error(signal)))
  })

const rehearse = async (cluster: Cluster, databaseUrl: string, payments: number): Promise<number> => {
  const addresses = cluster.nodes.map(({ address }) => address)
  console.log(`a bank at ${cluster.bank.address}, nodes at ${addresses.join(", ")}`)
  const merchant = merchantOf(addresses, cluster.apiKey)
  const startedAtMs = performance.now()
  const kill = killing(cluster, Math.floor(payments / 2))
  const onAnswered = (count: number): void => kill.at(count)
  const asked = await runLoad({ merchant, nodes, payments, callers, random: Math.random, onAnswered })
  await kill.done
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1)
  console.log(`${payments} payments asked for in ${seconds} s; waiting until the last of them is decided`)
  const told = await endings(merchant, asked)
  const bank = readBankBook(cluster.bank.journalPath)
  const findings = await auditDatabase(databaseUrl, cluster.keysDirectory)
  const differences = [...differencesOf(told, bank), ...findings]
  const paid = told.filter(({ ending }) => ending.status === "paid").length
  const declined = told.filter(({ asked: { id } }) => bank.declined.has(id)).length
  const twice = asked.filter(({ answers }) => answers.length > 1)
  const lines: ReadonlyArray<readonly [what: string, figure: string]> = [
    ["accepted", `${asked.filter(({ id }) => id !== "").length}`],
    ["paid", `${paid}`],
    ["declined", `${declined}`],
    ["not charged, for want of a code that died with the node", `${told.length - paid - declined}`],
    ["duplicates answered identically", `${twice.filter(answeredAlike).length} of ${twice.length}`],
    ["executions at the bank", `${bank.approved} approved, ${bank.declined.size} declined, ${bank.undone} undone`],
    ["differences", `${differences.length}`]
  ]
  for (const [what, figure] of lines) console.log(`${what.padEnd(62)}${figure}`)
  for (const difference of differences) console.error(`difference: ${difference}`)
  return differences.length === 0 ? 0 : 1
}

/** Kills a node in the middle of everything, and starts it again a moment later. */
const killing = (cluster: Cluster, after: number) => {
  const { promise: done, resolve, reject } = Promise.withResolvers<void>()
  const [, node] = cluster.nodes
  const kill = async (): Promise<void> => {
    console.log(`killing node 2 after ${after} payments`)
    await node?.kill()
    await new Promise((again) => setTimeout(again, 500))
    await node?.restart()
    console.log("node 2 is back")
  }
  return {
    done,
    at: (count: number): void => {
      if (count === Math.max(1, after)) kill().then(resolve, reject)
    }
  }
}

const endings = (merchant: Merchant, asked: ReadonlyArray<Asked>): Promise<ReadonlyArray<Told>> =>
  Promise.all(asked.map(async (one, at) => ({ asked: one, ending: await endingOf(merchant, at, one.id) })))

main().then(
  (code) => process.exit(code),
  (cause: unknown) => {
    console.error(cause instanceof Error ? cause.message : String(cause))
    process.exit(1)
  }
)
