/**
 * What must be so of intents in the end: two days after the trouble was over every output that nothing takes back is
 * credited, every refund has an end that is the chain's as well, and what the ledger says is held on chains is there.
 */
import { startMs } from "../../payment-examples.ts"
import { isOpen } from "../attempt-book.ts"
import { merchantId } from "../shop.ts"
import type { Stage } from "../webhooks/farewell.ts"
import type { World } from "../world.ts"
import { neverLeft, type Output, pooledSinceMs } from "./chain-truth.ts"
import { type IntentEntry, isEnough } from "./intent-book.ts"
import type { Paying } from "./paying.ts"
import { type RefundEntry, sentUnder } from "./refund-book.ts"

/** What holds up a look: standing still, a slow store, a clock that is ahead. */
const slackMs = 3_600_000

const hearOf = (ids: Iterable<string>, { heir, ask }: Stage): Promise<void> =>
  ask([...ids].map((id) => heir.kernel.intents.hear(merchantId, id)))

/** A person goes through the refunds that were left to persons. */
export const recheckRefunds = ({ refunds }: Paying, stage: Stage): Promise<void> => {
  const left = [...refunds.entries.values()].filter(({ attempt }) => attempt?.status === "manual")
  return hearOf(new Set(left.map(({ stored }) => stored.intentId)), stage)
}

export const lookForTheLastTime = async (world: World, paying: Paying, stage: Stage): Promise<void> => {
  const { report, agenda } = world
  const { truth, intents, refunds } = paying
  truth.read()
  // What came while it was looked for needs nobody to say so.
  for (const intent of intents.entries.values()) {
    for (const output of uncredited(paying, intent)) {
      const sinceMs = (pooledSinceMs(output.transaction) ?? 0) - startMs
      const isWatched = sinceMs < (intent.monitoringEndedAtMs ?? agenda.nowMs()) - slackMs
      if (isWatched) report("I9", `${intent.id}: ${output.name} came while it was looked for, and is not credited`)
    }
    checkEnd(world, intent, paying)
  }
  await hearOf(intents.entries.keys(), stage)
  await stage.pass(slackMs)
  truth.read()
  for (const intent of intents.entries.values()) {
    for (const { name } of uncredited(paying, intent))
      report("I9", `${intent.id}: ${name} was heard of, and is not credited`)
  }
  checkGone(world, paying)
  for (const refund of refunds.entries.values()) checkRefund(world, paying, refund)
  compareHoldings(world, paying)
}

const uncredited = ({ truth, deposits }: Paying, { places }: IntentEntry): ReadonlyArray<Output> =>
  places
    .flatMap(truth.outputsAt)
    .filter((output) => truth.isFinal(output.transaction) && deposits.of(output)?.isFinal !== true)

const checkEnd = ({ report, wall }: World, intent: IntentEntry, { truth }: Paying): void => {
  const { id, state, expiredAtMs, places } = intent
  const { status, expiresAtMs, currency } = state
  if (status === "created") report("I9", `${id} has no address`)
  const isOver = expiresAtMs !== null && expiresAtMs < wall.nowMs(0) - slackMs
  if (status === "pending" && isOver) report("I9", `${id} is still pending`)
  if (expiredAtMs === null || expiresAtMs === null) return
  const endMs = Math.min(expiresAtMs, startMs + expiredAtMs - slackMs)
  const inTime = places
    .flatMap(truth.outputsAt)
    .filter((one) => one.currency === currency && one.sentAtMs < endMs && neverLeft(one.transaction))
    .reduce((sum, { amount }) => sum + amount, 0n)
  if (isEnough(intent, inTime)) report("TRUTH", `${id} was paid in time, and has expired`)
}

/** What is gone from its chain is known to be gone. */
const checkGone = ({ report, books }: World, { deposits }: Paying): void => {
  for (const { id, output } of deposits.entries.values()) {
    const status = books.deposits.get(id)?.status
    const isGone = output !== undefined && pooledSinceMs(output.transaction) === undefined
    if (isGone && status !== "dropped") report("I9", `${id} is gone from its chain, and ${status}`)
  }
}

/** A person has it only where doubt has lasted as long as it may, and where the chain has sent nothing. */
const checkRefund = ({ report, times }: World, { truth }: Paying, { id, stored, attempt }: RefundEntry): void => {
  const sent = sentUnder(truth, stored)
  if (stored.status === "paid" && sent === undefined) report("TRUTH", `${id}: the refund is paid, and was never sent`)
  if (stored.status === "failed" && sent !== undefined) report("TRUTH", `${id}: the refund has failed, and was sent`)
  if (stored.status !== "pending") return
  if (attempt === null || isOpen(attempt.status) || sent !== undefined) {
    report("I9", `${id}: the refund is still ${attempt?.status}`)
    return
  }
  const { why = "", atMs = 0, unknownSinceMs = null } = attempt.escalation ?? {}
  const lasted = unknownSinceMs !== null && atMs - unknownSinceMs >= times.resolveLimitMs
  if (!lasted) report("MANUAL", `${id}: a person was called for nothing (${why})`)
}

const compareHoldings = ({ report }: World, { deposits, refunds, holdings }: Paying): void => {
  const held = new Map<string, bigint>()
  const add = (currency: string, amount: bigint): void => {
    held.set(currency, (held.get(currency) ?? 0n) + amount)
  }
  for (const { isFinal, currency, output } of deposits.entries.values()) {
    if (isFinal && output !== undefined) add(currency, output.amount)
  }
  for (const { stored } of refunds.entries.values()) {
    if (stored.status !== "paid") continue
    add(stored.amount.currency, -BigInt(stored.amount.amount))
    add(stored.amount.currency, -BigInt(stored.networkFee?.amount ?? "0"))
  }
  for (const currency of new Set([...held.keys(), ...holdings.keys()])) {
    const [booked, there] = [holdings.get(currency) ?? 0n, held.get(currency) ?? 0n]
    if (booked !== there) report("I3", `the ledger holds ${booked} ${currency} on chains, and there is ${there}`)
  }
}
