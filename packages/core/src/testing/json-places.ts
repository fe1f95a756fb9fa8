/** Everything that could be missing from stored JSON or be of another kind, however deep. */
import type { Json } from "../ports/commit.ts"

export type Place = { readonly holder: object; readonly field: string; readonly value: Json }

/** Every field of an object and every item of a list, however deep. */
export const placesIn = (json: Json): ReadonlyArray<Place> =>
  typeof json === "object" && json !== null
    ? Object.entries(json).flatMap(([field, value]) => [{ holder: json, field, value }, ...placesIn(value)])
    : []

/** The same line of JSON as often as it has fields, each time without one of them. */
export const linesLackingOne = (line: string): ReadonlyArray<{ readonly lacks: string; readonly line: string }> =>
  placesIn(JSON.parse(line)).flatMap((_, at) => {
    const json: Json = JSON.parse(line)
    const place = placesIn(json)[at]
    if (place === undefined || Array.isArray(place.holder)) return []
    Reflect.deleteProperty(place.holder, place.field)
    return [{ lacks: place.field, line: JSON.stringify(json) }]
  })
