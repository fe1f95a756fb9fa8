/** Whether an answer is one that an OpenAPI document declares. */
import { Ajv } from "ajv"
import addFormats from "ajv-formats"
import { part } from "../src/json-part.ts"
import type { Json, Reply } from "./shop.ts"

export const ajvFor = (document: Json) => {
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema(document, "document")
  return ajv
}

const pointer = (...steps: ReadonlyArray<string>) =>
  `document#/${steps.map((step) => encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/")}`

/** Complaints of a document about a reply; `path` is the template. */
export const complaints = (
  document: Json,
  ajv: Ajv,
  method: string,
  path: string,
  reply: Reply
): ReadonlyArray<unknown> => {
  const responses = part(part(part(part(document["paths"])[path])[method.toLowerCase()])["responses"])
  const declared = part(responses[String(reply.status)])
  const shared =
    String(declared["$ref"] ?? "")
      .split("/")
      .at(-1) ?? ""
  const response = shared === "" ? declared : part(part(part(document["components"])["responses"])[shared])
  if (!("content" in response)) return reply.text === "" ? [] : ["a body where none is declared"]
  const steps =
    shared === ""
      ? ["paths", path, method.toLowerCase(), "responses", String(reply.status)]
      : ["components", "responses", shared]
  const validate = ajv.getSchema(pointer(...steps, "content", "application/json", "schema"))
  if (validate === undefined) return ["the document has no such answer"]
  validate(reply.json)
  return validate.errors ?? []
}
