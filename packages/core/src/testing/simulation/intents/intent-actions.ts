/** What merchants do about being paid on chains, and where processes are struck that work with chains. */
import { type PortCall, portCalls } from "../../../ports/fault-points.ts"
import { ask, firstPage, wish } from "../client-actions.ts"
import type { Ambush } from "../process.ts"
import { merchantId } from "../shop.ts"
import type { World } from "../world.ts"
import type { IntentEntry } from "./intent-book.ts"
import { createWish, pullWish, refundWish } from "./intent-wishes.ts"
import type { Paying } from "./paying.ts"

/** Nothing is done about chains in a world without them. */
export const paid =
  (act: (world: World, paying: Paying) => void) =>
  (world: World): void => {
    if (world.paying !== null) act(world, world.paying)
  }

/** One of those that something can be done with. The latest ones are where most is still going on. */
export const someIntent = (
  { dice }: Pick<World, "dice">,
  { intents }: Paying,
  fits: (intent: IntentEntry) => boolean = () => true
): IntentEntry | undefined => {
  const fitting = [...intents.entries.values()].filter(fits)
  return dice.chance(0.6) ? dice.any(fitting.slice(-3)) : dice.any(fitting)
}

export const create = paid((world) => wish(world, createWish(world.dice)))

export const refund = paid((world, paying) => {
  const one = someIntent(world, paying, (intent) => intent.paid > intent.refunded + intent.refunding)
  if (one !== undefined) wish(world, refundWish(world.dice, one))
})

/** A payer signs for one that waits for his token, or that waits no more. */
export const pull = paid((world, paying) => {
  const { dice } = world
  for (const { chain, pullTokens } of paying.chains.blockchain.chains) {
    for (const token of pullTokens) {
      const late = dice.chance(0.3)
      const one = someIntent(world, paying, ({ state, places }) => {
        const isOpen = state.status === "pending" || state.status === "active"
        return isOpen !== late && state.currency === token.currency && places.some((place) => place.chain === chain)
      })
      const to = one?.places.find((place) => place.chain === chain)?.address
      if (one === undefined || to === undefined) continue
      const due = BigInt(one.state.amount?.amount ?? "3000000") - one.paid
      wish(world, pullWish(token, chain, one, to, dice.pick([due > 0n ? due : 1n, 1_000_000n])))
    }
  }
})

export const expire = paid((world, paying) => {
  const isOpen = ({ state: { status } }: IntentEntry): boolean => status === "created" || status === "pending"
  const id = (world.dice.chance(0.8) ? someIntent(world, paying, isOpen) : someIntent(world, paying))?.id
  if (id !== undefined) ask(world, `expire ${id}`, ({ kernel }) => kernel.intents.expire(merchantId, id))
})

/** Whoever it is that says so, and whether or not it is true. */
export const hear = paid((world, paying) => {
  const id = someIntent(world, paying)?.id
  if (id !== undefined) hearOf(world, id)
})

/** Somebody watches the chain, and says so. */
export const hearOf = (world: World, id: string): void =>
  ask(world, `hear of ${id}`, ({ kernel }) => kernel.intents.hear(merchantId, id))

/** What is shown was so at some time. */
export const look = paid((world, paying) => {
  const { dice, report, books } = world
  const what = dice.pick(["list", "rate", "fee", "prepare"])
  if (what === "rate") return askRate(world)
  if (what === "fee") return askFee(world)
  const id = someIntent(world, paying)?.id
  ask(world, what, async ({ kernel: { intents } }) => {
    if (what === "prepare" && id !== undefined) {
      return intents.prepareTransfer(merchantId, id, { payerAddress: somebody, amount: null })
    }
    const listed = await intents.list(merchantId, firstPage)
    for (const { id, status } of listed.ok ? listed.value.items : []) {
      if (books.intents.get(id)?.statuses.has(status) !== true) report("I6", `the intent ${id} was never ${status}`)
    }
    return listed
  })
})

const somebody = "0x8381470ED67C3802402dbbFa0058E8871F017A6F"

const askRate = (world: World): void =>
  ask(world, "rate", ({ kernel }) => kernel.intents.quoteRate({ base: "BTC", counter: "USDC" }))

const askFee = (world: World): void => ask(world, "fee", ({ kernel }) => kernel.intents.quoteNetworkFee("ETH", "USDC"))

const calls: ReadonlyArray<PortCall> = Object.entries(portCalls.blockchain)
  .flatMap(([name, kind]) => (kind === "tool" ? [] : [`blockchain.${name}` as PortCall]))
  .concat("rates.quote")

/** Of which there are few in a life. */
const seldom: ReadonlyArray<PortCall> = [
  ...(["sendRefund", "lookupRefund", "submitAuthorization", "lookupAuthorization"] as const)
].map((name): PortCall => `blockchain.${name}`)

const stallsMs = [1000, 35_000, 120_000] as const

/** Waits at a call to a chain, and has somebody make one that is seldom made. */
export const lieInWait = (world: World, how: Ambush["how"]): void => {
  const { dice, grounds, paying } = world
  if (paying === null) return
  const call = dice.any(dice.chance(0.6) ? seldom : calls) ?? null
  grounds.ambush = { call, how, passes: 0, side: dice.pick(["before", "after"]), forMs: dice.pick(stallsMs) }
  if (call === "blockchain.deriveAddress") create(world)
  if (call === "blockchain.submitAuthorization" || call === "blockchain.lookupAuthorization") pull(world)
  if (call === "blockchain.sendRefund" || call === "blockchain.lookupRefund") refund(world)
  if (call === "blockchain.quoteNetworkFee") askFee(world)
  if (call === "rates.quote") askRate(world)
}
