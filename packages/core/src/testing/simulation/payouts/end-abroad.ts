/**
 * What must be so of money that goes abroad in the end: two days after the trouble was over every payment has ended as the
 * network says, every transaction as its chain says, every refund is known, and the ledger has what the network has.
 */
import * as Effect from "effect/Effect"
import type { Stage } from "../webhooks/farewell.ts"
import type { World } from "../world.ts"
import { holdsLetter } from "./open-letter.ts"
import type { PayoutEntry } from "./payout-book.ts"
import type { Sending } from "./sending.ts"

/** People at the network go through what it has sat on. */
export const settleQuestions = ({ institution }: Sending): void => {
  for (const { key, rfis } of institution.book.payments.values()) {
    for (const { id, answer } of rfis) if (answer?.verdict === "never") institution.settle(key, id, "approves")
  }
}

export const lookAbroadForTheLastTime = async (world: World, sending: Sending, stage: Stage): Promise<void> => {
  const { report } = world
  const { payouts, transfers, returns, questions } = sending
  for (const payout of payouts.entries.values()) checkPayout(world, sending, payout)
  for (const { id, stored } of transfers.entries.values()) {
    const truth = sending.institution.funding(id)
    const isOpen = stored.status !== "completed" && stored.status !== "failed"
    if (isOpen) report("I9", `the transaction ${id} is still ${stored.status}, and ${truth?._tag} on its chain`)
    const hasCome = truth?._tag === "Confirmed"
    if (hasCome !== (stored.received !== null)) {
      report("TRUTH", `the transaction ${id} is ${stored.status}, and ${truth?._tag} on its chain`)
    }
  }
  for (const { id, stored } of questions.entries.values()) {
    const isOpen = stored.status === "information_required" || stored.status === "in_review"
    if (isOpen) report("I9", `the request ${id} is still ${stored.status}`)
  }
  for (const { id, stored } of returns.entries.values()) {
    if (stored.status === "created") report("I9", `the refund ${id} is still on its way`)
    const truth = returns.truthOf(stored)?.report._tag
    const isSo = truth === (stored.status === "completed" ? "Completed" : "Failed")
    if (!isSo && !sending.institution.lies.isOfRefund(id))
      report("TRUTH", `the refund ${id} is ${stored.status}, and ${truth}`)
  }
  compareHeld(world, sending)
  checkSecrets(world, sending)
  await lookOnceMore(world, sending, stage)
}

const checkPayout = ({ report }: World, sending: Sending, { id, stored }: PayoutEntry): void => {
  const { institution, returns, transfers } = sending
  const { status, contradiction } = stored
  const truth = institution.standing(id)
  if (status === "withdrawn") {
    if (truth !== undefined) report("TRUTH", `${id} is withdrawn, and the network has taken it`)
    return
  }
  if (status !== "completed" && status !== "failed") {
    report("I9", `${id} is still ${status}`)
    return
  }
  const paidOut = truth?.reports.some(({ _tag }) => _tag === "PayoutCompleted") === true
  const agrees = paidOut === (status === "completed")
  const isKnown = agrees || contradiction === (paidOut ? "completed" : "failed")
  if (!isKnown) report("TRUTH", `${id} is ${status}, and the network has ${paidOut ? "" : "not "}paid it out`)
  for (const refund of truth?.refunds ?? []) {
    // What is said to come back of money that was paid out is a person's case.
    if (agrees && !returns.entries.has(refund.id)) report("I9", `${id}: nobody knows of the refund ${refund.id}`)
  }
  const told = institution.book.payments.get(id)?.funds ?? []
  for (const transfer of transfers.of(id)) {
    const brought = institution.funding(transfer.id)
    if (brought?._tag !== "Confirmed") continue
    const isTold = told.some(({ transactionHash }) => transactionHash === brought.transactionHash)
    if (!isTold) report("I9", `${id}: the network was never told of ${transfer.id}`)
  }
}

/** What came, less what was paid out, less what came back. */
const compareHeld = ({ report }: World, { payouts, returns, held }: Sending): void => {
  let there = 0n
  for (const { stored } of payouts.entries.values()) {
    for (const { amount } of stored.received) there += BigInt(amount.amount)
    if (stored.status === "completed") there -= BigInt(stored.source.amount)
  }
  for (const { stored } of returns.entries.values()) {
    if (stored.status === "completed") there -= BigInt(stored.amount.amount)
  }
  if (held() !== there) report("I3", `the ledger says that the network has ${held()}, and it has ${there}`)
}

/** What is written to the network is kept nowhere but sealed, and no longer than until it has it. */
const checkSecrets = ({ report, grounds }: World, { payouts, questions }: Sending): void => {
  for (const { id, stored } of [...payouts.entries.values(), ...questions.entries.values()]) {
    if (holdsLetter(JSON.stringify(stored))) report("I10", `${id} holds what was written to the network`)
  }
  for (const { field, recordId } of Effect.runSync(grounds.store.sealedRecords(null, 10_000))) {
    const isLetter = field === "travel-rule" || field === "beneficiary-account" || field.startsWith("rfi-")
    if (isLetter) report("I10", `${field} ${recordId} is still kept`)
  }
}

/** What has ended stays as it is when it is heard of once more. */
const lookOnceMore = async ({ report }: World, { payouts }: Sending, { heir, ask }: Stage): Promise<void> => {
  const before = new Map([...payouts.entries.values()].map(({ id, stored }) => [id, stored.status]))
  const known = [...payouts.entries.values()].filter(({ stored }) => stored.status !== "withdrawn")
  await ask(known.map(({ stored }) => heir.kernel.crossBorder.payments.hear(stored.merchantId, stored.id)))
  for (const { id, stored } of payouts.entries.values()) {
    if (before.get(id) !== stored.status) report("I5", `${id} was ${before.get(id)}, and is ${stored.status}`)
  }
}
