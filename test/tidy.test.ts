/** Rules of the house that no type checker or linter sees: which way imports point, what the pure core may not touch. */
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { dirname, normalize, resolve } from "node:path"
import { describe, expect, it } from "vitest"

const root = resolve(import.meta.dirname, "..")

// Files that git knows or would add: what a clone gets.
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8"
})
  .split("\n")
  // A file that was removed and not yet committed is still known to git.
  .filter((file) => file !== "" && existsSync(resolve(root, file)))
  .sort()

const read = (file: string): string => readFileSync(resolve(root, file), "utf8")
const isTest = (file: string): boolean =>
  /\.(?:test|property\.test|suite|typetest)\.ts$/u.test(file) || /\/test\//u.test(file)
const library = files.filter((file) => /^packages\/[^/]+\/src\/.*\.ts$/u.test(file))
const production = library.filter((file) => !isTest(file) && !file.includes("/src/testing/"))

/** Specifiers of all static and dynamic imports, with whether only types cross. */
const importsOf = (file: string): ReadonlyArray<string> =>
  [
    ...read(file).matchAll(
      /(?:^|\n)\s*(?:import|export)\s[^"';]*?from\s+"([^"]+)"|import\(\s*"([^"]+)"\s*\)|(?:^|\n)import\s+"([^"]+)"/gu
    )
  ].map((match) => match[1] ?? match[2] ?? match[3] ?? "")

const resolved = (file: string, specifier: string): string =>
  specifier.startsWith(".") ? normalize(`${dirname(file)}/${specifier}`) : specifier

const offenders = (
  among: ReadonlyArray<string>,
  offends: (file: string, target: string, specifier: string) => boolean
): ReadonlyArray<string> =>
  among.flatMap((file) =>
    importsOf(file)
      .filter((specifier) => offends(file, resolved(file, specifier), specifier))
      .map((specifier) => `${file} imports ${specifier}`)
  )

const core = "packages/core/src/"
const aggregateRooms = [
  ...["attempt", "card", "payment", "checkout", "merchant", "settlement", "endpoint", "delivery"],
  ...["intent", "deposit", "intent-refund"],
  ...["quote", "cross-border", "onchain", "rfi", "payout-refund", "ticket"]
]
const domainRooms = ["money", "fees", "ledger", "idempotency", "requirement", ...aggregateRooms]
const isDomain = (file: string): boolean =>
  [`${core}machine.ts`, `${core}decision.ts`].includes(file) ||
  domainRooms.some((room) => file.startsWith(`${core}${room}/`))

/** Entry points whose name says that they need Node. */
const nodeOnly = [`${core}vault/file-key-ring.ts`, `${core}simulator/file-journal.ts`, "packages/webhooks/src/node/"]

describe("imports show the architecture", () => {
  it("keeps the domain to itself and effect/Result", () => {
    const rooms = production.filter((file) => isDomain(file) && !file.endsWith(".schema.ts"))
    expect(rooms.length).toBeGreaterThan(30)
    expect(offenders(rooms, (_, target) => !(isDomain(target) || target === "effect/Result"))).toEqual([])
  })

  it("lets codecs know Schema and the domain, and nothing else", () => {
    const codecs = production.filter((file) => isDomain(file) && file.endsWith(".schema.ts"))
    const allowed = new Set(["effect/Schema", "effect/Effect", "effect/Result"])
    const known = (target: string): boolean =>
      isDomain(target) || /^effect\/Schema/u.test(target) || allowed.has(target)
    expect(offenders(codecs, (_, target) => !known(target))).toEqual([])
  })

  it("lets ports know the domain, and the application know ports and domain, but no adapter", () => {
    const inner = production.filter(
      (file) => file.startsWith(`${core}ports/`) || file.startsWith(`${core}application/`)
    )
    const adapters = ["memory", "simulator", "testing", "vault"].map((folder) => `${core}${folder}/`)
    expect(offenders(inner, (_, target) => adapters.some((folder) => target.startsWith(folder)))).toEqual([])
    const ports = inner.filter((file) => file.startsWith(`${core}ports/`))
    expect(offenders(ports, (_, target) => target.startsWith(`${core}application/`))).toEqual([])
  })

  it("reaches other packages through their published entry points", () => {
    const everywhere = files.filter((file) => file.endsWith(".ts"))
    const crosses = (file: string, target: string): boolean => {
      const own = /^(?:packages|examples)\/[^/]+\//u.exec(file)?.[0]
      const other = /^(?:packages|examples)\/[^/]+\//u.exec(target)?.[0]
      return other !== undefined && own !== other
    }
    expect(
      offenders(everywhere, (file, target) => crosses(file, target) || /^@paykernel\/[^/]+\/(?:src|dist)/u.test(target))
    ).toEqual([])
  })

  it("never takes the whole effect barrel, nor an unstable area outside adapters-http", () => {
    expect(offenders(library, (_, target) => target === "effect")).toEqual([])
    const unstable =
      /^effect\/(?:http|http-api|sql|persistence|workflow|cluster|observability|crypto|schema|ai|cli|rpc|socket)(?:\/|$)/u
    const stableOnly = library.filter((file) => !file.startsWith("packages/adapters-http/"))
    expect(offenders(stableOnly, (_, target) => unstable.test(target))).toEqual([])
  })

  it("needs nothing of Node outside the entry points named for it", () => {
    const anywhere = production.filter(
      (file) => !["packages/adapters-sql/", ...nodeOnly].some((path) => file.startsWith(path))
    )
    expect(offenders(anywhere, (_, target) => target.startsWith("node:"))).toEqual([])
    expect(anywhere.filter((file) => /\bBuffer\./u.test(read(file)))).toEqual([])
  })
})

describe("the judge of the four books", () => {
  const home = "tools/four-books/src/"
  const parts = files.filter((file) => file.startsWith(home))
  const isForeign = (target: string): boolean =>
    !target.startsWith(home) && !/^node:/u.test(target) && !["better-sqlite3", "pg"].includes(target)

  it("shares no code with what it judges: what it imports is its own, or reads files and databases", () => {
    const books = ["bank-book", "client-journal", "database-book", "answer-check", "ledger-check", "four-books"]
    expect(parts).toEqual(expect.arrayContaining(books.map((book) => `${home}${book}.ts`)))
    expect(offenders(parts, (_, target) => isForeign(target))).toEqual([])
  })

  it("names none of it as a dependency either, by whose name it could come in", () => {
    const { dependencies, devDependencies } = JSON.parse(read("tools/four-books/package.json")) as {
      readonly [kind: string]: object | undefined
    }
    const named = Object.keys({ ...dependencies, ...devDependencies })
    expect(named.filter((name) => isForeign(name.replace(/^@types\//u, "")))).toEqual([])
  })
})

describe("the core is pure", () => {
  it("reads no clock, no randomness and no environment", () => {
    const banned =
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandomUUID\(|\bprocess\.env\b|\bconsole\.(?:log|error|warn)\(/u
    // The system clock is the one adapter whose business the time is. A database server is waited for in real time,
    // whatever the kernel's clock says, by nodes that must tell their batches and their words apart.
    const server = ["nudges", "reading", "writer"].map(
      (part) => `packages/adapters-sql/src/postgres/postgres-${part}.ts`
    )
    const allowed = [`${core}application/system.ts`, ...server]
    expect(production.filter((file) => !allowed.includes(file) && banned.test(read(file)))).toEqual([])
  })

  it("keeps floats away from money", () => {
    const floats = /\bparseFloat\(|\bNumber\([a-zA-Z.]*(?:[aA]mount|minor)/u
    expect(production.filter((file) => floats.test(read(file)))).toEqual([])
  })
})

describe("files are one concept each", () => {
  it("are short enough to read at once", () => {
    const long = production.filter((file) => !file.endsWith("iso-4217.ts") && read(file).split("\n").length > 320)
    expect(long).toEqual([])
  })

  it("lie in folders that can be taken in at a glance", () => {
    const folders = Map.groupBy(production, dirname)
    expect([...folders].filter(([, inside]) => inside.length > 40).map(([folder]) => folder)).toEqual([])
  })

  it("have names that say something", () => {
    const empty = /(?:^|\/)(?:utils?|helpers?|common|misc|manager|base|impl)(?:\/|\.ts$)/u
    expect(files.filter((file) => empty.test(file))).toEqual([])
  })

  it("write every regular expression with the u flag", () => {
    const literals = /[=(,:!&|?]\s*\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/([dgimsuvy]*)/gu
    const without = library.flatMap((file) =>
      [...read(file).matchAll(literals)]
        .filter((match) => !/[uv]/u.test(match[1] ?? ""))
        .map((match) => `${file}: ${match[0]}`)
    )
    expect(without).toEqual([])
  })

  it("leave nothing unfinished or silenced", () => {
    const marks =
      /\b(?:TODO|FIXME|HACK)\b|@ts-(?:ignore|nocheck)|biome-ignore|\bas any\b|: any\b(?! [a-z])|as unknown as|\.only\(/u
    const sources = files.filter((file) => file.endsWith(".ts") && file !== "test/tidy.test.ts")
    expect(sources.filter((file) => marks.test(read(file)))).toEqual([])
  })
})
