/** Every code that an answer of `/api` may carry, as the documentation lists them. A code may come with several statuses. */
import type { ErrorType } from "../api/published-error.ts"

export type ApiErrorCode = {
  readonly code: string
  readonly http: number
  /** `null`: the answer is a success that is not over. */
  readonly type: ErrorType | null
  /** Whether the issuer's own reason stands beside it: `never`, `always`, or `asked` where he was asked. */
  readonly declineCode: "never" | "always" | "asked"
  readonly meaning: string
}

type Kind = Pick<ApiErrorCode, "type" | "declineCode">

const card: Kind = { type: "card_error", declineCode: "asked" }
const invalid: Kind = { type: "invalid_request_error", declineCode: "never" }
const account: Kind = { type: "authentication_error", declineCode: "never" }
const ours: Kind = { type: "api_error", declineCode: "never" }

export const apiErrorCodes: ReadonlyArray<ApiErrorCode> = [
  { code: "invalid_card", http: 400, ...card, meaning: "no card's number, or of no card that the issuer knows" },
  {
    code: "card_declined",
    http: 400,
    type: "card_error",
    declineCode: "always",
    meaning: "for the reason in `decline_code`"
  },
  {
    code: "insufficient_funds",
    http: 400,
    type: "card_error",
    declineCode: "always",
    meaning: "the card has not enough money"
  },
  { code: "expired_card", http: 400, ...card, meaning: "the card's time is over" },
  { code: "invalid_cvv", http: 400, ...card, meaning: "the security code is wrong, or none" },
  {
    code: "3ds_required",
    http: 202,
    type: null,
    declineCode: "never",
    meaning: "no error: `requires_action` is there, and the payer has to be sent to `3ds_url`"
  },
  { code: "invalid_request", http: 400, ...invalid, meaning: "a field is missing or wrong; the message names each" },
  {
    code: "invalid_amount",
    http: 400,
    ...invalid,
    meaning: "no whole number in digits, or outside the account's limits"
  },
  { code: "invalid_currency", http: 400, ...invalid, meaning: "no currency, or one that the account does not take" },
  {
    code: "invalid_webhook_url",
    http: 400,
    ...invalid,
    meaning: "not https, not on port 443 or 8443, or of a private network"
  },
  {
    code: "invalid_return_url",
    http: 400,
    ...invalid,
    meaning: "not https, or of no origin that the merchant has registered"
  },
  { code: "authentication_failed", http: 401, ...account, meaning: "no key, or not a valid one" },
  { code: "account_suspended", http: 403, ...account, meaning: "the account takes no payments at present" },
  { code: "webhooks_not_enabled", http: 403, ...invalid, meaning: "the host sends no webhooks" },
  { code: "transaction_not_found", http: 404, ...invalid, meaning: "no such transaction of this account" },
  { code: "session_not_found", http: 404, ...invalid, meaning: "no such session of this account" },
  { code: "webhook_endpoint_not_found", http: 404, ...invalid, meaning: "no such endpoint of this account" },
  { code: "webhook_delivery_not_found", http: 404, ...invalid, meaning: "no such delivery to this account" },
  { code: "not_found", http: 404, ...invalid, meaning: "no such path" },
  { code: "method_not_allowed", http: 405, ...invalid, meaning: "the path does not take this method" },
  { code: "session_already_completed", http: 409, ...invalid, meaning: "the session is paid" },
  { code: "session_being_paid", http: 409, ...invalid, meaning: "try again in a second" },
  { code: "session_failed", http: 409, ...invalid, meaning: "too many cards were declined" },
  {
    code: "idempotency_key_in_use",
    http: 409,
    ...invalid,
    meaning: "a request with the key is being processed: repeat it after `Retry-After`"
  },
  {
    code: "too_many_webhook_endpoints",
    http: 409,
    ...invalid,
    meaning: "remove an endpoint before another one is added"
  },
  { code: "session_expired", http: 410, ...invalid, meaning: "the session's time is over" },
  { code: "body_too_large", http: 413, ...invalid, meaning: "the body is larger than 64 KiB" },
  { code: "unsupported_media_type", http: 415, ...invalid, meaning: "the body is not JSON in UTF-8, or compressed" },
  { code: "idempotency_key_reused", http: 422, ...invalid, meaning: "the key is bound to another request" },
  {
    code: "rate_limit_exceeded",
    http: 429,
    type: "rate_limit_error",
    declineCode: "never",
    meaning: "wait for `Retry-After`"
  },
  { code: "server_error", http: 500, ...ours, meaning: "repeat the same request with the same key" },
  { code: "server_error", http: 503, ...ours, meaning: "for a moment: repeat it after `Retry-After`" }
]
