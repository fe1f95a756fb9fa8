/** The survivors, each with the reason why no test minds it: kept by hand in reasons.json, listed in survivors.md. */
import { readFileSync, writeFileSync } from "node:fs"
import { resolve } from "node:path"
import { percentage, type RoomResult, resultOf, type Survivor } from "./results.ts"
import { type Room, rooms } from "./rooms.ts"

/** Says of which survivors it speaks by everything of theirs that it names; `code` may be a part of the line. */
type Reason = {
  readonly file?: string
  readonly code?: string
  readonly original?: string
  readonly replacement?: string
  readonly reason: string
}

const reasons: ReadonlyArray<Reason> = JSON.parse(readFileSync(resolve(import.meta.dirname, "reasons.json"), "utf8"))

const speaksOf = (reason: Reason, survivor: Survivor): boolean =>
  (reason.file === undefined || survivor.file === reason.file) &&
  (reason.code === undefined || survivor.code.includes(reason.code)) &&
  (reason.original === undefined || survivor.original === reason.original) &&
  (reason.replacement === undefined || survivor.replacement === reason.replacement)

export const reasonFor = (survivor: Survivor): string | undefined =>
  reasons.find((reason) => speaksOf(reason, survivor))?.reason

const cell = (text: string): string => text.replaceAll("|", "\\|")
const shortened = (code: string): string => (code.length > 90 ? `${code.slice(0, 87)}...` : code)
const asCode = (code: string): string => (code === "" ? "nothing" : `\`\` ${cell(shortened(code))} \`\``)

type Counts = {
  readonly killed: number
  readonly timedOut: number
  readonly survived: number
  readonly leftOut: number
}

const countsOf = (result: RoomResult): Counts => ({ ...result, survived: result.survivors.length })

const totalOf = (results: ReadonlyArray<RoomResult>): Counts => {
  const sum = (part: keyof Counts): number => results.reduce((total, result) => total + countsOf(result)[part], 0)
  return { killed: sum("killed"), timedOut: sum("timedOut"), survived: sum("survived"), leftOut: sum("leftOut") }
}

const validOf = ({ killed, timedOut, survived }: Counts): number => killed + timedOut + survived

const scoreOf = (counts: Counts): number => percentage(counts.killed + counts.timedOut, validOf(counts))

const scoreRow = (name: string, counts: Counts): string => {
  const { killed, timedOut, survived, leftOut } = counts
  const score = scoreOf(counts).toFixed(1)
  return `| ${name} | ${validOf(counts)} | ${killed} | ${timedOut} | ${survived} | ${leftOut} | ${score} % |`
}

const survivorRow = (survivor: Survivor): string => {
  const change = `${asCode(survivor.original)} → ${asCode(survivor.replacement)}`
  return `| ${survivor.file}:${survivor.line} | ${change} | ${cell(reasonFor(survivor) ?? "no reason written yet")} |`
}

const page = (results: ReadonlyArray<RoomResult>, missing: ReadonlyArray<string>): string => `# Mutants that survive

Small defects are planted in \`packages/core/src\` one at a time; a mutant is killed when a test of its room fails, and
survives when none does. \`testing/\` is not mutated. A mutant that cannot be loaded counts neither way, and neither does
one that was left out: a quick run does not judge defects in what is computed while files load.

\`\`\`sh
pnpm mutation              # every room, which writes this page anew
pnpm mutation money fees   # two rooms; prints their survivors
\`\`\`

| room | mutants | killed | timed out | survived | left out | score |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
${results.map((result) => scoreRow(result.room, countsOf(result))).join("\n")}
${scoreRow("**all**", totalOf(results))}
${missing.length === 0 ? "" : `\nWithout results, not judged yet or without anything to mutate: ${missing.join(", ")}.\n`}${results
  .filter(({ survivors }) => survivors.length > 0)
  .map(({ room, survivors }) => section(room, survivors))
  .join("")}`

const section = (room: string, survivors: ReadonlyArray<Survivor>): string => `
## ${room}

| where | change | why no test minds |
| --- | --- | --- |
${survivors.map(survivorRow).join("\n")}
`

export type Total = {
  readonly valid: number
  readonly survived: number
  /** Of all that were judged, the noticed, in per cent. */
  readonly score: number
  /** Rooms and files without results. */
  readonly missing: ReadonlyArray<string>
}

/** Writes test/mutation/survivors.md from the results that there are, and answers what they come to. */
export const writeSurvivors = (): Total => {
  const judged = rooms.filter(({ files }) => files.length > 0).map((room) => ({ room, result: resultOf(room.name) }))
  const missing = judged.flatMap(({ room, result }) => (result === undefined ? [room.name] : missingIn(room, result)))
  const results = judged.flatMap(({ result }) => result ?? [])
  writeFileSync(resolve(import.meta.dirname, "survivors.md"), page(results, missing))
  const total = totalOf(results)
  return { valid: validOf(total), survived: total.survived, score: scoreOf(total), missing }
}

/** Files of a room without results: not judged, or types and exports only, of which there are no mutants. */
const missingIn = ({ files }: Room, { files: judged }: RoomResult): ReadonlyArray<string> =>
  files
    .filter((file) => !judged.includes(file) && !file.endsWith("/index.ts"))
    .map((file) => file.replace("packages/core/src/", ""))
