/** Everything that a host needs to send webhooks in all dialects, from its keys and its address. */
import type { WebhookDialect } from "@paykernel/core"
import { apiDialect } from "./api-dialect.ts"
import { kernelDialect } from "./kernel-dialect.ts"
import { type NotificationKeysText, openNotificationKeys } from "./notification-keys.ts"
import { defaultTopicArn, v1Dialect } from "./v1-dialect.ts"
import { v2Dialect } from "./v2-dialect.ts"

export type NotificationsOptions = {
  readonly keys: NotificationKeysText
  /** The address under which receivers know the host, for the links in messages of `/v1`. */
  readonly publicUrl: string
  /** Name of the topic in messages of `/v1`. Default: one that receivers of the original API take. */
  readonly topicArn?: string
  /** How many subscriptions of `/v1` a merchant may have. Default 3. */
  readonly subscriptionsMax?: number
}

/** What receivers check messages by, and what `/v1` and `/api` serve of it. */
export type PublishedNotifications = {
  readonly topicArn: string
  readonly subscriptionsMax: number
  readonly publicKeys: ReadonlyArray<{ readonly id: string; readonly publicKey: string; readonly createdAtMs: number }>
  readonly certificates: ReadonlyArray<{ readonly id: string; readonly pem: string }>
  /** `whpk_…`; `null`: messages carry no signature of a key pair. */
  readonly verifyingKey: string | null
}

export type Notifications = {
  /** For `createKernel`, beside the sender: `webhooks: { sender, dialects }`. */
  readonly dialects: ReadonlyArray<WebhookDialect>
  /** For `v1Handler` and `apiHandler`: `notifications`. */
  readonly published: PublishedNotifications
}

/** Where there are no keys to serve. */
export const nothingPublished: PublishedNotifications = {
  topicArn: defaultTopicArn,
  subscriptionsMax: 3,
  publicKeys: [],
  certificates: [],
  verifyingKey: null
}

/**
 * The four dialects, and what receivers have to know to check them.
 *
 * ```ts
 * const { dialects, published } = await openNotifications({ keys, publicUrl })
 * const kernel = createKernel({ ...options, webhooks: { sender: nodeWebhookSender(), dialects } })
 * const v1 = v1Handler({ kernel, ...doors, notifications: published })
 * ```
 */
export const openNotifications = async (options: NotificationsOptions): Promise<Notifications> => {
  const { topicArn = nothingPublished.topicArn, subscriptionsMax = nothingPublished.subscriptionsMax } = options
  const publicUrl = options.publicUrl.replace(/\/+$/u, "")
  const { circle, sns, standard } = await openNotificationKeys(options.keys)
  const { certificateId, certificate: pem } = sns
  const snsKey = await sns.signingKeyAt(`${publicUrl}/v1/notifications/certificates/${certificateId}.pem`)
  return {
    dialects: [
      apiDialect(),
      kernelDialect({ signingKeys: [standard.signingKey] }),
      v1Dialect({ signingKey: snsKey, publicUrl, topicArn }),
      v2Dialect({ signingKey: circle })
    ],
    published: {
      topicArn,
      subscriptionsMax,
      publicKeys: [{ id: circle.keyId, publicKey: circle.publicKey, createdAtMs: circle.createdAtMs }],
      certificates: [{ id: certificateId, pem }],
      verifyingKey: standard.verifying
    }
  }
}
