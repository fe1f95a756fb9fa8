/**
 * Lives a story in a simulated world without weather, whose gateway does what it is asked, and tells what is true in the
 * end. Each move is lived to its end before the next one; a client who hears nothing asks again, as clients should.
 */
import { isOpen } from "../../src/testing/simulation/attempt-book.ts"
import type { Wish } from "../../src/testing/simulation/clients.ts"
import type { Process } from "../../src/testing/simulation/process.ts"
import * as Shop from "../../src/testing/simulation/shop.ts"
import { makeWorld, type World, type WorldOptions } from "../../src/testing/simulation/world.ts"
import type { Disturbance, Move, Story } from "./metamorphic-story.ts"
import { truthOf } from "./metamorphic-truth.ts"
import { changeWish, type Made, payWish, saveWish } from "./metamorphic-wishes.ts"

export type Life = {
  /** The same for two lives that came to the same. */
  readonly truth: ReadonlyArray<string>
  readonly problems: ReadonlyArray<string>
  /** What has really come in between. */
  readonly struck: ReadonlyArray<Disturbance["what"]>
}

type Merchant = {
  readonly world: World
  readonly asked: Array<Wish>
  /** Ids of payments, in the order in which they were asked for. */
  readonly payments: Array<string>
  readonly struck: Array<Disturbance["what"]>
  /** What comes in between in the present move, first things first, and how much has happened in it. */
  pending: Array<Disturbance>
  happened: number
}

/** `interleaving` decides whose turn it is wherever several could go on. */
export const live = async (
  { moves, seed, nodes }: Story,
  disturbances: ReadonlyArray<Disturbance>,
  interleaving: number,
  planting: Pick<WorldOptions, "reach"> = {}
): Promise<Life> => {
  const world = makeWorld({ ...planting, seed, nodes, plant: attentive })
  world.dice.reseed(interleaving)
  const merchant: Merchant = { world, asked: [], payments: [], struck: [], pending: [], happened: 0 }
  const cardId = await open(merchant)
  for (const [at, move] of moves.entries()) {
    const during = disturbances.filter((one) => one.move % moves.length === at)
    merchant.pending = during.toSorted((a, b) => a.after - b.after)
    merchant.happened = 0
    await make(merchant, move, cardId)
  }
  await make(merchant, { do: "settle" }, cardId)
  const problems = world.problems.map(({ invariant, what }) => `${invariant}: ${what}`)
  return { truth: truthOf(world, merchant.asked), problems, struck: [...merchant.struck, ...deathsIn(world)] }
}

const deathsIn = ({ coverage }: World): ReadonlyArray<"crash"> =>
  [...coverage.faults].flatMap(([point, times]) =>
    point.includes(": died") ? Array.from({ length: times }, () => "crash" as const) : []
  )

const minuteMs = 60_000

/** Nobody may miss for long that there is something to do, or payers give up who would not have. */
const attentive: NonNullable<WorldOptions["plant"]> = (own) => ({
  ...own,
  worker: { ...own.worker, idlePollMs: minuteMs }
})

/** A merchant, a process in every slot, and a card that can pay. */
const open = async (merchant: Merchant): Promise<string> => {
  const { slots, books } = merchant.world
  const [first] = slots.all
  if (first === undefined) throw new Error("a simulation has at least one process")
  const { merchants } = slots.start(first).kernel
  await until(merchant, merchants.register(Shop.merchantInput))
  for (const slot of slots.all) if (slot.process === null) slots.start(slot)
  await ask(merchant, saveWish)
  await pass(merchant, minuteMs)
  const [card] = books.cards.values()
  if (card?.status !== "complete") throw new Error(`the card is ${card?.status}`)
  return card.id
}

const make = async (merchant: Merchant, move: Move, cardId: string): Promise<void> => {
  const { payments } = merchant
  if (move.do === "settle") {
    await insist(merchant, ({ kernel }) => kernel.settlements.run(Shop.merchantId))
  } else if (move.do === "pay") {
    const wish = await ask(merchant, payWish(move, cardId))
    const id = wish.told?.startsWith("{") === true ? String(JSON.parse(wish.told).id) : null
    if (id !== null) payments.push(id)
    await calm(merchant)
    if (id !== null && move.payer !== null) await challenge(merchant, id, move.payer)
  } else {
    const id = payments[move.nth % Math.max(1, payments.length)]
    if (id !== undefined) await ask(merchant, changeWish(move, id))
  }
  await calm(merchant)
  for (const late of merchant.pending.splice(0)) strike(merchant, late)
  await calm(merchant)
}

/** The payer is asked who he is, and answers, or leaves the page as it is. */
const challenge = async (
  merchant: Merchant,
  paymentId: string,
  payer: "approved" | "failed" | "cancelled" | "leaves"
): Promise<void> => {
  const { books, truth, bank } = merchant.world
  const payment = books.payments.get(paymentId)
  if (payment?.status !== "action_required") return
  const asked = [...truth.challenges.values()].find(({ returnUrl }) => returnUrl.includes(`.${paymentId}.`))
  if (payer !== "leaves" && asked?.challengeId != null) {
    bank.challenges.answer(asked.challengeId, payer)
    const state = asked.returnUrl.split("/return/")[1] ?? ""
    await insist(merchant, ({ kernel }) => kernel.payments.returnFromChallenge(state))
  }
  for (let minute = 0; minute < 60 && payment.status === "action_required"; minute++) await pass(merchant, minuteMs)
}

/** Asks under one key until there is an answer. */
const ask = async (merchant: Merchant, made: Made): Promise<Wish> => {
  const { world, asked } = merchant
  const wish = world.clients.make(made, 0)
  asked.push(wish)
  for (let time = 0; time < 100 && (wish.told === null || wish.told === "Unavailable"); time++) {
    const process = world.dice.any(world.slots.alive())?.process
    if (process !== undefined) world.clients.say(wish, process)
    await pass(merchant, minuteMs)
  }
  return wish
}

/** The same for what has no key, since asking for it twice does no more than asking once. */
const insist = async (merchant: Merchant, call: (process: Process) => Promise<unknown>): Promise<void> => {
  const { world } = merchant
  const answers: Array<unknown> = []
  for (let time = 0; time < 100 && answers.length === 0; time++) {
    const process = world.dice.any(world.slots.alive())?.process
    if (process !== undefined) call(process).then((answer) => answers.push(answer))
    await pass(merchant, minuteMs)
  }
}

const until = async (merchant: Merchant, promise: Promise<unknown>): Promise<void> => {
  let isKept = false
  promise.then(() => {
    isKept = true
  })
  for (let minute = 0; minute < 10 && !isKept; minute++) await pass(merchant, minuteMs)
}

/** Until nothing is under way, however long that takes within two hours. */
const calm = async (merchant: Merchant): Promise<void> => {
  const { books } = merchant.world
  const isCalm = (): boolean =>
    [...books.attemptsByKey.values()].every(({ status }) => !isOpen(status)) &&
    [...books.payments.values()].every(({ status }) => status !== "pending")
  await pass(merchant, minuteMs)
  for (let minute = 0; minute < 120 && !isCalm(); minute++) await pass(merchant, minuteMs)
}

/** Lets time pass, and what is due to come in between come. */
const pass = async (merchant: Merchant, ms: number): Promise<void> => {
  const { agenda, dice } = merchant.world
  const untilMs = agenda.nowMs() + ms
  for (;;) {
    const [next] = merchant.pending
    const events = next === undefined ? Number.MAX_SAFE_INTEGER : Math.max(0, next.after - merchant.happened)
    merchant.happened += await agenda.run(events, untilMs - agenda.nowMs(), dice.below)
    if (next === undefined || merchant.happened < next.after) return
    merchant.pending.shift()
    strike(merchant, next)
  }
}

/** A process that is to die lies in wait for a call; `deathsIn` knows of whom one has come. */
const strike = ({ world, ...merchant }: Merchant, one: Disturbance): void => {
  if (one.what === "crash") {
    world.grounds.ambush = { call: null, side: one.side, passes: one.call, how: "died", forMs: 0 }
  } else if (comesBetween(world, merchant, one)) merchant.struck.push(one.what)
}

const comesBetween = (
  { slots, dice, clients }: World,
  { asked, payments }: Pick<Merchant, "asked" | "payments">,
  one: Exclude<Disturbance, { what: "crash" }>
): boolean => {
  const anyone = dice.any(slots.alive())?.process
  switch (one.what) {
    case "duplicate": {
      // What was refused is a new request when it comes again.
      const said = asked.filter(({ told }) => told === null || told.startsWith("{"))
      const wish = said[one.nth % Math.max(1, said.length)]
      if (wish === undefined || anyone === undefined) return false
      clients.say(wish, anyone)
      return true
    }
    case "recheck": {
      const id = payments[one.nth % Math.max(1, payments.length)]
      if (id === undefined || anyone === undefined) return false
      anyone.kernel.payments.recheck(Shop.merchantId, id)
      return true
    }
  }
  const slot = slots.all[one.node % slots.all.length]
  if (slot?.process?.actor.state !== "up") return false
  if (one.what === "tick") slot.process.kernel.wake()
  else {
    slot.process.kernel.close()
    slots.start(slot)
  }
  return true
}
