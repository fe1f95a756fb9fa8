/**
 * Mutation testing of the core, room by room: small defects are planted one at a time, and the room's tests have to
 * fail for each. `pnpm mutation money fees` runs two rooms, `pnpm mutation` all of them, which takes hours the first
 * time; results are kept in .stryker/, so a room that has not changed is judged again within seconds, and an interrupted
 * run goes on after the last part that was finished. `--quick` leaves out the defects in what is computed while files
 * load. At the end test/mutation/survivors.md is written anew from all results that there are.
 */
import { Stryker } from "@stryker-mutator/core"
import { pathOfResults, type RoomResult, resultOf } from "./results.ts"
import { forgetWhatLoadsFirst, forgetWhereTestsChanged, survivorsOf } from "./results-to-forget.ts"
import { type Room, rooms } from "./rooms.ts"
import { reasonFor, writeSurvivors } from "./survivors.ts"

type Defects = "whereTestsRun" | "whereFilesLoad"

/** A room goes part by part, each of which leaves its results: an interruption costs the part in hand. */
const filesOfPart = 12

const mutate = async (room: Room, defects: Defects): Promise<void> => {
  for (let begin = 0; begin < room.files.length; begin += filesOfPart) {
    await mutatePart({ ...room, files: room.files.slice(begin, begin + filesOfPart) }, defects)
  }
}

const mutatePart = async ({ name, files, tests, fewerRuns }: Room, defects: Defects): Promise<void> => {
  process.env["PAYKERNEL_MUTATION_TESTS"] = tests.join(",")
  process.env["PAYKERNEL_MUTATION_FEWER_RUNS"] = String(fewerRuns)
  const stryker = new Stryker({
    mutate: [...files],
    testRunner: "vitest",
    plugins: ["@stryker-mutator/vitest-runner"],
    vitest: { configFile: "test/mutation/vitest.config.ts", related: false },
    coverageAnalysis: "perTest",
    ignoreStatic: defects === "whereTestsRun",
    // Only what the core's tests read goes into the copy that is mutated.
    ignorePatterns: [
      "**",
      "!package.json",
      "!packages/core/package.json",
      "!packages/core/{src,test}/**",
      "!test/mutation/*.ts"
    ],
    tempDirName: ".stryker/tmp",
    cleanTempDir: "always",
    incremental: true,
    incrementalFile: pathOfResults(name),
    reporters: ["progress-append-only"],
    // The sources run as they are; nothing reads a tsconfig, and nothing checks types, in the mutated copy.
    tsconfigFile: "none",
    disableTypeChecks: false,
    // One worker, unless asked: a mutant that merely starves for want of a core must not count as noticed.
    concurrency: Number(process.env["PAYKERNEL_MUTATION_WORKERS"] ?? 1),
    timeoutMS: 10_000,
    timeoutFactor: 3
  })
  await stryker.runMutationTest()
}

/** Below this, in per cent of all mutants, the command fails. */
const scoreMin = 90

const percent = (score: number): string => `${score.toFixed(1)} %`

const show = (result: RoomResult): void => {
  for (const survivor of result.survivors) {
    const { file, line, original, replacement, status } = survivor
    const reason = reasonFor(survivor) ?? "no reason written yet"
    console.log(`${status} ${file}:${line}\n  - ${original}\n  + ${replacement}\n  ${reason}`)
  }
  console.log(`${result.room}: ${percent(result.score)} of ${result.valid} mutants, ${result.survivors.length} survive`)
}

const quick = process.argv.includes("--quick")
const asked = process.argv.slice(2).filter((argument) => argument !== "--quick")
const known = new Set(rooms.map(({ name }) => name))
const unknown = asked.filter((name) => !known.has(name))
if (unknown.length > 0) throw new Error(`no room ${unknown.join(", ")}; rooms are ${[...known].join(", ")}`)

for (const room of rooms.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
  if (room.files.length === 0) continue
  // A defect that a running test meets is shown to the tests that meet it. One that acts while a file loads, as in a
  // table or a codec, has to be shown to every test of the room, so only what is left is judged in that slow way.
  forgetWhereTestsChanged(room)
  const before = survivorsOf(room.name)
  await mutate(room, "whereTestsRun")
  if (!quick) {
    forgetWhatLoadsFirst(room.name, before)
    await mutate(room, "whereFilesLoad")
  }
  const result = resultOf(room.name)
  if (result !== undefined) show(result)
}

const total = writeSurvivors()
if (total.missing.length > 0) console.log(`without results: ${total.missing.join(", ")}`)
console.log(`all rooms: ${percent(total.score)} of ${total.valid} mutants, ${total.survived} survive`)
if (total.score < scoreMin) throw new Error(`fewer than ${percent(scoreMin)} of the mutants were noticed`)
