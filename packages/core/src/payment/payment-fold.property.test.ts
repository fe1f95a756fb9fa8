import * as fc from "fast-check"
import { describe, it } from "vitest"
import * as laws from "../testing/laws/index.ts"
import { paymentHistory } from "../testing/payment-arbitraries.ts"
import { decide, evolve, noPayment } from "./index.ts"

const payments = {
  initial: noPayment,
  decide,
  evolve,
  commands: paymentHistory().map(({ commands }) => commands)
}

describe("the history of a payment", () => {
  it("folds to the state that was reached command by command", () => {
    fc.assert(laws.replay(payments), { numRuns: 10_000 })
  })

  it("is decided the same again, and nothing that went in is changed", () => {
    fc.assert(laws.pure(payments), { numRuns: 10_000 })
  })
})
