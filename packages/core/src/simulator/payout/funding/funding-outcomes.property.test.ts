/** Laws of a chain, whatever senders do: what has happened stays, and nothing that can be spent once is spent twice. */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { money } from "../../../money/index.ts"
import type { AccountSet, FundingBroadcast } from "../network-journal.ts"
import { fullWallet, nonceAt, outcomesOf, type SenderOptions } from "./funding-outcomes.ts"

const confirmMs = 10
const address = "0xc75c3e371d617b3e60db1b6f3fa2f0689562e5a7"

const broadcast = fc.record({
  atMs: fc.nat(60),
  amount: fc.bigInt(1n, 9n).map((amount) => money(amount, "USDC")),
  authorization: fc.constantFrom("a", "b", "c", "d"),
  validForMs: fc.constantFrom(5, 15, 40, 1_000),
  gas: fc.option(
    fc.record({
      nonce: fc.constantFrom("0", "1", "2"),
      gasLimit: fc.constantFrom("60000", "150000"),
      maxFeePerGas: fc.constantFrom("1200000000", "5000000000"),
      maxPriorityFeePerGas: fc.constant("1")
    })
  )
})

const history = fc.record({
  broadcasts: fc.array(broadcast, { maxLength: 7 }).map((drawn) =>
    drawn
      .toSorted((a, b) => a.atMs - b.atMs)
      .map(
        ({ validForMs, ...one }, place): FundingBroadcast => ({
          ...one,
          record: "funding_broadcast",
          key: `key-${place}`,
          blockchain: "ETH-SEPOLIA",
          sender: address,
          transactionHash: `0x${place}`,
          validUntilMs: one.atMs + validForMs
        })
      )
  ),
  settings: fc.array(fc.record({ atMs: fc.nat(60), tokens: fc.nat(20) }), { maxLength: 2 }).map((drawn) =>
    drawn
      .toSorted((a, b) => a.atMs - b.atMs)
      .map(
        ({ atMs, tokens }): AccountSet => ({
          ...fullWallet("ETH-SEPOLIA", address),
          record: "account_set",
          tokens: `${tokens}`,
          atMs
        })
      )
  )
})

type History = Omit<SenderOptions, "confirmMs">

const until = ({ broadcasts, settings }: History, atMs: number): SenderOptions => ({
  broadcasts: broadcasts.filter((one) => one.atMs <= atMs),
  settings: settings.filter((one) => one.atMs <= atMs),
  confirmMs
})

const confirmed = (options: SenderOptions): ReadonlyArray<FundingBroadcast> => {
  const outcomes = outcomesOf(options)
  return options.broadcasts.filter(({ key }) => outcomes.get(key)?.failure === null)
}

const numRuns = 10_000

describe("a chain", () => {
  it("takes nothing back that has happened, whatever is sent later", () => {
    fc.assert(
      fc.property(history, fc.nat(120), (all, atMs) => {
        const then = outcomesOf(until(all, atMs))
        const later = outcomesOf({ ...all, confirmMs })
        for (const [key, outcome] of then) {
          if (outcome.atMs <= atMs) expect(later.get(key)).toEqual(outcome)
          else expect(later.get(key)?.atMs).toBeGreaterThan(atMs)
        }
        expect(nonceAt({ ...all, confirmMs }, atMs)).toBe(nonceAt(until(all, atMs), atMs))
      }),
      { numRuns }
    )
  })

  it("has carried out what it has carried out when the wallet is emptied at that moment", () => {
    const sent: FundingBroadcast = {
      ...{ record: "funding_broadcast", key: "key-1", blockchain: "ETH-SEPOLIA", sender: address, gas: null },
      ...{ amount: money(5n, "USDC"), authorization: "a", transactionHash: "0x1", atMs: 0, validUntilMs: 1_000 }
    }
    const emptied = (atMs: number): AccountSet => ({
      ...fullWallet("ETH-SEPOLIA", address),
      ...{ record: "account_set", tokens: "0", atMs }
    })
    const endOf = (setting: AccountSet) =>
      outcomesOf({ broadcasts: [sent], settings: [setting], confirmMs }).get("key-1")
    expect(endOf(emptied(confirmMs))).toEqual({ atMs: confirmMs, failure: null })
    expect(endOf(emptied(confirmMs - 1))).toEqual({ atMs: confirmMs, failure: "insufficient_token_balance" })
  })

  it("spends each authorization and each number once, in time, and in the order of the numbers", () => {
    fc.assert(
      fc.property(history, (all) => {
        const outcomes = outcomesOf({ ...all, confirmMs })
        const done = confirmed({ ...all, confirmMs })
        expect(new Set(done.map(({ authorization }) => authorization)).size).toBe(done.length)
        const numbered = done.filter(({ gas }) => gas !== null)
        expect(new Set(numbered.map(({ gas }) => gas?.nonce)).size).toBe(numbered.length)
        const timeOf = ({ key }: FundingBroadcast): number => outcomes.get(key)?.atMs ?? Number.NaN
        for (const one of done) {
          expect(timeOf(one)).toBeGreaterThanOrEqual(one.atMs + confirmMs)
          expect(timeOf(one)).toBeLessThan(one.validUntilMs)
        }
        const byNumber = numbered.toSorted((a, b) => Number(a.gas?.nonce) - Number(b.gas?.nonce)).map(timeOf)
        expect(byNumber).toEqual(byNumber.toSorted((a, b) => a - b))
      }),
      { numRuns }
    )
  })

  it("moves no more than a wallet has", () => {
    fc.assert(
      fc.property(history, fc.nat(20), ({ broadcasts }, tokens) => {
        const only: AccountSet = {
          ...fullWallet("ETH-SEPOLIA", address),
          record: "account_set",
          tokens: `${tokens}`,
          atMs: 0
        }
        const done = confirmed({ broadcasts, settings: [only], confirmMs })
        expect(done.reduce((sum, { amount }) => sum + amount.amount, 0n)).toBeLessThanOrEqual(BigInt(tokens))
      }),
      { numRuns }
    )
  })
})
