/** What packages need is what they say they need; and there is one effect, because two would not know each other. */
import { readdirSync, readFileSync } from "node:fs"
import { builtinModules } from "node:module"
import { dirname, join, resolve } from "node:path"
import { describe, expect, it } from "vitest"

const root = resolve(import.meta.dirname, "..")

type Dependencies = { readonly [name: string]: string }

type Manifest = {
  readonly name: string
  readonly version: string
  readonly exports: { readonly [path: string]: { readonly source: string } }
  readonly dependencies?: Dependencies
  readonly devDependencies?: Dependencies
  readonly peerDependencies?: Dependencies
  readonly peerDependenciesMeta?: { readonly [name: string]: { readonly optional: boolean } }
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest

const folders = readdirSync(join(root, "packages")).map((name) => join(root, "packages", name))

const importLine =
  /(?:^|\n)\s*(?:import|export)\s(?!type\s)[^"';]*?from\s+"(?<from>[^"]+)"|import\("(?<later>[^"]+)"\)/gu

/** Every specifier that is loaded with a file, those of the files it imports included. */
const loadedWith = (file: string, seen = new Set<string>()): ReadonlySet<string> => {
  for (const { groups } of readFileSync(file, "utf8").matchAll(importLine)) {
    const specifier = groups?.["from"] ?? groups?.["later"] ?? ""
    const target = specifier.startsWith(".") ? resolve(dirname(file), specifier) : specifier
    if (seen.has(target)) continue
    seen.add(target)
    if (target.startsWith("/")) loadedWith(target, seen)
  }
  return seen
}

const packagesLoadedWith = (file: string): ReadonlyArray<string> => {
  const specifiers = [...loadedWith(file)].filter((target) => !target.startsWith("/"))
  const packages = specifiers
    .filter((specifier) => !specifier.startsWith("node:") && !builtinModules.includes(specifier))
    .map((specifier) => /^(?:@[^/]+\/)?[^/]+/u.exec(specifier)?.[0] ?? specifier)
  return [...new Set(packages)].sort()
}

/** A peer that may be absent is loaded only by the entry point that is for it. */
const needs = (specifier: string, peer: string): boolean =>
  (specifier === "@paykernel/core/testing" && ["fast-check", "vitest"].includes(peer)) ||
  (specifier === "@paykernel/adapters-sql/sqlite" && peer === "better-sqlite3") ||
  (specifier === "@paykernel/adapters-sql/postgres" && peer === "pg")

describe("effect", () => {
  it("is installed once", () => {
    const copies = readdirSync(join(root, "node_modules/.pnpm")).filter((name) => /^effect@/u.test(name))
    expect(copies).toHaveLength(1)
  })

  it("is the host's to choose: a peer of every package, tested with the version installed", () => {
    const { version } = manifestOf(join(root, "node_modules/effect"))
    for (const folder of folders) {
      const manifest = manifestOf(folder)
      expect(manifest.peerDependencies, folder).toHaveProperty("effect")
      expect(manifest.dependencies ?? {}, folder).not.toHaveProperty("effect")
      expect(manifest.devDependencies, folder).toHaveProperty("effect", version)
    }
  })
})

describe("entry points load only what their package declares", () => {
  for (const folder of folders) {
    const { name, exports, dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = manifestOf(folder)
    for (const [path, { source }] of Object.entries(exports)) {
      const specifier = path.replace(".", name)
      const allowed = Object.keys({ ...dependencies, ...peerDependencies }).filter(
        (dependency) => peerDependenciesMeta[dependency]?.optional !== true || needs(specifier, dependency)
      )
      it(specifier, () => {
        const undeclared = packagesLoadedWith(join(folder, source)).filter((loaded) => !allowed.includes(loaded))
        expect(undeclared).toEqual([])
      })
    }
  }
})
