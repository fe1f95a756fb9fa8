/** Everything that says nothing of Node in its name can be bundled for a browser, and needs nothing that it lacks. */
import { readFileSync } from "node:fs"
import { builtinModules } from "node:module"
import { join, resolve } from "node:path"
import { gzipSync } from "node:zlib"
import { type OutputChunk, type Plugin, type RolldownBuild, rolldown } from "rolldown"
import { parseAst } from "rolldown/parseAst"
import { describe, expect, it } from "vitest"

const packages = resolve(import.meta.dirname, "..", "packages")

/** Entry points that need Node, which is why they are entry points of their own. */
const forNode = new Set([
  "@paykernel/core/simulator/file-journal",
  "@paykernel/core/vault/file-key-ring",
  "@paykernel/webhooks/node",
  // A test runner is needed, not Node; but who bundles one?
  "@paykernel/core/testing"
])

type Manifest = { readonly name: string; readonly exports: object }

const entryPoints = ["core", "webhooks", "adapters-http"]
  .flatMap((folder) => {
    const { name, exports } = JSON.parse(readFileSync(join(packages, folder, "package.json"), "utf8")) as Manifest
    return Object.keys(exports).map((path) => path.replace(".", name))
  })
  .filter((specifier) => !forNode.has(specifier))

const isOfNode = (specifier: string): boolean => specifier.startsWith("node:") || builtinModules.includes(specifier)

type Bundle = {
  readonly asksNode: ReadonlyArray<string>
  readonly modules: ReadonlyArray<{ readonly id: string; readonly code: string }>
  readonly minified: string
}

/** Bundles everything that an entry point exports, and notes who asks for what Node alone has. */
const bundleOf = async (specifier: string): Promise<Bundle> => {
  const asksNode: Array<string> = []
  const everything: Plugin = {
    name: "everything",
    async resolveId(id, importer) {
      if (id === "everything") return "\0everything"
      if (!isOfNode(id)) return undefined
      // A package may say of a module of Node's that browsers do without it.
      const replaced = await this.resolve(id, importer, { skipSelf: true })
      if (replaced !== null && replaced.external === false) return replaced
      asksNode.push(`${id}, from ${importer}`)
      return { id, external: true }
    },
    load: (id) => (id === "\0everything" ? `export * from ${JSON.stringify(specifier)}` : undefined)
  }
  const bundle = await rolldown({
    input: "everything",
    platform: "browser",
    resolve: { conditionNames: ["source", "browser", "import"] },
    plugins: [everything],
    // A package that cannot be found would otherwise be left to the browser.
    onLog: (_, log) => {
      if (log.code === "UNRESOLVED_IMPORT") throw new Error(log.message)
    }
  })
  const [plain, small] = await Promise.all([chunkOf(bundle, false), chunkOf(bundle, true)])
  await bundle.close()
  const modules = Object.entries(plain.modules).map(([id, { code }]) => ({ id, code: code ?? "" }))
  return { asksNode, modules, minified: small.code }
}

const chunkOf = async (bundle: RolldownBuild, minify: boolean): Promise<OutputChunk> => {
  const { output } = await bundle.generate({ format: "esm", minify, codeSplitting: false })
  return output[0]
}

type Node = { readonly type: string; readonly [part: string]: unknown }

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && "type" in value

/** Names of a property or a key are not references. */
const namesOnly = new Map([
  ["MemberExpression", "property"],
  ["Property", "key"],
  ["MethodDefinition", "key"],
  ["PropertyDefinition", "key"]
])

/** How often code refers to something by this name. */
const references = (value: unknown, name: string): number => {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + references(item, name), 0)
  if (!isNode(value)) return 0
  if (value.type === "Identifier") return value["name"] === name ? 1 : 0
  const skipped = value["computed"] === true ? undefined : namesOnly.get(value.type)
  return Object.entries(value).reduce(
    (sum, [part, inner]) => (part === skipped ? sum : sum + references(inner, name)),
    0
  )
}

/** Looks first whether there is such a thing, or has one of its own. */
const copesWithout = (code: string, name: string): boolean =>
  new RegExp(`"${name}" in globalThis|typeof ${name}\\b|(?:const|let|var|function) ${name}\\b`, "u").test(code)

const globalsOfNode = ["Buffer", "require", "process", "__dirname", "setImmediate"]

/** What a module refers to that a browser has not. Code of ours has to do without, dependencies may cope. */
const missingIn = ({ id, code }: Bundle["modules"][number]): ReadonlyArray<string> =>
  globalsOfNode
    .filter((name) => code.includes(name) && references(parseAst(code).body, name) > 0)
    .filter((name) => id.startsWith(packages) || !copesWithout(code, name))
    .map((name) => `${name}, in ${id}`)

describe("in a browser", () => {
  it("counts what refers to a global, and nothing else", () => {
    const { body } = parseAst("Buffer.from(a.Buffer, { Buffer: Buffer }, b[Buffer], 'Buffer')")
    expect(references(body, "Buffer")).toBe(3)
  })

  it("finds what a module would miss", () => {
    const ours = join(packages, "core/src/x.ts")
    expect(missingIn({ id: ours, code: "typeof Buffer" })).toEqual([`Buffer, in ${ours}`])
    expect(missingIn({ id: "/x", code: "typeof Buffer" })).toEqual([])
    expect(missingIn({ id: "/x", code: "new ArrayBuffer(setImmediate)" })).toEqual(["setImmediate, in /x"])
  })

  for (const specifier of entryPoints) {
    it(`${specifier} runs`, async () => {
      const { asksNode, modules, minified } = await bundleOf(specifier)
      expect(asksNode).toEqual([])
      expect(modules.flatMap(missingIn)).toEqual([])
      const bytes = new TextEncoder().encode(minified)
      console.log(`${specifier}: ${kib(bytes.length)} minified, ${kib(gzipSync(bytes).length)} gzipped`)
    })
  }
})

const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`
