/**
 * Notifications of `/v1`: what Amazon SNS sends, under a key and a certificate of the host's own. An address is told
 * nothing before it has visited the `SubscribeURL` of the first message, as with SNS.
 */
import type { MessageToRender, RenderedMessage, WebhookDialect } from "@paykernel/core"
import { type OutgoingSns, type SnsSigningKey, signSns } from "@paykernel/webhooks"
import { firstThatFits } from "./bounded-body.ts"
import { type News, newsOf } from "./news.ts"
import { renderNews } from "./render-news.ts"
import { standardRetryDelaysMs } from "./retry-delays.ts"

export type V1DialectOptions = {
  readonly signingKey: SnsSigningKey
  /** The address under which receivers know the host. */
  readonly publicUrl: string
  readonly topicArn: string
}

export const v1DialectName = "v1"

/** A topic of the kind that receivers of the original API expect. */
export const defaultTopicArn = "arn:aws:sns:us-east-1:908968368384:sandbox_platform-notifications-topic"

/** Names the subscription of one endpoint. */
export const subscriptionArn = (topicArn: string, endpointId: string): string => `${topicArn}:${endpointId}`

const confirmationType = "SubscriptionConfirmation"
const testType = "webhooks.test"

/** `payments`, `cards`, `settlements` and `paymentIntents`, each with the thing as it is read at its own address. */
export const v1Dialect = (options: V1DialectOptions): WebhookDialect => ({
  name: v1DialectName,
  retryDelaysMs: standardRetryDelaysMs,
  confirms: true,
  ofCheckoutAddresses: false,
  types: ["payments", "cards", "settlements", "paymentIntents"],
  messagesOf: (change) => {
    if (change.type === "endpoint") {
      const { event } = change
      if (event._tag === "EndpointCreated" && event.mustConfirm) return [{ type: confirmationType, to: "itself" }]
      return event._tag === "EndpointTested" ? [{ type: testType, to: "itself" }] : []
    }
    const news = newsOf(change)
    return news === null ? [] : [{ type: `${memberOf(news)}s`, to: "subscribers" }]
  },
  render: async (message) =>
    message.type === confirmationType ? confirmation(options, message) : notification(options, message)
})

/** Under which name a notification holds what it is about: refunds and cancels are items of the payments too. */
const memberOf = ({ about }: News): "payment" | "card" | "settlement" | "paymentIntent" =>
  about === "card" || about === "settlement" || about === "paymentIntent" ? about : "payment"

const addressOf = ({ publicUrl }: V1DialectOptions, { endpoint }: MessageToRender): string =>
  `${publicUrl.replace(/\/+$/u, "")}/v1/notifications/subscriptions/${endpoint.id}`

const confirmation = (options: V1DialectOptions, message: MessageToRender): Promise<RenderedMessage> => {
  const { id, change, confirmationToken: token } = message
  const { topicArn, signingKey } = options
  const { merchantId: merchant, atMs } = change
  const query = new URLSearchParams({ Action: "ConfirmSubscription", TopicArn: topicArn, merchant, Token: token })
  const subscribeUrl = `${addressOf(options, message)}/confirm?${query}`
  const type = "SubscriptionConfirmation"
  return signSns({ type, id, topicArn, message: invitation(topicArn), token, subscribeUrl, atMs }, signingKey)
}

const invitation = (topicArn: string): string =>
  `You have chosen to subscribe to the topic ${topicArn}.\n` +
  "To confirm the subscription, visit the SubscribeURL included in this message."

const notification = async (options: V1DialectOptions, message: MessageToRender): Promise<RenderedMessage> => {
  const { id, change, type: notificationType } = message
  const { topicArn, signingKey } = options
  const clientId = change.merchantId
  const contents = (await membersOf(message)).map((member) =>
    JSON.stringify({ clientId, notificationType, version: 1, customAttributes: { clientId }, ...member })
  )
  const text = firstThatFits(contents, { written: JSON.stringify, aroundBytes: envelopeBytesMax })
  const outgoing: OutgoingSns = { type: "Notification", id, topicArn, message: text, atMs: change.atMs }
  const { headers, body } = await signSns(outgoing, signingKey)
  // What SNS sends beside it and does not sign.
  const unsigned = {
    UnsubscribeURL: addressOf(options, message),
    MessageAttributes: { clientId: { Type: "String", Value: clientId } }
  }
  return {
    headers: { ...headers, "x-amz-sns-subscription-arn": subscriptionArn(topicArn, message.endpoint.id) },
    body: JSON.stringify({ ...JSON.parse(body), ...unsigned })
  }
}

/** Ids, the signature of a key of 4096 bits, and addresses of a kilobyte. */
const envelopeBytesMax = 5000

/** The fullest form first. */
const membersOf = async ({ change, read }: MessageToRender): Promise<ReadonlyArray<object>> => {
  const news = newsOf(change)
  if (news === null) return [{}]
  const merchant = await read.merchant()
  if (merchant === undefined) throw new Error("a change of a merchant's that does not exist")
  return renderNews(news, change, merchant.walletId).map((shown) => ({ [memberOf(news)]: shown }))
}
