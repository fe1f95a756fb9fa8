/**
 * The packages as they would be published: built, packed, judged by publint and are-the-types-wrong, and installed by a
 * stranger who type checks and runs them with plain Node. Takes minutes, so it belongs to the deep tier.
 */
import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const root = resolve(import.meta.dirname, "..")
const bin = join(root, "node_modules/.bin")
const isDeep = process.env["PAYKERNEL_DEEP"] !== undefined
const reason = isDeep ? "" : " (skipped: needs PAYKERNEL_DEEP)"

type Manifest = {
  readonly name: string
  readonly version: string
  readonly exports: { readonly [path: string]: { readonly [condition: string]: string } }
  readonly devDependencies: { readonly [name: string]: string }
}

const folders = readdirSync(join(root, "packages"))
const manifests = folders.map(
  (folder): Manifest => JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8"))
)
const tarballOf = ({ name, version }: Manifest): string => `${name.replace("@", "").replace("/", "-")}-${version}.tgz`
const entryPointsOf = ({ name, exports }: Manifest): ReadonlyArray<string> =>
  Object.keys(exports).map((path) => path.replace(".", name))

describe.skipIf(!isDeep)(`the packed packages${reason}`, () => {
  let folder = ""
  let consumer = ""

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "packed-"))
    consumer = join(folder, "consumer")
    // What an earlier build left behind must not be packed.
    for (const name of folders) rmSync(join(root, "packages", name, "dist"), { recursive: true, force: true })
    pnpm(root, "run", "build")
    for (const name of folders) pnpm(join(root, "packages", name), "pack", "--pack-destination", folder)
  }, 300_000)

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  for (const manifest of manifests) {
    describe(manifest.name, () => {
      it("has no complaint from publint", () => {
        expect(run(folder, join(bin, "publint"), "run", "--strict", tarballOf(manifest))).toContain("All good!")
      })

      it("has types that resolve wherever modules do", () => {
        run(folder, join(bin, "attw"), "--profile", "esm-only", "--format", "ascii", tarballOf(manifest))
      })

      it("holds what it is for and nothing else", () => {
        const files = run(folder, "tar", "-tzf", tarballOf(manifest)).trim().split("\n")
        const strangers = files.filter((file) => !/^package\/(?:dist\/.+\.(?:js|d\.ts)|[^/]+)$/u.test(file))
        expect(strangers).toEqual([])
        expect(files.filter((file) => /\.(?:test|typetest)\./u.test(file))).toEqual([])
        expect(files).toEqual(expect.arrayContaining(["package/LICENSE", "package/README.md", "package/package.json"]))
      })
    })
  }

  describe("at a stranger's", () => {
    beforeAll(() => {
      mkdirSync(consumer)
      install(consumer)
    }, 300_000)

    it("type check, their declarations included", () => {
      expect(typeErrors(consumer).filter((line) => !notOurs.test(line))).toEqual([])
    })

    it("run in plain Node", () => {
      const modules: unknown = JSON.parse(run(consumer, process.execPath, "main.ts"))
      expect(modules).toEqual(manifests.flatMap(entryPointsOf))
    })

    it("share one copy of effect", () => {
      const copies = readdirSync(join(consumer, "node_modules/.pnpm")).filter((name) => /^effect@/u.test(name))
      expect(copies).toHaveLength(1)
    })
  })
})

/** A project that depends on the tarballs and on nothing of this repository. */
const install = (consumer: string): void => {
  const tarballs = Object.fromEntries(manifests.map((manifest) => [manifest.name, `file:../${tarballOf(manifest)}`]))
  const peers = Object.assign({}, ...manifests.map(({ devDependencies }) => devDependencies))
  const { effect, vitest, "fast-check": fastCheck, "better-sqlite3": sqlite, pg } = peers
  const types = {
    "@types/node": rootVersion("@types/node"),
    "@types/better-sqlite3": rootVersion("@types/better-sqlite3"),
    "@types/pg": rootVersion("@types/pg")
  }
  const dependencies = { ...tarballs, effect, vitest, "fast-check": fastCheck, "better-sqlite3": sqlite, pg, ...types }
  const write = (name: string, text: string) => writeFileSync(join(consumer, name), text)
  write("package.json", JSON.stringify({ name: "consumer", private: true, type: "module", dependencies }))
  // The registry has none of these, so packages that depend on each other are told where to look.
  write("pnpm-workspace.yaml", JSON.stringify({ overrides: tarballs, allowBuilds: { "better-sqlite3": true } }))
  write("main.ts", program(manifests.flatMap(entryPointsOf)))
  write("tsconfig.json", JSON.stringify({ compilerOptions, files: ["main.ts"] }))
  pnpm(consumer, "install", "--prefer-offline")
}

/** OpenPGP.js 6 names a package in its declarations that it does not depend on. */
const notOurs = /^node_modules\/\.pnpm\/openpgp@.*Cannot find module '@openpgp\/web-stream-tools'|^$/u

const typeErrors = (folder: string): ReadonlyArray<string> => {
  try {
    return run(folder, join(bin, "tsc"), "-p", ".", "--pretty", "false").split("\n")
  } catch (error) {
    const { cause } = error as { readonly cause: { readonly stdout: string } }
    return cause.stdout.split("\n")
  }
}

const compilerOptions = {
  target: "es2024",
  lib: ["es2024", "dom", "dom.iterable", "esnext.disposable"],
  module: "nodenext",
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  types: ["node"]
}

const program = (entryPoints: ReadonlyArray<string>): string =>
  [
    ...entryPoints.map((specifier, place) => `import * as module${place} from "${specifier}"`),
    `const modules = { ${entryPoints.map((specifier, place) => `"${specifier}": module${place}`).join(", ")} }`,
    "const full = Object.entries(modules).filter(([, module]) => Object.keys(module).length > 0)",
    "console.log(JSON.stringify(full.map(([specifier]) => specifier)))"
  ].join("\n")

const rootVersion = (name: string): string | undefined =>
  (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest).devDependencies[name]

/** Without the conditions under which this repository runs its own sources. */
const run = (cwd: string, command: string, ...args: ReadonlyArray<string>): string => {
  try {
    return execFileSync(command, args, {
      cwd,
      encoding: "utf8",
      env: { ...process.env, NODE_OPTIONS: "" },
      stdio: "pipe"
    })
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { readonly stdout?: string; readonly stderr?: string }
    throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}\n${stderr}`, { cause: error })
  }
}

/** The same pnpm that runs this test, or any of the version that the README names. */
const pnpm = (cwd: string, ...args: ReadonlyArray<string>): string => {
  const running = process.env["npm_execpath"]
  return running?.includes("pnpm") === true ? run(cwd, running, ...args) : run(cwd, "npx", "-y", "pnpm@12", ...args)
}
