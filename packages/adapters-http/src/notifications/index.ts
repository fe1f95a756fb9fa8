/** Webhooks over HTTP: the dialects in which merchants are told, the keys of whoever tells them, and the messages' shape. */
export { apiDialect } from "./api-dialect.ts"
export { bodyBytesMax as webhookBodyBytesMax } from "./bounded-body.ts"
export { type KernelDialectOptions, kernelDialect } from "./kernel-dialect.ts"
export { KernelMessage } from "./kernel-message.schema.ts"
export {
  generateNotificationKeys,
  type NotificationKeys,
  type NotificationKeysText,
  openNotificationKeys
} from "./notification-keys.ts"
export {
  type Notifications,
  type NotificationsOptions,
  openNotifications,
  type PublishedNotifications
} from "./open-notifications.ts"
export { defaultTopicArn, type V1DialectOptions, v1Dialect } from "./v1-dialect.ts"
export { type V2DialectOptions, v2Dialect } from "./v2-dialect.ts"
