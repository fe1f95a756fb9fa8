/** Book A: the journal of the simulated bank, read from its file, and what follows from it for each payment. */
import { readFileSync } from "node:fs"
import { centsOf } from "./cents.ts"
import { isObject, type JsonObject, parseJson, textAt } from "./json-reading.ts"

/** `approved`: it stands. `undone`: it was approved and taken back. `refused`: it moved nothing. */
export type Standing = "approved" | "undone" | "refused"

export type Execution = {
  readonly key: string
  readonly kind: string
  readonly paymentId: string
  readonly cents: bigint
  readonly currency: string
  readonly captures: boolean
  readonly standing: Standing
}

export type BankBook = {
  readonly executions: ReadonlyMap<string, Execution>
  readonly ofPayment: ReadonlyMap<string, ReadonlyArray<Execution>>
  /** Lines as everybody may see them, in order. */
  readonly publicLines: ReadonlyArray<string>
  /** Things that no bank may do, such as executing a key twice. */
  readonly faults: ReadonlyArray<string>
}

export type Position = {
  readonly authorizations: number
  readonly authorized: bigint
  readonly captured: bigint
  readonly refunded: bigint
  readonly voided: boolean
}

export const readBankBook = (path: string): BankBook => {
  const executions = new Map<string, Execution>()
  const publicLines: Array<string> = []
  const faults: Array<string> = []
  const lines = readFileSync(path, "utf8").split("\n")
  if (lines.pop() !== "") faults.push("the bank's journal ends in the middle of a line")
  for (const line of lines) {
    const record = parseJson(line)
    if (!isObject(record)) throw new Error(`a line of the bank's journal is unreadable: ${line}`)
    if (record["record"] === "executed" || record["record"] === "reversed") publicLines.push(publicLine(record))
    if (record["record"] === "executed") {
      const execution = executionOf(record)
      if (executions.has(execution.key)) faults.push(`the bank executed ${execution.key} twice`)
      executions.set(execution.key, execution)
    }
    if (record["record"] === "reversed") {
      const key = textAt(record, "operationKey")
      const execution = executions.get(key)
      if (execution?.standing !== "approved") faults.push(`the bank undid ${key}, which did not stand`)
      else executions.set(key, { ...execution, standing: "undone" })
    }
  }
  const ofPayment = Map.groupBy(executions.values(), ({ paymentId }) => paymentId)
  return { executions, ofPayment, publicLines, faults }
}

/** One line of `GET /sandbox/gateway/journal`, in an order of our own. */
export const publicLine = (line: JsonObject): string =>
  ["operationKey", "kind", "amount", "currency", "outcome", "at"].map((field) => textAt(line, field)).join(" ")

/** What the bank has done for a payment and not undone. */
export const positionOf = (bank: BankBook, paymentId: string): Position => {
  const standing = (bank.ofPayment.get(paymentId) ?? []).filter((one) => one.standing === "approved")
  const sum = (of: (one: Execution) => boolean): bigint =>
    standing.filter(of).reduce((total, { cents }) => total + cents, 0n)
  return {
    authorizations: standing.filter(({ kind }) => kind === "authorize").length,
    authorized: sum(({ kind }) => kind === "authorize"),
    captured: sum(({ kind, captures }) => kind === "capture" || captures),
    refunded: sum(({ kind }) => kind === "refund"),
    voided: standing.some(({ kind }) => kind === "void")
  }
}

const executionOf = (record: JsonObject): Execution => ({
  key: textAt(record, "operationKey"),
  kind: textAt(record, "kind"),
  paymentId: textAt(record, "paymentId"),
  cents: centsOf(textAt(record, "amount")),
  currency: textAt(record, "currency"),
  captures: record["capture"] === true && record["kind"] === "authorize",
  standing: record["outcome"] === "approved" ? "approved" : "refused"
})
