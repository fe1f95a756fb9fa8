/** Whether all who know of the payments tell the same story: the merchant, the nodes, and the bank. */
import type { BankBook } from "./bank-book.ts"
import type { Asked, Ending } from "./load.ts"

export type Told = { readonly asked: Asked; readonly ending: Ending }

/** One sentence for each difference. An empty list: nothing was lost, and nothing was done twice. */
export const differencesOf = (payments: ReadonlyArray<Told>, bank: BankBook): ReadonlyArray<string> => {
  const known = new Set(payments.map(({ asked }) => asked.id))
  const strangers = [...bank.charged.keys()].filter((id) => !known.has(id))
  const repeated = payments.length - known.size
  return [
    ...payments.flatMap((payment) => differencesAbout(payment, bank)),
    ...strangers.map((id) => `the bank charged for payment ${id}, which the merchant does not know`),
    ...(repeated === 0 ? [] : [`${repeated} payments have the id of another`])
  ]
}

const differencesAbout = ({ asked, ending }: Told, bank: BankBook): ReadonlyArray<string> => {
  const differences: Array<string> = []
  const charges = bank.charged.get(asked.id) ?? []
  const expected = ending.status === "paid" ? [asked.amount] : []
  if (asked.id === "") differences.push(`a payment was not accepted: ${asked.answers[0]?.text}`)
  if (!answeredAlike(asked)) differences.push(`payment ${asked.id} was answered in different ways`)
  if (ending.amount !== asked.amount) differences.push(`payment ${asked.id} is about another amount`)
  if (ending.status === "failed" && !bank.declined.has(asked.id) && !asked.hasCode) {
    differences.push(`payment ${asked.id} has failed, and nobody has declined it`)
  }
  if (charges.join() !== expected.join()) {
    differences.push(`payment ${asked.id} is ${ending.status}; the bank has charged ${charges.join() || "nothing"}`)
  }
  return differences
}

export const answeredAlike = ({ answers }: Asked): boolean =>
  answers.every(({ status, text }) => status === 201 && text === answers[0]?.text)
