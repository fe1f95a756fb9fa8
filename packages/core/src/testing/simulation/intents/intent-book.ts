/** What each intent has been told, by its events alone: where it can be paid, what was credited, what is given back. */
import type { IntentEventJson, IntentJson } from "../../../intent/intent.schema.ts"
import { placeName } from "../../../simulator/chain/chain-books.ts"
import type { Report } from "../problems.ts"

export type IntentEntry = {
  readonly id: string
  /** As it was last written. */
  state: IntentJson
  readonly places: Array<Place>
  readonly credits: Set<string>
  paid: bigint
  refunding: bigint
  refunded: bigint
  /** By the agenda, when it was written; `null`: it was not. `expired`: by its time alone. */
  expiredAtMs: number | null
  monitoringEndedAtMs: number | null
}

type Place = Parameters<typeof placeName>[0]

export type IntentBook = {
  readonly entries: ReadonlyMap<string, IntentEntry>
  readonly happen: (intent: IntentEntry, event: IntentEventJson) => void
  /** The entry of an intent, as it is written now. */
  readonly write: (id: string, state: IntentJson) => IntentEntry
  /** Called when all of a write was taken in. `final`: what of its deposits is final. */
  readonly written: (intent: IntentEntry, final: bigint) => void
}

export const openIntentBook = (report: Report, nowMs: () => number): IntentBook => {
  const entries = new Map<string, IntentEntry>()
  const owners = new Map<string, string>()

  const open = (intent: IntentEntry, addresses: ReadonlyArray<Place>): void => {
    for (const place of addresses) {
      const name = placeName(place)
      if (owners.has(name)) report("I1", `${intent.id}: ${name} belongs to ${owners.get(name)}`)
      owners.set(name, intent.id)
      intent.places.push(place)
    }
  }
  const credit = (intent: IntentEntry, depositId: string, amount: bigint): void => {
    if (intent.credits.has(depositId)) report("I1", `${intent.id}: ${depositId} is credited twice`)
    intent.credits.add(depositId)
    intent.paid += amount
  }
  const happen: IntentBook["happen"] = (intent, event) => {
    switch (event._tag) {
      case "IntentOpened":
      case "IntentActivated":
        open(intent, event.addresses)
        return
      case "IntentCompleted":
      case "IntentDepositCredited":
        credit(intent, event.depositId, BigInt(event.amount.amount))
        if (event._tag === "IntentCompleted" && !isEnough(intent, intent.paid)) {
          report("TRUTH", `${intent.id} is complete with ${intent.paid}`)
        }
        return
      case "IntentRefundStarted":
        intent.refunding += BigInt(event.amount.amount)
        return
      case "IntentRefundPaid":
        intent.refunded += BigInt(event.amount.amount)
        intent.refunding -= BigInt(event.amount.amount)
        return
      case "IntentRefundFailed":
        intent.refunding -= BigInt(event.amount.amount)
        return
      case "IntentExpired":
        if (event.reason === null) intent.expiredAtMs = nowMs()
        return
      case "IntentMonitoringEnded":
        intent.monitoringEndedAtMs = nowMs()
        return
      case "IntentCreated":
      case "IntentFailed":
      case "IntentDepositNoted":
      case "IntentDepositTakenBack":
      case "IntentWatchAdvanced":
        return
    }
  }
  return {
    ...{ entries, happen },
    write: (id, state) => {
      const entry = entries.get(id) ?? opened(id, state)
      entry.state = state
      entries.set(id, entry)
      return entry
    },
    written: (intent, final) => checkWritten(intent, final, report)
  }
}

const checkWritten = (intent: IntentEntry, final: bigint, report: Report): void => {
  const { id, state, paid, refunding, refunded } = intent
  if (final !== paid) report("I1", `${id}: ${paid} is credited, and of its deposits ${final} is final`)
  if (refunding < 0n || refunding + refunded > paid) {
    report("I4", `${id}: ${refunded} is given back and ${refunding} on its way, of ${paid}`)
  }
  const told = [paid, refunding, refunded].join()
  const stored = [state.paid, state.refunding, state.refunded].map(({ amount }) => amount).join()
  if (stored !== told) report("I5", `${id}: stored as ${stored}, its events say ${told}`)
}

const opened = (id: string, state: IntentJson): IntentEntry => ({
  ...{ id, state, places: [], credits: new Set(), paid: 0n, refunding: 0n, refunded: 0n },
  ...{ expiredAtMs: null, monitoringEndedAtMs: null }
})

/** Whether so much is enough, but for what is forgiven. */
export const isEnough = ({ state: { amount, toleranceBps } }: IntentEntry, paid: bigint): boolean => {
  if (amount === null) return false
  const asked = BigInt(amount.amount)
  return paid + (asked * BigInt(toleranceBps)) / 10_000n >= asked
}
