/**
 * A PostgreSQL server of one's own, on a free port and in a folder of its own, that can be treated badly: stopped at
 * once, killed, started again on the same data.
 */
import { execFile } from "node:child_process"
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { type Binaries, findBinaries } from "./binaries.ts"

export type PostgresOptions = {
  /** Made for the server when absent, and removed at its end. Must be empty otherwise. */
  readonly directory?: string
  /** Server settings, such as `{ fsync: "off" }`. */
  readonly settings?: { readonly [name: string]: string | number }
}

export type StopMode = "fast" | "immediate"

export type PostgresServer = {
  /** Of the superuser and the database `postgres`. */
  readonly url: string
  readonly port: number
  readonly directory: string
  readonly postmasterPid: () => number
  readonly start: () => Promise<void>
  readonly stop: (mode: StopMode) => Promise<void>
  /** Stops it if it runs, and removes what was made for it. */
  readonly close: () => Promise<void>
}

const run = promisify(execFile)

/** Makes a database cluster and starts a server on it. */
export const startPostgres = async (options: PostgresOptions = {}): Promise<PostgresServer> => {
  const binaries = findBinaries()
  const { uid, gid } = binaries.asUser
  const home = options.directory ?? mkdtempSync(join(tmpdir(), "paykernel-postgres-"))
  if (uid !== undefined && gid !== undefined) chownSync(home, uid, gid)
  chmodSync(home, 0o700)
  const directory = join(home, "data")
  const port = await freePort()
  const close = async (): Promise<void> => {
    await stop(binaries, directory, "immediate").catch(() => {})
    if (options.directory === undefined) rmSync(home, { recursive: true, force: true })
  }
  try {
    await pg(binaries, binaries.initdb, [
      `--pgdata=${directory}`,
      "--username=postgres",
      "--auth=trust",
      "--encoding=UTF8",
      "--locale=C",
      "--no-sync"
    ])
    await start(binaries, directory, port, home, options.settings ?? {})
  } catch (error) {
    await close()
    throw error
  }
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    port,
    directory,
    postmasterPid: () => postmasterPid(directory),
    start: () => start(binaries, directory, port, home, options.settings ?? {}),
    stop: (mode) => stop(binaries, directory, mode),
    close
  }
}

const start = async (
  binaries: Binaries,
  directory: string,
  port: number,
  home: string,
  settings: NonNullable<PostgresOptions["settings"]>
): Promise<void> => {
  const all = { listen_addresses: "127.0.0.1", port, unix_socket_directories: "", max_connections: 200, ...settings }
  const flags = Object.entries(all).map(([name, value]) => `-c ${name}='${value}'`)
  const log = join(home, "log")
  await pg(binaries, binaries.pgCtl, ["start", "-w", "-t", "60", "-D", directory, "-l", log, "-o", flags.join(" ")])
}

const stop = (binaries: Binaries, directory: string, mode: StopMode): Promise<void> =>
  pg(binaries, binaries.pgCtl, ["stop", "-w", "-t", "60", "-D", directory, "-m", mode])

/** Neither program may keep the pipes of ours: the server would hold them open for its life. */
const pg = async ({ asUser }: Binaries, program: string, parameters: ReadonlyArray<string>): Promise<void> => {
  await run(program, [...parameters], { ...asUser, cwd: tmpdir(), env: { ...process.env, LC_ALL: "C" } })
}

const postmasterPid = (directory: string): number =>
  Number.parseInt(readFileSync(join(directory, "postmaster.pid"), "utf8"), 10)

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on("error", reject)
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address()
      probe.close(() => (typeof address === "object" && address !== null ? resolve(address.port) : reject()))
    })
  })
