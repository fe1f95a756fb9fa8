/** What is wrong with a body that never became a request, in words that repeat nothing of it. */
import type { JsonFault } from "./strict-json.ts"

export type MalformedBody = JsonFault | { readonly _tag: "BodyInterrupted" }

/**
 * A sentence about the body.
 *
 * @example
 * explainFault({ _tag: "TooDeep", depthMax: 16 }) // => "The body is nested deeper than 16 levels."
 */
export const explainFault = (fault: MalformedBody): string => {
  switch (fault._tag) {
    case "TooDeep":
      return `The body is nested deeper than ${fault.depthMax} levels.`
    case "TooManyKeys":
      return `The body has more than ${fault.keysMax} fields.`
    case "NotWhole":
      return `${fault.field} must be a whole number in digits alone, at most 15 of them.`
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
} satisfies { readonly [Tag in Exclude<MalformedBody["_tag"], "TooDeep" | "TooManyKeys" | "NotWhole">]: string }
