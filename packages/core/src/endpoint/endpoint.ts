/**
 * An endpoint is an address that a merchant has asked to be told at, what about, and in which dialect. It is told for as
 * long as it listens: one that says it is gone, or that has failed for days on end, is disabled and its messages wait.
 */

export type EndpointStatus =
  | "none"
  /** Has not shown yet that it wants to be told: only the message that asks for it is sent. */
  | "unconfirmed"
  | "enabled"
  | "disabled"
  | "removed"

export type DisabledBecause =
  | "merchant_asked"
  /** It answered that it is gone for good (410). */
  | "gone"
  /** Nothing but failures for days. */
  | "failing"

/** One secret; its text is sealed under this name, and is never in the state. */
export type EndpointSecret = {
  readonly id: string
  readonly createdAtMs: number
  /** From then on it signs no longer. `null`: it is the current one. */
  readonly retiresAtMs: number | null
}

export type Endpoint = {
  readonly status: EndpointStatus
  readonly id: string
  readonly merchantId: string
  /** Name of the dialect in which it is spoken to. */
  readonly dialect: string
  readonly name: string | null
  /** `null`: a place for a secret, whose addresses come with what is told. */
  readonly url: string | null
  /** Types it wants to hear of: exact, or with a `*` for the rest. Empty: everything. */
  readonly types: ReadonlyArray<string>
  /** Current one first; never more than three. */
  readonly secrets: ReadonlyArray<EndpointSecret>
  readonly disabledBecause: DisabledBecause | null
  /** Since when every attempt has failed. */
  readonly failingSinceMs: number | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

export type EndpointCommand =
  | {
      readonly _tag: "CreateEndpoint"
      readonly id: string
      readonly merchantId: string
      readonly dialect: string
      readonly name: string | null
      readonly url: string | null
      readonly types: ReadonlyArray<string>
      readonly secretId: string
      /** Whether it has to confirm before it is told anything. */
      readonly mustConfirm: boolean
      readonly nowMs: number
    }
  | { readonly _tag: "ConfirmEndpoint"; readonly nowMs: number }
  /** `undefined` leaves as it is. Enabling forgets the failures. */
  | {
      readonly _tag: "ChangeEndpoint"
      readonly name?: string | null | undefined
      readonly url?: string | null | undefined
      readonly types?: ReadonlyArray<string> | undefined
      readonly enabled?: boolean | undefined
      readonly nowMs: number
    }
  | {
      readonly _tag: "RotateSecret"
      readonly secretId: string
      /** How long the one before goes on signing beside the new one. */
      readonly overlapMs: number
      readonly nowMs: number
    }
  /** Sends it a message without meaning. */
  | { readonly _tag: "TestEndpoint"; readonly nowMs: number }
  /** What an attempt to tell it came to. */
  | { readonly _tag: "RecordContact"; readonly contact: "reached" | "failed" | "gone"; readonly nowMs: number }
  | { readonly _tag: "RemoveEndpoint"; readonly nowMs: number }

export type EndpointEvent =
  | {
      readonly _tag: "EndpointCreated"
      readonly id: string
      readonly merchantId: string
      readonly dialect: string
      readonly name: string | null
      readonly url: string | null
      readonly types: ReadonlyArray<string>
      readonly secretId: string
      readonly mustConfirm: boolean
      readonly atMs: number
    }
  | { readonly _tag: "EndpointConfirmed"; readonly atMs: number }
  | {
      readonly _tag: "EndpointChanged"
      readonly name: string | null
      readonly url: string | null
      readonly types: ReadonlyArray<string>
      readonly atMs: number
    }
  | { readonly _tag: "EndpointEnabled"; readonly atMs: number }
  | { readonly _tag: "EndpointDisabled"; readonly because: DisabledBecause; readonly atMs: number }
  | { readonly _tag: "SecretRotated"; readonly secretId: string; readonly retiresAtMs: number; readonly atMs: number }
  | { readonly _tag: "EndpointTested"; readonly atMs: number }
  | { readonly _tag: "EndpointFailing"; readonly atMs: number }
  | { readonly _tag: "EndpointRecovered"; readonly atMs: number }
  | { readonly _tag: "EndpointRemoved"; readonly atMs: number }

/** Facts that forbid a command. */
export type EndpointRejection =
  | { readonly _tag: "EndpointAlreadyExists" }
  | { readonly _tag: "EndpointNotFound" }
  | { readonly _tag: "EndpointUnconfirmed" }
  | { readonly _tag: "EndpointNameTooLong"; readonly lengthMax: number }
  | { readonly _tag: "EndpointTypesNotAllowed"; readonly countMax: number; readonly lengthMax: number }
  | { readonly _tag: "OverlapNotAllowed"; readonly maxMs: number }
