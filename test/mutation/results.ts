/** What became of the mutants of a room, read from the report that the last run of the room left. */
import { existsSync, readFileSync } from "node:fs"
import { resolve } from "node:path"
import { root } from "./rooms.ts"

export type Survivor = {
  /** Relative to packages/core/src. */
  readonly file: string
  readonly line: number
  /** The whole line where the defect begins, and what stands there instead of the mutated piece of it. */
  readonly code: string
  readonly original: string
  readonly replacement: string
  readonly mutator: string
  /** Whether a test ran the defect and did not mind, or none ran it at all. */
  readonly status: "Survived" | "NoCoverage"
}

export type RoomResult = {
  readonly room: string
  /** Of which there are results. */
  readonly files: ReadonlyArray<string>
  readonly killed: number
  readonly timedOut: number
  readonly survivors: ReadonlyArray<Survivor>
  /** Mutants that were judged; one that cannot even be loaded proves nothing and is not among them. */
  readonly valid: number
  /** Mutants that a quick run left out. */
  readonly leftOut: number
  /** Of the valid ones, the noticed, in per cent. */
  readonly score: number
}

type Place = { readonly line: number; readonly column: number }
export type Mutant = {
  readonly mutatorName: string
  /** Whether the code ran while files were loaded. */
  readonly static?: boolean
  readonly replacement: string
  readonly status: string
  readonly location: { readonly start: Place; readonly end: Place }
}
/** The part of Stryker's report that is read here. */
export type Report = {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: ReadonlyArray<Mutant> }>>
  readonly testFiles?: Readonly<Record<string, { readonly source?: string }>>
}

export const pathOfResults = (room: string): string => resolve(root, ".stryker", `${room.replaceAll("/", ".")}.json`)

/** The result of a room, or `undefined` where it has not been run here. */
export const resultOf = (room: string): RoomResult | undefined => {
  const path = pathOfResults(room)
  if (!existsSync(path)) return undefined
  const report: Report = JSON.parse(readFileSync(path, "utf8"))
  const files = Object.entries(report.files).filter(([file]) => existsSync(resolve(root, file)))
  const mutants = files.flatMap(([, { mutants }]) => mutants)
  const count = (status: string): number => mutants.filter((mutant) => mutant.status === status).length
  const survivors = files.flatMap(([file, { source, mutants }]) =>
    mutants.flatMap((mutant) => survivorOf(file.replace("packages/core/src/", ""), source, mutant))
  )
  const [killed, timedOut] = [count("Killed"), count("Timeout")]
  const valid = killed + timedOut + survivors.length
  const leftOut = count("Ignored")
  return {
    room,
    files: files.map(([file]) => file),
    killed,
    timedOut,
    survivors,
    valid,
    leftOut,
    score: percentage(killed + timedOut, valid)
  }
}

export const percentage = (part: number, whole: number): number => (whole === 0 ? 100 : (100 * part) / whole)

const survivorOf = (file: string, source: string, mutant: Mutant): ReadonlyArray<Survivor> => {
  const { mutatorName: mutator, replacement, status, location } = mutant
  if (status !== "Survived" && status !== "NoCoverage") return []
  const lines = source.split("\n")
  const code = (lines[location.start.line - 1] ?? "").trim()
  return [
    {
      file,
      line: location.start.line,
      code,
      original: between(lines, location.start, location.end),
      replacement: oneLine(replacement),
      mutator,
      status
    }
  ]
}

const between = (lines: ReadonlyArray<string>, start: Place, end: Place): string => {
  const last = lines[end.line - 1] ?? ""
  const covered = [...lines.slice(start.line - 1, end.line - 1), last.slice(0, end.column - 1)]
  return oneLine(covered.map((line, index) => (index === 0 ? line.slice(start.column - 1) : line)).join("\n"))
}

const oneLine = (code: string): string => code.replace(/\s+/gu, " ").trim()
