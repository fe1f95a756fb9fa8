/** Notifications of `/v2`: a JSON envelope, signed as a whole with ECDSA under a key that is published by its id. */
import type { Change, MessageToRender, RenderedMessage, WebhookDialect } from "@paykernel/core"
import { type EcdsaSigningKey, signCircle } from "@paykernel/webhooks"
import { isoDate } from "../v1/iso-date.ts"
import { firstThatFits } from "./bounded-body.ts"
import { cpnNewsOf, cpnTypes, isOfCpn } from "./cpn-news.ts"
import { type News, newsOf } from "./news.ts"
import { renderCpnNews } from "./render-cpn-news.ts"
import { renderNews } from "./render-news.ts"
import { v2RetryDelaysMs } from "./retry-delays.ts"
import { standardHeaders } from "./standard-headers.ts"

export type V2DialectOptions = {
  /** `keyId` is a UUID in lower case. */
  readonly signingKey: EcdsaSigningKey & { readonly keyId: string }
}

export const v2DialectName = "v2"

const testType = "webhooks.test"

/** All that `news.ts` and `cpn-news.ts` know of. */
export const v2Types: ReadonlyArray<string> = [
  "payments.actionRequired",
  "payments.authorized",
  "payments.captured",
  "payments.captureFailed",
  "payments.failed",
  "payments.expired",
  "payments.paid",
  "cancels.paid",
  "cancels.failed",
  "refunds.paid",
  "refunds.failed",
  "cards.complete",
  "cards.failed",
  "settlements.complete",
  "paymentIntents.created",
  "paymentIntents.pending",
  "paymentIntents.active",
  "paymentIntents.complete",
  "paymentIntents.expired",
  "paymentIntents.failed",
  "paymentIntents.refunded",
  "cryptoPayments.paid",
  "cryptoPayments.failed",
  "cryptoRefunds.paid",
  "cryptoRefunds.failed",
  ...cpnTypes
]

/** `payments.captured`, `refunds.paid` and so on, each with the thing as it is read at its own address. */
export const v2Dialect = ({ signingKey }: V2DialectOptions): WebhookDialect => ({
  name: v2DialectName,
  retryDelaysMs: v2RetryDelaysMs,
  confirms: false,
  ofCheckoutAddresses: false,
  types: v2Types,
  messagesOf: (change) => {
    if (change.type === "endpoint") {
      return change.event._tag === "EndpointTested" ? [{ type: testType, to: "itself" }] : []
    }
    const type = typeOf(change)
    return type === null ? [] : [{ type, to: "subscribers" }]
  },
  render: async (message): Promise<RenderedMessage> => {
    const body = await bodyOf(message)
    return {
      headers: {
        "content-type": "application/json",
        ...(await signCircle(body, signingKey)),
        // Circle's signature holds no time; these do.
        ...(await standardHeaders(message, body))
      },
      body
    }
  }
})

const typeOf = (change: Change): string | null => {
  const news = newsOf(change)
  return news === null ? cpnNewsOf(change) : nameOf(news)
}

const nameOf = ({ about, happened }: News): string => `${about}s.${happened}`

const bodyOf = async (message: MessageToRender): Promise<string> => {
  const { id, change, endpoint, type } = message
  const contents = await notificationsOf(message)
  return firstThatFits(
    contents.map((notification) =>
      JSON.stringify({
        subscriptionId: endpoint.id,
        notificationId: id,
        notificationType: type,
        notification,
        timestamp: isoDate(change.atMs),
        version: 2
      })
    )
  )
}

/** The fullest form first. */
const notificationsOf = async ({ change, read }: MessageToRender): Promise<ReadonlyArray<object>> => {
  if (isOfCpn(change)) return renderCpnNews(change, read)
  const news = newsOf(change)
  // The published content of a test.
  if (news === null) return [{ hello: "world" }]
  const merchant = await read.merchant()
  if (merchant === undefined) throw new Error("a change of a merchant's that does not exist")
  return renderNews(news, change, merchant.walletId)
}
