/** A comparison that finds nothing is worth something only if it finds what is there. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { type BankBook, readBankBook } from "../src/bank-book.ts"
import { differencesOf, type Told } from "../src/comparison.ts"

const answer = { status: 201, text: '{"data":{"id":"p1"}}' }
const paid: Told = {
  asked: { id: "p1", amount: "12.00", hasCode: false, answers: [answer, answer] },
  ending: { status: "paid", amount: "12.00", errorCode: "" }
}
const failed: Told = { ...paid, ending: { ...paid.ending, status: "failed", errorCode: "payment_failed" } }
const book = (charges: ReadonlyArray<string> = ["12.00"], change: Partial<BankBook> = {}): BankBook => ({
  approved: charges.length,
  declined: new Set(),
  undone: 0,
  charged: new Map(charges.length === 0 ? [] : [["p1", charges]]),
  ...change
})

describe("books that agree", () => {
  it.each<[string, Told, BankBook]>([
    ["a payment that was charged once", paid, book()],
    ["a payment that the bank declined", failed, book([], { declined: new Set(["p1"]) })],
    ["a payment whose code was lost", { ...failed, asked: { ...failed.asked, hasCode: true } }, book([])]
  ])("%s", (_, told, bank) => {
    expect(differencesOf([told], bank)).toEqual([])
  })
})

describe("books that do not agree", () => {
  const asked = (change: Partial<Told["asked"]>): Told => ({ ...paid, asked: { ...paid.asked, ...change } })

  it.each<[string, ReadonlyArray<Told>, BankBook, RegExp]>([
    ["charged twice", [paid], book(["12.00", "12.00"]), /charged 12\.00,12\.00/u],
    ["never charged", [paid], book([]), /charged nothing/u],
    ["charged for too much", [paid], book(["13.00"]), /charged 13\.00/u],
    ["charged although it failed", [failed], book(["12.00"], { declined: new Set(["p1"]) }), /charged 12\.00/u],
    ["failed for no reason", [failed], book([]), /nobody has declined it/u],
    ["unknown to the merchant", [], book(), /does not know/u],
    ["answered in two ways", [asked({ answers: [answer, { status: 201, text: "{}" }] })], book(), /different ways/u],
    [
      "answered with another status",
      [asked({ answers: [answer, { ...answer, status: 409 }] })],
      book(),
      /different ways/u
    ],
    ["about another amount", [{ ...paid, ending: { ...paid.ending, amount: "12.01" } }], book(), /another amount/u],
    ["not accepted", [asked({ id: "", answers: [{ status: 400, text: "no" }] })], book([]), /not accepted: no/u],
    ["one for two", [paid, paid], book(), /the id of another/u]
  ])("a payment that was %s", (_, told, bank, sentence) => {
    expect(differencesOf(told, bank).join("\n")).toMatch(sentence)
  })
})

describe("the bank's book", () => {
  it("is read from its file: what was undone is not charged", () => {
    const folder = mkdtempSync(join(tmpdir(), "bank-book-"))
    const path = join(folder, "journal.jsonl")
    const executed = { record: "executed", paymentId: "p1", amount: "12.00", outcome: "approved" }
    const lines = [
      { ...executed, operationKey: "a" },
      { ...executed, operationKey: "b" },
      { ...executed, operationKey: "c", paymentId: "p2", outcome: "declined" },
      { record: "reversed", operationKey: "a", amount: "12.00" },
      { record: "poisoned", operationKey: "d" }
    ]
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""))
    const charged = new Map([["p1", ["12.00"]]])
    expect(readBankBook(path)).toEqual({ approved: 2, declined: new Set(["p2"]), undone: 1, charged })
    rmSync(folder, { recursive: true })
  })
})
