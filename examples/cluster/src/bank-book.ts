/** The bank's book as an auditor reads it: from its file, and with no code of the bank. */
import { readFileSync } from "node:fs"
import { memberOf, textAt } from "./merchant.ts"

export type BankBook = {
  readonly approved: number
  /** By payment. */
  readonly declined: ReadonlySet<string>
  /** Effects that were undone by their key. */
  readonly undone: number
  /** Decimal amounts that stand as charged, by payment: one for each approval that was not undone. */
  readonly charged: ReadonlyMap<string, ReadonlyArray<string>>
}

export const readBankBook = (path: string): BankBook => {
  const lines = readFileSync(path, "utf8").split("\n").filter(Boolean)
  const records = lines.map((line): unknown => JSON.parse(line))
  const undone = new Set(
    records.filter((one) => memberOf(one, "record") === "reversed").map((one) => textAt(one, "operationKey"))
  )
  const executed = records.filter((one) => memberOf(one, "record") === "executed")
  const approved = executed.filter((one) => memberOf(one, "outcome") === "approved")
  const declined = executed.filter((one) => memberOf(one, "outcome") === "declined")
  const charged = new Map<string, Array<string>>()
  for (const one of approved) {
    if (undone.has(textAt(one, "operationKey"))) continue
    const paymentId = textAt(one, "paymentId")
    charged.set(paymentId, [...(charged.get(paymentId) ?? []), textAt(one, "amount")])
  }
  return {
    approved: approved.length,
    declined: new Set(declined.map((one) => textAt(one, "paymentId"))),
    undone: undone.size,
    charged
  }
}
