/** Three processes that take from the same limits at once: together they are allowed exactly what one would be. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"
import { engines } from "./engines.ts"
import { runScript } from "./run-script.ts"
import { contest } from "./take-rates.ts"

const names = ["a", "b", "c"]

describe.each(engines)("three processes on one database of $name", ({ database }) => {
  it("create its tables together, and are allowed as many takes of each key as the limit says", async () => {
    const url = await database()
    const meeting = mkdtempSync(join(tmpdir(), "paykernel-"))
    onTestFinished(() => rmSync(meeting, { recursive: true }))
    const printed = await Promise.all(
      names.map((name) => runScript("take-rates.ts", [url, meeting, name, names.join()]))
    )
    const told = printed.map((text) => JSON.parse(text) as ReadonlyArray<number>)
    const perKey = Array.from({ length: contest.keys }, (_, place) =>
      told.reduce((sum, allowed) => sum + (allowed[place] ?? 0), 0)
    )
    expect(perKey).toEqual(Array.from({ length: contest.keys }, () => contest.limit))
    console.log(
      `${contest.limit} takes of each key, by process: ${told.map((allowed) => allowed.join(" ")).join(" | ")}`
    )
  })
})
