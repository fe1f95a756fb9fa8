import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, it } from "vitest"
import { terminal } from "../machine.ts"
import * as laws from "../testing/laws/index.ts"
import { commandOf, paymentHistory, paymentMove } from "../testing/payment-arbitraries.ts"
import { decide, evolve, noPayment, paymentMachine } from "./index.ts"
import type { Payment, PaymentStatus } from "./payment.ts"

const ends: ReadonlySet<PaymentStatus> = new Set(terminal(paymentMachine))
const dayMs = 24 * 3_600_000

describe("a payment that has ended", () => {
  it("keeps its status for the rest of its life", () => {
    const commands = paymentHistory().map((history) => history.commands)
    const statusOf = ({ status }: Payment) => status
    fc.assert(laws.final({ initial: noPayment, decide, evolve, commands, machine: paymentMachine, statusOf }), {
      numRuns: 10_000
    })
  })

  it("keeps it under any command, legal or not", () => {
    const ended = paymentHistory().filter(({ payment }) => ends.has(payment.status))
    fc.assert(
      fc.property(ended, fc.array(paymentMove(), { minLength: 1, maxLength: 8 }), ({ payment }, moves) =>
        moves.every((move, index) => {
          const decided = decide(payment, commandOf(payment, move, 1_000 + index, payment.updatedAtMs + dayMs))
          if (Result.isFailure(decided)) return true
          return decided.success.events.reduce(evolve, payment).status === payment.status
        })
      ),
      { numRuns: 10_000 }
    )
  })
})
