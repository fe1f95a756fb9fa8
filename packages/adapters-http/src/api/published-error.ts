/** Errors in the published shape of `/api`: `{ error: { code, message, type, decline_code? } }`. */
import { type Answer, json } from "../front/answer.ts"

export type ErrorType =
  | "card_error"
  | "invalid_request_error"
  | "authentication_error"
  | "rate_limit_error"
  | "api_error"

export type PublishedError = {
  readonly status: number
  readonly code: string
  readonly type: ErrorType
  readonly message: string
  /** Why the issuer declined; absent where nobody was asked. */
  readonly declineCode?: string
  readonly retryAfterS?: number
}

export const refuse = (error: PublishedError, headers: Answer["headers"] = {}): Answer =>
  json(
    error.status,
    { error: errorBody(error) },
    {
      ...headers,
      ...(error.retryAfterS === undefined ? {} : { "retry-after": String(error.retryAfterS) })
    }
  )

/** What stands under `error`. */
export const errorBody = ({ code, message, type, declineCode }: PublishedError) => ({
  code,
  message,
  type,
  ...(declineCode === undefined ? {} : { decline_code: declineCode })
})

const invalid = (code: string, message: string, status = 400): PublishedError => ({
  status,
  code,
  type: "invalid_request_error",
  message
})

export const invalidRequest = (message: string): PublishedError => invalid("invalid_request", message)
export const invalidAmount = (message: string): PublishedError => invalid("invalid_amount", message)
export const invalidCurrency: PublishedError = invalid("invalid_currency", "The currency code is not supported.")
export const invalidWebhookUrl = (says: string): PublishedError =>
  invalid("invalid_webhook_url", `webhook_url ${says}.`)
export const invalidReturnUrl = (says: string): PublishedError => invalid("invalid_return_url", `return_url ${says}.`)

const cardError = (code: string, message: string): PublishedError => ({
  status: 400,
  code,
  type: "card_error",
  message
})

export const invalidCard: PublishedError = cardError("invalid_card", "The card number is invalid.")
export const invalidCvv: PublishedError = cardError("invalid_cvv", "The card's security code is incorrect.")
export const expiredCard: PublishedError = cardError("expired_card", "The card has expired.")
export const insufficientFunds: PublishedError = cardError("insufficient_funds", "The card has insufficient funds.")
export const cardDeclined: PublishedError = cardError("card_declined", "Your card was declined.")

export const transactionNotFound = invalid("transaction_not_found", "The transaction does not exist.", 404)
export const sessionNotFound = invalid("session_not_found", "The payment session does not exist.", 404)
export const sessionExpired = invalid("session_expired", "The payment session has expired.", 410)
export const sessionAlreadyCompleted = invalid(
  "session_already_completed",
  "The payment session is already completed.",
  409
)
export const sessionBeingPaid: PublishedError = {
  ...invalid("session_being_paid", "A payment of this session is under way.", 409),
  retryAfterS: 1
}
export const sessionFailed = invalid("session_failed", "The payment session has failed already.", 409)

export const notFound = invalid("not_found", "There is no such path.", 404)
export const keyReused = invalid(
  "idempotency_key_reused",
  "The idempotency key is bound to a request that meant something else.",
  422
)
/** The answer to the first of them will be the answer to all. */
export const keyInUse: PublishedError = {
  ...invalid("idempotency_key_in_use", "A request with this idempotency key is still being processed.", 409),
  retryAfterS: 1
}

export const unauthenticated: PublishedError = {
  status: 401,
  code: "authentication_failed",
  type: "authentication_error",
  message: "Invalid API key."
}
export const accountSuspended: PublishedError = {
  status: 403,
  code: "account_suspended",
  type: "authentication_error",
  message: "The account takes no payments at present."
}

export const tooManyRequests = (retryAfterS: number): PublishedError => ({
  status: 429,
  code: "rate_limit_exceeded",
  type: "rate_limit_error",
  message: "Too many requests, try again later.",
  retryAfterS
})

export const serverError: PublishedError = {
  status: 500,
  code: "server_error",
  type: "api_error",
  message: "Something unexpected happened."
}

/** Nothing can be said about the request yet: the same request may be sent again, with the same key if it had one. */
export const unavailable = (retryAfterMs: number): PublishedError => ({
  status: 503,
  code: "server_error",
  type: "api_error",
  message: "Temporarily unavailable. Repeat the request with the same idempotency key.",
  retryAfterS: Math.max(1, Math.ceil(retryAfterMs / 1000))
})
