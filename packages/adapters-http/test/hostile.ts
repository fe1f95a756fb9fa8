/** Values that nobody expects, for bodies and queries, and what an answer to them has to be. */
import * as fc from "fast-check"
import type { Json, Reply } from "./shop.ts"

export const planted = ["4007400000000007", "5102 4200 0000 0006", "3782-822463-10005"]

export const strange: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: fc.constantFrom("0", "9", ".", "-", "+", "e", "E", ",", " "), maxLength: 12 }),
  fc.constantFrom("9".repeat(5000), `0.${"0".repeat(5000)}1`, "\u202e5.00", "٣.١٤", "1_000", "0x10", "NaN", "null", ""),
  fc.constantFrom<unknown>(1e308, -0, 2 ** 53, [[]], {}, true, [null]),
  fc.constantFrom(...planted),
  fc.constantFrom(...planted).map((secret) => ({ [secret]: [secret] }))
)

export const withField = (body: Json, path: string, value: unknown): Json => {
  const [name = "", rest] = path.split(".")
  if (rest === undefined) return { ...body, [name]: value }
  const inner = body[name]
  return { ...body, [name]: { ...(typeof inner === "object" ? inner : {}), [rest]: value } }
}

/** Whether it is good, or refuses in the published shape. */
export const isPublished = ({ status, json, headers, text }: Reply): boolean => {
  if (status < 400) return status === 200 || status === 201 || (status === 202 && text === "")
  const { code, message, ...rest } = json
  const known = Object.keys(rest).every((name) => name === "errors")
  return status < 500 && typeof code === "number" && typeof message === "string" && known && headers.has("x-request-id")
}
