import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, it } from "vitest"
import { paymentHistory } from "../testing/payment-arbitraries.ts"
import { sameData } from "../testing/plain-data.ts"
import { decide, evolve, noPayment } from "./index.ts"
import type { Payment } from "./payment.ts"

const frozen = <A>(value: A): A => {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  Object.values(value).forEach(frozen)
  return value
}

describe("the history of a payment", () => {
  it("folds to the state that was reached command by command", () => {
    fc.assert(
      fc.property(paymentHistory(), ({ events, payment }) => sameData(events.reduce(evolve, noPayment), payment)),
      { numRuns: 10_000 }
    )
  })

  it("is decided the same again, and nothing that went in is changed", () => {
    fc.assert(
      fc.property(paymentHistory(), ({ commands, events, ledger, tasks, payment }) => {
        let state: Payment = frozen(noPayment)
        const again = commands.flatMap((command) => {
          const decided = decide(state, frozen(command))
          if (Result.isFailure(decided)) return []
          state = frozen(decided.success.events.map(frozen).reduce(evolve, state))
          return [decided.success]
        })
        return (
          sameData(
            again.flatMap((decision) => decision.events),
            events
          ) &&
          sameData(
            again.flatMap((decision) => decision.ledger),
            ledger
          ) &&
          sameData(
            again.flatMap((decision) => decision.tasks),
            tasks
          ) &&
          sameData(state, payment)
        )
      }),
      { numRuns: 10_000 }
    )
  })
})
