/** What merchants and senders do about money that goes abroad. */
import type { CrossBorderView } from "../../../application/cross-border/cross-border-contract.ts"
import type { TransactionChange } from "../../funding/test-wallet.ts"
import { ask, firstPage, wish } from "../client-actions.ts"
import { merchantId } from "../shop.ts"
import type { World } from "../world.ts"
import { answerQuestion } from "./answering.ts"
import type { PayoutEntry } from "./payout-book.ts"
import { payoutWish, quoteRequest, ticketWish, transactionWish } from "./payout-wishes.ts"
import { type Sending, senders, walletOf } from "./sending.ts"
import { sent, somePayout } from "./some-payout.ts"
import type { TransferEntry } from "./transfer-book.ts"

/** Asks what it costs, and mostly sends at once. */
export const send = sent((world, sending) => {
  const { dice, books, report } = world
  const request = quoteRequest(dice)
  ask(world, "quotes", async ({ kernel }) => {
    const told = await kernel.crossBorder.quotes.create(merchantId, request)
    if (!told.ok) return told
    for (const quote of told.value) {
      sending.quotes.push(quote)
      if (books.quotes.get(quote.id)?.statuses.has(quote.status) !== true)
        report("I6", `the quote ${quote.id} is shown, and not stored`)
    }
    const quote = dice.any(told.value)
    if (quote !== undefined && dice.chance(0.9)) wish(world, payoutWish(dice, sending, quote))
    return told
  })
})

/** Of a quote that has been known for a while: it may be used, or over. */
export const sendLater = sent((world, sending) => {
  const { dice, books } = world
  const { quotes } = sending
  const open = quotes.filter(({ id }) => books.quotes.get(id)?.status === "open")
  const quote = dice.chance(0.7) ? dice.any(open.slice(-4)) : dice.any(quotes.slice(-4))
  if (quote === undefined) send(world)
  else wish(world, payoutWish(dice, sending, quote))
})

/** Whoever wants the money to arrive does what is to be done next, for several at once. */
export const goOn = sent((world, sending) => {
  const { payouts, questions, transfers } = sending
  const open = [...payouts.entries.values()].filter(({ stored: { status } }) => underWay.has(status))
  for (const one of open.slice(-4)) {
    const question = [...questions.entries.values()].find(
      ({ paymentId, stored }) => paymentId === one.id && stored.status === "information_required"
    )
    const unsigned = transfers.of(one.id).find(({ stored }) => stored.status === "created")
    if (question !== undefined) answerQuestion(world, sending, question)
    else if (unsigned !== undefined) signFor(world, sending, unsigned)
    else if (isFree(one)) wish(world, transactionWish(one.id, one.stored.transactionVersion, false))
    else if (world.dice.chance(0.5)) hearOf(world, one.id)
  }
})

const underWay: ReadonlySet<string> = new Set(["created", "crypto_funds_pending"])

const awaitsFunds = ({ stored: { status, received } }: PayoutEntry): boolean =>
  status === "crypto_funds_pending" && received.length === 0

const isFree = (one: PayoutEntry): boolean =>
  awaitsFunds(one) && one.stored.transactions.every(({ status }) => status === "failed")

export const makeTransaction = sent((world, sending) => {
  const { dice } = world
  const one = dice.chance(0.8) ? somePayout(world, sending, isFree) : somePayout(world, sending)
  if (one !== undefined)
    wish(world, transactionWish(one.id, dice.chance(0.97) ? one.stored.transactionVersion : 2, false))
})

export const accelerate = sent((world, sending) => {
  const waits = (one: PayoutEntry): boolean =>
    awaitsFunds(one) && one.stored.transactions.some(({ status }) => status === "broadcasted")
  const one = world.dice.chance(0.9) ? somePayout(world, sending, waits) : somePayout(world, sending)
  if (one !== undefined) wish(world, transactionWish(one.id, one.stored.transactionVersion, true))
})

/** Offers that are too low to be taken soon, or to be taken at all; too little gas; another's hand. */
const changeOf = ({ dice }: Pick<World, "dice">): TransactionChange => {
  if (dice.chance(0.4)) return { maxFeePerGas: 1_200_000_000n }
  return dice.chance(0.15)
    ? dice.pick<TransactionChange>([{ gasLimit: 60_000n }, { nonce: 7n }, { maxFeePerGas: 1n }])
    : {}
}

/** The sender signs what waits for him, and it is handed in; what was handed in already comes again, or otherwise. */
export const sign = sent((world, sending) => {
  const { dice } = world
  const { transfers } = sending
  const all = [...transfers.entries.values()]
  const waiting = all.filter(({ stored }) => stored.status === "created")
  const one = dice.chance(0.9) ? dice.any(waiting.slice(-4)) : dice.any(all)
  if (one !== undefined) signFor(world, sending, one)
})

const signFor = (world: World, sending: Sending, one: TransferEntry): void => {
  const { dice } = world
  const signedTransaction = one.signed !== null && dice.chance(0.5) ? one.signed : signatureOf(world, sending, one)
  ask(world, `sign ${one.id}`, async ({ kernel: { crossBorder } }) => {
    const told = await crossBorder.transactions.submit(merchantId, one.paymentId, one.id, { signedTransaction })
    if (told.ok && one.signed !== signedTransaction)
      world.report("I6", `the signature of ${one.id} was taken, and is not stored`)
    return told
  })
}

const signatureOf = (world: World, { institution, transfers }: Sending, { stored }: TransferEntry): string => {
  const { dice } = world
  const { version, blockchain, message, estimatedFee, senderAddress, replaces } = stored
  const owner = senders.find((name) => walletOf(institution, blockchain, name).address === senderAddress)
  const wallet = walletOf(
    institution,
    blockchain,
    dice.chance(0.95) && owner !== undefined ? owner : dice.pick(senders)
  )
  const overtakes = replaces === null ? null : (transfers.entries.get(replaces)?.signed ?? null)
  const task = { plan: { version }, message, estimatedFee, ...(overtakes === null ? {} : { overtakes }) }
  // What overtakes is paid for as it was advised to.
  return wallet.sign(task, replaces === null || dice.chance(0.1) ? changeOf(world) : {})
}

export const help = sent((world, sending) => {
  const { dice, books } = world
  const one = somePayout(world, sending)
  const original = dice.chance(0.3) ? (dice.any([...books.tickets.keys()]) ?? null) : null
  if (one !== undefined) wish(world, ticketWish(one.id, original))
})

/** Whoever it is that says so, whether or not it is true, and whether or not there is such a payment. */
export const hear = sent((world, sending) => {
  const id = world.dice.chance(0.9) ? somePayout(world, sending)?.id : "0193c000-0000-7000-8000-ffffffffffff"
  if (id !== undefined) hearOf(world, id)
})

export const hearOf = (world: World, id: string): void =>
  ask(world, `hear of ${id}`, ({ kernel }) => kernel.crossBorder.payments.hear(merchantId, id))

const looks = ["list", "get", "ledger", "routes", "requirements", "parts"] as const

export const look = sent((world) => lookAt(world, world.dice.pick(looks)))

/** What is shown was so at some time. */
export const lookAt = (world: World, what: (typeof looks)[number]): void => {
  const { sending } = world
  if (sending === null) return
  const one = somePayout(world, sending)
  ask(world, `look abroad: ${what}`, async ({ kernel: { crossBorder } }) => {
    const { payments, transactions, rfis, refunds } = crossBorder
    if (what === "routes" || one === undefined) return crossBorder.overview()
    const { id, stored } = one
    if (what === "ledger") return payments.ledger(merchantId, id)
    if (what === "requirements") return crossBorder.requirements(merchantId, stored.quoteId)
    if (what === "list") {
      const listed = await payments.list(merchantId, firstPage)
      for (const view of listed.ok ? listed.value.items : []) checkView(world, view)
      return listed
    }
    if (what === "get") {
      const told = await payments.get(merchantId, id)
      if (told.ok) checkView(world, told.value)
      return told
    }
    for (const part of stored.transactions) await transactions.get(merchantId, id, part.id)
    for (const part of stored.rfis) await rfis.get(merchantId, id, part.id)
    for (const part of stored.refunds) await refunds.get(merchantId, id, part.id)
    return { ok: true }
  })
}

const checkView = ({ books, report }: World, { payment, activeRfi }: CrossBorderView): void => {
  const { id, status } = payment
  if (books.payouts.get(id)?.statuses.has(status) !== true) report("I6", `the payment abroad ${id} was never ${status}`)
  if (status === "withdrawn") report("I6", `${id} is shown, and was never made`)
  if (activeRfi === null) return
  if (books.rfis.get(activeRfi.id)?.statuses.has(activeRfi.status) !== true)
    report("I6", `the request ${activeRfi.id} was never ${activeRfi.status}`)
}
