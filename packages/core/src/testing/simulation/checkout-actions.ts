/** What happens at checkouts: merchants open pages and close them, payers try to pay, more than once and at once. */
import type { CheckoutEntry } from "./checkout-book.ts"
import * as Wishes from "./checkout-wishes.ts"
import { ask, firstPage, someProcess, wish } from "./client-actions.ts"
import type { Try } from "./payers.ts"
import { merchantId } from "./shop.ts"
import { pageAddress } from "./webhooks/endpoint-wishes.ts"
import type { World } from "./world.ts"

export const openPage = (world: World): void =>
  wish(world, Wishes.openWish(world.dice, world.wall.latestMs, someAddress(world)))

export const payDirectly = (world: World): void => wish(world, Wishes.directWish(world.dice, someAddress(world)))

/** Where the merchant wants to hear of one checkout. */
const someAddress = ({ dice, telling }: World): string | null =>
  telling !== null && dice.chance(0.3) ? pageAddress(dice) : null

/** Mostly one at which something can still happen; `undefined` where nobody was told of any. */
const somePage = ({ dice, clients, books }: World): CheckoutEntry | undefined => {
  const pages = clients.checkouts.flatMap((id) => books.checkouts.byId.get(id) ?? [])
  const busy = pages.filter(({ status }) => status === "open" || status === "paying")
  return (dice.chance(0.8) ? dice.any(busy) : undefined) ?? dice.any(pages)
}

/** A payer who has heard nothing tries the same again; one whose card was declined takes another. */
export const payPage = (world: World): void => {
  const { dice, payers } = world
  const before = dice.chance(0.2) ? dice.any(payers.tries.slice(-6)) : undefined
  const made = before ?? newTry(world)
  if (made === undefined) {
    openPage(world)
    return
  }
  say(world, made)
  // Two windows on one page, or one button pressed twice.
  if (dice.chance(0.15)) say(world, dice.chance(0.5) ? made : (newTry(world, made.checkoutId) ?? made))
}

const newTry = (world: World, at?: string): Try | undefined => {
  const id = at ?? somePage(world)?.id
  const card = Wishes.anyCardInHand(world.dice)
  return id === undefined ? undefined : world.payers.make(id, (name) => Wishes.payInput(name, card))
}

const say = (world: World, made: Try): void => {
  const process = someProcess(world)
  if (process === undefined) return
  world.tally.operations++
  world.payers.say(made, process)
}

export const cancelPage = (world: World): void =>
  about(world, "close", ({ kernel }, { id }) => kernel.checkouts.cancel(merchantId, id))

/** The page asks how it stands, and waits for that for a while or not at all. */
export const followPage = (world: World): void => {
  const waitMs = world.dice.pick([0, 300, 2000])
  about(world, "follow", ({ kernel }, { id }) => kernel.checkouts.settled(merchantId, id, waitMs))
}

type Ask = Parameters<World["payers"]["look"]>

const about = (world: World, what: string, asking: (process: Ask[1], page: CheckoutEntry) => Ask[2]): void => {
  const page = somePage(world)
  const process = someProcess(world)
  if (page === undefined || process === undefined) return
  world.tally.operations++
  world.payers.look(`${what} ${page.id}`, process, asking(process, page))
}

/** By one of its names, or in the list of all. */
export const lookAtPage = (world: World): void => {
  const by = world.dice.pick(["id", "transaction", "transaction", "page", "list"])
  if (by === "list") {
    listPages(world)
    return
  }
  about(world, `look by ${by}`, ({ kernel: { checkouts } }, { id, state }) => {
    const page = world.payers.pages.get(id)
    if (by === "page" && page !== undefined) return checkouts.ofPage(page)
    const transactionId = state.payments.at(-1)?.transactionId
    if (by === "id" || transactionId === undefined) return checkouts.get(merchantId, id)
    return checkouts.ofTransaction(merchantId, transactionId)
  })
}

/** What is listed was so at some time. */
const listPages = (world: World): void => {
  const { books, report } = world
  ask(world, "list pages", async ({ kernel }) => {
    const listed = await kernel.checkouts.list(merchantId, firstPage)
    for (const { id, status } of listed.ok ? listed.value.items : []) {
      if (books.checkouts.byId.get(id)?.statuses.has(status) !== true) report("I6", `${id} was never ${status}`)
    }
    return listed
  })
}
