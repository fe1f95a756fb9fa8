/** How a simulation ends: trouble is over, and within two days everything has to come right by itself. */
import * as Effect from "effect/Effect"
import type { TaskLane } from "../../decision.ts"
import type { PaymentJson } from "../../payment/payment.schema.ts"
import type { ClaimedTask } from "../../ports/store.ts"
import { compareBooks, lateFindings } from "./aftermath.ts"
import { keyLifeMs } from "./clients.ts"
import { lookForTheLastTime, recheckRefunds } from "./intents/last-look.ts"
import { lookAbroadForTheLastTime, settleQuestions } from "./payouts/end-abroad.ts"
import type { Process } from "./process.ts"
import * as Shop from "./shop.ts"
import { calm } from "./weather.ts"
import { hangAlone, hearAll, type Stage } from "./webhooks/farewell.ts"
import type { World } from "./world.ts"

/** Runs until each of the calls has ended, however long that takes within an hour. */
export const settleDown = async (world: World, calls: ReadonlyArray<Promise<unknown>>): Promise<void> => {
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

/** Faults stop, time passes, and a new process finds what the others left. Answers how much happened. */
export const comesRight = async (world: World, seed: number): Promise<number> => {
  const { agenda, dice, wall, clients, payers, problems, telling, paying, sending } = world
  dice.reseed(seed)
  const heir = inherit(world)
  let events = 0
  const pass = async (ms: number): Promise<void> => {
    // Whoever asks in a circle can do so for all of the time: once something is wrong, enough was seen.
    for (let leftMs = ms; leftMs > 0 && problems.length === 0; leftMs -= hourMs) {
      events += await agenda.run(Number.MAX_SAFE_INTEGER, Math.min(leftMs, hourMs), dice.below)
    }
  }
  await settleDown(world, [heir.kernel.merchants.reinstate(Shop.merchantId)])
  const stage: Stage = { heir, ask: (calls) => settleDown(world, calls), pass }
  if (telling !== null) await hangAlone(world, telling, stage)
  await pass(3 * hourMs)
  // A person is called after minutes, and comes after hours.
  await settleDown(world, rechecks(world, heir))
  if (paying !== null) await recheckRefunds(paying, stage)
  if (sending !== null) settleQuestions(sending)
  await pass(44 * hourMs)
  // What a client asks for once more now must be what it was told before.
  for (const wish of clients.wishes) if (wall.latestMs - wish.firstAskedMs < keyLifeMs) clients.say(wish, heir)
  for (const one of payers.tries) payers.say(one, heir)
  // Shorter than a process sleeps that has missed something, so that it shows.
  await pass(hourMs)
  if (problems.length > 0) return events
  compareBooks(world)
  if (paying !== null) await lookForTheLastTime(world, paying, stage)
  if (sending !== null) await lookAbroadForTheLastTime(world, sending, stage)
  if (telling !== null) await hearAll(world, telling, stage)
  await leftovers(world)
  lateFindings(world)
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
  const openIn = (lane: TaskLane) =>
    Effect.runSync(store.claim({ lane, owner: "end", nowMs: nowMs + 1e15, leaseMs: 1, limit: 1000 }))
  for (const task of [...openIn("money"), ...openIn("news")]) {
    if (!mayStay(world, task) || task.dueAtMs < nowMs - hourMs) report("I9", `${task.subject}: ${task.kind} is open`)
  }
}

const mayStay = ({ books }: World, { kind, subject }: ClaimedTask): boolean =>
  standing.has(kind) ||
  (kind === "follow_payment" && isLeftToPerson(books.payments.get(subject)?.state)) ||
  (kind === "broadcast_transaction" && books.transfers.get(subject)?.status === "failed")

const isLeftToPerson = (payment: PaymentJson | undefined): boolean =>
  payment?.attempts.some(({ status }) => status === "manual") === true

const standing: ReadonlySet<string> = new Set([
  ...["settle", "expire_authorization", "expire_challenge", "expire_checkout", "expire_intent", "watch_deposits"],
  "follow_cross_border"
])
