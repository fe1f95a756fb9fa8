/** What a host sees of webhooks: endpoints that want to be told, and the deliveries made to them. */
import type * as Redacted from "effect/Redacted"
import type { Delivery, DeliveryRejection } from "../../delivery/delivery.ts"
import type { Endpoint, EndpointRejection } from "../../endpoint/endpoint.ts"
import type { AddressRefusal } from "../../ports/webhook-sender.ts"
import type {
  Accepted,
  IdempotentRequest,
  KernelFailure,
  Listed,
  ListRequest,
  Outcome,
  ReadFailure
} from "../kernel-contract.ts"

/** The endpoint of a merchant that its settings show; its secret signs what goes to the address of a payment. */
export const defaultEndpointId = "default"

export type CreateEndpointInput = {
  /** Default: a new UUID. */
  readonly id?: string
  readonly dialect: string
  readonly name: string | null
  readonly url: string | null
  readonly types: ReadonlyArray<string>
  /** `whsec_` and 24 to 64 bytes in base64. Default: a new one. */
  readonly secret?: Redacted.Redacted<string>
  /**
   * How many of the dialect the merchant may have, within what it may have in all. One that has not confirmed itself
   * within `confirmedWithinMs` is not counted.
   */
  readonly ofDialect?: { readonly countMax: number; readonly confirmedWithinMs: number }
}

export type ChangeEndpointInput = {
  readonly name?: string | null
  readonly url?: string | null
  readonly types?: ReadonlyArray<string>
  readonly enabled?: boolean
}

/**
 * An endpoint and its current secret, which is shown this once. An idempotent request that is repeated shows it again;
 * what its `answer` keeps is kept as text, so it must not hold the secret.
 */
export type EndpointWithSecret = { readonly endpoint: Endpoint; readonly secret: Redacted.Redacted<string> }

export type EndpointFailure =
  | EndpointRejection
  | KernelFailure
  | { readonly _tag: "AddressRefused"; readonly why: AddressRefusal }
  | { readonly _tag: "DialectUnknown" }
  /** Its dialect has every address confirm itself: another address is another endpoint. */
  | { readonly _tag: "EndpointAddressIsFixed" }
  | { readonly _tag: "SecretNotAllowed" }
  /** The merchant has as many as it may. */
  | { readonly _tag: "TooManyEndpoints"; readonly countMax: number }
  /** The kernel was made without a sender. */
  | { readonly _tag: "WebhooksNotConfigured" }

export type Webhooks = {
  /**
   * A merchant's first endpoint is heeded at once by the process that made it, and within a second by others: what those
   * commit before may go untold. Whatever an endpoint is, changed or removed, is read anew for each message.
   */
  readonly endpoints: {
    readonly create: (
      merchantId: string,
      input: CreateEndpointInput,
      request?: IdempotentRequest<EndpointWithSecret>
    ) => Promise<Outcome<Accepted<EndpointWithSecret>, EndpointFailure>>
    readonly get: (
      merchantId: string,
      id: string
    ) => Promise<Outcome<Endpoint, { readonly _tag: "EndpointNotFound" } | ReadFailure>>
    /** `where` knows `status` and `dialect`. Removed ones are not listed. */
    readonly list: (merchantId: string, request: ListRequest) => Promise<Outcome<Listed<Endpoint>, ReadFailure>>
    readonly change: (
      merchantId: string,
      id: string,
      input: ChangeEndpointInput
    ) => Promise<Outcome<Endpoint, EndpointFailure>>
    /** The secret before goes on signing beside the new one for `overlapMs`, at most seven days. */
    readonly rotateSecret: (
      merchantId: string,
      id: string,
      input: { readonly overlapMs: number; readonly secret?: Redacted.Redacted<string> }
    ) => Promise<Outcome<EndpointWithSecret, EndpointFailure>>
    /** With the token of the message that asked for it. */
    readonly confirm: (merchantId: string, id: string, token: string) => Promise<Outcome<Endpoint, EndpointFailure>>
    /** Sends it a message that is about nothing. */
    readonly test: (merchantId: string, id: string) => Promise<Outcome<Endpoint, EndpointFailure>>
    /**
     * Its secrets are erased, and its id is not used again. Only the default endpoint stays, without its address: what
     * goes to the address of a payment is signed with its secret.
     */
    readonly remove: (merchantId: string, id: string) => Promise<Outcome<Endpoint, EndpointFailure>>
  }
  readonly deliveries: {
    readonly get: (
      merchantId: string,
      id: string
    ) => Promise<Outcome<Delivery, { readonly _tag: "DeliveryNotFound" } | ReadFailure>>
    /** `where` knows `status`, `endpointId`, `type`, `messageId` and `subjectId`. */
    readonly list: (merchantId: string, request: ListRequest) => Promise<Outcome<Listed<Delivery>, ReadFailure>>
    /** Begins it again, whatever became of it. */
    readonly replay: (
      merchantId: string,
      id: string
    ) => Promise<Outcome<Delivery, DeliveryRejection | ReadFailure | { readonly _tag: "WebhooksNotConfigured" }>>
    /**
     * Replays what was meant for an endpoint in a stretch of time, oldest first, at most 1000 in one call. `continueFromMs`
     * is where the next call goes on; `null`: all done.
     */
    readonly replayAll: (
      merchantId: string,
      endpointId: string,
      range: {
        readonly fromMs: number
        readonly toMs: number
        /** Default: those that never arrived. */
        readonly statuses?: ReadonlyArray<"delivered" | "dead" | "withheld">
      }
    ) => Promise<
      Outcome<
        { readonly replayed: number; readonly continueFromMs: number | null },
        { readonly _tag: "EndpointNotFound" | "WebhooksNotConfigured" } | ReadFailure
      >
    >
  }
}
