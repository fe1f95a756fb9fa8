import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { anyCrossBorderEvent, anyCrossBorderPayment } from "../testing/arbitraries/cross-border-arbitraries.ts"
import * as laws from "../testing/laws/index.ts"
import {
  decodeCrossBorderEvent,
  decodeCrossBorderPayment,
  encodeCrossBorderEvent,
  encodeCrossBorderPayment
} from "./cross-border.schema.ts"
import { noPayment } from "./index.ts"

describe("a stored cross-border payment", () => {
  it("is read as it was written, and so is each event", () => {
    fc.assert(
      laws.roundTrip({
        values: anyCrossBorderPayment,
        write: encodeCrossBorderPayment,
        read: decodeCrossBorderPayment
      }),
      { numRuns: 1_000 }
    )
    fc.assert(
      laws.roundTrip({ values: anyCrossBorderEvent, write: encodeCrossBorderEvent, read: decodeCrossBorderEvent }),
      { numRuns: 1_000 }
    )
  })

  it.each([
    { status: "paid" },
    { failureCode: "PM99999" },
    { received: [{ transactionId: "t" }] },
    { source: 5 },
    { rfis: [{ id: "r", status: "lost" }] },
    { transactions: [{ id: "t", status: "lost" }] }
  ])("is not read where it is none: %j", (change) => {
    expect(() => decodeCrossBorderPayment({ ...encodeCrossBorderPayment(noPayment), ...change })).toThrow()
  })

  it("holds nothing that is no part of it, whoever put it there", () => {
    const leaking = { ...noPayment, beneficiaryName: "Jane Doe" }
    expect(JSON.stringify(encodeCrossBorderPayment(leaking))).not.toContain("Jane")
  })
})
