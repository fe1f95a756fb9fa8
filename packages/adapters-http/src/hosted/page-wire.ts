/** What the server and the script of its page say to each other. */
import type { DeclineCode, HostedStatus } from "./desk.ts"
import type { PageTexts, TextKey } from "./page-texts.ts"

/** One try at paying, as the server mints it: a client cannot make its own. */
export type Attempt = { readonly id: string; readonly seal: string }

/** In the page, for its script. */
export type PageData = {
  readonly paymentUrl: string
  readonly progressUrl: string
  readonly keyId: string
  readonly publicKey: string
  /** Where there is a form. */
  readonly attempt: Attempt | null
  /** The month that it is, such as `2026-01`: the payer's own clock may be wrong. */
  readonly month: string
  /** From the moment of rendering. */
  readonly expiresInMs: number
  readonly texts: ScriptTexts
}

export const scriptTextKeys = [
  "emailWrong",
  "nameMissing",
  "numberIncomplete",
  "numberWrong",
  "expiryIncomplete",
  "expiryWrong",
  "expiryPast",
  "cvvIncomplete",
  "card_declined",
  "insufficient_funds",
  "expired_card",
  "invalid_cvv",
  "invalid_card",
  "processing_error",
  "notCharged",
  "payingHint",
  "payingSlow",
  "payingLong",
  "connectionLost",
  "outdated",
  "notEncrypted",
  "returnSoon"
] as const satisfies ReadonlyArray<TextKey>

export type ScriptTexts = Pick<PageTexts, (typeof scriptTextKeys)[number]>

/** What the script posts, as JSON. */
export type PaymentBody = {
  readonly attempt: Attempt
  readonly keyId: string
  readonly encryptedData: string
  readonly expMonth: number
  readonly expYear: number
  readonly name: string
  readonly email: string
}

/** The answer to a payment and to a question how it goes. */
export type ProgressAnswer = {
  readonly status: HostedStatus
  readonly decline: DeclineCode | null
  readonly challengeUrl: string | null
  /** For the next try, where there can be one. */
  readonly attempt: Attempt | null
}

/** The answer where there is none of the above. */
export type ErrorAnswer = { readonly error: PageError }

export type PageError =
  | "forbidden"
  | "unsupported_media_type"
  | "body_too_large"
  | "invalid_request"
  /** The page is to be loaded again: its key or its attempt is not known any more. */
  | "outdated"
  | "card_data_unreadable"
  | "session_not_found"
  /** Come again with the same attempt. */
  | "busy"
  | "server_error"
