/**
 * The whole system under virtual time: real kernels on one to three processes over one store and one bank, everything
 * that can go wrong with them, and a checker that holds its own books. One seed is one schedule; one schedule is one
 * run, the same each time.
 */
import * as Effect from "effect/Effect"
import type { PaymentJson } from "../../payment/payment.schema.ts"
import type { ClaimedTask } from "../../ports/store.ts"
import { type ActionName, actions } from "./actions.ts"
import { compareBooks, lateFindings } from "./aftermath.ts"
import { look } from "./client-actions.ts"
import { keyLifeMs } from "./clients.ts"
import type { Coverage } from "./coverage.ts"
import { makeDice } from "./dice.ts"
import type { Problem } from "./problems.ts"
import type { Process } from "./process.ts"
import type { Schedule, Step } from "./schedule.ts"
import * as Shop from "./shop.ts"
import { calm, everyFault, type Faults } from "./weather.ts"
import { makeWorld, type Planting, type World } from "./world.ts"

export type SimulateOptions = Planting & {
  readonly seed: number
  /** Steps in which a client asks for something. Default 55. */
  readonly operations?: number
  /** Default: all of them. */
  readonly faults?: Partial<Faults>
  /** Processes, 1 to 3. Default: as the seed says. */
  readonly nodes?: number
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
  nodes
}: Omit<SimulateOptions, keyof Planting>): Schedule => {
  const dice = makeDice(seed)
  const allowed: Faults = { ...everyFault, ...faults }
  const steps: Array<Step> = []
  const names = weighted.filter((name) => {
    const { fault } = actions[name]
    return fault === undefined || allowed[fault]
  })
  const counts = nodes ?? dice.pick([1, 2, 2, 3])
  for (let asked = 0; asked < operations; ) {
    const name = dice.any(names) ?? "pay"
    if (actions[name].operation === true) asked++
    steps.push({ do: name, seed: dice.below(2 ** 31), ...paceOf(name, dice) })
  }
  return { seed, nodes: counts, faults: allowed, steps }
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
  const world = makeWorld({ ...planting, seed: schedule.seed, nodes: schedule.nodes })
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
  for (const slot of slots.all) if (slot.process === null) slots.start(slot)
  clients.say(clients.make(Shop.saveWish(makeDice(7)), 0), founder)
  return agenda.run(1000, 5000, () => 0)
}

/** Runs until each of the calls has ended, however long that takes within an hour. */
const settleDown = async (world: World, calls: ReadonlyArray<Promise<unknown>>): Promise<void> => {
  const { agenda, report } = world
  let open = calls.length
  const end = (): void => {
    open--
  }
  for (const call of calls) {
    call.then(end, (defect: unknown) => {
      report("DEFECT", String(defect))
      end()
    })
  }
  for (let turn = 0; turn < 60 && open > 0; turn++) await agenda.run(10_000, 60_000, () => 0)
  if (open > 0) report("I9", "a call is never answered")
}

const hourMs = 3_600_000

/** Faults stop, time passes, and a new process finds what the others left. */
const comesRight = async (world: World, seed: number): Promise<number> => {
  const { agenda, dice, wall, clients, payers, problems } = world
  dice.reseed(seed)
  const heir = inherit(world)
  let events = 0
  const pass = async (hours: number): Promise<void> => {
    // Whoever asks in a circle can do so for all of the time: once something is wrong, enough was seen.
    for (let hour = 0; hour < hours && problems.length === 0; hour++) {
      events += await agenda.run(Number.MAX_SAFE_INTEGER, hourMs, dice.below)
    }
  }
  await settleDown(world, [heir.kernel.merchants.reinstate(Shop.merchantId)])
  await pass(3)
  // A person is called after minutes, and comes after hours.
  await settleDown(world, rechecks(world, heir))
  await pass(44)
  // What a client asks for once more now must be what it was told before.
  for (const wish of clients.wishes) if (wall.latestMs - wish.firstAskedMs < keyLifeMs) clients.say(wish, heir)
  for (const one of payers.tries) payers.say(one, heir)
  // Shorter than a process sleeps that has missed something, so that it shows.
  await pass(1)
  if (problems.length > 0) return events
  compareBooks(world)
  await leftovers(world)
  await settleDown(world, [lateFindings(world, () => heir.kernel.audit())])
  return events
}

/** Trouble ends, and with it every process; one that knows nothing takes over. */
const inherit = ({ weather, grounds, slots }: World): Process => {
  Object.assign(weather, calm())
  grounds.ambush = null
  slots.leaveEmpty()
  for (const slot of slots.all) {
    slots.kill(slot)
    slot.skewMs = 0
  }
  grounds.bells.clear()
  const [first] = slots.all
  if (first === undefined) throw new Error("a simulation has at least one process")
  return slots.start(first)
}

const rechecks = (world: World, heir: Process) =>
  [...world.books.payments.values()]
    .filter(({ state }) => isLeftToPerson(state))
    .map(({ id }) => heir.kernel.payments.recheck(Shop.merchantId, id))

/** Tasks of which there should be none. What is due at some later time, or recurs, may stay. */
const leftovers = async (world: World): Promise<void> => {
  const { report, wall } = world
  const { store } = world.grounds
  for (const { id, why } of Effect.runSync(store.parked())) report("I9", `the task ${id} was set aside: ${why}`)
  const nowMs = wall.nowMs(0)
  const open = Effect.runSync(
    store.claim({ lane: "money", owner: "end", nowMs: nowMs + 1e15, leaseMs: 1, limit: 1000 })
  )
  for (const task of open) {
    if (!mayStay(world, task) || task.dueAtMs < nowMs - hourMs) report("I9", `${task.subject}: ${task.kind} is open`)
  }
}

const mayStay = ({ books }: World, { kind, subject }: ClaimedTask): boolean =>
  standing.has(kind) || (kind === "follow_payment" && isLeftToPerson(books.payments.get(subject)?.state))

const isLeftToPerson = (payment: PaymentJson | undefined): boolean =>
  payment?.attempts.some(({ status }) => status === "manual") === true

const standing: ReadonlySet<string> = new Set(["settle", "expire_authorization", "expire_challenge", "expire_checkout"])
