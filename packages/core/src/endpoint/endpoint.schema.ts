/** An endpoint and its events as stored: plain JSON, validated whenever it is read. Writing lists each field by hand. */
import * as Schema from "effect/Schema"
import type { DisabledBecause, Endpoint, EndpointEvent, EndpointSecret, EndpointStatus } from "./endpoint.ts"

const EndpointStatusCodec: Schema.Codec<EndpointStatus> = Schema.Literals([
  "none",
  "unconfirmed",
  "enabled",
  "disabled",
  "removed"
])

const DisabledBecauseCodec: Schema.Codec<DisabledBecause> = Schema.Literals(["merchant_asked", "gone", "failing"])

const EndpointSecretCodec: Schema.Codec<EndpointSecret> = Schema.Struct({
  id: Schema.String,
  createdAtMs: Schema.Int,
  retiresAtMs: Schema.NullOr(Schema.Int)
})

const wishes = {
  name: Schema.NullOr(Schema.String),
  url: Schema.NullOr(Schema.String),
  types: Schema.Array(Schema.String)
}

const identity = { id: Schema.String, merchantId: Schema.String, dialect: Schema.String }

export const EndpointCodec: Schema.Codec<Endpoint> = Schema.Struct({
  status: EndpointStatusCodec,
  ...identity,
  ...wishes,
  secrets: Schema.Array(EndpointSecretCodec),
  disabledBecause: Schema.NullOr(DisabledBecauseCodec),
  failingSinceMs: Schema.NullOr(Schema.Int),
  createdAtMs: Schema.Int,
  updatedAtMs: Schema.Int
})

const moment = { atMs: Schema.Int }

export const EndpointEventCodec: Schema.Codec<EndpointEvent> = Schema.TaggedUnion({
  EndpointCreated: { ...identity, ...wishes, secretId: Schema.String, mustConfirm: Schema.Boolean, ...moment },
  EndpointConfirmed: moment,
  EndpointChanged: { ...wishes, ...moment },
  EndpointEnabled: moment,
  EndpointDisabled: { because: DisabledBecauseCodec, ...moment },
  SecretRotated: { secretId: Schema.String, retiresAtMs: Schema.Int, ...moment },
  EndpointTested: moment,
  EndpointFailing: moment,
  EndpointRecovered: moment,
  EndpointRemoved: moment
})

/** Reads a stored endpoint. Throws where the JSON is not one: stored data is ours, so that is a defect. */
export const decodeEndpoint: (json: unknown) => Endpoint = Schema.decodeUnknownSync(EndpointCodec)

/** Reads a stored event of an endpoint. Throws where the JSON is not one. */
export const decodeEndpointEvent: (json: unknown) => EndpointEvent = Schema.decodeUnknownSync(EndpointEventCodec)

export const encodeEndpoint = (endpoint: Endpoint): Endpoint => ({
  status: endpoint.status,
  id: endpoint.id,
  merchantId: endpoint.merchantId,
  dialect: endpoint.dialect,
  name: endpoint.name,
  url: endpoint.url,
  types: endpoint.types,
  secrets: endpoint.secrets.map(({ id, createdAtMs, retiresAtMs }) => ({ id, createdAtMs, retiresAtMs })),
  disabledBecause: endpoint.disabledBecause,
  failingSinceMs: endpoint.failingSinceMs,
  createdAtMs: endpoint.createdAtMs,
  updatedAtMs: endpoint.updatedAtMs
})

export const encodeEndpointEvent = (event: EndpointEvent): EndpointEvent => {
  const { _tag, atMs } = event
  switch (_tag) {
    case "EndpointCreated": {
      const { id, merchantId, dialect, name, url, types, secretId, mustConfirm } = event
      return { _tag, id, merchantId, dialect, name, url, types, secretId, mustConfirm, atMs }
    }
    case "EndpointChanged":
      return { _tag, name: event.name, url: event.url, types: event.types, atMs }
    case "EndpointDisabled":
      return { _tag, because: event.because, atMs }
    case "SecretRotated":
      return { _tag, secretId: event.secretId, retiresAtMs: event.retiresAtMs, atMs }
    default:
      return { _tag, atMs }
  }
}
