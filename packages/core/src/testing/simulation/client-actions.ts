/** What clients and operators do: each asks one process for one thing. */
import type { ListRequest } from "../../application/kernel-contract.ts"
import { isOpen } from "./attempt-book.ts"
import { keyLifeMs, variantOf, type Wish } from "./clients.ts"
import type { Dice } from "./dice.ts"
import type { Process } from "./process.ts"
import * as Shop from "./shop.ts"
import type { World } from "./world.ts"

const { merchantId } = Shop

const clientsMax = 3

export const someProcess = ({ dice, slots }: World): Process | undefined => dice.any(slots.alive())?.process

/** Anything else that a process is asked. It may fail, but only in ways that it says. */
export const ask = (world: World, what: string, call: (process: Process) => Promise<unknown>): void => {
  const process = someProcess(world)
  if (process === undefined) return
  world.tally.operations++
  call(process).then(
    (told) => world.trace.note(what, tagOf(told)),
    (defect: unknown) => {
      if (process.actor.state !== "down") world.report("DEFECT", `${what}: ${String(defect)}`)
    }
  )
}

const tagOf = (told: unknown): string =>
  typeof told === "object" && told !== null && "ok" in told ? String(told.ok) : typeof told

/** A client asks for it, now and then twice at once. */
export const wish = (world: World, made: Parameters<World["clients"]["make"]>[0]): void => {
  const process = someProcess(world)
  const asked = world.clients.make(made, world.dice.below(clientsMax))
  if (process === undefined) return
  world.tally.operations++
  world.clients.say(asked, process)
  // Now and then the same request arrives twice at once, at the same process or at another.
  const other = world.dice.chance(0.1) ? someProcess(world) : undefined
  if (other !== undefined) world.clients.say(asked, other)
}

export const pay = (world: World): void => {
  const card = world.dice.any(world.clients.cards)
  if (card !== undefined) wish(world, Shop.payWish(world.dice, card))
}

/** More at once than a process has hands for. */
export const rush = (world: World): void => {
  const { dice, clients } = world
  const process = someProcess(world)
  const card = dice.any(clients.cards)
  if (process === undefined || card === undefined) return
  for (let payer = 0; payer < rushMax; payer++) {
    world.tally.operations++
    clients.say(clients.make(Shop.payWish(dice, card), dice.below(clientsMax)), process)
  }
}

const rushMax = 5

const aboutPayment = (world: World, of: (id: string) => Parameters<typeof wish>[1]): void => {
  const { dice, clients } = world
  // The latest ones are where most is still going on; and whoever hears nothing will try something else.
  const known = dice.chance(0.6) ? clients.payments.slice(-4) : clients.payments
  const id = (dice.chance(0.3) ? dice.any(underWay(world)) : undefined) ?? dice.any(known)
  if (id !== undefined) wish(world, of(id))
}

/** Several clerks do different things about one payment. */
export const clash = (world: World): void => {
  const { dice, books } = world
  const open = [...books.payments.values()].filter(({ status }) => status === "authorized" || status === "confirmed")
  const id = dice.any(open)?.id
  if (id === undefined) return
  for (let clerk = 0; clerk < clientsMax; clerk++) {
    const made = dice.pick([Shop.captureWish, Shop.refundWish, (_: Dice, payment: string) => Shop.cancelWish(payment)])
    wish(world, made(dice, id))
  }
}

const underWay = ({ books }: World): ReadonlyArray<string> =>
  [...books.payments.values()]
    .filter(({ status, state }) => status !== "pending" && state.attempts.some((attempt) => isOpen(attempt.status)))
    .map(({ id }) => id)

export const capture = (world: World): void => aboutPayment(world, (id) => Shop.captureWish(world.dice, id))
export const refund = (world: World): void => aboutPayment(world, (id) => Shop.refundWish(world.dice, id))

/** Of a payment whose bank does not want it today: what nobody captures later expires. */
export const captureInVain = (world: World): void => {
  const { dice, books, weather } = world
  const id = dice.any([...books.payments.values()].filter(({ status }) => status === "authorized"))?.id
  if (id === undefined) return
  weather.gateway = { troubles: ["declined"], rate: 1, slow: 0 }
  wish(world, Shop.captureWish(dice, id))
}

/** Who sees that something about a payment has failed will as often as not give it up. */
export const cancel = (world: World): void => {
  const { dice, books } = world
  const troubled = [...books.payments.values()].filter(
    ({ status, state }) =>
      (status === "authorized" || status === "confirmed") &&
      state.attempts.some((attempt) => attempt.status === "declined" || attempt.status === "not_charged")
  )
  const id = dice.chance(0.8) ? dice.any(troubled)?.id : undefined
  if (id === undefined) aboutPayment(world, Shop.cancelWish)
  else wish(world, Shop.cancelWish(id))
}
export const saveCard = (world: World): void => wish(world, Shop.saveWish(world.dice))

/** Mostly of the same day, now and then of weeks ago. */
const repeatable = ({ clients, wall, dice }: World): ReadonlyArray<Wish> => {
  const withinMs = dice.chance(0.8) ? dayMs : keyLifeMs
  return clients.wishes.filter(({ firstAskedMs }) => wall.latestMs - firstAskedMs < withinMs)
}

const dayMs = 86_400_000

export const again = (world: World): void => {
  const process = someProcess(world)
  const asked = world.dice.any(repeatable(world))
  if (process === undefined || asked === undefined) return
  world.tally.operations++
  world.clients.say(asked, process)
}

export const changed = (world: World): void => {
  const process = someProcess(world)
  const asked = world.dice.any(repeatable(world).filter((one) => one.changed !== null))
  const variant = asked && variantOf(asked)
  if (process === undefined || variant === undefined) return
  world.tally.operations++
  world.clients.say(variant, process)
}

export const updateCard = (world: World): void => {
  const { dice, books } = world
  const id = dice.any([...books.cards.keys()])
  if (id === undefined) return
  const cvv = Shop.codeOf(dice.pick(["123", "123", "000"]))
  const expYear = dice.pick([null, 2041, 2039])
  ask(world, "update card", ({ kernel }) =>
    kernel.cards.update(merchantId, id, { cvv, expYear, expMonth: null, billing: {}, email: null })
  )
}

/** The payer's browser comes back from the issuer, whether or not he has answered. */
export const goBack = (world: World): void => {
  const { dice, truth } = world
  const returnUrl = dice.any([...truth.challenges.values()])?.returnUrl
  const state = returnUrl?.split("/return/")[1]
  if (state !== undefined) ask(world, "return", ({ kernel }) => kernel.payments.returnFromChallenge(state))
}

export const firstPage: ListRequest = { where: {}, fromMs: null, toMs: null, page: { _tag: "First" }, limit: 20 }

export const look = (world: World): void => {
  const { dice, clients } = world
  const id = dice.any(clients.payments)
  const what = dice.pick(["balances", "ledger", "list", "get"])
  ask(world, what, ({ kernel }) => {
    if (what === "balances" || id === undefined) return kernel.balances(merchantId)
    if (what === "ledger") return kernel.payments.ledger(merchantId, id)
    return what === "list" ? kernel.payments.list(merchantId, firstPage) : kernel.payments.get(merchantId, id)
  })
}

export const changeMerchant = (world: World): void => {
  const { dice } = world
  const change = dice.pick<MerchantChange>(["suspend", "reinstate", "reinstate", "reinstate", "terms", "profile"])
  changeTo(world, change)
  // Two people, of whom one does not know of the other.
  if (change === "suspend" && dice.chance(0.5)) changeTo(world, dice.pick<MerchantChange>(["terms", "profile"]))
}

type MerchantChange = "suspend" | "reinstate" | "terms" | "profile"

const changeTo = (world: World, change: MerchantChange): void =>
  ask(world, change, ({ kernel: { merchants } }) => {
    switch (change) {
      case "suspend":
        return merchants.suspend(merchantId)
      case "reinstate":
        return merchants.reinstate(merchantId)
      case "terms":
        return merchants.changeTerms(merchantId, Shop.merchantInput.terms)
      case "profile":
        return merchants.changeProfile(merchantId, Shop.profile)
    }
  })

export const settle = (world: World): void => ask(world, "settle", ({ kernel }) => kernel.settlements.run(merchantId))

export const recheck = (world: World): void => {
  const { dice, books } = world
  const manual = [...books.payments.values()].filter(({ state }) =>
    state.attempts.some(({ status }) => status === "manual")
  )
  const id = (dice.any(manual) ?? dice.any([...books.payments.values()]))?.id
  if (id !== undefined) ask(world, "recheck", ({ kernel }) => kernel.payments.recheck(merchantId, id))
}
