import { describe, expect, it } from "vitest"
import { type AskedOfCpn, type CrossBorderFailure, publishCpn } from "./rejection.ts"

type Row = readonly [failure: CrossBorderFailure, asked: AskedOfCpn, status: number, code: number]

/** Those that a test over HTTP cannot bring about, or not without a race. */
const rows: ReadonlyArray<Row> = [
  [{ _tag: "TransactionHasExpired", expiredAtMs: 1 }, "transaction", 400, 290329],
  [{ _tag: "RfiPending", rfiId: "1" }, "transaction", 400, 290205],
  [{ _tag: "PaymentHasExpired", expiredAtMs: 1 }, "transaction", 400, 290308],
  [{ _tag: "TooManyTransactions", limit: 20 }, "transaction", 400, 290304],
  [{ _tag: "SignedTransactionMalformed", lengthMax: 1 }, "transaction", 400, 290327],
  [{ _tag: "RfiHasExpired", expiredAtMs: 1 }, "rfi", 400, 290400],
  [{ _tag: "TooManyRfiFiles", limit: 20 }, "file", 400, 2],
  [{ _tag: "RfiFileTooLarge", maxBytes: 1 }, "file", 400, 290404],
  [{ _tag: "MerchantIsSuspended" }, "payment", 403, 3],
  [{ _tag: "IdempotencyKeyInvalid" }, "payment", 400, 2],
  [{ _tag: "Unavailable", retryAfterMs: 1500 }, "payment", 503, -1],
  [{ _tag: "QuoteIncoherent", why: "fees_do_not_add_up" }, "payment", 500, -1],
  [{ _tag: "RefusedByNetwork", refusal: { why: "key_reused", fields: [] } }, "payment", 500, -1],
  [{ _tag: "RefusedByNetwork", refusal: { why: "quote_in_use", fields: [] } }, "payment", 400, 290201],
  [{ _tag: "RefusedByNetwork", refusal: { why: "quote_expired", fields: [] } }, "payment", 400, 290202],
  [{ _tag: "RefusedByNetwork", refusal: { why: "rfi_expired", fields: [] } }, "rfi", 400, 290400],
  [{ _tag: "JweNotAcceptable", field: "answer", why: "encryption_unsupported" }, "rfi", 400, 290503]
]

describe("a rejection of the kernel", () => {
  it.each(rows)("%j, asked for a %s, is %i with code %i", (failure, asked, status, code) => {
    expect(publishCpn(failure, asked)).toMatchObject({ status, code })
  })

  it("has a code of its own where the same fact is told of something else", () => {
    const codes = (["read", "transaction", "rfi", "ticket"] as const).map((asked) => {
      const { status, code } = publishCpn({ _tag: "PaymentNotFound" }, asked)
      return [status, code]
    })
    expect(codes).toEqual([
      [404, 2],
      [400, 290305],
      [404, 2],
      [404, 290603]
    ])
  })

  it("that this API cannot bring about is a defect", () => {
    expect(() => publishCpn({ _tag: "QuoteAlreadyExists" }, "quote")).toThrow("QuoteAlreadyExists")
    expect(() => publishCpn({ _tag: "FundsNotReceived" }, "transaction")).toThrow("FundsNotReceived")
  })
})
