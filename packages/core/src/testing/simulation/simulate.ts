/**
 * The whole system under virtual time: real kernels on one to three processes over one store and one bank, everything
 * that can go wrong with them, and a checker that holds its own books. One seed is one schedule; one schedule is one
 * run, the same each time.
 */
import { type ActionName, actions } from "./actions.ts"
import { look } from "./client-actions.ts"
import { comesRight, settleDown } from "./coming-right.ts"
import type { Coverage } from "./coverage.ts"
import { makeDice } from "./dice.ts"
import type { Problem } from "./problems.ts"
import type { Schedule, Step } from "./schedule.ts"
import * as Shop from "./shop.ts"
import { everyFault, type Faults } from "./weather.ts"
import * as Webhooks from "./webhooks/webhook-actions.ts"
import { makeWorld, type Planting, type World } from "./world.ts"

export type SimulateOptions = Planting & {
  readonly seed: number
  /** Steps in which a client asks for something. Default 55. */
  readonly operations?: number
  /** Default: all of them. */
  readonly faults?: Partial<Faults>
  /** Processes, 1 to 3. Default: as the seed says. */
  readonly nodes?: number
  /** Whether merchants have endpoints for webhooks. Default: under every tenth seed. */
  readonly webhooks?: boolean
  /** Whether merchants are paid on blockchains. Default: under every tenth seed, and others than those. */
  readonly intents?: boolean
  /** Whether merchants send money abroad. Default: under every tenth seed, and others than those. */
  readonly payouts?: boolean
}

export type SimulationResult = {
  readonly schedule: Schedule
  readonly problems: ReadonlyArray<Problem>
  /** The same for the same schedule, and different for nearly any difference in what happened. */
  readonly traceHash: string
  /** Requests of clients that reached a process. */
  readonly operations: number
  readonly payments: number
  readonly checkouts: number
  readonly executions: number
  /** Messages that came to receivers of webhooks, repetitions included. */
  readonly messages: number
  /** What was paid on blockchains and credited. */
  readonly deposits: number
  /** Payments abroad that a network has taken. */
  readonly payouts: number
  /** Things that happened: calls that left, arrived or came home, timers. */
  readonly events: number
  readonly coverage: Coverage
  /** What was done, in words. */
  readonly history: ReadonlyArray<string>
}

/**
 * Runs the schedule that follows from a seed. What is wrong is in `problems`; an empty list is a clean bill.
 *
 * @example
 * (await simulate({ seed: 1 })).problems // => []
 */
export const simulate = (options: SimulateOptions): Promise<SimulationResult> => replay(scheduleOf(options), options)

/** The schedule of a seed. */
export const scheduleOf = ({
  seed,
  operations = 55,
  faults,
  nodes,
  webhooks = seed % 10 === 0,
  intents = seed % 10 === 5,
  payouts = seed % 10 === 9
}: Omit<SimulateOptions, keyof Planting>): Schedule => {
  const dice = makeDice(seed)
  const allowed: Faults = { ...everyFault, ...faults }
  const lives = { webhooks, intents, payouts }
  const steps: Array<Step> = []
  const names = weighted.filter((name) => {
    const { fault, only } = actions[name]
    return (fault === undefined || allowed[fault]) && (only === undefined || lives[only])
  })
  const counts = nodes ?? dice.pick([1, 2, 2, 3])
  for (let asked = 0; asked < operations; ) {
    const name = dice.any(names) ?? "pay"
    if (actions[name].operation === true) asked++
    steps.push({ do: name, seed: dice.below(2 ** 31), ...paceOf(name, dice) })
  }
  return {
    seed,
    nodes: counts,
    faults: allowed,
    ...(webhooks ? { webhooks } : {}),
    ...(intents ? { intents } : {}),
    ...(payouts ? { payouts } : {}),
    steps
  }
}

/** Half of the steps leave much under way for the next ones to meet. */
const paceOf = (name: ActionName, dice: ReturnType<typeof makeDice>): Pick<Step, "events" | "ms"> => {
  if (name === "wait") return { events: 5000, ms: dice.pick([300, 2000, 9000, 40_000]) }
  if (name === "waitLong") return { events: 20_000, ms: dice.pick([600_000, 1_300_000, 3_600_000]) }
  // A week of ordinary work is less than this; asking in vain for a week shows no more than asking for a day.
  if (name === "waitDays") return { events: 4000, ms: dice.pick([46_800_000, 592_000_000]) }
  return dice.chance(0.5)
    ? { events: dice.below(25), ms: 5 }
    : { events: 3000, ms: dice.pick([100, 1000, 1000, 12_000]) }
}

const weighted: ReadonlyArray<ActionName> = (Object.keys(actions) as Array<ActionName>).flatMap((name) =>
  Array.from({ length: actions[name].weight * 2 }, () => name)
)

/** Runs a schedule: one that was printed, shrunk or written by hand. */
export const replay = async (schedule: Schedule, planting: Planting = {}): Promise<SimulationResult> => {
  const world = makeWorld({ ...planting, ...schedule })
  const history: Array<string> = []
  let events = await open(world)
  for (const step of schedule.steps) {
    world.dice.reseed(step.seed)
    const asked = world.clients.wishes.length
    world.trace.note(step.do)
    const { fault, act, operation } = actions[step.do]
    if (operation === true) events += await untilSomebodyAnswers(world)
    const before = world.tally.operations
    if (fault === undefined || schedule.faults[fault]) act(world)
    if (operation === true && world.tally.operations === before) look(world)
    const made = world.clients.wishes.slice(asked).map(({ key, what }) => ` ${key}: ${what}`)
    history.push(`${step.do}${made.join()}`)
    events += await world.agenda.run(step.events, step.ms, world.dice.below)
    if (world.problems.length > 0) break
  }
  if (world.problems.length === 0) events += await comesRight(world, schedule.seed)
  return {
    schedule,
    problems: world.problems,
    traceHash: world.trace.hash(),
    operations: world.tally.operations,
    payments: world.books.payments.size,
    checkouts: world.books.checkouts.byId.size,
    executions: world.truth.executions.size,
    messages: world.telling?.receivers.count() ?? 0,
    deposits: world.paying?.deposits.credited() ?? 0,
    payouts: world.sending?.institution.book.payments.size ?? 0,
    events,
    coverage: world.coverage,
    history
  }
}

/** Whoever asks finds somebody to ask, sooner or later. */
const untilSomebodyAnswers = async ({ slots, agenda, dice }: World): Promise<number> => {
  let events = 0
  for (let minute = 0; minute < 20 && slots.alive().length === 0; minute++) {
    events += await agenda.run(2000, 60_000, dice.below)
  }
  return events
}

/** A merchant, a card that can pay, and a process in every slot. */
const open = async (world: World): Promise<number> => {
  const { slots, clients, agenda } = world
  const [first] = slots.all
  if (first === undefined) throw new Error("a simulation has at least one process")
  const founder = slots.start(first)
  await settleDown(world, [founder.kernel.merchants.register(Shop.merchantInput)])
  if (world.telling !== null) await settleDown(world, [Webhooks.registerFirst(world, founder)])
  for (const slot of slots.all) if (slot.process === null) slots.start(slot)
  clients.say(clients.make(Shop.saveWish(makeDice(7)), 0), founder)
  return agenda.run(1000, 5000, () => 0)
}
