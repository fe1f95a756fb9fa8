/**
 * One of several merchants' processes that all send the same requests: each as often as it is told, as many at once as
 * it is told, and never again what was answered. Its parent hears what came of every key.
 */
import { createHash } from "node:crypto"
import { readFileSync, writeFileSync } from "node:fs"
import { Agent, request as httpRequest } from "node:http"
import { openClientJournal } from "@paykernel/four-books/client-journal"

export type StormRequest = { readonly key: string; readonly path: string; readonly body: object }

export type StormJob = {
  readonly apiKey: string
  /** The node at the other end of each connection. */
  readonly connections: ReadonlyArray<string>
  readonly requests: ReadonlyArray<StormRequest>
  /** Where the first acknowledgement of each key is written down. */
  readonly journalPath: string
}

/** Answers that were the same in every byte. */
export type StormOutcome = {
  readonly key: string
  /** 0: there was no answer. */
  readonly status: number
  readonly replayed: boolean
  readonly digest: string
  /** Of a refusal, the text; empty for others. */
  readonly refusal: string
  readonly count: number
}

export const outcomesFile = (jobPath: string): string => `${jobPath}.outcomes`

type Reply = { readonly status: number; readonly replayed: boolean; readonly text: string }

const run = async (job: StormJob): Promise<ReadonlyArray<StormOutcome>> => {
  const journal = openClientJournal(job.journalPath)
  const acknowledged = new Set<string>()
  const outcomes = new Map<string, StormOutcome>()
  let next = 0
  const connection = async (node: string): Promise<void> => {
    // Never idle, so that no node closes it at the moment at which it is used again.
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    for (let one = job.requests[next++]; one !== undefined; one = job.requests[next++]) {
      const reply = await send(agent, node, job.apiKey, one)
      if (reply.status < 300 && reply.status > 0 && !acknowledged.has(one.key)) {
        acknowledged.add(one.key)
        journal.answered({ key: one.key, path: one.path, body: one.body }, reply.status, reply.text)
      }
      const { status, replayed, text } = reply
      const digest = createHash("sha256").update(text).digest("base64url")
      const refusal = status >= 200 && status < 300 ? "" : text
      const name = `${one.key} ${status} ${replayed} ${digest}`
      const count = (outcomes.get(name)?.count ?? 0) + 1
      outcomes.set(name, { key: one.key, status, replayed, digest, refusal, count })
    }
    agent.destroy()
  }
  await Promise.all(job.connections.map(connection))
  return [...outcomes.values()]
}

const send = (agent: Agent, node: string, apiKey: string, { path, body }: StormRequest): Promise<Reply> =>
  new Promise((resolve) => {
    const text = JSON.stringify(body)
    const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" }
    const lost = (cause: Error): void => resolve({ status: 0, replayed: false, text: cause.message })
    const sent = httpRequest(node + path, { method: "POST", agent, headers, timeout: 60_000 }, (response) => {
      const parts: Array<Buffer> = []
      response.on("data", (part: Buffer) => parts.push(part))
      response.on("error", lost)
      response.on("end", () => {
        const replayed = response.headers["idempotent-replayed"] === "true"
        resolve({ status: response.statusCode ?? 0, replayed, text: Buffer.concat(parts).toString() })
      })
    })
    sent.on("timeout", () => sent.destroy(new Error("no answer within a minute")))
    sent.on("error", lost)
    sent.end(text)
  })

const jobPath = process.argv[2]
if (process.argv[1] === import.meta.filename && jobPath !== undefined) {
  const job: StormJob = JSON.parse(readFileSync(jobPath, "utf8"))
  writeFileSync(outcomesFile(jobPath), JSON.stringify(await run(job)))
}
