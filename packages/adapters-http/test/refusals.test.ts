/** Whatever the kernel refuses, the answer has its published status and code. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { newKey, openShop, type Shop } from "./shop.ts"

const usd = (amount: bigint) => ({ amount, currency: "USD" as const })

let shop: Shop
let cardId: string
beforeAll(async () => {
  shop = await openShop()
  cardId = await shop.saveCard()
})
afterAll(() => shop.close())

type Rejection = { readonly _tag: string; readonly [detail: string]: unknown }

/** What the API answers while the kernel refuses everything for this reason. */
const answered = async (asked: string, error: Rejection) => {
  const refuse = async () => ({ ok: false, error })
  const { payments, cards } = shop.kernel
  const before = { payments: { ...payments }, cards: { ...cards } }
  Object.assign(payments, { create: refuse, capture: refuse, cancel: refuse, refund: refuse })
  Object.assign(cards, { submit: refuse, update: refuse })
  try {
    if (asked === "card") return await shop.call("POST", "/v1/cards", await shop.cardBody())
    if (asked === "payment") return await shop.call("POST", "/v1/payments", shop.paymentBody(cardId))
    const body = {
      idempotencyKey: newKey(),
      ...(asked === "refund" ? { amount: { amount: "1.00", currency: "USD" } } : {})
    }
    return await shop.call("POST", `/v1/payments/${newKey()}/${asked}`, body)
  } finally {
    Object.assign(payments, before.payments)
    Object.assign(cards, before.cards)
  }
}

describe("a rejection", () => {
  const rows: ReadonlyArray<readonly [asked: string, error: Rejection, status: number, code: number]> = [
    ["payment", { _tag: "AmountNotPositive" }, 400, 1077],
    ["payment", { _tag: "AmountOutsideLimits", min: usd(1n), max: usd(2n) }, 400, 1076],
    ["payment", { _tag: "FeesNotAssessable", reason: "NoRule" }, 400, 1076],
    ["payment", { _tag: "CurrencyNotSupported", currency: "EUR" }, 400, 1078],
    ["payment", { _tag: "SourceNotUsable" }, 400, 1088],
    ["payment", { _tag: "CardNotFound" }, 400, 1089],
    ["payment", { _tag: "ChannelNotFound" }, 400, 2],
    ["payment", { _tag: "CvvRequired" }, 400, 2],
    ["payment", { _tag: "CvvNotAllowed" }, 400, 2],
    ["payment", { _tag: "IdempotencyKeyReused" }, 409, 1083],
    ["payment", { _tag: "IdempotencyKeyInvalid" }, 400, 2],
    ["payment", { _tag: "MerchantNotFound" }, 403, 3],
    ["payment", { _tag: "MerchantIsSuspended" }, 403, 3],
    ["payment", { _tag: "Unavailable", retryAfterMs: 10 }, 503, -1],
    ["card", { _tag: "CardExpired" }, 400, 2],
    ["card", { _tag: "ExpiryOutOfRange" }, 400, 2],
    ["capture", { _tag: "PaymentNotFound" }, 404, 1051],
    ["capture", { _tag: "NotAPayment" }, 404, 1051],
    ["capture", { _tag: "OperationInFlight", kind: "authorize" }, 409, 409],
    ["capture", { _tag: "PaymentNotCapturable", status: "pending" }, 409, 409],
    ["capture", { _tag: "PaymentNotCapturable", status: "voided" }, 409, 1097],
    ["capture", { _tag: "PartialCaptureNotEnabled" }, 403, 3],
    ["capture", { _tag: "CaptureExceedsAuthorized", authorized: usd(1n), asked: usd(2n) }, 400, 2],
    ["capture", { _tag: "AuthorizationHasExpired", expiredAtMs: 0 }, 409, 1097],
    ["cancel", { _tag: "NotAPayment" }, 409, 1084],
    ["cancel", { _tag: "PaymentNotCancellable", status: "pending" }, 409, 1084],
    ["cancel", { _tag: "PaymentAlreadyCancelled" }, 409, 1086],
    ["cancel", { _tag: "OriginalPaymentFailed" }, 409, 1097],
    ["refund", { _tag: "NotAPayment" }, 409, 1085],
    ["refund", { _tag: "PaymentNotRefundable", status: "pending" }, 409, 1085],
    ["refund", { _tag: "TooManyReversals", limit: 100 }, 409, 1085],
    ["refund", { _tag: "RefundExceedsRemaining", remaining: usd(1n), asked: usd(2n) }, 400, 1087]
  ]
  const titled = rows.map((row) => [row[0], row[1]._tag, row] as const)

  it.each(titled)("%s: %s has its status and code", async (_, __, [asked, error, status, code]) => {
    const reply = await answered(asked, error)
    expect([reply.status, reply.json["code"]]).toEqual([status, code])
    expect(reply.json["message"]).toEqual(expect.any(String))
    expect(shop.defects).toEqual([])
  })

  it("has a code that the documentation explains", async () => {
    const { text } = await shop.call("GET", "/docs")
    for (const [, , , code] of rows) expect(text).toContain(`<td>${code}</td>`)
  })

  it("of an operation under way says when to ask again", async () => {
    const reply = await answered("refund", { _tag: "OperationInFlight", kind: "refund" })
    expect([reply.status, reply.headers.get("retry-after")]).toEqual([409, "1"])
  })

  it.each(["CardAlreadyExists", "PaymentAlreadyExists", "NotSettleable", "NotDue", "AttemptNotFound", "TermsInvalid"])(
    "that no request can provoke, %s, is a defect",
    async (_tag) => {
      const reply = await answered("payment", { _tag })
      expect([reply.status, reply.json["code"]]).toEqual([500, -1])
      expect(String(shop.defects.splice(0)[0])).toContain(_tag)
    }
  )
})
