/** What was recorded of each payment on a chain, by its events alone, and compared with the chain in that moment. */
import type { DepositEventJson } from "../../../deposit/deposit.schema.ts"
import { placeName } from "../../../simulator/chain/chain-books.ts"
import type { Report } from "../problems.ts"
import type { ChainTruth, Output } from "./chain-truth.ts"

export type DepositEntry = {
  readonly id: string
  readonly intentId: string
  /** `undefined`: the chain has never heard of it. */
  readonly output: Output | undefined
  readonly amount: bigint
  readonly currency: string
  isFinal: boolean
}

export type DepositBook = {
  readonly entries: ReadonlyMap<string, DepositEntry>
  readonly happen: (id: string, event: DepositEventJson) => void
  /** The deposit of an output. */
  readonly of: (output: Output) => DepositEntry | undefined
  /** What of an intent is final, in its currency. */
  readonly finalOf: (intentId: string, currency: string) => bigint
  /** How many are final. */
  readonly credited: () => number
}

export const openDepositBook = (truth: ChainTruth, report: Report): DepositBook => {
  const entries = new Map<string, DepositEntry>()
  const byOutput = new Map<string, DepositEntry>()
  const finals = new Map<string, bigint>()
  let credited = 0

  const see = (id: string, event: Extract<DepositEventJson, { readonly _tag: "DepositSeen" }>): void => {
    const { intentId, transactionHash, outputIndex, amount } = event
    const output = truth.output(transactionHash, outputIndex)
    const entry = { id, intentId, output, currency: amount.currency, amount: BigInt(amount.amount), isFinal: false }
    entries.set(id, entry)
    if (output === undefined) {
      report("TRUTH", `${id}: ${transactionHash} was never sent`)
      return
    }
    if (byOutput.has(output.name)) report("I1", `${id}: ${output.name} is a deposit already`)
    byOutput.set(output.name, entry)
    const isRight = output.amount === entry.amount && output.currency === entry.currency
    if (!isRight || output.place !== placeName(event)) report("TRUTH", `${id}: ${output.name} pays something else`)
  }
  const finalize = (id: string, { credit }: Extract<DepositEventJson, { readonly _tag: "DepositFinalized" }>): void => {
    const entry = entries.get(id)
    if (entry === undefined || credit === null) {
      report("I5", `${id} is credited, and was never seen`)
      return
    }
    if (entry.isFinal) report("I1", `${id} is credited twice`)
    entry.isFinal = true
    credited++
    const { output, intentId, currency } = entry
    if (output !== undefined && !truth.isFinal(output.transaction)) {
      report("TRUTH", `${id}: ${output.name} is credited, and may still be taken back`)
    }
    const [amount, fee, net] = [credit.amount, credit.fee, credit.net].map((one) => BigInt(one.amount))
    if (amount !== entry.amount || (fee ?? 0n) + (net ?? 0n) !== amount) {
      report("I3", `${id}: ${entry.amount} came, ${amount} is shared out, of which ${net} and ${fee}`)
    }
    const name = nameOf(intentId, currency)
    finals.set(name, (finals.get(name) ?? 0n) + entry.amount)
  }
  return {
    entries,
    happen: (id, event) => {
      if (event._tag === "DepositSeen") see(id, event)
      if (event._tag === "DepositFinalized") finalize(id, event)
    },
    of: ({ name }) => byOutput.get(name),
    finalOf: (intentId, currency) => finals.get(nameOf(intentId, currency)) ?? 0n,
    credited: () => credited
  }
}

const nameOf = (intentId: string, currency: string): string => `${intentId} ${currency}`
