/** A process of the cluster as others treat it: it can be killed, frozen, and started again at the same address. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"

export type ClusterProcess = {
  /** `http://127.0.0.1:PORT`, the same after a restart. */
  readonly address: string
  /** Of the process that runs now, or ran last. */
  readonly pid: number
  /** What all of them have printed, the last 64 KiB. */
  readonly output: () => string
  /** SIGKILL: it has no time for anything. Resolves when it is gone. */
  readonly kill: () => Promise<void>
  /** SIGSTOP: it stands still, and does not know it. */
  readonly pause: () => void
  /** SIGCONT. */
  readonly resume: () => void
  /** Starts it again, on what is left of it; one that still runs is killed first. Resolves when it is ready. */
  readonly restart: () => Promise<void>
  /** SIGTERM, and SIGKILL for one that does not end. */
  readonly stop: () => Promise<void>
}

export type Script = "node" | "bank"

export type ProcessOptions = {
  readonly script: Script
  /** The file that is run instead of the script's own. */
  readonly file?: string
  readonly environment: (port: number) => { readonly [variable: string]: string }
  /** Gets what it prints after it is ready, line by line. */
  readonly onLine: (line: string) => void
}

type Child = { readonly process: ChildProcess; readonly exited: Promise<unknown>; readonly address: string }

const outputMax = 64 * 1024
const stopLimitMs = 15_000

/** Starts a process and waits until it is ready. Rejects with what it said where it ends before. */
export const startProcess = async (options: ProcessOptions): Promise<ClusterProcess> => {
  const { script, file = scriptFile(script), environment, onLine } = options
  let output = ""
  const print = (text: string): void => {
    output = (output + text).slice(-outputMax)
  }
  const start = (port: number): Promise<Child> => startChild(file, environment(port), print, onLine)
  let child = await start(0)
  const { address } = child
  const kill = async (): Promise<void> => {
    child.process.kill("SIGKILL")
    await child.exited
  }
  return {
    address,
    get pid() {
      return child.process.pid ?? 0
    },
    output: () => output,
    kill,
    pause: () => void child.process.kill("SIGSTOP"),
    resume: () => void child.process.kill("SIGCONT"),
    restart: async () => {
      await kill()
      child = await start(Number.parseInt(new URL(address).port, 10))
    },
    stop: async () => {
      const late = setTimeout(() => child.process.kill("SIGKILL"), stopLimitMs)
      child.process.kill("SIGTERM")
      // One that stands still hears nothing.
      child.process.kill("SIGCONT")
      await child.exited
      clearTimeout(late)
    }
  }
}

/** Where a script's source is. */
export const scriptFile = (script: Script): string => fileURLToPath(new URL(`./${script}.ts`, import.meta.url))

const startChild = async (
  file: string,
  environment: { readonly [variable: string]: string },
  print: (text: string) => void,
  onLine: (line: string) => void
): Promise<Child> => {
  const child = spawn(process.execPath, ["--conditions=source", file], {
    // Nothing of this process's environment, so that a cluster is the same wherever it is started.
    env: {
      PATH: process.env["PATH"],
      NODE_COMPILE_CACHE: join(tmpdir(), "paykernel-compile-cache"),
      ...environment
    },
    // The channel is how it notices that we are gone.
    stdio: ["ignore", "pipe", "pipe", "ipc"]
  })
  const exited = once(child, "close")
  let printed = ""
  let isReady = false
  const ready = new Promise<string>((resolve) => {
    const read = (chunk: Buffer): void => {
      print(chunk.toString())
      const lines = (printed + chunk.toString()).split("\n")
      printed = lines.pop() ?? ""
      for (const line of lines) {
        const address = /^paykernel \w+ listening on (\S+)$/u.exec(line)?.[1]
        if (isReady || address === undefined) onLine(line)
        else resolve(address)
        isReady ||= address !== undefined
      }
    }
    child.stdout?.on("data", read)
    child.stderr?.on("data", read)
  })
  const address = await Promise.race([
    ready,
    exited.then(([code, signal]) => Promise.reject(new Error(`${basename(file)} ended with ${code ?? signal}`)))
  ])
  return { process: child, exited, address }
}
