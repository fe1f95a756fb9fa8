/** What the front of `/v1` says where a request never reaches an operation. */
import { json } from "../front/answer.ts"
import type { Refusals } from "../front/front.ts"
import type { JsonFault } from "../front/strict-json.ts"
import { notFound, type PublishedError, refuse, unavailable, unexpected } from "./published-error.ts"

export const refusals: Refusals = {
  unknownPath: () => refuse(notFound),
  otherMethod: (methods) => json(405, { code: 405, message: "Method not allowed." }, { allow: methods }),
  bodyTooLarge: (bytesMax) => refuse({ status: 413, code: 413, message: `The body is larger than ${bytesMax} bytes.` }),
  unsupportedMediaType: () =>
    refuse({ status: 415, code: 415, message: "The body must be application/json in UTF-8, not compressed." }),
  unauthenticated: () => refuse(unauthenticated),
  busy: () => refuse(unavailable(1000)),
  malformedBody: (fault) => refuse({ status: 400, code: 2, message: `Invalid entity.\n${describe(fault)}` }),
  defect: () => refuse(unexpected)
}

const unauthenticated: PublishedError = {
  status: 401,
  code: 401,
  message: "Malformed authorization. Are the credentials properly encoded?"
}

type Fault = JsonFault | { readonly _tag: "BodyInterrupted" }

const describe = (fault: Fault): string => {
  switch (fault._tag) {
    case "TooDeep":
      return `The body is nested deeper than ${fault.depthMax} levels.`
    case "TooManyKeys":
      return `The body has more than ${fault.keysMax} fields.`
    default:
      return descriptions[fault._tag]
  }
}

const descriptions = {
  NotUtf8: "The body is not UTF-8 text.",
  NotJson: "The body is not valid JSON.",
  NotAnObject: "The body must be a JSON object.",
  KeyRepeated: "The body has a field twice.",
  KeyForbidden: "The body has a field whose name is not allowed.",
  TextMalformed: "The body has a text that is not well-formed Unicode, or has the character NUL.",
  BodyInterrupted: "The body did not arrive completely."
} satisfies { readonly [Tag in Exclude<Fault["_tag"], "TooDeep" | "TooManyKeys">]: string }
