/** What others do on the chains: payers who pay less, more, twice or late, change their minds, and miners. */
import { type Currency, money } from "../../../money/index.ts"
import type { Transaction } from "../../../simulator/chain/chain-books.ts"
import type { FateRequest, Payment, ReorgRequest } from "../../../simulator/chain/chain-world.ts"
import type { Dice } from "../dice.ts"
import type { World } from "../world.ts"
import { hearOf, paid, someIntent } from "./intent-actions.ts"
import type { IntentEntry } from "./intent-book.ts"
import type { Paying } from "./paying.ts"

/** What is owed, a part of it, more, and next to nothing. */
const amountFor = (dice: Dice, { state, paid: already }: IntentEntry): bigint => {
  const asked = state.amount === null ? 40_000n : BigInt(state.amount.amount)
  const due = asked > already ? asked - already : asked
  return dice.pick([due, due, due, due / 2n + 1n, due + 1n, due * 3n, 1n])
}

type Open = { readonly chain: string; readonly payment: (amount: bigint) => Payment }

const placeOf = (dice: Dice, { places, state }: IntentEntry): Open | undefined => {
  const place = dice.any(places)
  if (place === undefined) return undefined
  const { chain, address, addressTag } = place
  const payment = (amount: bigint): Payment => ({
    ...{ address, addressTag, amount: money(amount, state.currency as Currency) }
  })
  return { chain, payment }
}

/** `then`: what the payer does next. */
const send = (
  { chains }: Paying,
  { trace, report }: World,
  chain: string,
  payments: ReadonlyArray<Payment>,
  then: (transactionHash: string) => void = () => {}
): void => {
  trace.note("paid", chain, ...payments.map(({ amount }) => amount.amount.toString()))
  chains.pay({ chain, payments }).then(
    (sent) => {
      if (sent._tag === "Success") then(sent.success.transactionHash)
      else report("DEFECT", `a payer cannot pay: ${sent.failure._tag}`)
    },
    (defect: unknown) => report("DEFECT", `a payer cannot pay: ${String(defect)}`)
  )
}

const hasPlace = ({ places }: IntentEntry): boolean => places.length > 0
const isExpected = ({ state: { status } }: IntentEntry): boolean => status === "pending" || status === "active"

const statuses = ["pending", "active", "complete", "expired", "refunded"] as const

/** Mostly to one that waits for it; now and then twice, in one transaction or in two. */
export const pay = paid((world, paying) => {
  const { dice } = world
  const status = dice.pick(statuses)
  const fits = dice.chance(0.5) ? isExpected : ({ state }: IntentEntry): boolean => state.status === status
  const one = someIntent(world, paying, (intent) => hasPlace(intent) && fits(intent))
  const at = one && placeOf(dice, one)
  if (one === undefined || at === undefined) return
  const payments = [at.payment(amountFor(dice, one))]
  if (dice.chance(0.1)) payments.push(at.payment(amountFor(dice, one)))
  send(paying, world, at.chain, payments)
  if (dice.chance(0.1)) send(paying, world, at.chain, payments)
  if (dice.chance(0.3)) hearOf(world, one.id)
})

/** More outputs than are looked at together. */
const crumbs = 22

export const payInCrumbs = paid((world, paying) => {
  const { dice } = world
  const status = dice.pick(statuses)
  const one = someIntent(world, paying, (intent) => hasPlace(intent) && intent.state.status === status)
  const at = one && placeOf(dice, one)
  if (at === undefined) return
  send(
    paying,
    world,
    at.chain,
    Array.from({ length: crumbs }, () => at.payment(1n))
  )
})

/** Pays where nobody waits for it any more, is seen to, and takes it back. */
export const payAndRegret = paid((world, paying) => {
  const { dice, agenda, outside } = world
  const status = dice.pick(["complete", "expired", "refunded"] as const)
  const one = someIntent(world, paying, (intent) => hasPlace(intent) && intent.state.status === status)
  const at = one && placeOf(dice, one)
  if (one === undefined || at === undefined) return
  const ms = dice.pick([200, 1000])
  send(paying, world, at.chain, [at.payment(1000n)], (transactionHash) => {
    hearOf(world, one.id)
    agenda.after(outside, ms, () => {
      const fate: FateRequest = { fate: "dropped", returnsAfterMs: null }
      replaceBlocks(paying, world, { chain: at.chain, depth: deepest(paying, at.chain), transactionHash, fate })
      hearOf(world, one.id)
    })
  })
})

/** All blocks that may be replaced. */
const deepest = ({ chains }: Paying, chain: string): number =>
  (chains.blockchain.chains.find((row) => row.chain === chain)?.confirmations ?? 1) - 1

const replaceBlocks = ({ chains }: Paying, { trace, report }: World, request: ReorgRequest): void => {
  trace.note("reorganised", request.chain, request.depth, request.fate.fate)
  chains.reorganise(request).then(
    () => {},
    (defect: unknown) => report("DEFECT", `a reorganisation: ${String(defect)}`)
  )
}

/** The newest blocks of a chain are replaced, or somebody changes his mind while his transaction waits. */
export const reorganise = paid((world, paying) => {
  const { dice } = world
  const { truth } = paying
  truth.read()
  const status = dice.pick(statuses)
  const unsettled = truth.unsettled()
  // As often of an intent that is rare as of one that is not.
  const rare = unsettled.filter((one) => intentOf(paying, one)?.state.status === status)
  const one = dice.any(rare) ?? dice.any(unsettled.slice(-6))
  if (one === undefined) return
  const { chain, transactionHash, kind } = one.broadcast
  const most = deepest(paying, chain)
  const depth = dice.chance(0.7) ? most : dice.below(most + 1)
  const change = changeOfMind(dice, one)
  // What we send ourselves is sent again by our own node, whatever happens.
  const fate: FateRequest = kind === "refund" ? { fate: "moved" } : change
  replaceBlocks(paying, world, { chain, depth, transactionHash, fate })
  const intent = intentOf(paying, one)
  if (intent !== undefined && dice.chance(0.4)) hearOf(world, intent.id)
})

/** The intent that a transaction pays, as far as somebody has seen it. */
const intentOf = ({ truth, deposits, intents }: Paying, { broadcast }: Transaction): IntentEntry | undefined => {
  const output = truth.output(broadcast.transactionHash, 0)
  const deposit = output && deposits.of(output)
  return deposit && intents.entries.get(deposit.intentId)
}

const changeOfMind = (dice: Dice, { broadcast: { outputs } }: Transaction): FateRequest => {
  const payments = outputs.slice(0, 1).map(({ address, addressTag, currency }) => ({
    ...{ address, addressTag, amount: money(BigInt(1 + dice.below(2_000_000)), currency as Currency) }
  }))
  return dice.pick<FateRequest>([
    { fate: "moved" },
    { fate: "dropped", returnsAfterMs: null },
    { fate: "dropped", returnsAfterMs: 1000 },
    { fate: "dropped", returnsAfterMs: dice.pick([60_000, 900_000]) },
    { fate: "replaced", payments }
  ])
}
