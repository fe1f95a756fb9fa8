/** Where schedules begin: what a kernel has written until then, recorded once and written again for each of them. */
import * as Shop from "../../../src/testing/simulation/shop.ts"
import { kill } from "./held-calls.ts"
import { openWorld, type Past, type Process, type SmallWorld, startProcess, until } from "./small-world.ts"
import { firstKey, merchantId, payment } from "./wishes.ts"

export type StartingPoint = {
  readonly name: string
  readonly past: Past
}

const authorizationMs = (6 * 24 + 18) * 3_600_000
const challengeMs = 15 * 60_000

/** No settlement comes in between: it is not what these schedules are about. */
const merchantInput = {
  ...Shop.merchantInput,
  terms: { ...Shop.merchantInput.terms, settlementIntervalMs: 30 * 24 * 3_600_000 }
}

const nothing: Past = { writes: [], bank: [], passedMs: 0, cardId: "", made: null, deadlineMs: 0 }

export const startingPoints = async (): Promise<ReadonlyArray<StartingPoint>> => [
  { name: "no payment", past: await record(null, authorizationMs) },
  { name: "an authorized payment", past: await record({ autoCapture: false, by: "none" }, authorizationMs) },
  { name: "a captured payment", past: await record({ autoCapture: true, by: "none" }, authorizationMs) },
  { name: "a challenged payer", past: await record({ autoCapture: false, by: "three_d_secure" }, challengeMs) }
]

const record = async (made: Past["made"], deadlineMs: number): Promise<Past> => {
  const world = openWorld(nothing)
  world.crossing.isOpen = true
  const founder = startProcess(world, "founder")
  const told = await until(world, found(world, founder, made))
  kill(world.crossing, founder.actor)
  const { writes, journal, wall } = world
  if (world.problems.length > 0) throw new Error(world.problems[0]?.what)
  return {
    writes,
    bank: [...journal.read()],
    passedMs: wall.passedMs + world.agenda.nowMs(),
    deadlineMs,
    made,
    cardId: told
  }
}

/** A merchant, a card, and a payment as far as it comes by itself. Answers the card. */
const found = async (world: SmallWorld, { kernel }: Process, made: Past["made"]): Promise<string> => {
  const registered = await kernel.merchants.register(merchantInput)
  if (!registered.ok) throw new Error(registered.error._tag)
  const card = await kernel.cards.submit(merchantId, Shop.cardInput("4007400000000007", "123"))
  if (!card.ok) throw new Error(card.error._tag)
  await kernel.drain()
  const cardId = card.value.view.id
  if (made === null) return cardId
  const paid = await payment(kernel, cardId, firstKey, made)
  if (!paid.ok) throw new Error(paid.error._tag)
  await kernel.drain()
  for (const { challengeId } of challengesOf(world)) await world.bank.challenges.answer(challengeId, "approved")
  return cardId
}

const challengesOf = ({ truth }: SmallWorld): ReadonlyArray<{ readonly challengeId: string }> => {
  truth.read()
  return [...truth.challenges.values()].flatMap(({ challengeId }) => (challengeId === null ? [] : [{ challengeId }]))
}
