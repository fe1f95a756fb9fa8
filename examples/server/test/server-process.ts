/** The server as a stranger meets it: a process of its own, known by what it prints and answers. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { bundledScript } from "@paykernel/test-bundle"

export type ServerProcess = {
  readonly address: string
  readonly process: ChildProcess
  /** Everything that it has printed so far, to either stream. */
  readonly output: () => string
  /** Sends a signal and resolves when the process is gone. */
  readonly stop: (signal: NodeJS.Signals) => Promise<{ readonly code: number | null; readonly signal: string | null }>
}

export type ServerEnvironment = { readonly [variable: string]: string }

/** What `pnpm start` runs. */
export const sourceOfServer = fileURLToPath(new URL("../src/main.ts", import.meta.url))

/** A directory that is gone when the test is over. */
export const scratchDirectory = (): { readonly path: string; readonly remove: () => void } => {
  const path = mkdtempSync(join(tmpdir(), "paykernel-server-"))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** A port that was free a moment ago, for servers that must come back at the same address. */
export const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, "127.0.0.1")
  await once(probe, "listening")
  const address = probe.address()
  probe.close()
  await once(probe, "close")
  if (address === null || typeof address === "string") throw new Error("no port")
  return address.port
}

/** Starts the server in a directory, without anything of this process's environment, and waits for all that it says at first. */
export const startProcess = async (
  directory: string,
  environment: ServerEnvironment = {},
  script?: string
): Promise<ServerProcess> => {
  const child = launch(script ?? (await bundledScript(sourceOfServer)), directory, environment)
  const exited = once(child, "exit")
  let printed = ""
  const ready = new Promise<string>((resolve) => {
    const read = (chunk: Buffer): void => {
      printed += chunk.toString()
      const address = /^paykernel listening on (\S+)\n(?:.+\n){0,2}Try it:/mu.exec(printed)?.[1]
      if (address !== undefined) resolve(address)
    }
    child.stdout?.on("data", read)
    child.stderr?.on("data", read)
  })
  const address = await Promise.race([
    ready,
    exited.then(([code]) => Promise.reject(new Error(`the server ended with ${code}:\n${printed}`)))
  ])
  return {
    address,
    process: child,
    output: () => printed,
    stop: async (signal) => {
      child.kill(signal)
      const [code, by] = await exited
      return { code, signal: by }
    }
  }
}

/** Starts the server where it is expected to refuse, and gives what it said. */
export const startRefused = async (
  directory: string,
  environment: ServerEnvironment
): Promise<{ readonly code: number | null; readonly output: string }> => {
  const child = launch(await bundledScript(sourceOfServer), directory, environment)
  let output = ""
  child.stdout?.on("data", (chunk: Buffer) => {
    output += chunk.toString()
  })
  child.stderr?.on("data", (chunk: Buffer) => {
    output += chunk.toString()
  })
  const [code] = await once(child, "close")
  return { code, output }
}

const launch = (script: string, directory: string, environment: ServerEnvironment): ChildProcess =>
  spawn(process.execPath, ["--conditions=source", script], {
    cwd: directory,
    env: {
      PATH: process.env["PATH"],
      // Compiled code is kept between starts, which come by the dozen here.
      NODE_COMPILE_CACHE: join(tmpdir(), "paykernel-compile-cache"),
      PORT: "0",
      PAYKERNEL_SANDBOX_LATENCY_MS: "2",
      ...environment
    },
    stdio: ["ignore", "pipe", "pipe"]
  })
