/** What merchants do about being told, and what becomes of their receivers. */
import { ask, firstPage, wish } from "../client-actions.ts"
import { makeDice } from "../dice.ts"
import type { Process } from "../process.ts"
import { merchantId } from "../shop.ts"
import type { World } from "../world.ts"
import { type EndpointEntry, exists, latest } from "./endpoint-book.ts"
import { addressOf, firstTypes, pageAddress, registerWish, someTypes } from "./endpoint-wishes.ts"
import type { Mood } from "./receivers.ts"
import type { Telling } from "./telling.ts"

/** Nothing is done about webhooks in a world without them. */
const told =
  (act: (world: World, telling: Telling) => void) =>
  (world: World): void => {
    if (world.telling !== null) act(world, world.telling)
  }

/** The first one stays: whoever has none is told of nothing, from some moment on that nobody names. */
const first = ({ endpoints }: Telling): EndpointEntry | undefined => endpoints.of(merchantId)[0]

export const registerFirst = ({ seed }: Pick<World, "seed">, { kernel }: Process) =>
  kernel.webhooks.endpoints.create(merchantId, {
    ...{ dialect: "plain", name: "first", url: addressOf("shop", "first"), types: firstTypes(makeDice(seed)) }
  })

const endpointsOf = ({ endpoints }: Telling): ReadonlyArray<EndpointEntry> => endpoints.of(merchantId).filter(exists)

/** Of those that are not told anything now there are fewer, and as much can be done with them. */
const about = (
  world: World,
  telling: Telling,
  what: string,
  call: (process: Process, id: string) => Promise<unknown>
) => {
  const { dice } = world
  const all = endpointsOf(telling)
  const idle = all.filter((one) => latest(one).status !== "enabled")
  const id = ((dice.chance(0.3) ? dice.any(idle) : undefined) ?? dice.any(all))?.id
  if (id !== undefined) ask(world, `${what} of ${id}`, (process) => call(process, id))
}

export const register = told((world) => wish(world, registerWish(world.dice)))

type Change = "url" | "types" | "disable" | "enable" | "name"
type Life = readonly [dialect: "plain" | "asking", ...deeds: ReadonlyArray<Change | "rotate" | "test" | "remove">]

/** What somebody does with an endpoint that he has just made, one thing after the other. */
const lives: readonly [Life, ...ReadonlyArray<Life>] = [
  ["asking", "url", "remove"],
  ["asking", "rotate", "types"],
  ["plain", "disable", "rotate", "remove"],
  ["plain", "disable", "url", "test", "remove"],
  ["plain", "test", "rotate", "disable", "enable"],
  ["plain", "remove"]
]

/** Somebody tries out what endpoints are. */
export const tryOut = told((world) => {
  const [dialect, ...deeds] = world.dice.pick(lives)
  const name = `tried-${world.tally.operations}`
  const types = ["endpoint.EndpointTested"]
  const input = { dialect, name, types, url: addressOf("shop", name) }
  ask(world, `try out ${dialect} ${deeds.join()}`, async ({ kernel }) => {
    const { endpoints } = kernel.webhooks
    const made = await endpoints.create(merchantId, input)
    if (!made.ok) return made
    const { id } = made.value.view.endpoint
    for (const deed of deeds) {
      if (deed === "remove") await endpoints.remove(merchantId, id)
      else if (deed === "rotate") await endpoints.rotateSecret(merchantId, id, { overlapMs: 0 })
      else if (deed === "test") await endpoints.test(merchantId, id)
      else await endpoints.change(merchantId, id, changeOf(deed, `${name}-moved`, types))
    }
    return made
  })
})

const changeOf = (deed: Change, place: string, types: ReadonlyArray<string>) => {
  if (deed === "url") return { url: addressOf("shop", place) }
  if (deed === "types") return { types: [...types, "other.*"] }
  return deed === "name" ? { name: place } : { enabled: deed === "enable" }
}

export const change = told((world, telling) => {
  const what = world.dice.pick(["enable", "enable", "disable", "types", "url", "name"] as const)
  const input = changeOf(what, `moved-${world.tally.operations}`, someTypes(world.dice))
  about(world, telling, what, ({ kernel }, id) => kernel.webhooks.endpoints.change(merchantId, id, input))
})

export const rotate = told((world, telling) => {
  const overlapMs = world.dice.pick([0, 60_000, 3_600_000])
  about(world, telling, "rotate", ({ kernel }, id) =>
    kernel.webhooks.endpoints.rotateSecret(merchantId, id, { overlapMs })
  )
})

export const test = told((world, telling) =>
  about(world, telling, "test", ({ kernel }, id) => kernel.webhooks.endpoints.test(merchantId, id))
)

/** Mostly one that is not told anything anyway. */
export const remove = told((world, telling) => {
  const { dice } = world
  const others = endpointsOf(telling).filter((one) => one !== first(telling))
  const idle = others.filter((one) => latest(one).status === "disabled")
  const id = ((dice.chance(0.9) ? dice.any(idle) : undefined) ?? dice.any(others))?.id
  if (id !== undefined) ask(world, `remove ${id}`, ({ kernel }) => kernel.webhooks.endpoints.remove(merchantId, id))
})

/** With the token that came. */
export const confirm = told((world, telling) => {
  const { dice } = world
  const { tokens } = telling.receivers
  const waiting = endpointsOf(telling).filter((one) => latest(one).status === "unconfirmed")
  const url = (one: EndpointEntry): string => latest(one).url ?? ""
  const one = dice.any(waiting.filter((endpoint) => tokens.has(url(endpoint))))
  const token = one === undefined ? undefined : tokens.get(url(one))
  if (one === undefined || token === undefined) return
  ask(world, `confirm ${one.id}`, ({ kernel }) => kernel.webhooks.endpoints.confirm(merchantId, one.id, token))
})

/** Somebody who was never asked says that an endpoint wants to be told. */
export const forgeConfirmation = told((world, telling) => {
  const { dice, slots, report } = world
  const process = dice.any(slots.alive())?.process
  const one = dice.any(endpointsOf(telling))
  if (process === undefined || one === undefined) return
  const other = dice.any([...telling.receivers.tokens].filter(([url]) => telling.endpoints.at(url) !== one))
  process.kernel.webhooks.endpoints.confirm(merchantId, one.id, other?.[1] ?? "0".repeat(26)).then(
    (answer) => {
      if (answer.ok) report("FORGED", `${one.id} is confirmed by somebody else`)
    },
    (defect: unknown) => {
      if (process.actor.state !== "down") report("DEFECT", `a forged confirmation: ${String(defect)}`)
    }
  )
})

/** One delivery, or all that did not arrive in some stretch of time. */
export const repeat = told((world, telling) => {
  const { dice, wall } = world
  const own = [...telling.deliveries.entries.values()].filter((one) => one.merchantId === merchantId)
  const waiting = own.filter(({ status }) => status === "waiting")
  const one = (dice.chance(0.5) ? dice.any(waiting) : undefined) ?? dice.any(own.slice(-40))
  const id = dice.chance(0.5) ? one?.id : undefined
  if (id !== undefined) {
    ask(world, `replay ${id}`, ({ kernel }) => kernel.webhooks.deliveries.replay(merchantId, id))
    return
  }
  const range = { fromMs: wall.latestMs - dice.pick([600_000, 86_400_000]), toMs: wall.latestMs }
  about(world, telling, "replay all", ({ kernel }, of) => kernel.webhooks.deliveries.replayAll(merchantId, of, range))
})

/** What is shown was so at some time. */
export const look = told((world, telling) => {
  const { dice, report } = world
  const { entries } = telling.deliveries
  if (dice.chance(0.3)) {
    ask(world, "list endpoints", ({ kernel }) => kernel.webhooks.endpoints.list(merchantId, firstPage))
    return
  }
  ask(world, "list deliveries", async ({ kernel }) => {
    const listed = await kernel.webhooks.deliveries.list(merchantId, firstPage)
    for (const { id, status } of listed.ok ? listed.value.items : []) {
      if (entries.get(id)?.statuses.has(status) !== true) report("I6", `the delivery ${id} was never ${status}`)
    }
    return listed
  })
})

const moods: readonly [Mood, ...ReadonlyArray<Mood>] = [
  ...(["flapping", "failing", "busy", "gone", "hanging", "slow", "resetting"] as const),
  ...(["well", "well", "well"] as const)
]

/** A receiver changes its mood, or all of them do. */
export const changeMood = told((world, telling) => {
  const { dice } = world
  const urls = [...telling.endpoints.entries.values()].flatMap((one) => latest(one).url ?? [])
  const mood = dice.pick(moods)
  const places = [...urls, pageAddress(dice)]
  for (const url of dice.chance(0.2) ? places : [dice.any(places) ?? ""]) {
    if (mood === "well") telling.moods.delete(url)
    else telling.moods.set(url, mood)
  }
})
