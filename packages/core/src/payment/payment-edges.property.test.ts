import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { attemptMachine } from "../attempt/index.ts"
import { next } from "../machine.ts"
import * as laws from "../testing/laws/index.ts"
import { type PaymentHistory, paymentHistory } from "../testing/payment-arbitraries.ts"
import { edgesTaken, walk } from "../testing/walk.ts"
import { decide, evolve, noPayment, paymentMachine } from "./index.ts"
import type { Payment } from "./payment.ts"

/** The edges that a life's attempts went along, and whether each led where the table says. */
const attemptTrace = ({ events }: PaymentHistory) => {
  const taken = new Set<string>()
  let legal = true
  let payment: Payment = noPayment
  for (const event of events) {
    const before = payment
    payment = evolve(before, event)
    if (event._tag !== "AttemptAdvanced") continue
    const from = before.attempts.find(({ id }) => id === event.attemptId)
    const to = payment.attempts.find(({ id }) => id === event.attemptId)
    taken.add(`${from?.status} ${event.event._tag}`)
    legal &&= from !== undefined && next(attemptMachine, from.status, event.event._tag) === to?.status
  }
  return { taken, legal }
}

describe("every event that was ever decided", () => {
  it("is an edge of the payment machine", () => {
    const commands = paymentHistory().map((history) => history.commands)
    const statusOf = ({ status }: Payment) => status
    fc.assert(laws.legal({ initial: noPayment, decide, evolve, commands, machine: paymentMachine, statusOf }), {
      numRuns: 10_000
    })
  })

  it("is an edge of the attempt machine where it concerns an attempt", () => {
    fc.assert(
      fc.property(paymentHistory(), (history) => attemptTrace(history).legal),
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
    const lives = fc.sample(paymentHistory({ movesMax: 40 }), { numRuns: 20_000, seed: 7 })
    const payments = { initial: noPayment, decide, evolve, statusOf: ({ status }: Payment) => status }
    const taken = edgesTaken(
      payments,
      lives.map(({ commands }) => commands)
    )
    expect(walk(paymentMachine, "none", taken).missingCommands).toEqual([])
    const ofAttempts = new Set(lives.flatMap((life) => [...attemptTrace(life).taken]))
    const untaken = walk(attemptMachine, "planned").edges.filter(
      ({ from, event }) => !ofAttempts.has(`${from} ${event}`)
    )
    expect(untaken).toEqual([])
  })
})
