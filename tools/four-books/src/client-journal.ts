/** What a client asked and was answered, a line of JSON for each, in a file: the book of those who use the server. */
import { appendFileSync, readFileSync } from "node:fs"
import { isObject, parseJson } from "./json-reading.ts"

/** `answer` is `null` while nobody knows what became of the request. */
export type ClientEntry = {
  readonly key: string
  readonly path: string
  readonly body: unknown
  readonly answer: { readonly status: number; readonly text: string } | null
}

export type ClientJournal = {
  readonly asked: (entry: Omit<ClientEntry, "answer">) => void
  readonly answered: (entry: Omit<ClientEntry, "answer">, status: number, text: string) => void
  /** Requests with a 2xx answer, by key; the first answer of each. */
  readonly acknowledged: () => ReadonlyArray<ClientEntry & { readonly answer: NonNullable<ClientEntry["answer"]> }>
}

export const openClientJournal = (path: string): ClientJournal => {
  const write = (entry: ClientEntry): void => appendFileSync(path, `${JSON.stringify(entry)}\n`)
  return {
    asked: (entry) => write({ ...entry, answer: null }),
    answered: (entry, status, text) => write({ ...entry, answer: { status, text } }),
    acknowledged: () => {
      const first = new Map<string, ReturnType<ClientJournal["acknowledged"]>[number]>()
      for (const line of readFileSync(path, "utf8").split("\n")) {
        const entry = readEntry(line)
        const answer = entry?.answer ?? null
        if (entry === undefined || answer === null || answer.status >= 300 || first.has(entry.key)) continue
        first.set(entry.key, { ...entry, answer })
      }
      return [...first.values()]
    }
  }
}

const readEntry = (line: string): ClientEntry | undefined => {
  const value = parseJson(line)
  if (!isObject(value)) return undefined
  const { key, path, body, answer } = value
  if (typeof key !== "string" || typeof path !== "string")
    throw new Error("a line of the client's journal is unreadable")
  if (!isObject(answer)) return { key, path, body, answer: null }
  const { status, text } = answer
  if (typeof status !== "number" || typeof text !== "string") throw new Error("an answer without a status or a text")
  return { key, path, body, answer: { status, text } }
}
