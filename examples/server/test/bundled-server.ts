/**
 * The server as one file. It starts some two hundred times in these tests, and reading it from a thousand source files is
 * most of what a start costs. The file is named by what it was made of, so whoever finds it need not ask how old it is.
 */
import { createHash, randomUUID } from "node:crypto"
import { existsSync, globSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs"
import { join, resolve } from "node:path"
import { rolldown } from "rolldown"

const root = resolve(import.meta.dirname, "../../..")

/** Where the server's own dependencies are found. */
const folder = resolve(import.meta.dirname, "../node_modules/.cache/paykernel-server")

/** The path of the bundle, which is made if nobody has made it yet. */
export const bundledServer = async (): Promise<string> => {
  const path = join(folder, `${digestOfSources()}.mjs`)
  if (existsSync(path)) return path
  mkdirSync(folder, { recursive: true })
  const unfinished = join(folder, `${randomUUID()}.mjs`)
  const bundle = await rolldown({
    input: resolve(import.meta.dirname, "../src/main.ts"),
    platform: "node",
    resolve: { conditionNames: ["source", "node", "import", "default"] },
    external: [/^node:/u, "better-sqlite3", "pg"],
    logLevel: "silent"
  })
  await bundle.write({ file: unfinished, format: "esm", codeSplitting: false })
  await bundle.close()
  // Several may have made the same: whoever comes last puts it in the place of an equal one.
  renameSync(unfinished, path)
  for (const old of globSync("*.mjs", { cwd: folder })) {
    const ageMs = Date.now() - statSync(join(folder, old)).mtimeMs
    if (join(folder, old) !== path && ageMs > 3_600_000) rmSync(join(folder, old), { force: true })
  }
  return path
}

const digestOfSources = (): string => {
  const sources = globSync(["packages/*/src/**/*.ts", "examples/server/src/*.ts", "pnpm-lock.yaml"], { cwd: root })
  const digest = createHash("sha256")
  for (const path of sources.sort()) {
    const { mtimeMs, size } = statSync(join(root, path))
    digest.update(`${path} ${mtimeMs} ${size}\n`)
  }
  return digest.digest("hex").slice(0, 32)
}
