/**
 * The pages tell the truth. The `ts` blocks of a page are one program, from top to bottom; a block marked `ts test` is a
 * test file. Both import published entry points only, are type checked under the rules of this repository, and run.
 */
import { execFileSync } from "node:child_process"
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { freshDatabase } from "@paykernel/test-postgres"
import { describe, expect, it } from "vitest"
import { capabilitiesJson, capabilitiesPage } from "../docs/capabilities.ts"
import { importsPage } from "../docs/imports.ts"
import { stateMachinesPage } from "../docs/state-machines.ts"
import { programOf } from "./example-code.ts"

const root = resolve(import.meta.dirname, "..")

type Page = { readonly path: string; readonly text: string }

const pages: ReadonlyArray<Page> = globSync(["README.md", "docs/*.md", "packages/*/README.md"], { cwd: root })
  .sort()
  .map((path) => ({ path: path.replaceAll("\\", "/"), text: readFileSync(join(root, path), "utf8") }))

const blocksOf = ({ text }: Page, kind: "ts" | "ts test"): ReadonlyArray<string> =>
  [...text.matchAll(/^```(?<info>[^\n]*)\n(?<code>[\s\S]*?)^```$/gmu)]
    .filter(({ groups }) => groups?.["info"] === kind)
    .map(({ groups }) => groups?.["code"] ?? "")

const entryPoints = new Set(
  globSync("packages/*/package.json", { cwd: root }).flatMap((path) => {
    const { name, exports } = JSON.parse(readFileSync(join(root, path), "utf8")) as {
      readonly name: string
      readonly exports: object
    }
    return Object.keys(exports).map((entry) => entry.replace(".", name))
  })
)

const isPublished = (specifier: string): boolean =>
  entryPoints.has(specifier) || /^(?:effect\/\w+|node:[\w/]+|better-sqlite3|fast-check|vitest)$/u.test(specifier)

const importing = (specifier: string): Promise<unknown> => {
  if (!isPublished(specifier)) throw new Error(`a page imports ${specifier}, which no reader could`)
  return import(/* @vite-ignore */ specifier)
}

/** What a page stores, it stores in a folder or a database of its own. */
const inOwnFolder = async (task: () => Promise<void>): Promise<void> => {
  const home = process.cwd()
  const folder = mkdtempSync(join(tmpdir(), "page-"))
  const given = process.env["DATABASE_URL"] ?? ""
  const database = await freshDatabase()
  process.env["DATABASE_URL"] = database.url
  process.chdir(folder)
  try {
    await task()
  } finally {
    process.chdir(home)
    process.env["DATABASE_URL"] = given
    await database.drop()
    rmSync(folder, { recursive: true, force: true })
  }
}

describe("code on pages", () => {
  for (const page of pages) {
    const blocks = blocksOf(page, "ts")
    if (blocks.length === 0) continue
    it(`${page.path} runs`, () =>
      inOwnFolder(() => programOf({ source: blocks.join("\n"), name: page.path, importing }).run()))
  }

  it("is type checked", () => {
    const folder = join(root, "node_modules/.cache/paykernel-pages")
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    const files = pages.flatMap((page) => [
      ...blocksOf(page, "ts test"),
      ...(blocksOf(page, "ts").length > 0 ? [blocksOf(page, "ts").join("\n")] : [])
    ])
    files.forEach((text, place) => {
      writeFileSync(join(folder, `page-${place}.ts`), `${text}\nexport {}\n`)
    })
    const unused = { noUnusedLocals: false, noUnusedParameters: false }
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ extends: join(root, "tsconfig.json"), compilerOptions: unused, include: ["*.ts"], exclude: [] })
    )
    expect(typeErrors(folder)).toBe("")
  })
})

const typeErrors = (folder: string): string => {
  try {
    execFileSync(join(root, "node_modules/.bin/tsc"), ["-p", folder], { encoding: "utf8", stdio: "pipe" })
    return ""
  } catch (error) {
    return (error as { readonly stdout: string }).stdout
  }
}

for (const page of pages) {
  for (const [place, source] of blocksOf(page, "ts test").entries()) {
    const name = `${page.path}, test ${place + 1}`
    describe(name, () => programOf({ source, name, importing }).run())
  }
}

describe("pages", () => {
  for (const { path, text } of pages) {
    it(`${path} links to what is there`, () => {
      const links = [...text.matchAll(/\]\((?!https?:|#)(?<to>[^)#\s]+)(?:#[^)]*)?\)/gu)].map(
        ({ groups }) => groups?.["to"] ?? ""
      )
      expect(links.filter((to) => !existsSync(join(root, dirname(path), to)))).toEqual([])
    })
  }

  it("that are generated are what the source says now; if not: pnpm docs:generate", () => {
    const generated = {
      "docs/capabilities.md": capabilitiesPage(),
      "docs/capabilities.generated.json": capabilitiesJson(),
      "docs/imports.md": importsPage(),
      "docs/state-machines.md": stateMachinesPage()
    }
    for (const [path, text] of Object.entries(generated))
      expect(readFileSync(join(root, path), "utf8"), path).toBe(text)
  })
})
