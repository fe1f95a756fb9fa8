/** What the network, its chains and the senders' wallets do by themselves, and what they say that is not so. */
import type { NetworkReport } from "../../../cross-border/cross-border.ts"
import { money } from "../../../money/index.ts"
import type { RfiLevel } from "../../../requirement/rfi-requirements.ts"
import type { Dice } from "../dice.ts"
import type { World } from "../world.ts"
import { hearOf } from "./payout-actions.ts"
import type { PayoutEntry } from "./payout-book.ts"
import { type Sending, senders, walletOf } from "./sending.ts"
import { sent, somePayout } from "./some-payout.ts"

const levels: readonly [RfiLevel, ...ReadonlyArray<RfiLevel>] = [1, 1, 2, 3]

const statuses = ["created", "crypto_funds_pending", "fiat_payment_initiated", "completed", "failed"] as const

/** As often of a payment in a state that is rare as of one in a state that is not. */
const inSomeState = (world: World, sending: Sending): PayoutEntry | undefined => {
  const status = world.dice.pick(statuses)
  const one = somePayout(world, sending, ({ stored }) => stored.status === status)
  return one ?? somePayout(world, sending)
}

/** It wants to know something, before, while and after it pays out. */
export const raise = sent((world, sending) => {
  const { institution } = sending
  const one = inSomeState(world, sending)
  if (one === undefined || institution.standing(one.id) === undefined) return
  world.trace.note("asked", one.id)
  institution.raise(one.id, world.dice.pick(levels)).then(
    () => {},
    (defect: unknown) => world.report("DEFECT", `a question: ${String(defect)}`)
  )
  if (world.dice.chance(0.6)) hearOf(world, one.id)
})

/** It decides what it has sat on, or what it was told by another way. */
export const decide = sent((world, { institution }) => {
  const { dice, trace } = world
  const nowMs = institution.nowMs()
  const open = [...institution.book.payments.values()].flatMap(({ key, rfis }) =>
    rfis
      .filter(
        ({ answer, raisedAtMs, expiresAtMs }) =>
          raisedAtMs <= nowMs && (answer === null ? nowMs < expiresAtMs : answer.verdict === "never")
      )
      .map(({ id }) => ({ key, id }))
  )
  const one = dice.any(open)
  if (one === undefined) return
  trace.note("decided", one.id)
  institution.settle(one.key, one.id, dice.pick(["approves", "approves", "rejects"]))
  hearOf(world, one.key)
})

/** It says of what has ended that it ended otherwise: of a payment, or of a refund. */
export const contradict = sent((world, sending) => {
  const { dice, trace } = world
  const { institution, returns } = sending
  const end = dice.pick(["completed", "failed"] as const)
  const ended = [...returns.entries.values()].filter(({ stored }) => stored.status === end)
  const refund = dice.chance(0.8) ? dice.any(ended)?.stored : undefined
  if (refund !== undefined) {
    trace.note("contradicted", refund.id)
    const completed = { _tag: "Completed", transactionHash: "0xlie" } as const
    institution.lies.changeRefund(refund.id, refund.status === "completed" ? { _tag: "Failed" } : completed)
    hearOf(world, refund.paymentId)
  } else {
    const id = somePayout(world, sending, ({ stored }) => stored.status === end)?.id
    if (id === undefined) return
    trace.note("contradicted", id)
    institution.lies.addReport(id, lieOf(end))
    hearOf(world, id)
  }
})

const lieOf = (status: "completed" | "failed"): NetworkReport =>
  status === "completed" ? { _tag: "Failed", code: "PM06000" } : { _tag: "PayoutCompleted", fiatNetworkRef: "LIE" }

/** It says that it tried in vain to give back what was never to be given back. */
export const refundInVain = sent((world, sending) => {
  const { dice, trace } = world
  const { lies } = sending.institution
  const status = dice.pick(["fiat_payment_initiated", "fiat_payment_initiated", "completed"] as const)
  const one = somePayout(world, sending, ({ stored }) => stored.status === status)?.stored
  if (one === undefined) return
  const id = `0193c000-0000-7000-9000-${dice
    .below(2 ** 31)
    .toString(16)
    .padStart(12, "0")}`
  trace.note("refused to give back", id)
  const { blockchain, refundAddress } = one
  lies.addRefund(one.id, { id, amount: money(1n, "USDC"), blockchain, refundAddress, report: { _tag: "Failed" } })
  hearOf(world, one.id)
})

/** Nodes lose sight of transactions, and say for a while that they are gone, so that others are made in their place. */
export const missTransactions = sent((world, { transfers, institution }) => {
  const { dice, trace } = world
  const known = [...transfers.entries.values()].filter(
    ({ id, stored: { status } }) =>
      (status === "pending" || status === "broadcasted") && institution.funding(id) !== undefined
  )
  for (const { id, paymentId } of known.slice(-3)) {
    trace.note("missed", id)
    // It shows again when what was made in its place has brought the money, and is being paid out.
    const untilMs = institution.nowMs() + dice.pick([60_000, 900_000, 3_600_000])
    const isPaidOut = () => institution.standing(paymentId)?.reports.some(({ _tag }) => _tag === "PayoutInitiated")
    institution.lies.missTransaction(id, () => institution.nowMs() >= untilMs || isPaidOut() === true)
  }
})

/** A sender's wallet is emptied, or filled again; a country is closed, or opened. */
export const changeWorld = sent((world, { institution }) => {
  const { dice, trace, report } = world
  if (dice.chance(0.3)) {
    const country = dice.pick(["MX", "BR"])
    if (!institution.closed.delete(country)) institution.closed.add(country)
    trace.note("institution", country, institution.closed.has(country) ? "closed" : "open")
    return
  }
  const wallet = walletIn(dice, institution)
  trace.note("wallet", wallet.address, wallet.tokens)
  institution.setAccount(wallet).then(
    () => {},
    (defect: unknown) => report("DEFECT", `a wallet: ${String(defect)}`)
  )
})

const full = "1000000000000000000"

const walletIn = (dice: Dice, institution: Sending["institution"]) => {
  const blockchain = dice.pick(["ETH-SEPOLIA", "MATIC-AMOY", "SOL-DEVNET"])
  const { address } = walletOf(institution, blockchain, dice.pick(senders))
  const tokens = dice.pick(["0", full, full])
  return { blockchain, address, exists: true, tokens, coins: full, allowance: dice.pick(["0", full, full, full]) }
}
