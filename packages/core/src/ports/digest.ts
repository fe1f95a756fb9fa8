/** Keyed digests: gateway keys made from operation ids, fingerprints of what a request means, names and proofs. */
import * as Context from "effect/Context"

export class Digest extends Context.Service<
  Digest,
  {
    /** Lower-case base32 of an HMAC, 26 characters. The same purpose and text always give the same digest. */
    readonly of: (
      purpose:
        | "gateway-key"
        | "fingerprint"
        | "return-state"
        | "public-id"
        | "checkout-page"
        | "webhook-id"
        | "webhook-secret"
        | "webhook-confirmation"
        | "deposit-id"
        | "record-id",
      text: string
    ) => string
  }
>()("@paykernel/core/Digest") {}
