/** What keeps a checkout from being paid twice, or after its end, or without anybody noticing, switched off. */

import type { Commit } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Checkout, CheckoutCommand, CheckoutPayment } from "../../src/checkout/checkout.ts"
import type { PlantedRule, SwitchedOff } from "./planted-rule.ts"
import { withStore } from "./planted-rule.ts"
import type { Functions } from "./switchboard.ts"

type Decision = ReturnType<Functions["decide"]>
type Off = NonNullable<SwitchedOff["functions"]>

/** Decides of another command, or another checkout, than it was asked about. */
const deciding =
  (
    before: (checkout: Checkout, command: CheckoutCommand) => readonly [Checkout, CheckoutCommand],
    after: (decision: Decision) => Decision = (decision) => decision
  ): Off =>
  ({ decide }) => ({ decide: (checkout, command) => after(decide(...before(checkout, command))) })

/** A checkout that is being paid passes for an open one wherever such a command is decided, and may make the move. */
const openFor = (wanted: CheckoutCommand["_tag"], event: string, to: Checkout["status"]): Off => {
  const asOpen = (checkout: Checkout): Checkout =>
    checkout.status === "paying" ? { ...checkout, status: "open" } : checkout
  return ({ decide, follow }) => ({
    decide: (checkout, command) => decide(command._tag === wanted ? asOpen(checkout) : checkout, command),
    follow: (machine, state, tag) =>
      state === "paying" && tag === event ? stateOf(machine, to) : follow(machine, state, tag)
  })
}

/** The state of this name, of a machine that has one. */
const stateOf = <State extends string>(machine: { readonly [state in State]: unknown }, name: string): State => {
  const found = (Object.keys(machine) as Array<State>).find((state) => state === name)
  if (found === undefined) throw new Error(`no state ${name}`)
  return found
}

const renamedTries: Off = (own) => {
  let tries = 0
  const renamed = deciding((checkout, command) => [
    checkout,
    command._tag === "StartPayment" ? { ...command, attempt: `${command.attempt} ${++tries}` } : command
  ])
  return renamed(own)
}

const endless = (checkout: Checkout, command: CheckoutCommand): readonly [Checkout, CheckoutCommand] => [
  command._tag === "StartPayment" ? { ...checkout, expiresAtMs: null } : checkout,
  command
]

/** Any outcome is a success. */
const optimistic = (checkout: Checkout, command: CheckoutCommand): readonly [Checkout, CheckoutCommand] => [
  checkout,
  command._tag === "RecordPayment" ? { ...command, outcome: { _tag: "Succeeded" } } : command
]

const unfollowed = (decision: Decision): Decision =>
  Result.map(decision, (decided) => ({
    ...decided,
    tasks: decided.tasks.filter(({ kind }) => kind !== "follow_payment")
  }))

/** The payment of a step-up, which is the last one, is another try. */
const stepUpApart: Off = ({ evolve }) => ({
  evolve: (checkout, event) => {
    const after = evolve(checkout, event)
    if (event._tag !== "CheckoutSteppedUp") return after
    const apart = (payment: CheckoutPayment): CheckoutPayment =>
      payment.id === event.authenticatedPaymentId ? { ...payment, attempt: `${payment.attempt} again` } : payment
    return { ...after, payments: after.payments.map(apart) }
  }
})

const isOf =
  (type: string) =>
  (write: Commit["aggregates"][number]): boolean =>
    write.ref.type === type

/** The checkout says that it is paid for, and then the payment is made. */
const paymentLast = withStore((own) => ({
  commit: (commit) => {
    const payments = commit.aggregates.filter(isOf("payment"))
    if (payments.length === 0 || !commit.aggregates.some(isOf("checkout"))) return own.commit(commit)
    const aggregates = commit.aggregates.filter((write) => !isOf("payment")(write))
    const nothing = { idempotency: null, ledger: [], tasks: [], lease: null, sealed: [], erased: [] }
    return Effect.andThen(own.commit({ ...commit, aggregates }), own.commit({ ...nothing, aggregates: payments }))
  }
}))

export const onePaymentPerCheckout: PlantedRule = {
  number: null,
  name: "a checkout is paid once, while it is open, and knows it",
  off: [
    {
      title: "a second payment begins while one is under way",
      as: ["I5", "I1"],
      functions: openFor("StartPayment", "CheckoutPaymentStarted", "paying")
    },
    {
      title: "a checkout expires while it is being paid",
      as: ["I5"],
      functions: openFor("ExpireCheckout", "CheckoutExpired", "expired")
    },
    {
      title: "a button that is pressed twice is two tries",
      as: ["I6"],
      functions: renamedTries
    },
    { title: "a step-up is a try of its own", as: ["I5"], functions: stepUpApart },
    { title: "a page is paid when its time is over", as: ["I5"], functions: deciding(endless) },
    { title: "a payment that has ended has succeeded", as: ["TRUTH"], functions: deciding(optimistic) },
    {
      title: "a payment is followed only by whoever waits for it",
      as: ["I9"],
      functions: deciding((...asked) => asked, unfollowed)
    },
    { title: "a checkout is written before its payment", as: ["I6", "TRUTH"], planting: paymentLast }
  ]
}
