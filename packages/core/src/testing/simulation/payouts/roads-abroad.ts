/** The payout network and the chains that it is funded on, as processes reach them; each call meets a trouble of its own. */
import * as Effect from "effect/Effect"
import type { PortCall } from "../../../ports/fault-points.ts"
import type { FundingChain, SignedFunding } from "../../../ports/funding-chain.ts"
import type { FundingNotice, PayoutNetwork, SubmittedPayment, SubmittedRfi } from "../../../ports/payout-network.ts"
import type { NetworkMode } from "../../../simulator/payout/network-mode.ts"
import type { Actor } from "../agenda.ts"
import { crossingOf, type Surroundings } from "../process.ts"
import { outside } from "../simulated-gateway.ts"
import { meetTrouble } from "../troubles.ts"
import type { Weather } from "../weather.ts"
import type { Institution } from "./institution.ts"

export type RoadsAbroad = Surroundings & { readonly weather: Weather }

/** Told of what is about to leave a process, which has so long for it. */
export type EarsAbroad = {
  readonly submits: (payment: SubmittedPayment, timeoutMs: number) => void
  readonly funds: (notice: FundingNotice, timeoutMs: number) => void
  readonly answers: (answer: SubmittedRfi, timeoutMs: number) => void
  readonly broadcasts: (signed: SignedFunding, timeoutMs: number) => void
}

/** The troubles that each kind of call can meet. */
const troublesOf = {
  message: ["down", "drop-before", "execute-drop", "late", "duplicate"],
  lookup: ["down", "stale"],
  question: ["down"]
} as const satisfies { readonly [kind: string]: ReadonlyArray<NetworkMode> }

export const networkOf = (
  world: RoadsAbroad,
  actor: Actor,
  institution: Institution,
  ears: EarsAbroad
): PayoutNetwork["Service"] => {
  const own = institution.network
  const traverse = traversing(world, actor, institution)
  const sending = <A, B>(
    tell: (what: A, timeoutMs: number) => void,
    call: () => Effect.Effect<B>,
    what: A,
    ms: number
  ) =>
    Effect.suspend(() => {
      tell(what, ms)
      return call()
    })
  return {
    name: own.name,
    routes: traverse("payouts.routes", "", "question", own.routes),
    quote: (request) => traverse("payouts.quote", request.destinationCountry, "question", own.quote(request)),
    requirements: (id) => traverse("payouts.requirements", id, "question", own.requirements(id)),
    submit: (payment, ms) => {
      const call = () => traverse("payouts.submit", payment.key, "message", own.submit(payment, ms))
      return sending(ears.submits, call, payment, ms)
    },
    fund: (notice, ms) => {
      const call = () => traverse("payouts.fund", notice.key, "message", own.fund(notice, ms))
      return sending(ears.funds, call, notice, ms)
    },
    answerRfi: (answer, ms) => {
      const call = () => traverse("payouts.answerRfi", answer.rfiId, "message", own.answerRfi(answer, ms))
      return sending(ears.answers, call, answer, ms)
    },
    lookup: (key, ms) => traverse("payouts.lookup", key, "lookup", own.lookup(key, ms))
  }
}

export const fundingOf = (
  world: RoadsAbroad,
  actor: Actor,
  institution: Institution,
  ears: EarsAbroad
): FundingChain["Service"] => {
  const own = institution.chain
  const traverse = traversing(world, actor, institution)
  return {
    ...own,
    plan: (plan) => traverse("funding.plan", plan.key, "question", own.plan(plan)),
    check: (signed) => traverse("funding.check", signed.key, "question", own.check(signed)),
    broadcast: (signed, ms) =>
      Effect.suspend(() => {
        ears.broadcasts(signed, ms)
        return traverse("funding.broadcast", signed.key, "message", own.broadcast(signed, ms))
      }),
    lookup: (key, ms) => traverse("funding.lookup", key, "lookup", own.lookup(key, ms))
  }
}

/** A call under the trouble that the weather has for it. */
const traversing = (world: RoadsAbroad, actor: Actor, { treat }: Institution) => {
  const cross = crossingOf(world, actor)
  return <A, E>(
    call: PortCall,
    note: string,
    kind: keyof typeof troublesOf,
    effect: Effect.Effect<A, E>
  ): Effect.Effect<A, E> =>
    cross(call, note, world.weather.abroad.slow, (deliver) => {
      const { trouble } = meetTrouble(world, call, world.weather.abroad, troublesOf[kind])
      treat(trouble)
      outside(world, effect, deliver)
    })
}
