/** What goes wrong at the moment, and how often: weather comes and goes, as real trouble does, and strikes many calls. */
import { type ChainMode, chainModes } from "../../simulator/chain/chain-mode.ts"
import { type GatewayMode, gatewayModes } from "../../simulator/gateway-mode.ts"
import { type NetworkMode, networkModes } from "../../simulator/payout/network-mode.ts"
import type { Dice } from "./dice.ts"

/**
 * What a simulation may inflict. Every class is on by default; one that is off is never inflicted, and nothing else
 * about a schedule changes.
 */
export type Faults = {
  /** Processes die and are started again. */
  readonly crashes: boolean
  /** Processes stand still past their leases and then go on. */
  readonly stalls: boolean
  /** Commits meet conflicts, are lost on their way or after their effect; reads fail; all of it may be slow. */
  readonly store: boolean
  /** Timeouts before and after the effect, late effects, garbage, declines, stale and dead look-ups. */
  readonly gateway: boolean
  /** The vault and the risk service cannot be asked. */
  readonly services: boolean
  /** Messages of the bank come late, twice, out of order, or lie; returns from 3-D Secure are forged. */
  readonly messages: boolean
  /** Clocks jump, forwards and back, and differ between processes. */
  readonly clocks: boolean
  /** Receivers of webhooks fail, hang, are gone or ask for patience; messages and answers are lost on the way. */
  readonly receivers: boolean
  /** Chains cannot be reached, lose answers, lag, and take back their newest blocks; payers change their minds. */
  readonly chains: boolean
  /** The payout network and its chains cannot be reached, lose answers, lag, and contradict themselves. */
  readonly abroad: boolean
}

export const everyFault: Faults = {
  crashes: true,
  stalls: true,
  store: true,
  gateway: true,
  services: true,
  messages: true,
  clocks: true,
  receivers: true,
  chains: true,
  abroad: true
}

export const noFaults: Faults = {
  crashes: false,
  stalls: false,
  store: false,
  gateway: false,
  services: false,
  messages: false,
  clocks: false,
  receivers: false,
  chains: false,
  abroad: false
}

/** Beside the modes of the simulated bank: `refused`, no connection; `declined`, the bank will not do it for good. */
export type GatewayTrouble = GatewayMode | "refused" | "declined"

export type Weather = {
  /** Probabilities from 0 to 1 for one call. */
  store: {
    readonly conflict: number
    readonly unavailable: number
    readonly answerLost: number
    readonly requestLost: number
    readonly slow: number
    readonly nudgeLost: number
  }
  gateway: { readonly troubles: ReadonlyArray<GatewayTrouble>; readonly rate: number; readonly slow: number }
  services: { readonly unavailable: number; readonly slow: number }
  /** Between processes and receivers: what each of these does with what comes is its own affair. */
  way: {
    readonly unavailable: number
    readonly requestLost: number
    readonly answerLost: number
    readonly slow: number
  }
  chains: { readonly troubles: ReadonlyArray<ChainMode>; readonly rate: number; readonly slow: number }
  abroad: { readonly troubles: ReadonlyArray<NetworkMode>; readonly rate: number; readonly slow: number }
}

export const calm = (): Weather => ({
  store: { conflict: 0, unavailable: 0, answerLost: 0, requestLost: 0, slow: 0, nudgeLost: 0 },
  gateway: { troubles: [], rate: 0, slow: 0 },
  services: { unavailable: 0, slow: 0 },
  way: { unavailable: 0, requestLost: 0, answerLost: 0, slow: 0 },
  chains: { troubles: [], rate: 0, slow: 0 },
  abroad: { troubles: [], rate: 0, slow: 0 }
})

export const stormyStore = (dice: Dice): Weather["store"] => {
  const some = () => dice.pick([0, 0, 0.05, 0.25])
  return {
    conflict: some(),
    unavailable: some(),
    answerLost: some(),
    requestLost: some(),
    slow: some(),
    nudgeLost: dice.pick([0, 0.5, 1])
  }
}

export const stormyServices = (dice: Dice): Weather["services"] => ({
  unavailable: dice.pick([0, 0.1, 0.5]),
  slow: dice.pick([0, 0.2, 0.5])
})

export const stormyWay = (dice: Dice): Weather["way"] => {
  const some = () => dice.pick([0, 0.1, 0.4])
  return { unavailable: some(), requestLost: some(), answerLost: some(), slow: dice.pick([0, 0.1]) }
}

/** Nothing comes back, and nothing can be asked: what lasts so long is a person's. */
export const blackout = (dice: Dice): Weather["gateway"] => {
  const trouble = dice.pick<GatewayTrouble>(["drop-before", "execute-drop", "error-after", "wrong-echo"])
  return { troubles: [trouble, "lookup-down"], rate: dice.pick([0.9, 1]), slow: 0 }
}

export const stormyGateway = (dice: Dice): Weather["gateway"] => {
  const trouble = () => dice.pick<GatewayTrouble>(["refused", "declined", "declined", "declined", ...gatewayModes])
  return {
    troubles: Array.from({ length: 1 + dice.below(3) }, trouble),
    rate: dice.pick([0.2, 0.6, 1]),
    slow: dice.pick([0, 0, 0.2])
  }
}

export const stormyChains = (dice: Dice): Weather["chains"] => ({
  troubles: Array.from({ length: 2 + dice.below(4) }, () => dice.pick<ChainMode>(["down", ...chainModes])),
  rate: dice.pick([0.2, 0.6, 1]),
  slow: dice.pick([0, 0.1, 0.3])
})

export const stormyAbroad = (dice: Dice): Weather["abroad"] => ({
  troubles: Array.from({ length: 2 + dice.below(4) }, () => dice.pick<NetworkMode>(["down", ...networkModes])),
  rate: dice.pick([0.2, 0.6, 1]),
  slow: dice.pick([0, 0.1, 0.3])
})
