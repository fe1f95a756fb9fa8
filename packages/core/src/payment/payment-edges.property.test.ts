import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { attemptMachine } from "../attempt/index.ts"
import { next } from "../machine.ts"
import { type PaymentHistory, paymentHistory } from "../testing/payment-arbitraries.ts"
import { walk } from "../testing/walk.ts"
import { evolve, noPayment, paymentMachine } from "./index.ts"
import type { Payment } from "./payment.ts"

/** The edges of both machines that a life went along, and whether each led where its table says. */
const trace = ({ events }: PaymentHistory) => {
  const taken = new Set<string>()
  let legal = true
  let payment: Payment = noPayment
  for (const event of events) {
    const before = payment
    payment = evolve(before, event)
    taken.add(`${before.status} ${event._tag}`)
    legal &&= next(paymentMachine, before.status, event._tag) === payment.status
    if (event._tag !== "AttemptAdvanced") continue
    const from = before.attempts.find(({ id }) => id === event.attemptId)
    const to = payment.attempts.find(({ id }) => id === event.attemptId)
    taken.add(`attempt ${from?.status} ${event.event._tag}`)
    legal &&= from !== undefined && next(attemptMachine, from.status, event.event._tag) === to?.status
  }
  return { taken, legal }
}

describe("every event that was ever decided", () => {
  it("is an edge of the payment machine, and of the attempt machine where it concerns one", () => {
    fc.assert(
      fc.property(paymentHistory(), (history) => trace(history).legal),
      { numRuns: 10_000 }
    )
  })

  it("leaves an attempt its key, its kind and its amount", () => {
    fc.assert(
      fc.property(paymentHistory(), ({ states, payment }) =>
        states.every(({ attempts }) =>
          attempts.every((attempt, index) => {
            const last = payment.attempts[index]
            return (
              last !== undefined &&
              last.id === attempt.id &&
              last.gatewayKey === attempt.gatewayKey &&
              last.kind === attempt.kind &&
              last.amount === attempt.amount &&
              last.needsCvv === attempt.needsCvv
            )
          })
        )
      ),
      { numRuns: 10_000 }
    )
  })

  it("leaves no edge of either machine untaken, so that the laws above speak about all of them", () => {
    const taken = new Set<string>()
    for (const history of fc.sample(paymentHistory({ movesMax: 40 }), { numRuns: 20_000, seed: 7 })) {
      for (const edge of trace(history).taken) taken.add(edge)
    }
    const all = [
      ...walk(paymentMachine, "none").edges.map(({ from, event }) => `${from} ${event}`),
      ...walk(attemptMachine, "planned").edges.map(({ from, event }) => `attempt ${from} ${event}`)
    ]
    expect(all.filter((edge) => !taken.has(edge))).toEqual([])
  })
})
