/** Standard Webhooks in any runtime with Web Crypto: keys, signing, and opening what was signed. */
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
export { type Opened, type OpenOptions, type OpenRejection, open, type Received } from "./open.ts"
export { type Outgoing, type SignedHeaders, sign } from "./sign.ts"
