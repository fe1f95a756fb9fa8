/** What is asked of everything that is written as a line of JSON: records of journals, and messages. */
import * as Result from "effect/Result"
import { expect, it } from "vitest"
import { linesLackingOne } from "./json-places.ts"

export type LineCodec<Value> = {
  readonly write: (value: Value) => string
  readonly read: (line: string) => Result.Result<Value, unknown>
}

/** `complete`: with every part that there can be. `others`: the same in the other words that they may have. */
export type Lines<Value> = { readonly complete: ReadonlyArray<Value>; readonly others: ReadonlyArray<Value> }

/** Registers tests: each line is read as it was written, and one that lacks any part is refused. */
export const testLines = <Value extends object>(
  { write, read }: LineCodec<Value>,
  { complete, others }: Lines<Value>
): void => {
  it.each([...complete, ...others])("is read as it was written, case %#", (value) => {
    const line = write(value)
    expect(line).not.toContain("\n")
    expect(read(line)).toEqual(Result.succeed(value))
  })

  it.each(complete)("is none where it lacks any part, however deep, case %#", (value) => {
    const written = write(value)
    const lines = linesLackingOne(written)
    expect(lines).toHaveLength(written.match(/":/gu)?.length ?? 0)
    expect(lines.length).toBeGreaterThanOrEqual(Object.keys(value).length)
    for (const { lacks, line } of lines) expect(Result.isFailure(read(line)), lacks).toBe(true)
  })
}
