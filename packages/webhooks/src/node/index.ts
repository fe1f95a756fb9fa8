/** Webhooks in Node: sending them, receiving them in its servers, and signing and opening without waiting. */
export { dnsResolve, type Resolve } from "./guarded-look-up.ts"
export { nodeListener, nodeRequest } from "./node-request.ts"
export {
  hexKeySync,
  type OpenSyncOptions,
  type OpenSyncRejection,
  openHexSync,
  openSync,
  type SyncHexKey,
  type SyncSigningKey,
  type SyncVerifyingKey,
  signHexSync,
  signingKeySync,
  signSync,
  verifyingKeySync
} from "./sync.ts"
export { nodeWebhookSender, type WebhookSenderOptions } from "./webhook-sender.ts"
