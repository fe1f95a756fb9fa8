/** What the front of `/v1` says where a request never reaches an operation. */
import { json } from "../front/answer.ts"
import type { Refusals } from "../front/front.ts"
import { explainFault } from "../front/malformed-body.ts"
import { notFound, type PublishedError, refuse, unavailable, unexpected } from "./published-error.ts"

export const refusals: Refusals = {
  unknownPath: () => refuse(notFound),
  otherMethod: (methods) => json(405, { code: 405, message: "Method not allowed." }, { allow: methods }),
  bodyTooLarge: (bytesMax) => refuse({ status: 413, code: 413, message: `The body is larger than ${bytesMax} bytes.` }),
  unsupportedMediaType: () =>
    refuse({ status: 415, code: 415, message: "The body must be application/json in UTF-8, not compressed." }),
  unauthenticated: () => refuse(unauthenticated),
  busy: () => refuse(unavailable(1000)),
  tooManyRequests: (retryAfterS) => refuse({ ...tooManyRequests, retryAfterS }),
  malformedBody: (fault) => refuse({ status: 400, code: 2, message: `Invalid entity.\n${explainFault(fault)}` }),
  defect: () => refuse(unexpected)
}

const unauthenticated: PublishedError = {
  status: 401,
  code: 401,
  message: "Malformed authorization. Are the credentials properly encoded?"
}

/** Calls are counted before a key of idempotency is looked at: the same request may be sent again, under the same key. */
const tooManyRequests: PublishedError = { status: 429, code: 429, message: "Too many requests." }
