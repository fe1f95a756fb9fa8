/**
 * Keeps values apart from those who gave them and those who read them. Made for what a commit is made of, and for that
 * many times faster than a structured clone, which has to expect anything.
 */

/**
 * A copy of plain data: objects, arrays, and what they end in.
 *
 * @example
 * plainCopy({ amounts: [1n] }) // => { amounts: [1n] }
 */
export const plainCopy = <A>(value: A): A => {
  if (typeof value !== "object" || value === null) return value
  return (Array.isArray(value) ? value.map(plainCopy) : fieldsCopied(value)) as A
}

const fieldsCopied = (value: object): Record<string, unknown> => {
  const copy: Record<string, unknown> = { ...value }
  for (const field in copy) {
    const inner = copy[field]
    if (typeof inner === "object" && inner !== null) copy[field] = plainCopy(inner)
  }
  return copy
}
