/**
 * Runs code that stands in documentation. A line `expression // => value` claims that both sides are the same data;
 * `// => value` on a line of its own speaks of the expression above it, and a value may go on over the next comment
 * lines until its brackets are closed. Everything else simply has to run.
 */
import { stripTypeScriptTypes } from "node:module"
import * as Result from "effect/Result"
import { expect } from "vitest"

/** Names that code in documentation may use without importing them. */
export type Scope = { readonly [name: string]: unknown }

/** Code as a function of its scope; `claims` says how many results it states. */
export type Program = { readonly claims: number; readonly run: (scope?: Scope) => Promise<void> }

/** `importing` gives what an `import` line asks for. Where it is absent, code must not import. */
export type ProgramOptions = {
  readonly source: string
  readonly name: string
  readonly importing?: (specifier: string) => Promise<unknown>
}

/** Throws a `SyntaxError` on code that cannot be read; running it rejects where a claim does not hold. */
export const programOf = ({ source, name, importing }: ProgramOptions): Program => {
  const steps = stepsOf(joinedClaims(source).split("\n"))
  const claims = steps.filter(({ expected }) => expected !== undefined).length
  // Typed annotations go, everything else keeps its place; imports become waits, since a function cannot hold them.
  const body = withoutImports(withoutTypes(steps.map(statementOf).join("\n"), name))
  const check = (actual: unknown, expected: unknown, claim: string): void =>
    expect(dataOf(actual), `${name}: ${claim}`).toEqual(dataOf(expected))
  const imported =
    importing ?? ((specifier: string) => Promise.reject(new Error(`${name}: examples do not import (${specifier})`)))
  return {
    claims,
    run: async (scope = {}) => {
      const known = { ...scope, [checkName]: check, [importName]: imported }
      // The block lets code give a name of its own to what the scope calls the same.
      const call = new AsyncFunction(...Object.keys(known), `"use strict"; {\n${body}\n}`)
      await call(...Object.values(known))
    }
  }
}

type Step = { readonly code: string; readonly expected: string | undefined }

/** Brings each value that goes on over further comment lines into one line. */
const joinedClaims = (source: string): string =>
  source.replaceAll(
    /\/\/ => (?<value>[^\n]*)(?<more>(?:\n *\/\/(?! =>)[^\n]*)*)/gu,
    (whole, value: string, more: string) =>
      isWhole(value) ? whole : `// => ${value}${more.replaceAll(/\n *\/\//gu, "")}`
  )

const claimMark = /^(?<code>.*?)\s*\/\/ => (?<expected>.*)$/u

/** Lines joined to statements: one ends where its brackets are closed and the next line does not go on with it. */
const stepsOf = (lines: ReadonlyArray<string>): ReadonlyArray<Step> => {
  const steps: Array<Step> = []
  let open: Array<string> = []
  const close = (expected?: string): void => {
    if (open.length > 0) steps.push({ code: open.join("\n"), expected })
    else if (expected !== undefined) throw new SyntaxError(`no expression gives ${expected}`)
    open = []
  }
  for (const line of lines) {
    const claim = claimMark.exec(line)?.groups
    const code = claim?.["code"] ?? line
    if (code.trim() !== "" && !goesOn.test(code) && isWhole(open.join("\n"))) close()
    if (code.trim() !== "") open.push(code)
    if (claim !== undefined) close(claim["expected"])
  }
  close()
  return steps
}

/** A line that cannot begin a statement. */
const goesOn = /^\s*[.?:)}\]+*%<>=,|&-]/u

/** Whether all brackets outside texts and comments are closed. */
const isWhole = (code: string): boolean => {
  const bare = code.replaceAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/\/[^\n]*/gu, "")
  const count = (bracket: RegExp): number => bare.match(bracket)?.length ?? 0
  return count(/[([{]/gu) <= count(/[)\]}]/gu)
}

const checkName = "claimed"
const importName = "imported"

const statementOf = ({ code, expected }: Step): string =>
  expected === undefined ? code : `${checkName}(${code}\n, ${expected}, ${JSON.stringify(code.trim())})`

const withoutTypes = (code: string, name: string): string => {
  try {
    return stripTypeScriptTypes(code)
  } catch (cause) {
    throw new SyntaxError(`${name} cannot be read: ${String(cause)}`, { cause })
  }
}

const importLine = /^import\s+(?<names>[\s\S]*?)\s+from\s+(?<specifier>"[^"]+")\s*;?$/gmu

const withoutImports = (code: string): string =>
  code.replaceAll(importLine, (_, names: string, specifier: string) => {
    const pattern = names.startsWith("* as ") ? names.slice("* as ".length) : names.replaceAll(/\bas\b/gu, ":")
    return `const ${pattern} = await ${importName}(${specifier})`
  })

/** A `Result` as the one thing that it holds, since two of the same are not the same object. */
const dataOf = (value: unknown): unknown => {
  if (!Result.isResult(value)) return value
  return Result.isSuccess(value) ? { succeeded: value.success } : { failed: value.failure }
}

const AsyncFunction = (async () => {}).constructor as new (
  ...parametersAndBody: ReadonlyArray<string>
) => (...values: ReadonlyArray<unknown>) => Promise<void>
