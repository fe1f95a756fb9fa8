/** What may be done to a simulated world in one step, each with its weight. A client's action is an operation. */

import { type PortCall, portCalls } from "../../ports/fault-points.ts"
import * as Bank from "./bank-actions.ts"
import * as Checkout from "./checkout-actions.ts"
import * as Client from "./client-actions.ts"
import * as Payer from "./intents/chain-payers.ts"
import * as Intent from "./intents/intent-actions.ts"
import { lieInWait as lieInWaitAbroad } from "./payouts/ambush-abroad.ts"
import { answer as answerAbroad } from "./payouts/answering.ts"
import * as Network from "./payouts/network-actions.ts"
import * as Payout from "./payouts/payout-actions.ts"
import type { Ambush } from "./process.ts"
import { stall } from "./process.ts"
import type { Slot } from "./slots.ts"
import {
  blackout,
  calm,
  type Faults,
  stormyAbroad,
  stormyChains,
  stormyGateway,
  stormyServices,
  stormyStore,
  stormyWay
} from "./weather.ts"
import { meddle } from "./webhooks/neighbour.ts"
import * as Webhook from "./webhooks/webhook-actions.ts"
import type { World } from "./world.ts"

type Action = {
  readonly weight: number
  /** Whether a client asks for something. */
  readonly operation?: true
  /** The class of faults that it belongs to. */
  readonly fault?: keyof Faults
  /** Only where there are such things. */
  readonly only?: "webhooks" | "intents" | "payouts"
  readonly act: (world: World) => unknown
}

const table = {
  pay: { weight: 22, operation: true, act: Client.pay },
  clash: { weight: 2, operation: true, act: Client.clash },
  rush: { weight: 1, operation: true, act: Client.rush },
  again: { weight: 9, operation: true, act: Client.again },
  changed: { weight: 2, operation: true, act: Client.changed },
  capture: { weight: 8, operation: true, act: Client.capture },
  captureInVain: { weight: 1, operation: true, fault: "gateway", act: Client.captureInVain },
  refund: { weight: 8, operation: true, act: Client.refund },
  cancel: { weight: 8, operation: true, act: Client.cancel },
  saveCard: { weight: 2, operation: true, act: Client.saveCard },
  updateCard: { weight: 2, operation: true, act: Client.updateCard },
  goBack: { weight: 4, operation: true, act: Client.goBack },
  look: { weight: 4, operation: true, act: Client.look },
  merchant: { weight: 1.5, operation: true, act: Client.changeMerchant },
  settle: { weight: 3, operation: true, act: Client.settle },
  recheck: { weight: 2, operation: true, act: Client.recheck },
  openPage: { weight: 3, operation: true, act: Checkout.openPage },
  payPage: { weight: 7, operation: true, act: Checkout.payPage },
  payDirectly: { weight: 4, operation: true, act: Checkout.payDirectly },
  followPage: { weight: 2, operation: true, act: Checkout.followPage },
  lookAtPage: { weight: 1, operation: true, act: Checkout.lookAtPage },
  cancelPage: { weight: 1.5, operation: true, act: Checkout.cancelPage },
  register: { weight: 2, operation: true, only: "webhooks", act: Webhook.register },
  tryEndpoint: { weight: 3, operation: true, only: "webhooks", act: Webhook.tryOut },
  changeEndpoint: { weight: 3, operation: true, only: "webhooks", act: Webhook.change },
  rotateSecret: { weight: 2, operation: true, only: "webhooks", act: Webhook.rotate },
  testEndpoint: { weight: 2, operation: true, only: "webhooks", act: Webhook.test },
  confirmEndpoint: { weight: 1.5, operation: true, only: "webhooks", act: Webhook.confirm },
  removeEndpoint: { weight: 1.5, operation: true, only: "webhooks", act: Webhook.remove },
  replay: { weight: 2, operation: true, only: "webhooks", act: Webhook.repeat },
  lookAtDeliveries: { weight: 1, operation: true, only: "webhooks", act: Webhook.look },
  neighbour: { weight: 4, operation: true, only: "webhooks", act: meddle },
  askForPayment: { weight: 18, operation: true, only: "intents", act: Intent.create },
  refundIntent: { weight: 26, operation: true, only: "intents", act: Intent.refund },
  pull: { weight: 5, operation: true, only: "intents", act: Intent.pull },
  expireIntent: { weight: 5, operation: true, only: "intents", act: Intent.expire },
  hearOfIntent: { weight: 6, operation: true, only: "intents", act: Intent.hear },
  lookAtIntents: { weight: 4, operation: true, only: "intents", act: Intent.look },
  payOnChain: { weight: 40, only: "intents", act: Payer.pay },
  payInCrumbs: { weight: 5, only: "intents", act: Payer.payInCrumbs },
  payAndRegret: { weight: 6, fault: "chains", only: "intents", act: Payer.payAndRegret },
  reorganise: { weight: 26, fault: "chains", only: "intents", act: Payer.reorganise },
  chainWeather: {
    weight: 10,
    fault: "chains",
    only: "intents",
    act: ({ weather, dice }) => Object.assign(weather, { chains: stormyChains(dice) })
  },
  ambushAtChain: { weight: 10, fault: "crashes", only: "intents", act: (world) => Intent.lieInWait(world, "died") },
  stallAtChain: { weight: 10, fault: "stalls", only: "intents", act: (world) => Intent.lieInWait(world, "stalled") },
  sendAbroad: { weight: 70, operation: true, only: "payouts", act: Payout.send },
  sendAbroadLater: { weight: 12, operation: true, only: "payouts", act: Payout.sendLater },
  goOnAbroad: { weight: 130, operation: true, only: "payouts", act: Payout.goOn },
  makeTransaction: { weight: 6, operation: true, only: "payouts", act: Payout.makeTransaction },
  signTransaction: { weight: 12, operation: true, only: "payouts", act: Payout.sign },
  overtake: { weight: 16, operation: true, only: "payouts", act: Payout.accelerate },
  answerAbroad: { weight: 10, operation: true, only: "payouts", act: answerAbroad },
  askForHelp: { weight: 3, operation: true, only: "payouts", act: Payout.help },
  hearFromAbroad: { weight: 8, operation: true, only: "payouts", act: Payout.hear },
  lookAbroad: { weight: 4, operation: true, only: "payouts", act: Payout.look },
  raiseQuestion: { weight: 10, only: "payouts", act: Network.raise },
  decideQuestion: { weight: 12, only: "payouts", act: Network.decide },
  contradictItself: { weight: 20, fault: "abroad", only: "payouts", act: Network.contradict },
  refundInVain: { weight: 8, fault: "abroad", only: "payouts", act: Network.refundInVain },
  missTransaction: { weight: 30, fault: "abroad", only: "payouts", act: Network.missTransactions },
  changeAbroad: { weight: 8, only: "payouts", act: Network.changeWorld },
  weatherAbroad: {
    weight: 10,
    fault: "abroad",
    only: "payouts",
    act: ({ weather, dice }) => Object.assign(weather, { abroad: stormyAbroad(dice) })
  },
  ambushAbroad: { weight: 14, fault: "crashes", only: "payouts", act: (world) => lieInWaitAbroad(world, "died") },
  stallAbroad: { weight: 14, fault: "stalls", only: "payouts", act: (world) => lieInWaitAbroad(world, "stalled") },
  mood: { weight: 5, fault: "receivers", only: "webhooks", act: Webhook.changeMood },
  way: {
    weight: 2,
    fault: "receivers",
    only: "webhooks",
    act: ({ weather, dice }) => Object.assign(weather, { way: stormyWay(dice) })
  },
  forgeConfirmation: { weight: 1, fault: "messages", only: "webhooks", act: Webhook.forgeConfirmation },
  answer: { weight: 4, act: Bank.answerChallenge },
  forgeReturn: { weight: 2, fault: "messages", act: Bank.forgeReturn },
  message: { weight: 4, fault: "messages", act: Bank.tell },
  lie: { weight: 5, fault: "messages", act: Bank.lie },
  lieAboutEnded: { weight: 1.5, fault: "messages", act: Bank.lieAboutEnded },
  misdirect: { weight: 1, fault: "messages", act: Bank.misdirect },
  storeWeather: {
    weight: 3,
    fault: "store",
    act: ({ weather, dice }) => Object.assign(weather, { store: stormyStore(dice) })
  },
  bankWeather: {
    weight: 5,
    fault: "gateway",
    act: ({ weather, dice }) => Object.assign(weather, { gateway: stormyGateway(dice) })
  },
  blackout: {
    weight: 3,
    fault: "gateway",
    act: ({ weather, dice }) => Object.assign(weather, { gateway: blackout(dice) })
  },
  serviceWeather: {
    weight: 2,
    fault: "services",
    act: ({ weather, dice }) => Object.assign(weather, { services: stormyServices(dice) })
  },
  fineWeather: { weight: 4, act: ({ weather }) => Object.assign(weather, calm()) },
  crash: { weight: 2, fault: "crashes", act: (world) => someSlot(world, world.slots.kill) },
  ambush: { weight: 5, fault: "crashes", act: (world) => lieInWait(world, "died") },
  leave: { weight: 1, fault: "crashes", act: leave },
  stallAt: { weight: 3, fault: "stalls", act: (world) => lieInWait(world, "stalled") },
  stall: {
    weight: 1,
    fault: "stalls",
    act: (world) =>
      someSlot(world, (slot) => {
        if (slot.process !== null) stall(world.grounds, slot.process.actor, world.dice.pick(stallsMs))
      })
  },
  jump: { weight: 1, fault: "clocks", act: jump },
  skew: {
    weight: 1,
    fault: "clocks",
    act: (world) =>
      someSlot(world, (slot) => {
        slot.skewMs = world.dice.pick([0, -500, 500, -40_000, 40_000])
        world.hurdles.clocksLeapt()
      })
  },
  wait: { weight: 6, act: () => {} },
  waitLong: { weight: 2, act: () => {} },
  waitDays: { weight: 1, act: () => {} }
} satisfies { readonly [name: string]: Action }

export type ActionName = keyof typeof table

export const actions: { readonly [name in ActionName]: Action } = table

const someSlot = ({ dice, slots }: World, use: (slot: Slot) => void): void => {
  const slot = dice.any(slots.all)
  if (slot !== undefined) use(slot)
}

/** Past a lease, and past the time at which others may conclude something from silence. */
const stallsMs = [1000, 35_000, 120_000, 900_000] as const

const calls: ReadonlyArray<PortCall> = Object.entries(portCalls).flatMap(([port, names]) =>
  Object.entries(names).flatMap(([name, kind]) => (kind === "tool" ? [] : [`${port}.${name}` as PortCall]))
)

/** Where nobody is told of anything these are never made. */
const callsOfNews: ReadonlySet<PortCall> = new Set(["sender.post", "store.events"])

/** Those to chains and abroad have ambushes of their own. */
const callsOfAll = calls.filter((call) => !/^(?:blockchain|rates|payouts|funding)\./u.test(call))

const callsWithoutNews = callsOfAll.filter((call) => !callsOfNews.has(call))

/** At a certain call as often as at any call: those that are seldom made must be struck as well. */
const lieInWait = ({ dice, grounds, telling }: World, how: Ambush["how"]): void => {
  const call = dice.chance(0.6) ? (dice.any(telling === null ? callsWithoutNews : callsOfAll) ?? null) : null
  const passes = call === null ? dice.below(40) : dice.below(2)
  grounds.ambush = { call, how, passes, side: dice.pick(["before", "after"]), forMs: dice.pick(stallsMs) }
}

/** A process that is told to stop finishes what it runs, within a bound, and another takes its place. */
function leave(world: World): void {
  someSlot(world, (slot) => {
    const leaving = slot.process
    if (leaving?.actor.state !== "up") return
    leaving.kernel.close().then(
      () => {},
      (defect: unknown) => world.report("DEFECT", `close: ${String(defect)}`)
    )
    world.slots.start(slot)
  })
}

/** All clocks but the bank's, as when somebody corrects the time of a whole installation. */
function jump({ dice, wall, slots, hurdles }: World): void {
  wall.jumpMs += dice.pick([-1, -500, -20_000, -3_600_000, 500, 20_000, 3_600_000])
  hurdles.clocksLeapt()
  if (dice.chance(0.5)) for (const { process } of slots.alive()) process.kernel.wake()
}
