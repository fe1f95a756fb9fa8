/**
 * What a merchant must have been told, made from the events in the database by rules of its own: the published tables of
 * what is told in which dialect.
 */
import { atOneMoment } from "@paykernel/four-books/database-snapshot"
import { parseJson, textAt, valueAt } from "@paykernel/four-books/json-reading"
import type { Told } from "./webhook-receiver.ts"

type Happened = {
  readonly type: string
  readonly id: string
  readonly version: number
  readonly tag: string
  readonly data: unknown
}

/** Names of messages, as many times as each is to be told. */
export type WebhookBook = {
  readonly kernel: ReadonlyArray<string>
  readonly v1: ReadonlyArray<string>
  readonly v2: ReadonlyArray<string>
  readonly api: ReadonlyArray<string>
  /** Of payments with an address of their own. */
  readonly own: ReadonlyArray<string>
}

export const readWebhookBook = async (databaseUrl: string): Promise<WebhookBook> => {
  const events = await atOneMoment(databaseUrl, async ({ rows }) =>
    (await rows("select type, id, version, tag, data from paykernel_event")).map(
      (row): Happened => ({
        type: textAt(row, "type"),
        id: textAt(row, "id"),
        version: Number(row["version"]),
        tag: textAt(row, "tag"),
        data: typeof row["data"] === "string" ? parseJson(row["data"]) : row["data"]
      })
    )
  )
  const firsts = new Map(events.filter(({ version }) => version === 1).map((event) => [event.id, event.data]))
  const reversals = new Map(
    events
      .filter(({ tag }) => tag === "RefundRequested" || tag === "CancelRequested")
      .map(({ tag, data }) => [textAt(data, "reversalId"), tag === "CancelRequested" ? "cancel" : textAt(data, "type")])
  )
  const transactions = new Map(
    events
      .filter(({ tag }) => tag === "CheckoutPaymentStarted")
      .map(({ data }) => [textAt(data, "paymentId"), textAt(data, "transactionId")])
  )
  // The payment that is made with 3-D Secure is of the same transaction.
  for (const { tag, data } of events) {
    const first = tag === "CheckoutSteppedUp" ? transactions.get(textAt(data, "paymentId")) : undefined
    if (first !== undefined) transactions.set(textAt(data, "authenticatedPaymentId"), first)
  }
  const news = events.flatMap((event) => v2Name(event, firsts, reversals))
  const ofTransactions = events.flatMap((event) => {
    const word = transactionWords[event.tag]
    if (event.type !== "checkout" || word === undefined) return []
    return [{ name: `${word} ${transactions.get(textAt(event.data, "paymentId"))}`, checkout: firsts.get(event.id) }]
  })
  return {
    kernel: events
      .filter(({ type, tag }) => toldTypes.has(type) && !untoldTags.has(tag))
      .map(({ type, id, version }) => `${type} ${id} ${version}`)
      .sort(),
    v1: news.map((name) => name.replace(/^\S+ /u, "")).sort(),
    v2: news.sort(),
    api: ofTransactions.map(({ name }) => name).sort(),
    own: ofTransactions
      .filter(({ checkout }) => valueAt(checkout, "webhookUrl") !== null)
      .map(({ name }) => name)
      .sort()
  }
}

const toldTypes = new Set(["payment", "card", "checkout", "settlement"])
const untoldTags = new Set(["AttemptPlanned", "AttemptAdvanced", "CardPresented"])

const transactionWords: { readonly [tag: string]: string | undefined } = {
  CheckoutSteppedUp: "payment.pending",
  CheckoutPaymentDeclined: "payment.failed",
  CheckoutFailed: "payment.failed",
  CheckoutCompleted: "payment.succeeded"
}

const v2Words: { readonly [tag: string]: string | undefined } = {
  ChallengeIssued: "payments.actionRequired",
  PaymentCaptured: "payments.captured",
  CaptureFailed: "payments.captureFailed",
  PaymentFailed: "payments.failed",
  AuthorizationExpired: "payments.expired",
  PaymentSettled: "payments.paid",
  CardVerified: "cards.complete",
  CardRefused: "cards.failed",
  SettlementCompleted: "settlements.complete"
}

const reversalWords: { readonly [tag: string]: string | undefined } = {
  PaymentVoided: "paid",
  PaymentCancelled: "paid",
  RefundSucceeded: "paid",
  CancelFailed: "failed",
  RefundFailed: "failed"
}

const v2Name = (
  { id, tag, data }: Happened,
  firsts: ReadonlyMap<string, unknown>,
  reversals: ReadonlyMap<string, string>
): ReadonlyArray<string> => {
  if (tag === "PaymentAuthorized") {
    return valueAt(firsts.get(id), "autoCapture") === true ? [] : [`payments.authorized ${id}`]
  }
  const ofReversal = reversalWords[tag]
  if (ofReversal !== undefined) {
    const reversalId = textAt(data, "reversalId")
    return [`${reversals.get(reversalId)}s.${ofReversal} ${reversalId}`]
  }
  const word = v2Words[tag]
  return word === undefined ? [] : [`${word} ${id}`]
}

/** The names of what was told, one for each message however often it came; and what came twice under one id, differing. */
export const namesOf = (
  told: ReadonlyArray<Told>,
  nameOf: (json: unknown) => string
): { readonly names: ReadonlyArray<string>; readonly repeated: number; readonly differing: ReadonlyArray<string> } => {
  const first = new Map<string, Told>()
  const differing: Array<string> = []
  for (const one of told) {
    const known = first.get(one.id)
    if (known === undefined) first.set(one.id, one)
    else if (known.body !== one.body) differing.push(one.id)
  }
  const names = [...first.values()].map(({ json }) => nameOf(json)).sort()
  return { names, repeated: told.length - first.size, differing }
}

export const kernelName = (json: unknown): string =>
  `${textAt(json, "subject", "type")} ${textAt(json, "subject", "id")} ${valueAt(json, "sequence")}`

export const v2NameOf = (json: unknown): string =>
  `${textAt(json, "notificationType")} ${textAt(json, "notification", "id")}`

export const v1NameOf = (json: unknown): string => {
  const message = parseJson(textAt(json, "Message"))
  const [item] = ["payment", "card", "settlement"]
    .map((name) => valueAt(message, name))
    .filter((one) => one !== undefined)
  return textAt(item, "id")
}

export const transactionName = (json: unknown): string =>
  `${textAt(json, "event")} ${textAt(json, "data", "transaction_id")}`

/** What is in one list and not in the other, counting repetitions. */
export const missingFrom = (have: ReadonlyArray<string>, want: ReadonlyArray<string>): ReadonlyArray<string> => {
  const left = new Map<string, number>()
  for (const name of have) left.set(name, (left.get(name) ?? 0) + 1)
  return want.filter((name) => {
    const count = left.get(name) ?? 0
    left.set(name, count - 1)
    return count <= 0
  })
}

export const isNews = (json: unknown): boolean => toldTypes.has(textAt(json, "subject", "type"))
