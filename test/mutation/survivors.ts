/** The survivors, each with the reason why no test minds it: kept by hand in reasons.json, listed in survivors.md. */
import { readFileSync, writeFileSync } from "node:fs"
import { resolve } from "node:path"
import { percentage, type RoomResult, resultOf, type Survivor } from "./results.ts"
import { rooms } from "./rooms.ts"

/** Says of which survivors it speaks by everything of theirs that it names; `code` may be a part of the line. */
type Reason = {
  readonly file: string
  readonly code?: string
  readonly original?: string
  readonly replacement?: string
  readonly reason: string
}

const reasons: ReadonlyArray<Reason> = JSON.parse(readFileSync(resolve(import.meta.dirname, "reasons.json"), "utf8"))

const speaksOf = (reason: Reason, survivor: Survivor): boolean =>
  survivor.file === reason.file &&
  (reason.code === undefined || survivor.code.includes(reason.code)) &&
  (reason.original === undefined || survivor.original === reason.original) &&
  (reason.replacement === undefined || survivor.replacement === reason.replacement)

export const reasonFor = (survivor: Survivor): string | undefined =>
  reasons.find((reason) => speaksOf(reason, survivor))?.reason

const cell = (text: string): string => text.replaceAll("|", "\\|")
const shortened = (code: string): string => (code.length > 90 ? `${code.slice(0, 87)}...` : code)
const asCode = (code: string): string => (code === "" ? "nothing" : `\`\` ${cell(shortened(code))} \`\``)

const scoreRow = (name: string, killed: number, timedOut: number, survived: number): string => {
  const valid = killed + timedOut + survived
  const score = percentage(killed + timedOut, valid).toFixed(1)
  return `| ${name} | ${valid} | ${killed} | ${timedOut} | ${survived} | ${score} % |`
}

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, next) => total + next, 0)

const survivorRow = (survivor: Survivor): string => {
  const change = `${asCode(survivor.original)} → ${asCode(survivor.replacement)}`
  return `| ${survivor.file}:${survivor.line} | ${change} | ${cell(reasonFor(survivor) ?? "no reason written yet")} |`
}

const page = (results: ReadonlyArray<RoomResult>): string => `# Mutants that survive

Small defects are planted in \`packages/core/src\` one at a time; a mutant is killed when a test of its room fails, and
survives when none does. \`testing/\` is not mutated. A mutant that cannot be loaded counts neither way.

\`\`\`sh
pnpm mutation              # every room, which writes this page anew
pnpm mutation money fees   # two rooms; prints their survivors
\`\`\`

| room | mutants | killed | timed out | survived | score |
| --- | ---: | ---: | ---: | ---: | ---: |
${results.map(({ room, killed, timedOut, survivors }) => scoreRow(room, killed, timedOut, survivors.length)).join("\n")}
${scoreRow(
  "**all**",
  sum(results.map(({ killed }) => killed)),
  sum(results.map(({ timedOut }) => timedOut)),
  sum(results.map(({ survivors }) => survivors.length))
)}
${results
  .filter(({ survivors }) => survivors.length > 0)
  .map(({ room, survivors }) => section(room, survivors))
  .join("")}`

const section = (room: string, survivors: ReadonlyArray<Survivor>): string => `
## ${room}

| where | change | why no test minds |
| --- | --- | --- |
${survivors.map(survivorRow).join("\n")}
`

/** Writes test/mutation/survivors.md from the results of all rooms; without one of them it names those that lack. */
export const writeSurvivors = (): ReadonlyArray<string> => {
  const judged = rooms.filter(({ files }) => files.length > 0).map(({ name }) => ({ name, result: resultOf(name) }))
  const missing = judged.filter(({ result }) => result === undefined).map(({ name }) => name)
  const results = judged.flatMap(({ result }) => result ?? [])
  if (missing.length === 0) writeFileSync(resolve(import.meta.dirname, "survivors.md"), page(results))
  return missing
}
