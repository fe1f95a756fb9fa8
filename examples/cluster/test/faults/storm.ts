/** Requests that several processes send at the same time, and what came of each key. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { appendFileSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Site } from "./site.ts"
import { outcomesFile, type StormJob, type StormOutcome, type StormRequest } from "./storm-client.ts"

export const clients = 4

/** Dealt out over the clients in turn. All of them have ended when it resolves, and their journals are the site's. */
export const storm = async (
  { cluster, directory }: Site,
  requests: ReadonlyArray<StormRequest>,
  connectionsEach = 16
): Promise<ReadonlyArray<StormOutcome>> => {
  const addresses = cluster.nodes.map(({ address }) => address)
  const jobs = await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      const jobPath = join(directory, `storm-${client}.json`)
      const journalPath = join(directory, `storm-${client}.jsonl`)
      const own = requests.filter((_request, at) => at % clients === client)
      const connections = Array.from(
        { length: connectionsEach },
        (_connection, at) => addresses[at % addresses.length] ?? ""
      )
      const job: StormJob = { apiKey: cluster.apiKey, connections, requests: own, journalPath }
      writeFileSync(jobPath, JSON.stringify(job))
      writeFileSync(journalPath, "")
      return { jobPath, journalPath }
    })
  )
  await Promise.all(jobs.map(({ jobPath }) => runClient(jobPath)))
  return jobs.flatMap(({ jobPath, journalPath }) => {
    appendFileSync(join(directory, "client-journal.jsonl"), readFileSync(journalPath))
    return JSON.parse(readFileSync(outcomesFile(jobPath), "utf8")) as ReadonlyArray<StormOutcome>
  })
}

const runClient = async (jobPath: string): Promise<void> => {
  const script = fileURLToPath(new URL("./storm-client.ts", import.meta.url))
  const child = spawn(process.execPath, ["--conditions=source", script, jobPath], {
    env: { PATH: process.env["PATH"] },
    stdio: ["ignore", "inherit", "inherit"]
  })
  const [code] = await once(child, "close")
  if (code !== 0) throw new Error(`a client of the storm ended with ${code}`)
}

/** Every rule that the answers of a storm break; empty where they break none. */
export const faultsOf = (outcomes: ReadonlyArray<StormOutcome>, mayConflict: boolean): ReadonlyArray<string> =>
  [...Map.groupBy(outcomes, ({ key }) => key)].flatMap(([key, ofKey]) => {
    const accepted = ofKey.filter(({ status }) => status === 201)
    const refused = ofKey.filter(({ status }) => status !== 201)
    const fresh = total(accepted.filter(({ replayed }) => !replayed))
    const texts = new Set(accepted.map(({ digest }) => digest)).size
    const strange = refused.filter(({ status, refusal }) => !(mayConflict && status === 409 && isBound(refusal)))
    return [
      ...(fresh === 1 ? [] : [`${key} was carried out ${fresh} times`]),
      ...(texts === 1 ? [] : [`${key} was answered in ${texts} ways`]),
      ...strange.map(({ status, refusal, count }) => `${key} was answered ${status} ${refusal}, ${count} times`)
    ]
  })

export const total = (outcomes: ReadonlyArray<StormOutcome>): number =>
  outcomes.reduce((sum, { count }) => sum + count, 0)

/** The key belongs to another request. */
const isBound = (refusal: string): boolean => /"code":1083\b/u.test(refusal)
