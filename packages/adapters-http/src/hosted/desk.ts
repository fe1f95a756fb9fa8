/**
 * What the hosted pages need of a kernel: to look at a session, to pay it, and to follow how it goes. The pages decide
 * nothing about money; whether a session may still be paid is the desk's to say, each time.
 */
import type { Money } from "@paykernel/core/domain"

/**
 * `pending` waits for a card, a first one or another after a decline. `completed`, `cancelled`, `expired` and `failed`
 * are final.
 */
export type HostedStatus =
  | "pending"
  | "processing"
  | "action_required"
  | "completed"
  | "cancelled"
  | "expired"
  | "failed"

/** Why a card was declined, in the words of the published error table. */
export const declineCodes = [
  "card_declined",
  "insufficient_funds",
  "expired_card",
  "invalid_cvv",
  "invalid_card",
  "processing_error"
] as const

export type DeclineCode = (typeof declineCodes)[number]

export type HostedReceipt = {
  readonly transactionId: string
  readonly paidAtMs: number
  readonly last4: string
  /** As the kernel names it, such as `VISA`. */
  readonly network: string
}

/** How a session stands. */
export type Progress = {
  readonly status: HostedStatus
  /** Why the last card was declined; `null` before the first and where the last was not. */
  readonly decline: DeclineCode | null
  /** With `action_required`: where the issuer asks the payer to confirm. https, or http where the page is http too. */
  readonly challengeUrl: string | null
  /** With `completed`. */
  readonly receipt: HostedReceipt | null
}

export type HostedSession = Progress & {
  /** As the merchant knows it. The page may be addressed by another name. */
  readonly id: string
  readonly merchant: {
    readonly name: string
    /**
     * A `data:` URL of a PNG, JPEG, GIF, WebP or SVG image in base64, or a path on the page's own origin. Anything
     * else is left out: the page asks nobody else for anything.
     */
    readonly logoUrl: string | null
    /** `#rgb` or `#rrggbb`; anything else is left out. */
    readonly colour: string | null
  }
  readonly amount: Money.Money
  readonly description: string
  /** What is filled in for the payer, who may change it. */
  readonly customer: { readonly name: string; readonly email: string } | null
  readonly expiresAtMs: number
  /** Where the payer goes once the session is completed, with `session_id` and `status` added. */
  readonly returnUrl: string | null
}

export type CardPayment = {
  /**
   * A UUID minted by the server for each form it renders, and renewed after a decline. Of any number of calls with the
   * same one, at the same time or later, one pays and all are answered alike; a client that got no answer repeats it.
   */
  readonly attempt: string
  readonly keyId: string
  /** Base64 over an armored OpenPGP message with `{"number","cvv"}`. */
  readonly encryptedData: string
  /** 1 to 12. */
  readonly expMonth: number
  /** Four digits. */
  readonly expYear: number
  readonly name: string
  readonly email: string
  readonly ipAddress: string | null
}

/** The payment was not tried. Everything that the issuer has to say about a card is `Progress`. */
export type PayRefusal =
  | { readonly _tag: "SessionNotFound" }
  /** The page was rendered with a key that no longer decrypts. */
  | { readonly _tag: "EncryptionKeyUnknown" }
  | { readonly _tag: "CardDataUnreadable" }
  /** Come again with the same attempt. */
  | { readonly _tag: "DeskBusy"; readonly retryAfterMs: number }

export type PayResult = Progress | PayRefusal

/** Sessions are named here as their pages are addressed. */
export type HostedDesk = {
  /** `undefined`: no such session. Asked at every rendering of a page. */
  readonly session: (sessionId: string) => Promise<HostedSession | undefined>
  /**
   * Pays a pending session and waits for the outcome for a bounded time; `processing` where it is not known by then.
   * A session that is not pending, because another tab pays or has paid, is left alone and answered as it stands. A
   * number that is no card's (the form has checked it) is a decline with `invalid_card`.
   */
  readonly pay: (sessionId: string, payment: CardPayment) => Promise<PayResult>
  /** Asked every second or so while a payer waits. `undefined`: no such session. */
  readonly progress: (sessionId: string) => Promise<Progress | undefined>
}
