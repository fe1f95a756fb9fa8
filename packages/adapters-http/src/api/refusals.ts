/** What the front of `/api` says where a request never reaches an operation. */
import type { Refusals } from "../front/front.ts"
import { explainFault } from "../front/malformed-body.ts"
import {
  invalidAmount,
  invalidRequest,
  notFound,
  type PublishedError,
  refuse,
  serverError,
  tooManyRequests,
  unauthenticated,
  unavailable
} from "./published-error.ts"

export const refusals: Refusals = {
  unknownPath: () => refuse(notFound),
  otherMethod: (methods) =>
    refuse(unfit(405, "method_not_allowed", "The path does not take this method."), { allow: methods }),
  bodyTooLarge: (bytesMax) => refuse(unfit(413, "body_too_large", `The body is larger than ${bytesMax} bytes.`)),
  unsupportedMediaType: () =>
    refuse(unfit(415, "unsupported_media_type", "The body must be application/json in UTF-8, not compressed.")),
  unauthenticated: () => refuse(unauthenticated),
  busy: () => refuse(unavailable(1000)),
  tooManyRequests: (retryAfterS) => refuse(tooManyRequests(retryAfterS)),
  malformedBody: (fault) => {
    const isAboutAmount = fault._tag === "NotWhole" && fault.field === "amount"
    return refuse((isAboutAmount ? invalidAmount : invalidRequest)(explainFault(fault)))
  },
  defect: () => refuse(serverError)
}

const unfit = (status: number, code: string, message: string): PublishedError => ({
  status,
  code,
  type: "invalid_request_error",
  message
})
