/** What the rows must say of each other, whoever has written them. */
import type { Planned } from "./journal.ts"
import type { Row, Tables } from "./tables.ts"

/** Each payment is what the commits that are there have made of it, one after the other. */
export const differencesOfPayments = (present: ReadonlyArray<Planned>, tables: Tables): ReadonlyArray<string> => {
  const steps = new Map<string, Array<Step>>()
  for (const { id, merchant, writes } of present) {
    for (const write of writes) {
      const name = `${merchant} ${write.payment}`
      steps.set(name, [...(steps.get(name) ?? []), { commit: id, ...write }])
    }
  }
  const entries = new Map(tables.entries.map((row) => [`${row["collection"]} ${nameOf(row)}`, row]))
  const stored = new Map(tables.aggregates.map((row) => [nameOf(row), row]))
  return [
    ...[...stored.keys()].filter((name) => !steps.has(name)).map((name) => `nobody made ${name}`),
    ...[...steps].flatMap(([name, history]) =>
      differencesOfPayment(name, history, stored.get(name), entries.get(`payments ${name}`))
    ),
    ...differencesOfTasks(present, tables)
  ]
}

type Step = Planned["writes"][number] & { readonly commit: string }

const nameOf = (row: Row): string => `${row["merchant_id"]} ${row["id"]}`

const differencesOfPayment = (
  name: string,
  history: ReadonlyArray<Step>,
  row: Row | undefined,
  entry: Row | undefined
): ReadonlyArray<string> => {
  const inOrder = [...history].sort((a, b) => a.version - b.version)
  const last = inOrder.at(-1)
  if (row === undefined || last === undefined) return [`${name} has a history and no state`]
  const { commit, version, authorized, captured, refunded } = last
  const columns = [row["version"], ...[row["authorized"], row["captured"], row["refunded"]].map(digitsOf)]
  const bounded = BigInt(refunded) <= BigInt(captured) && BigInt(captured) <= BigInt(authorized)
  return [
    [inOrder.every((step, place) => step.version === place + 1), "has a gap or a fork in its history"],
    [columns.join() === [version, authorized, captured, refunded].join(), `has the columns ${columns}`],
    [row["state"] === JSON.stringify({ commit, authorized, captured, refunded }), `has the state ${row["state"]}`],
    [entry?.["k5"] === commit, `is listed as of ${entry?.["k5"]}, not ${commit}`],
    [bounded, "has refunded more than captured, or captured more than authorized"]
  ].flatMap(([holds, what]) => (holds === true ? [] : [`${name} ${what}`]))
}

const digitsOf = (text: string | undefined): string => BigInt(text ?? "").toString()

/** Whoever completed a task left it done. */
const differencesOfTasks = (present: ReadonlyArray<Planned>, tables: Tables): ReadonlyArray<string> => {
  const states = new Map(tables.tasks.map((row) => [nameOf(row), row["state"]]))
  return present.flatMap(({ id, merchant, completes }) => {
    const state = completes === null ? "done" : states.get(`${merchant} ${completes.task}`)
    return state === "done" ? [] : [`${id} completed ${completes?.task}, which is ${state}`]
  })
}

/** Each transaction balances per layer and currency, and no posting is without one. */
export const differencesOfLedger = ({ postings, transactions }: Tables): ReadonlyArray<string> => {
  const sums = new Map<string, bigint>()
  for (const row of postings) {
    const name = [row["merchant_id"], row["transaction_id"], row["layer"], row["currency"]].join(" ")
    sums.set(name, (sums.get(name) ?? 0n) + BigInt(row["amount"] ?? ""))
  }
  const ids = new Set(transactions.map(nameOf))
  return [
    ...[...sums].filter(([, sum]) => sum !== 0n).map(([name, sum]) => `${name} does not balance: ${sum}`),
    ...postings
      .filter((row) => row["transaction_id"] === "")
      .map((row) => `a posting of ${row["seq"]} has no transaction`),
    ...(ids.size === transactions.length ? [] : ["a ledger id is there twice"])
  ]
}
