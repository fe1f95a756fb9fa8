/** Reads JSON that nobody has vouched for: a path into it, and what must stand there. */

export type JsonObject = { readonly [key: string]: unknown }

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

export const valueAt = (value: unknown, ...path: ReadonlyArray<string>): unknown => {
  let found = value
  for (const key of path) found = isObject(found) ? found[key] : undefined
  return found
}

export const textAt = (value: unknown, ...path: ReadonlyArray<string>): string => {
  const found = valueAt(value, ...path)
  if (typeof found !== "string") throw new Error(`no text at ${path.join(".")} of ${JSON.stringify(value)}`)
  return found
}

export const listAt = (value: unknown, ...path: ReadonlyArray<string>): ReadonlyArray<unknown> => {
  const found = valueAt(value, ...path)
  if (!Array.isArray(found)) throw new Error(`no list at ${path.join(".")} of ${JSON.stringify(value)}`)
  return found
}

export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
