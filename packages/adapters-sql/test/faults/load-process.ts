/** Processes of the load. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { StoreLimits } from "../open-store.ts"
import { type Line, readJournal } from "./journal.ts"

export type LoadConfig = {
  /** `postgres://…`, or `sqlite:` and a path. */
  readonly url: string
  readonly name: string
  readonly journal: string
  readonly callers: number
  readonly payments: "own" | "shared"
  /** Of each caller after each payment. */
  readonly pauseMs: number
  readonly limits: StoreLimits
}

export type LoadProcess = {
  /** Commits that it has been answered so far. */
  readonly acknowledged: () => number
  /** Commits of which it was told that the store cannot answer. */
  readonly unavailable: () => number
  readonly signal: (name: "SIGSTOP" | "SIGCONT" | "SIGKILL") => void
  /** Lets it finish what it has begun. Rejects where it failed. */
  readonly stop: () => Promise<void>
  readonly lines: () => ReadonlyArray<Line>
}

const running: Array<() => Promise<void>> = []

/** Kills whatever still runs, and removes the journals. For the end of a test. */
export const endLoads = async (): Promise<void> => {
  for (const end of running.splice(0)) await end()
}

/** Resolves when its store is open. */
export const startLoad = async (
  url: string,
  name: string,
  options: Partial<Omit<LoadConfig, "url" | "name" | "journal">> = {}
): Promise<LoadProcess> => {
  const directory = mkdtempSync(join(tmpdir(), "paykernel-load-"))
  const journal = join(directory, `${name}.jsonl`)
  const config: LoadConfig = { url, name, journal, callers: 6, payments: "own", pauseMs: 5, limits: {}, ...options }
  const script = fileURLToPath(new URL("load.ts", import.meta.url))
  const child = spawn(process.execPath, ["--conditions=source", script, JSON.stringify(config)], {
    stdio: ["pipe", "pipe", "pipe"]
  })
  const ended = endOf(child, name)
  running.push(async () => {
    child.kill("SIGKILL")
    await ended.catch(() => {})
    rmSync(directory, { recursive: true, force: true })
  })
  await Promise.race([once(child.stdout, "data"), ended])
  return {
    acknowledged: countOf(journal, `"outcome":"Committed"`),
    unavailable: countOf(journal, `"outcome":"StoreUnavailable"`),
    signal: (signal) => void child.kill(signal),
    stop: () => {
      child.stdin.end()
      return ended
    },
    lines: () => readJournal(journal)
  }
}

const endOf = async (child: ChildProcess, name: string): Promise<void> => {
  let complaints = ""
  child.stderr?.on("data", (chunk: Buffer) => {
    complaints += chunk.toString()
  })
  const [code, signal] = await once(child, "close")
  if (code !== 0 && signal !== "SIGKILL") throw new Error(`the load ${name} ended with ${code}: ${complaints}`)
}

/** How often a text stands in a file that grows, reading each byte once. */
const countOf = (path: string, text: string): (() => number) => {
  let offset = 0
  let rest = ""
  let count = 0
  const chunk = Buffer.alloc(1 << 20)
  return () => {
    const file = openSync(path, "r")
    for (let read = 1; read > 0; offset += read) {
      read = readSync(file, chunk, 0, chunk.length, offset)
      const lines = (rest + chunk.toString("utf8", 0, read)).split("\n")
      rest = lines.pop() ?? ""
      count += lines.filter((line) => line.includes(text)).length
    }
    closeSync(file)
    return count
  }
}
