/** What is true in the end, in words that name nothing which may differ: no ids, no times, no process. */
import * as Effect from "effect/Effect"
import { keptName } from "../../src/testing/simulation/books.ts"
import { keyScope, type Wish } from "../../src/testing/simulation/clients.ts"
import { merchantId } from "../../src/testing/simulation/shop.ts"
import type { World } from "../../src/testing/simulation/world.ts"

/** A line for each request and how it was answered, for each payment, and for each balance. */
export const truthOf = (world: World, asked: ReadonlyArray<Wish>): ReadonlyArray<string> => {
  const { books, grounds, truth } = world
  truth.read()
  const made = new Map([...books.payments.values()].map((payment) => [payment.state.description, payment]))
  const requests = asked.map(({ key, what, told }) => {
    const payment = made.get(key)
    const paid = payment === undefined ? "" : `: ${paymentText(world, payment.state)}`
    const kept = books.kept.get(keptName(keyScope, key))
    // Beside the ids of it, the answer says what it was about.
    const answer = kept === undefined ? told : `answered ${JSON.parse(kept.body).status}`
    return `${key} ${what}, ${answer}${paid}`
  })
  const balances = Effect.runSync(grounds.store.balances(merchantId))
  return [
    ...requests,
    `${books.payments.size} payments, ${truth.effects.size} effects at the bank`,
    ...balances.map(({ account, currency, posted, held }) => `${account} ${currency} ${posted} ${held}`)
  ]
}

/** Every payment was asked for under a key, which is its description: one without would be counted and not listed. */
const paymentText = ({ truth }: World, state: State): string => {
  const amounts = [state.authorized, state.captured, state.refunded, state.refunding, state.fees]
  const attempts = state.attempts.map(({ kind, status, amount }) => `${kind} ${amount.amount} ${status}`)
  const reversals = state.reversals.map(({ type, status, amount }) => `${type} ${amount.amount} ${status}`)
  const atBank = [...truth.effects.values()].filter(({ paymentId }) => paymentId === state.id)
  return [
    [state.status, state.failure, state.verification?.avs, state.authentication?.status].join(" "),
    amounts.map(({ amount }) => amount).join(" "),
    attempts.join(", "),
    reversals.join(", "),
    atBank.map(({ kind, amount, capture }) => `${kind} ${amount} ${capture}`).join(", ")
  ].join(" | ")
}

type State = World["books"] extends { readonly payments: ReadonlyMap<string, { state: infer S }> } ? S : never
