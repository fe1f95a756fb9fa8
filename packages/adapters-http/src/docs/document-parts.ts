/** What every generated OpenAPI document needs. */
import { isPart, type Part } from "../json-part.ts"

/** Unknown fields are ignored at run time, so the document must not forbid them. */
export const tolerant = (value: Part): Part =>
  mapValues(value, (member, name) => {
    if (Array.isArray(member)) return member.map((item) => (isPart(item) ? tolerant(item) : item))
    if (!isPart(member)) return member
    const { additionalProperties, ...rest } = member
    return tolerant(name === "properties" || additionalProperties !== false ? member : rest)
  })

export const mapValues = (object: Part, change: (value: unknown, name: string) => unknown): Part =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value, name)]))

/** What an answer to a call under a key says of the caller's limit. */
export const rateLimitHeaders = {
  "X-RateLimit-Limit": {
    description: "Calls in a minute of the clock, where the host limits them.",
    schema: { type: "integer" }
  },
  "X-RateLimit-Remaining": { description: "How many of them are left.", schema: { type: "integer" } },
  "X-RateLimit-Reset": { description: "When the next minute begins, in Unix seconds.", schema: { type: "integer" } }
}
