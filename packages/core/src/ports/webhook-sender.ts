/**
 * How a message leaves the house. One POST to an address that a merchant chose: the adapter behind this port must see to
 * it that the address is nobody's inside network, that no redirect is followed, and that neither time nor memory is
 * the receiver's to spend. What came of it is data: nothing that a receiver does is a failure of ours.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { UnansweredReason } from "../delivery/delivery.ts"

export type WebhookPost = {
  readonly url: string
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string }
  /** Sent byte for byte as UTF-8. */
  readonly body: string
  /** From the look-up of the name to the last byte of the answer. */
  readonly timeoutMs: number
}

export type WebhookAnswer =
  | {
      readonly _tag: "Answered"
      readonly status: number
      /** Of the answer, at most 32, each cut at 256 characters. */
      readonly headers: ReadonlyArray<readonly [name: string, value: string]>
      /** The beginning of the body as text, at most 1024 characters. */
      readonly bodyStart: string
      /** What `Retry-After` asks for; `null` where it says nothing that can be understood. */
      readonly retryAfterMs: number | null
    }
  /** Words and no details: addresses and times would tell a stranger about the network we stand in. */
  | { readonly _tag: "Unanswered"; readonly why: UnansweredReason }

/** Why an address can never be sent to, as far as its text tells. */
export type AddressRefusal =
  | "not_a_url"
  | "scheme_not_allowed"
  | "port_not_allowed"
  | "credentials_not_allowed"
  | "address_not_public"
  | "too_long"

export class WebhookSender extends Context.Service<
  WebhookSender,
  {
    /** Checks what can be checked without a look-up, for whoever registers an address. `null`: nothing is wrong with it. */
    readonly vet: (url: string) => AddressRefusal | null
    /** One attempt. The address is checked again, where the connection is made. */
    readonly post: (post: WebhookPost) => Effect.Effect<WebhookAnswer>
  }
>()("@paykernel/core/WebhookSender") {}
