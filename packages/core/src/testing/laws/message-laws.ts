/** The law of late, repeated and reordered messages: whatever the order, the end is the same. */
import * as Result from "effect/Result"
import * as fc from "fast-check"
import type { Decider } from "../decider.ts"
import { checksOf } from "./law.ts"

/**
 * What the world says about one truth. `facts` make the difference and come at least once; `noise` is said along the way
 * and decides nothing; `last` is what comes in the end, in any case.
 */
export type Scene<State, Message> = {
  readonly state: State
  readonly facts: ReadonlyArray<Message>
  readonly noise: ReadonlyArray<Message>
  readonly last: ReadonlyArray<Message>
}

/**
 * Every fact once or more, noise as often as it likes, all in some order, end in the same state as the facts alone. A
 * refused message is not acknowledged, so it comes again for as long as anything else is news.
 *
 * @example
 * const requests = [requested, approved].slice(0, 1)
 * const state = playHistory({ initial: noPayment, decide, evolve }, requests).state
 * const scenes = fc.constant({ state, facts: [approved], noise: [repeatedApproval], last: [] })
 * fc.assert(anyOrder({ initial: noPayment, decide, evolve, scenes }))
 */
export const anyOrder = <State, Message, Event, Rejection, Decision extends { readonly events: ReadonlyArray<Event> }>({
  scenes,
  ...decider
}: Decider<State, Message, Event, Rejection, Decision> & { readonly scenes: fc.Arbitrary<Scene<State, Message>> }) => {
  const { same } = checksOf("anyOrder")
  const told = scenes.chain((scene) => fc.tuple(fc.constant(scene), heard(scene)))
  return fc.property(told, ([{ state, facts, last }, messages]) => {
    const once = deliver(decider, state, [...facts, ...last])
    const often = deliver(decider, state, [...messages, ...last])
    same("another order or number of messages leads elsewhere", once, often)
  })
}

/** The state in which messages end when those that are refused come again. */
export const deliver = <State, Message, Event, Rejection, Decision extends { readonly events: ReadonlyArray<Event> }>(
  { decide, evolve }: Decider<State, Message, Event, Rejection, Decision>,
  start: State,
  messages: ReadonlyArray<Message>
): State => {
  let state = start
  let waiting = messages
  for (;;) {
    const refused: Array<Message> = []
    let news = false
    for (const message of waiting) {
      const decided = decide(state, message)
      if (Result.isFailure(decided)) refused.push(message)
      else {
        news ||= decided.success.events.length > 0
        state = decided.success.events.reduce(evolve, state)
      }
    }
    if (!news) return state
    waiting = refused
  }
}

const heard = <State, Message>({ facts, noise }: Scene<State, Message>): fc.Arbitrary<ReadonlyArray<Message>> =>
  fc
    .tuple(fc.array(fc.constantFrom(...facts, ...noise), { maxLength: 10 }), fc.infiniteStream(fc.nat()))
    .map(([more, ranks]) =>
      [...facts, ...more]
        .map((message) => ({ message, rank: ranks.next().value ?? 0 }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ message }) => message)
    )
