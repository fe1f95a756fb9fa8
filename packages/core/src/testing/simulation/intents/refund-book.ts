/** What has become of each refund of an intent, and of the one key under which it is sent. */
import type { AttemptJson } from "../../../attempt/attempt.schema.ts"
import type { IntentRefundEventJson, IntentRefundJson } from "../../../intent-refund/intent-refund.schema.ts"
import type { RefundOperation, TransferLookup } from "../../../ports/blockchain.ts"
import { placeName, type Transaction } from "../../../simulator/chain/chain-books.ts"
import { type AttemptEntry, type AttemptOwner, openAttemptBook } from "../attempt-book.ts"
import type { CoverageCount } from "../coverage.ts"
import type { Report } from "../problems.ts"
import { type ChainTruth, minorUnitsOf } from "./chain-truth.ts"

export type RefundEntry = AttemptOwner & {
  stored: IntentRefundJson
  /** The only one. */
  attempt: AttemptEntry | null
}

export type RefundBook = {
  readonly entries: ReadonlyMap<string, RefundEntry>
  /** Takes in what has happened to a refund, and as what it is stored now. */
  readonly write: (id: string, stored: IntentRefundJson, events: ReadonlyArray<IntentRefundEventJson>) => void
  /** Called when a message is about to leave a process. Answers the refund that it is of. */
  readonly leaving: (operation: RefundOperation) => RefundEntry | undefined
  /** Called when a chain has answered what became of a key. */
  readonly answered: (key: string, lookup: TransferLookup) => void
}

type Grounds = {
  readonly truth: ChainTruth
  readonly coverage: CoverageCount
  readonly report: Report
  /** How long a message may be on its way and still be invisible to a look-up. */
  readonly quietMs: number
}

export const openRefundBook = ({ truth, coverage, report, quietMs }: Grounds): RefundBook => {
  const entries = new Map<string, RefundEntry>()
  const attempts = openAttemptBook(coverage, report, quietMs)

  const checkEnd = ({ id, stored }: RefundEntry, isSent: boolean): void => {
    const done = sentUnder(truth, stored)
    if (!isSent) {
      if (done !== undefined) report("TRUTH", `${id}: the refund has failed, and the chain has sent it`)
    } else if (done === undefined || !truth.isFinal(done)) {
      report("TRUTH", `${id}: the refund is paid, and the chain does not say so for good`)
    } else if (!isAsAsked(done, stored)) report("TRUTH", `${id}: the chain has sent something else`)
  }
  const happen = (entry: RefundEntry, event: IntentRefundEventJson): void => {
    switch (event._tag) {
      case "IntentRefundPlanned":
        attempts.plan(entry, event.plan)
        entry.attempt = attempts.byKey.get(event.plan.gatewayKey) ?? null
        return
      case "TransferAdvanced":
        if (entry.attempt !== null) attempts.move(entry, entry.attempt.id, event.event)
        return
      case "IntentRefundSent":
      case "IntentRefundRefused":
        checkEnd(entry, event._tag === "IntentRefundSent")
        return
      case "TransferBroadcast":
        return
    }
  }
  return {
    entries,
    write: (id, stored, events) => {
      const state = { attempts: attemptsOf(stored) }
      const entry = entries.get(id) ?? { id, stored, state, attempts: new Map(), attempt: null }
      entries.set(id, entry)
      entry.stored = stored
      for (const event of events) happen(entry, event)
      // What happens to an attempt is judged by how it was before.
      entry.state = state
    },
    leaving: (operation) => {
      const { key } = operation
      const attempt = attempts.byKey.get(key)
      const entry = attempt && entries.get(attempt.paymentId)
      if (attempt === undefined || entry === undefined || attempt.starts === 0) {
        report("RESEND", `the refund ${key} is sent before anything says so`)
        return undefined
      }
      const { amount, destination } = entry.stored
      const isRight =
        operation.amount.amount === BigInt(amount.amount) && placeName(operation) === placeName(destination)
      if (!isRight) report("TRUTH", `${entry.id} is sent as something that was not decided`)
      attempt.sends++
      if (attempt.sends > attempt.starts) report("RESEND", `${key} is sent again, and nothing says that it may be`)
      return entry
    },
    answered: (key, lookup) => {
      const attempt = attempts.byKey.get(key)
      if (attempt === undefined || lookup._tag === "Unavailable") return
      attempt.absent = lookup._tag === "AbsentYet" ? "yet" : lookup._tag === "AbsentFinal" ? "final" : null
    }
  }
}

const attemptsOf = ({ attempt }: IntentRefundJson): ReadonlyArray<AttemptJson> => (attempt === null ? [] : [attempt])

/** What the chain has sent under the key of a refund. */
export const sentUnder = (truth: ChainTruth, { attempt }: IntentRefundJson): Transaction | undefined => {
  const found = attempt === null ? undefined : truth.refund(attempt.gatewayKey)
  return found === undefined || "why" in found ? undefined : found
}

const isAsAsked = ({ broadcast }: Transaction, { amount, destination, networkFee }: IntentRefundJson): boolean => {
  const [output, ...others] = broadcast.outputs
  if (output === undefined || others.length > 0 || output.currency !== amount.currency) return false
  const fee = minorUnitsOf({ amount: broadcast.networkFee ?? "0", currency: output.currency })
  return (
    minorUnitsOf(output) === BigInt(amount.amount) &&
    placeName({ chain: broadcast.chain, ...output }) === placeName(destination) &&
    networkFee !== null &&
    fee === BigInt(networkFee.amount)
  )
}
