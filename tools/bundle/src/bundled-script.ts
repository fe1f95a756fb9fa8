/**
 * A script as one file. Tests start servers some hundred times, and reading one from a thousand source files is most of
 * what a start costs. The file is named by what it was made of, so whoever finds it need not ask how old it is.
 */
import { createHash, randomUUID } from "node:crypto"
import { existsSync, globSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import { rolldown } from "rolldown"

const root = resolve(import.meta.dirname, "../../..")

/** The path of the bundle of `source`, a file in a package's `src`; it is made if nobody has made it yet. */
export const bundledScript = async (source: string): Promise<string> => {
  // Within the package, where the script's own dependencies are found.
  const folder = resolve(dirname(source), "../node_modules/.cache/paykernel")
  const name = basename(source, ".ts")
  const path = join(folder, `${name}-${digestOfSources()}.mjs`)
  if (existsSync(path)) return path
  mkdirSync(folder, { recursive: true })
  const unfinished = join(folder, `${randomUUID()}.mjs`)
  const bundle = await rolldown({
    input: source,
    platform: "node",
    resolve: { conditionNames: ["source", "node", "import", "default"] },
    external: [/^node:/u, "better-sqlite3", "pg"],
    logLevel: "silent"
  })
  await bundle.write({ file: unfinished, format: "esm", codeSplitting: false })
  await bundle.close()
  // Several may have made the same: whoever comes last puts it in the place of an equal one.
  renameSync(unfinished, path)
  removeOlder(folder, name, path)
  return path
}

const digestOfSources = (): string => {
  const sources = globSync(["{packages,examples}/*/src/**/*.ts", "pnpm-lock.yaml"], { cwd: root })
  const digest = createHash("sha256")
  for (const path of sources.sort()) {
    const { mtimeMs, size } = statSync(join(root, path))
    digest.update(`${path} ${mtimeMs} ${size}\n`)
  }
  return digest.digest("hex").slice(0, 32)
}

/** What tests that run at this moment may still start from is left. */
const removeOlder = (folder: string, name: string, path: string): void => {
  for (const old of globSync(`${name}-*.mjs`, { cwd: folder })) {
    const ageMs = Date.now() - statSync(join(folder, old)).mtimeMs
    if (join(folder, old) !== path && ageMs > 3_600_000) rmSync(join(folder, old), { force: true })
  }
}
