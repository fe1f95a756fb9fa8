/**
 * Comparing and showing plain data. Used by test tools that have no framework to lean on, and made for domain values:
 * bigints are shown as such, and the order of fields does not matter.
 */

/** Whether two values are the same data. What is neither array nor plain object is compared by identity. */
export const sameData = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameData(item, b[index]))
  }
  if (!isPlain(a) || !isPlain(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameData(a[key], b[key]))
}

/**
 * Where two values differ, as lines that start with `-` (expected) or `+` (actual) between the lines they share.
 *
 * @example
 * differenceOf({ a: 1n }, { a: 2n }) // => "  {\n-   a: 1n\n+   a: 2n\n  }"
 */
export const differenceOf = (expected: unknown, actual: unknown): string => {
  const before = linesOf(expected)
  const after = linesOf(actual)
  const common = commonLengths(before, after)
  const lines: Array<string> = []
  let i = 0
  let j = 0
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push(`  ${before[i]}`)
      i++
      j++
    } else if (i < before.length && lengthAt(common, i + 1, j) >= lengthAt(common, i, j + 1)) {
      lines.push(`- ${before[i++]}`)
    } else if (j < after.length) {
      lines.push(`+ ${after[j++]}`)
    } else {
      lines.push(`- ${before[i++]}`)
    }
  }
  return lines.join("\n")
}

type Plain = { readonly [key: string]: unknown }

const isPlain = (value: unknown): value is Plain => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

const linesOf = (value: unknown, name = "", indent = ""): ReadonlyArray<string> => {
  const start = `${indent}${name}`
  if (Array.isArray(value)) {
    if (value.length === 0) return [`${start}[]`]
    return [`${start}[`, ...value.flatMap((item) => linesOf(item, "", `${indent}  `)), `${indent}]`]
  }
  if (isPlain(value)) {
    const keys = Object.keys(value).sort()
    if (keys.length === 0) return [`${start}{}`]
    return [`${start}{`, ...keys.flatMap((key) => linesOf(value[key], `${key}: `, `${indent}  `)), `${indent}}`]
  }
  return [`${start}${leaf(value)}`]
}

const leaf = (value: unknown): string => {
  if (typeof value === "string") return JSON.stringify(value)
  if (typeof value === "bigint") return `${value}n`
  if (Object.is(value, -0)) return "-0"
  return typeof value === "object" && value !== null ? `[${value.constructor.name}]` : String(value)
}

/** `[i][j]`: how many lines the rests from `i` and `j` on have in common, in order. */
type CommonLengths = ReadonlyArray<ReadonlyArray<number>>

const commonLengths = (before: ReadonlyArray<string>, after: ReadonlyArray<string>): CommonLengths => {
  const lengths = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0))
  for (let i = before.length - 1; i >= 0; i--) {
    const row = lengths[i] ?? []
    for (let j = after.length - 1; j >= 0; j--) {
      row[j] =
        before[i] === after[j]
          ? lengthAt(lengths, i + 1, j + 1) + 1
          : Math.max(lengthAt(lengths, i + 1, j), lengthAt(lengths, i, j + 1))
    }
  }
  return lengths
}

const lengthAt = (lengths: CommonLengths, i: number, j: number): number => lengths[i]?.[j] ?? 0
