/** Every example in a docstring runs, in the scope of its own file and room, and gives what it says it gives. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, relative, resolve } from "node:path"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { fixturesOf } from "./doc-fixtures.ts"
import { programOf, type Scope } from "./example-code.ts"

const root = resolve(import.meta.dirname, "..")

type Example = { readonly file: string; readonly line: number; readonly code: string }

const sources = readdirSync(join(root, "packages"))
  .map((name) => join(root, "packages", name, "src"))
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)))
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
  .map((path) => ({ file: relative(root, path).replaceAll("\\", "/"), text: readFileSync(path, "utf8") }))
  .sort((a, b) => (a.file < b.file ? -1 : 1))

/** From its tag to the end of the comment, which is where an example stands. */
const examplesIn = ({ file, text }: (typeof sources)[number]): ReadonlyArray<Example> =>
  [...text.matchAll(/^ *\* @example\n(?<lines>(?: *\*(?!\/).*\n)+)/gmu)].map((match) => ({
    file,
    line: text.slice(0, match.index).split("\n").length + 1,
    code: (match.groups?.["lines"] ?? "").replaceAll(/^ *\* ?/gmu, "").trimEnd()
  }))

const examples = sources.flatMap(examplesIn)

/** An example of a suite declares tests, so it runs while tests are declared. */
const isSuite = ({ code }: Example): boolean => /^describe[A-Z]/u.test(code)

/** An example that states no result may still check itself. */
const checksItself = ({ code }: Example): boolean => /\.then\w*\(|\bassert\(/u.test(code)

const titleOf = ({ file, line }: Example): string => `${file}:${line}`

/** What the file and its room export, over what the fixtures give. */
const scopeOf = async (file: string): Promise<Scope> => {
  const room = join(root, dirname(file), "index.ts")
  const inRoom = sources.some((source) => join(root, source.file) === room) ? await moduleOf(room) : {}
  return { ...(await fixturesOf(file)), ...inRoom, ...(await moduleOf(join(root, file))) }
}

const moduleOf = async (path: string): Promise<Scope> => ({ ...(await import(/* @vite-ignore */ path)) })

const run = async (example: Example): Promise<void> =>
  programOf({ source: example.code, name: titleOf(example) }).run(await scopeOf(example.file))

/** Examples write files where they are, so each is somewhere else. */
const somewhereElse = async (task: () => Promise<void>): Promise<void> => {
  const home = process.cwd()
  const folder = mkdtempSync(join(tmpdir(), "example-"))
  process.chdir(folder)
  try {
    await task()
  } finally {
    process.chdir(home)
    rmSync(folder, { recursive: true, force: true })
  }
}

describe("code in documentation", () => {
  const outcomeOf = (source: string): Promise<string> =>
    programOf({ source, name: "page" })
      .run({ one: 1n, Result })
      .then(
        () => "holds",
        (error: Error) => error.name
      )

  it.each([
    ["one // => 1n", "holds"],
    ["one // => 2n", "AssertionError"],
    ["one\n  + one // => 2n", "holds"],
    ["one\n// => 2n", "AssertionError"],
    ["[one, {\n  a: one\n}] // => [1n,\n//   { a: 1n }\n// ]", "holds"],
    ["[one] // => [\n//   2n\n// ]", "AssertionError"],
    ["const two: bigint = one + one\ntwo // => 2n", "holds"],
    ["const one = 3\none // => 3", "holds"],
    ["await Promise.resolve(one) // => 1n", "holds"],
    ["Result.succeed(one) // => Result.succeed(1n)", "holds"],
    ["Result.succeed(one) // => Result.fail(1n)", "AssertionError"],
    ["absent // => 1n", "ReferenceError"],
    ['import { x } from "somewhere"', "Error"]
  ])("%j %s", async (source, outcome) => {
    expect(await outcomeOf(source)).toBe(outcome)
  })

  it("says that it cannot be read", () => {
    expect(() => programOf({ source: "one // => failure { a: 1 }", name: "page" })).toThrow(SyntaxError)
    expect(() => programOf({ source: "one // => 1n\n// => 1n", name: "page" })).toThrow(SyntaxError)
  })
})

describe("examples in docstrings", () => {
  it("are all found", () => {
    const tags = sources.flatMap(({ text }) => text.match(/^\s*\*\s*@example\b/gmu) ?? [])
    expect(examples.length).toBe(tags.length)
    expect(examples.length).toBeGreaterThan(80)
  })

  it("each state a result, or check themselves", () => {
    const idle = examples.filter(
      (example) =>
        !isSuite(example) &&
        !checksItself(example) &&
        programOf({ source: example.code, name: titleOf(example) }).claims === 0
    )
    expect(idle.map(titleOf).join("\n")).toBe("")
  })

  for (const example of examples.filter((one) => !isSuite(one))) {
    it(titleOf(example), () => somewhereElse(() => run(example)))
  }
})

for (const example of examples.filter(isSuite)) describe(titleOf(example), () => run(example))
