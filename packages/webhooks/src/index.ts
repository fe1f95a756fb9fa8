/** Webhooks in any runtime with Web Crypto: keys, signing, opening what was signed, receiving, and where to send. */
export {
  type CircleHeaders,
  type CircleKeys,
  circleKeys,
  type OpenCircleRejection,
  type OpenedNotification,
  openCircle,
  type PublishedKey,
  signCircle
} from "./circle.ts"
export {
  type EcdsaSigningKey,
  type EcdsaVerifyingKey,
  ecdsaSigningKey,
  ecdsaVerifyingKey,
  exportEcdsaKey,
  generateEcdsaKeyPair
} from "./ecdsa.ts"
export { type HexHeaders, type HexKey, hexKey, type OpenHexRejection, openHex, signHex } from "./hex.ts"
export { ipv4Octets, ipv6Groups } from "./ip-address.ts"
export {
  generateKeyPair,
  generateSecret,
  type SignatureVersion,
  type SigningKey,
  signingKey,
  type VerifyingKey,
  verifyingKey,
  WebhookKeyInvalid
} from "./keys.ts"
export { type Opened, type OpenOptions, type OpenRejection, open } from "./open.ts"
export {
  type OpenedSns,
  type OpenSnsOptions,
  type OpenSnsRejection,
  openSns,
  type SnsCertificates,
  snsCertificates
} from "./open-sns.ts"
export { isPublicAddress, isPublicHost } from "./public-address.ts"
export type { Received } from "./received.ts"
export { type ReceiverOptions, receiver } from "./receiver.ts"
export { memoryReplayStore, type ReplayStore } from "./replay-store.ts"
export { type Outgoing, type SignedHeaders, sign } from "./sign.ts"
export {
  generateSnsKey,
  type OutgoingSns,
  type SignedSns,
  type SnsSigningKey,
  signSns,
  snsSigningKey
} from "./sign-sns.ts"
export type { SnsEnvelope } from "./sns-envelope.ts"
export {
  type AddressRefusal,
  type AddressRules,
  addressLengthMax,
  readWebhookAddress
} from "./webhook-address.ts"
