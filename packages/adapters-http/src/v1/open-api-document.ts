/** What holds for all operations of `/v1` and is therefore said once, on top of the generated OpenAPI document. */
import { mapValues, rateLimitHeaders, tolerant } from "../docs/document-parts.ts"
import { list, type Part, part } from "../json-part.ts"

/**
 * Adds the headers and failures that every operation has in common. Unknown fields are ignored at run time, as the
 * original API does.
 */
export const asPublished = (document: Part): Part => {
  const spec = tolerant(document)
  const paths = Object.entries(part(spec["paths"])).map(([path, methods]) => [
    path,
    mapValues(part(methods), (operation, method) => describeOperation(part(operation), method, path))
  ])
  return { ...spec, paths: Object.fromEntries(paths) }
}

const describeOperation = (operation: Part, method: string, path: string): Part => {
  const content = part(part(operation["requestBody"])["content"])
  const takesBody = content["application/json"] !== undefined
  const isKeyed = method === "post" && takesBody && !unkeyed.test(path)
  const takesKey = list(operation["security"]).length > 0
  const responses = {
    ...part(operation["responses"]),
    ...(takesBody ? refusedBodies : {}),
    ...(content["multipart/form-data"] === undefined ? {} : refusedForms),
    ...(takesKey ? overLimit : {}),
    ...failures
  }
  return {
    ...operation,
    operationId: String(operation["operationId"]).replace(/^.*\./u, ""),
    ...(isKeyed ? { parameters: [...list(operation["parameters"]), idempotencyKey] } : {}),
    responses: mapValues(responses, (response, status) => ({
      ...part(response),
      description: descriptions[status] ?? part(response)["description"],
      headers: {
        "X-Request-Id": requestId,
        ...(takesKey ? rateLimitHeaders : {}),
        ...(isKeyed && status.startsWith("2") ? { "Idempotent-Replayed": replayed } : {}),
        ...(lists.has(path) && method === "get" && status === "200" ? { Link: link } : {}),
        ...(status === "429" || status === "503" ? { "Retry-After": retryAfter } : {})
      }
    }))
  }
}

/** Carried out once however often they are sent, by what they say. */
const unkeyed = /\/notifications\/|\/(?:quotes|submit)$/u

const lists: ReadonlySet<string> = new Set([
  "/v1/cards",
  "/v1/payments",
  "/v1/settlements",
  "/v1/paymentIntents",
  "/v1/cpn/payments"
])

const text = { type: "string" }
const requestId = {
  description: "Names the request. Send your own UUID as a header of the same name, or get a new one.",
  schema: { type: "string", format: "uuid" }
}
const replayed = { description: "`true` where this is the first answer to the same key again.", schema: text }
const link = { description: "RFC 8288 links: `self`, `first`, and `next` and `prev` where they exist.", schema: text }
const retryAfter = { description: "Seconds.", schema: { type: "integer" } }
const idempotencyKey = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "May repeat the `idempotencyKey` of the body; if it differs, the request is refused.",
  schema: { type: "string", format: "uuid" }
}

const descriptions: { readonly [status: string]: string } = {
  202: "Submitted",
  204: "Done",
  303: "On to the shop",
  400: "The request is not valid",
  401: "No key, or not a valid one",
  403: "Not enabled",
  404: "Not found",
  409: "Conflicts with another request, or with the state of the payment"
}

const failure = (description: string) => ({
  description,
  content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } }
})

const refusedBodies = {
  413: failure("The body is larger than 64 KiB"),
  415: failure("The body is not application/json in UTF-8")
}

const refusedForms = { 415: failure("The body is not multipart/form-data") }

const overLimit = { 429: failure("Too many requests") }

const failures = {
  500: failure("Something unexpected happened"),
  503: failure("Temporarily unavailable")
}
