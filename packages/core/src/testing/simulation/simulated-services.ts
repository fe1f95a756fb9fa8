/**
 * The vault and the risk service, as processes reach them. The vault keeps numbers behind tokens, as a key service would:
 * real ciphers end when the machine lets them, in an order that no seed decides.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import type { PortCall } from "../../ports/fault-points.ts"
import type { Risk } from "../../ports/risk.ts"
import { type Store, StoreUnavailable } from "../../ports/store.ts"
import { type Place, SealBroken, type Vault, VaultUnavailable } from "../../ports/vault.ts"
import { defaultRisk, firstDenial, noRiskRules } from "../../risk/index.ts"
import { sandboxRisk } from "../../simulator/sandbox-risk.ts"
import type { Actor } from "./agenda.ts"
import { crossingOf, type Surroundings } from "./process.ts"
import { makeTrace } from "./trace.ts"
import type { Weather } from "./weather.ts"

export type ServiceGrounds = Surroundings & { readonly weather: Weather }

/** Numbers by token. One for all processes. */
export type Safe = Map<string, { readonly secret: string; readonly place: string }>

export const vaultOf = (world: ServiceGrounds, actor: Actor, safe: Safe): Vault["Service"] => {
  const cross = crossingOf(world, actor)
  const ask = <A, E>(call: PortCall, note: string, answer: () => Exit.Exit<A, E>) =>
    cross<A, E | VaultUnavailable>(call, note, world.weather.services.slow, (deliver) => {
      if (!world.dice.chance(world.weather.services.unavailable)) return deliver(answer())
      world.coverage.struck(`${call}: unavailable`)
      deliver(Exit.fail(new VaultUnavailable({ cause: "weather" })))
    })
  return {
    seal: (secret, place) =>
      ask("vault.seal", place.recordId, () => {
        const token = `sealed-${safe.size}`
        safe.set(token, { secret: typeof secret === "string" ? secret : secret.reveal(), place: textOf(place) })
        return Exit.succeed(token)
      }),
    open: (sealed, place) =>
      ask("vault.open", place.recordId, () => {
        const kept = safe.get(sealed)
        return kept?.place === textOf(place)
          ? Exit.succeed(Redacted.make(kept.secret))
          : Exit.fail(new SealBroken({ place }))
      }),
    rewrap: Effect.succeed,
    fingerprint: (pan, merchantId) =>
      ask("vault.fingerprint", merchantId, () => {
        const trace = makeTrace()
        trace.note(pan.reveal(), merchantId)
        const hash = trace.hash()
        return Exit.succeed(`${hash.slice(0, 8)}-${hash.slice(8, 12)}-8000-8000-${hash.slice(4)}`)
      })
  }
}

const textOf = ({ merchantId, recordId, field }: Place): string => JSON.stringify([merchantId, recordId, field])

/** The simulator's magic inputs before the real rule set, whose limits are too wide to be met. */
export const riskOf = (world: ServiceGrounds, actor: Actor, store: Store["Service"]): Risk["Service"] => {
  const wide = { max: 1_000_000, windowMs: 86_400_000 }
  const rules = { ...noRiskRules, velocity: { perCard: wide, perEmail: null, perIp: null } }
  const real = firstDenial([sandboxRisk(), defaultRisk(store, rules)])
  const cross = crossingOf(world, actor)
  const ask = (call: PortCall, id: string) =>
    cross<void, StoreUnavailable>(call, id, world.weather.services.slow, (deliver) => {
      if (!world.dice.chance(world.weather.services.unavailable)) return deliver(Exit.void)
      world.coverage.struck(`${call}: unavailable`)
      deliver(Exit.fail(new StoreUnavailable({ reason: "weather", outcomeUnknown: false })))
    })
  return {
    assessCard: (card, nowMs) => Effect.andThen(ask("risk.assessCard", card.id), real.assessCard(card, nowMs)),
    assessPayment: (payment, card, nowMs) =>
      Effect.andThen(ask("risk.assessPayment", payment.id), real.assessPayment(payment, card, nowMs))
  }
}
