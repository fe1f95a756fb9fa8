/**
 * Compares what the processes of a load wrote down with what the database holds. Whatever was acknowledged is there,
 * whole and once; whatever was refused, or said not to have happened, is not; and nothing is there in part.
 */
import type { Answered, Line, Planned } from "./journal.ts"
import { differencesOfLedger, differencesOfPayments } from "./judge-rows.ts"
import type { Row, Tables } from "./tables.ts"

export type Verdict = {
  readonly differences: ReadonlyArray<string>
  readonly acknowledged: number
  readonly refused: number
  /** Said not to have been written. */
  readonly unavailable: number
  /** Said to be unknown, or not answered at all because the process was killed. */
  readonly unknown: number
  readonly unknownAndThere: number
  readonly slowestMs: number
}

export const judge = (lines: ReadonlyArray<Line>, tables: Tables): Verdict => {
  const answers = new Map<string, Answered>()
  for (const line of lines) if ("answered" in line) answers.set(line.answered.id, line.answered)
  const plans = lines.flatMap((line) => ("planned" in line ? [line.planned] : []))
  const traces = tracesOf(tables)
  const present = plans.filter(({ id }) => traces.has(id))
  const fate = ({ id }: Planned): Fate => fateOf(answers.get(id))
  const count = (wanted: Fate): number => plans.filter((plan) => fate(plan) === wanted).length
  return {
    differences: [
      ...plans.flatMap((plan) => differencesOfPlan(plan, fate(plan), traces.get(plan.id))),
      ...strangers(plans, traces),
      ...differencesOfRefusals(plans, present, answers),
      ...differencesOfPayments(present, tables),
      ...differencesOfLedger(tables),
      ...differencesOfReads(lines),
      ...differencesOfClaims(lines)
    ],
    acknowledged: count("there"),
    refused: plans.filter(({ id }) => isRefusal(answers.get(id))).length,
    unavailable: plans.filter(({ id }) => isDefinite(answers.get(id))).length,
    unknown: count("either"),
    unknownAndThere: present.filter((plan) => fate(plan) === "either").length,
    slowestMs: [...answers.values()].reduce((slowest, { ms }) => Math.max(slowest, ms), 0)
  }
}

type Fate = "there" | "absent" | "either"

const fateOf = (answer: Answered | undefined): Fate => {
  if (answer === undefined || answer.outcomeUnknown) return "either"
  return answer.outcome === "Committed" ? "there" : "absent"
}

const isRefusal = (answer: Answered | undefined): boolean =>
  answer !== undefined && answer.outcome !== "Committed" && answer.outcome !== "StoreUnavailable"

const isDefinite = (answer: Answered | undefined): boolean =>
  answer?.outcome === "StoreUnavailable" && !answer.outcomeUnknown

/** The rows of each table that bear the id of one commit. */
type Trace = { readonly [table in keyof Tables]: ReadonlyArray<Row> }

const tracesOf = (tables: Tables): ReadonlyMap<string, Trace> => {
  const traces = new Map<string, { [table in keyof Tables]: Array<Row> }>()
  const put = (table: keyof Tables, id: string, row: Row): void => {
    const trace = traces.get(id) ?? emptyTrace()
    trace[table].push(row)
    traces.set(id, trace)
  }
  for (const row of tables.events) put("events", commitIn(row["data"]), row)
  for (const row of tables.aggregates) put("aggregates", commitIn(row["state"]), row)
  for (const row of tables.entries) put("entries", (row["collection"] === "cards" ? row["id"] : row["k5"]) ?? "", row)
  for (const row of tables.keys) put("keys", row["subject"] ?? "", row)
  for (const row of tables.tasks) put("tasks", row["id"] ?? "", row)
  for (const row of tables.transactions) put("transactions", row["id"] ?? "", row)
  for (const row of tables.postings) put("postings", row["transaction_id"] ?? "", row)
  for (const row of tables.sealed) put("sealed", row["record_id"] ?? "", row)
  return traces
}

const emptyTrace = (): { [table in keyof Tables]: Array<Row> } => ({
  aggregates: [],
  events: [],
  entries: [],
  tasks: [],
  keys: [],
  transactions: [],
  postings: [],
  sealed: []
})

const commitIn = (json: string | undefined): string => (JSON.parse(json ?? "{}") as { readonly commit: string }).commit

const differencesOfPlan = (plan: Planned, fate: Fate, trace: Trace | undefined): ReadonlyArray<string> => {
  if (trace === undefined) return fate === "there" ? [`${plan.id} was acknowledged and is not there`] : []
  if (fate === "absent") return [`${plan.id} was said not to be there and is`]
  return missingOf(plan, trace).map((what) => `${plan.id} (${fate}) is there in part or altered: ${what}`)
}

/** What does not look as the commit would have left it. The latest state of its payments is looked at elsewhere. */
const missingOf = ({ id, merchant, key, writes, amount }: Planned, trace: Trace): ReadonlyArray<string> => {
  const told = writes.map(({ payment, version }) => `${payment}@${version}`)
  const own = trace.entries.filter((row) => row["collection"] === "cards")
  const postings = [amount, `-${amount}`, amount, `-${amount}`]
  const pairs: ReadonlyArray<readonly [string, ReadonlyArray<string | undefined>, ReadonlyArray<string>]> = [
    ["events", trace.events.map((row) => `${row["id"]}@${row["version"]}`), told],
    ["entry", own.map((row) => row["aggregate_id"]), writes.slice(0, 1).map(({ payment }) => payment)],
    ["key", trace.keys.map((row) => `${row["key"]} ${row["body"]}`), [`${key} {"commit":"${id}"}`]],
    ["task", trace.tasks.map((row) => row["subject"]), [id]],
    ["transaction", trace.transactions.map((row) => row["id"]), [id]],
    ["postings", byLine(trace.postings).map((row) => row["amount"]), postings],
    ["seal", trace.sealed.map((row) => row["sealed"]), [`seal of ${id}`]]
  ]
  const rows = Object.values(trace).flat()
  const foreign = rows.filter((row) => row["merchant_id"] !== merchant).length
  return [
    ...pairs.flatMap(([what, found, wanted]) =>
      [...found].sort().join() === [...wanted].sort().join() ? [] : [`${what} [${found}], not [${wanted}]`]
    ),
    ...(foreign > 0 ? ["rows of another merchant"] : [])
  ]
}

const byLine = (rows: ReadonlyArray<Row>): ReadonlyArray<Row> =>
  [...rows].sort((a, b) => Number.parseInt(a["line"] ?? "", 10) - Number.parseInt(b["line"] ?? "", 10))

const strangers = (plans: ReadonlyArray<Planned>, traces: ReadonlyMap<string, Trace>): ReadonlyArray<string> => {
  const known = new Set(plans.map(({ id }) => id))
  return [...traces.keys()].filter((id) => !known.has(id)).map((id) => `nobody planned "${id}"`)
}

/** A commit is refused because of another that is there: one that was refused for its own sake was written and lost. */
const differencesOfRefusals = (
  plans: ReadonlyArray<Planned>,
  present: ReadonlyArray<Planned>,
  answers: ReadonlyMap<string, Answered>
): ReadonlyArray<string> => {
  const versions = new Set(present.flatMap(({ writes }) => writes.map(versionName)))
  const keys = new Set(present.map(({ merchant, key }) => `${merchant} ${key}`))
  return plans.flatMap((plan) => {
    const outcome = answers.get(plan.id)?.outcome
    if (outcome === "VersionConflict" && !plan.writes.some((write) => versions.has(versionName(write)))) {
      return [`${plan.id} was refused for its version, and nobody else has written it`]
    }
    const isFree = !keys.has(`${plan.merchant} ${plan.key}`)
    if (outcome === "KeyTaken" && isFree) return [`${plan.id} was refused for its key, and nobody else has it`]
    return outcome === "InvariantViolated" ? [`${plan.id} was refused as a defect`] : []
  })
}

const versionName = ({ payment, version }: Planned["writes"][number]): string => `${payment}@${version}`

const differencesOfReads = (lines: ReadonlyArray<Line>): ReadonlyArray<string> =>
  lines.flatMap((line) =>
    "seen" in line && line.seen.version < line.seen.atLeast
      ? [`${line.seen.payment} was read at ${line.seen.version} after ${line.seen.atLeast} was acknowledged`]
      : []
  )

/** A fence that two were given protects neither. */
const differencesOfClaims = (lines: ReadonlyArray<Line>): ReadonlyArray<string> => {
  const given = new Set<string>()
  return lines.flatMap((line) => {
    if (!("claimed" in line)) return []
    const { merchant, task, fence } = line.claimed
    const name = `${merchant} ${task} ${fence}`
    if (given.has(name)) return [`fence ${fence} of ${task} was given out twice`]
    given.add(name)
    return []
  })
}
