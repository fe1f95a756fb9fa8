/** A rule of the protocol against double charges, and the ways in which it is switched off to see who notices. */
import type { KernelOptions } from "@paykernel/core"
import type { CardGateway, Store, WebhookSender } from "@paykernel/core/effect"
import {
  type Invariant,
  type Planting,
  parseSchedule,
  replay,
  type SimulateOptions,
  type SimulationResult,
  scheduleOf
} from "@paykernel/core/testing"
import { type Functions, replacing, type Substitutes } from "./switchboard.ts"

export type PlantedRule = {
  /** 1 to 14; `null` for what none of them says and all of them need. */
  readonly number: number | null
  readonly name: string
  readonly off: ReadonlyArray<SwitchedOff>
}

/** One way of switching a rule off. All of its parts are made anew for each run, since a patch may remember things. */
export type SwitchedOff = {
  readonly title: string
  /** What the simulation may report first. Anything else would be an accident of the patch. */
  readonly as: ReadonlyArray<Invariant>
  readonly planting?: () => Planting
  readonly functions?: (own: Functions) => Substitutes
  /** A life in which it shows, where one seed in thousands shows it. */
  readonly schedule?: string
}

/** Without payments on chains and abroad, where a rule that is missing shows as something else first. */
const oneShop = { intents: false, payouts: false }

/**
 * The run of the first seed from 1 on that notices, or of the bug's own schedule; `undefined` where none up to `seedsMax`
 * does.
 */
export const notice = async (
  bug: SwitchedOff,
  seedsMax: number,
  world: Pick<SimulateOptions, "webhooks" | "intents" | "payouts"> = {}
): Promise<SimulationResult | undefined> => {
  const { schedule } = bug
  const lives =
    schedule === undefined
      ? Array.from({ length: seedsMax }, (_, before) => scheduleOf({ seed: before + 1, ...oneShop, ...world }))
      : [parseSchedule(schedule)]
  for (const life of lives) {
    const result = await replacing(bug.functions, () => replay(life, bug.planting?.()))
    if (result.problems.length > 0) return result
  }
  return undefined
}

/** The same schedule, with the rule on. */
export const innocent = ({ schedule }: SimulationResult): Promise<SimulationResult> => replay(schedule)

export type Port = Store["Service"]
export type Sender = WebhookSender["Service"]
export type Gateway = CardGateway["Service"]

/** Every process reaches the store in another way. */
export const withStore =
  (patch: (own: Port) => Partial<Port>): (() => Planting) =>
  () => ({ plant: (own) => ({ ...own, store: { ...own.store, ...patch(own.store) } }) })

/** The store itself is another one. */
export const withinStore =
  (patch: (own: Port) => Partial<Port>): (() => Planting) =>
  () => ({ reach: (own) => ({ ...own, ...patch(own) }) })

/** Every process has another adapter of the gateway. */
export const withGateway =
  (patch: (own: Gateway) => Partial<Gateway>): (() => Planting) =>
  () => ({ plant: (own: KernelOptions) => ({ ...own, gateway: { ...own.gateway, ...patch(own.gateway) } }) })

/** Every process tells in another way. */
export const withWebhooks =
  (patch: (own: WebhookOptions) => Partial<WebhookOptions>): (() => Planting) =>
  () => ({
    plant: (own) => {
      const { webhooks } = own
      return webhooks === undefined ? own : { ...own, webhooks: { ...webhooks, ...patch(webhooks) } }
    }
  })

type WebhookOptions = NonNullable<KernelOptions["webhooks"]>
