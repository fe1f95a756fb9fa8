/** What holds for all operations of `/api` and is therefore said once, on top of the generated OpenAPI document. */
import { mapValues, rateLimitHeaders, tolerant } from "../docs/document-parts.ts"
import { list, type Part, part } from "../json-part.ts"

/** Adds the headers and failures that every operation has in common. Unknown fields are ignored at run time. */
export const asPublished = (document: Part): Part => {
  const spec = tolerant(document)
  const paths = mapValues(part(spec["paths"]), (methods) => mapValues(part(methods), describeOperation))
  return { ...spec, paths }
}

const describeOperation = (operation: unknown): Part => {
  const { operationId, parameters, requestBody, responses, ...rest } = part(operation)
  const name = String(operationId).replace(/^.*\./u, "")
  const isKeyed = keyed.has(name)
  const takesBody = requestBody !== undefined
  const takesKey = list(rest["security"]).length > 0
  const all = {
    ...part(responses),
    ...(takesBody ? refusedBodies : {}),
    ...(takesKey ? overLimit : {}),
    ...failures
  }
  return {
    ...rest,
    operationId: name,
    parameters: [...list(parameters), ...(isKeyed ? [idempotencyKey] : [])],
    ...(takesBody ? { requestBody } : {}),
    responses: mapValues(all, (response, status) => ({
      ...part(response),
      description: descriptions[status] ?? part(response)["description"],
      headers: {
        "X-Request-Id": requestId,
        ...(takesKey ? rateLimitHeaders : {}),
        ...(isKeyed && replayable.has(status) ? { "Idempotent-Replayed": replayed } : {}),
        ...(status === "429" || status === "503" ? { "Retry-After": retryAfter } : {})
      }
    }))
  }
}

const keyed: ReadonlySet<string> = new Set(["createDirectPayment", "createHostedPayment", "createEndpoint"])

/** A refusal binds no key, but a decline is an outcome. */
const replayable: ReadonlySet<string> = new Set(["200", "201", "202", "400"])

const text = { type: "string" }
const requestId = {
  description: "Names the request. Send your own UUID as a header of the same name, or get a new one.",
  schema: { type: "string", format: "uuid" }
}
const replayed = { description: "`true` where the key was known already.", schema: text }
const retryAfter = { description: "Seconds.", schema: { type: "integer" } }
const idempotencyKey = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description:
    "1 to 255 printable ASCII characters, bare or quoted, that make the request safe to repeat for 30 days. The same " +
    "key with a request that means something else is refused with 422.",
  schema: { type: "string", minLength: 1, maxLength: 255 }
}

const descriptions: { readonly [status: string]: string } = {
  200: "Done",
  201: "Opened",
  202: "Not known yet, or the payer has to be sent to `3ds_url`",
  303: "On to the shop",
  400: "The request is not valid, or the card was declined",
  401: "No key, or not a valid one",
  403: "The account takes no payments at present",
  404: "Not found",
  409: "Completed already, failed, being paid, or a request with the same key is being processed",
  410: "Expired",
  422: "The idempotency key is bound to another request"
}

const failure = (description: string) => ({
  description,
  content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } }
})

const refusedBodies = {
  413: failure("The body is larger than 64 KiB"),
  415: failure("The body is not application/json in UTF-8")
}

const overLimit = { 429: failure("Too many requests") }

const failures = {
  500: failure("Something unexpected happened"),
  503: failure("Temporarily unavailable")
}
