/** Reading a JSON document of which little is known: what is not of the kind that is asked for reads as nothing. */

export type Part = { readonly [name: string]: unknown }

export const isPart = (value: unknown): value is Part =>
  typeof value === "object" && value !== null && !Array.isArray(value)

export const part = (value: unknown): Part => (isPart(value) ? value : {})
export const list = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])
export const text = (value: unknown): string => (typeof value === "string" ? value : "")
