/** Whatever the kernel refuses, the answer has its published status and code. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { openShop, type Shop } from "./shop.ts"

const usd = (amount: bigint) => ({ amount, currency: "USD" as const })

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

type Rejection = { readonly _tag: string; readonly [detail: string]: unknown }

/** What the API answers while the kernel refuses everything for this reason. */
const answered = async (asked: string, error: Rejection) => {
  const { checkouts } = shop.kernel
  const opened = asked === "cancel" ? await shop.open() : null
  const before = { ...checkouts }
  const refuse = async () => ({ ok: false, error })
  Object.assign(checkouts, { payDirectly: refuse, open: refuse, cancel: refuse })
  if (asked === "read" || asked === "health")
    Object.assign(checkouts, { settled: refuse, get: refuse, ofTransaction: refuse })
  try {
    if (asked === "pay") return await shop.pay()
    if (asked === "open") return await shop.open()
    if (asked === "health") return await shop.call("GET", "/api/health")
    if (asked === "read") return await shop.call("GET", "/api/direct-payment/txn_AAAAAAAAAAAA")
    return await shop.call("POST", `/api/hosted-payment/${opened?.data["session_id"]}/cancel`)
  } finally {
    Object.assign(checkouts, before)
  }
}

const unavailable: Rejection = { _tag: "Unavailable", retryAfterMs: 1500 }

describe("a rejection", () => {
  const rows: ReadonlyArray<readonly [asked: string, error: Rejection, status: number, code: string]> = [
    ["pay", { _tag: "AmountNotPositive" }, 400, "invalid_amount"],
    ["pay", { _tag: "AmountOutsideLimits", min: usd(1n), max: usd(2n) }, 400, "invalid_amount"],
    ["pay", { _tag: "FeesNotAssessable", reason: "NoRule" }, 400, "invalid_amount"],
    ["pay", { _tag: "CurrencyNotSupported", currency: "EUR" }, 400, "invalid_currency"],
    ["pay", { _tag: "CardExpired" }, 400, "expired_card"],
    ["pay", { _tag: "ExpiryOutOfRange" }, 400, "invalid_request"],
    ["pay", { _tag: "IdempotencyKeyReused" }, 422, "idempotency_key_reused"],
    ["pay", { _tag: "IdempotencyKeyInvalid" }, 400, "invalid_request"],
    ["pay", { _tag: "MerchantIsSuspended" }, 403, "account_suspended"],
    ["pay", { _tag: "MerchantNotFound" }, 403, "account_suspended"],
    ["pay", { _tag: "BankTransfersNotEnabled" }, 400, "invalid_request"],
    ["pay", unavailable, 503, "server_error"],
    ["open", { _tag: "CheckoutAmountNotPositive" }, 400, "invalid_amount"],
    ["open", { _tag: "ExpiryNotAllowed", maxMs: 86_400_000 }, 400, "invalid_request"],
    ["open", unavailable, 503, "server_error"],
    ["cancel", { _tag: "CheckoutNotFound" }, 404, "session_not_found"],
    ["cancel", { _tag: "CheckoutIsCompleted" }, 409, "session_already_completed"],
    ["cancel", { _tag: "CheckoutHasExpired" }, 410, "session_expired"],
    ["cancel", { _tag: "CheckoutHasFailed" }, 409, "session_failed"],
    ["cancel", { _tag: "CheckoutIsBeingPaid" }, 409, "session_being_paid"],
    ["read", { _tag: "CheckoutNotFound" }, 404, "transaction_not_found"],
    ["read", unavailable, 503, "server_error"],
    ["health", unavailable, 503, "server_error"]
  ]
  const titled = rows.map((row) => [row[0], row[1]._tag, row] as const)

  it.each(titled)("of %s: %s has its status and code", async (_, __, [asked, error, status, code]) => {
    const reply = await answered(asked, error)
    expect([reply.status, reply.error["code"]]).toEqual([status, code])
    expect(reply.headers.get("retry-after")).toBe(status === 503 ? "2" : code === "session_being_paid" ? "1" : null)
    expect(shop.defects).toEqual([])
  })

  it.each(["CardNotFound", "PaymentAlreadyExists", "CheckoutAlreadyExists", "NotDue", "TermsInvalid"])(
    "that no request can provoke, %s, is a defect",
    async (_tag) => {
      const reply = await answered("pay", { _tag })
      expect([reply.status, reply.error["code"]]).toEqual([500, "server_error"])
      expect(String(shop.defects.splice(0)[0])).toContain(_tag)
    }
  )
})
