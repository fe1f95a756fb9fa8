import { describe, expect, it } from "vitest"
import { money } from "../../../money/index.ts"
import type { AccountSet, FundingBroadcast } from "../network-journal.ts"
import { fullWallet, nonceAt, outcomesOf, standingAt, walletAt } from "./funding-outcomes.ts"

const confirmMs = 10
const sender = "0xc75c3e371d617b3e60db1b6f3fa2f0689562e5a7"

type Sent = Partial<Omit<FundingBroadcast, "gas" | "amount">> & {
  /** Without one it is sent by the network, or from where senders have no numbers. */
  readonly nonce?: number
  readonly fee?: bigint
  readonly gasLimit?: bigint
  readonly units?: bigint
}

const sent = (key: string, { nonce, fee = 5_000_000_000n, gasLimit = 150_000n, units = 1n, ...rest }: Sent = {}) =>
  ({
    ...{ record: "funding_broadcast", key, blockchain: "ETH-SEPOLIA", sender, transactionHash: `0x${key}` },
    ...{ amount: money(units, "USDC"), authorization: key, atMs: 0, validUntilMs: 1000 },
    gas:
      nonce === undefined
        ? null
        : { nonce: `${nonce}`, gasLimit: `${gasLimit}`, maxFeePerGas: `${fee}`, maxPriorityFeePerGas: "1" },
    ...rest
  }) satisfies FundingBroadcast

const set = (atMs: number, tokens: number): AccountSet => ({
  ...fullWallet("ETH-SEPOLIA", sender),
  ...{ record: "account_set", tokens: `${tokens}`, coins: `${tokens}`, atMs }
})

const after = (broadcasts: ReadonlyArray<FundingBroadcast>, settings: ReadonlyArray<AccountSet> = []) => ({
  broadcasts,
  settings,
  confirmMs
})

/** Each key with when and how it ended. */
const endsOf = (...args: Parameters<typeof after>): Record<string, string> =>
  Object.fromEntries(
    [...outcomesOf(after(...args))].map(([key, { atMs, failure }]) => [key, `${failure ?? "done"} at ${atMs}`])
  )

describe("what a chain makes of transactions with numbers", () => {
  it.each([
    ["one is done after its time", [sent("a", { nonce: 0 })], { a: "done at 10" }],
    [
      "a later number waits for the one before it",
      [sent("b", { nonce: 1 }), sent("a", { nonce: 0, atMs: 20 })],
      { a: "done at 30", b: "done at 40" }
    ],
    [
      "numbers behind a gap are given up when they run out",
      [sent("b", { nonce: 1 }), sent("c", { nonce: 2, validUntilMs: 50 })],
      { b: "transaction_expired at 1000", c: "transaction_expired at 50" }
    ],
    ["an offer of what blocks take is enough", [sent("a", { nonce: 0, fee: 1_500_000_000n })], { a: "done at 10" }],
    [
      "a lesser one is not, and holds up what follows",
      [sent("a", { nonce: 0, fee: 1_499_999_999n }), sent("b", { nonce: 1 })],
      { a: "transaction_expired at 1000", b: "transaction_expired at 1000" }
    ],
    [
      "who would be in time only just is not",
      [sent("a", { nonce: 0, validUntilMs: 10 })],
      { a: "transaction_expired at 10" }
    ],
    ["a moment earlier is in time", [sent("a", { nonce: 0, validUntilMs: 11 })], { a: "done at 10" }],
    [
      "the first under a number happens, and a later one finds that it has",
      [sent("a", { nonce: 0 }), sent("b", { nonce: 0, atMs: 5 })],
      { a: "done at 10", b: "already_confirmed at 10" }
    ],
    [
      "of two for the same block the one that overtakes happens",
      [sent("a", { nonce: 1 }), sent("b", { nonce: 1, atMs: 5 }), sent("first", { nonce: 0, atMs: 20 })],
      { first: "done at 30", b: "done at 40", a: "nonce_too_low at 40" }
    ],
    [
      "of two at once the other has lost its number",
      [sent("a", { nonce: 0 }), sent("b", { nonce: 0 })],
      { a: "done at 10", b: "nonce_too_low at 10" }
    ],
    [
      "what runs out at that moment has run out",
      [sent("a", { nonce: 0, validUntilMs: 10 }), sent("b", { nonce: 0 })],
      { a: "transaction_expired at 10", b: "done at 10" }
    ],
    ["as much gas as it takes is enough", [sent("a", { nonce: 0, gasLimit: 80_000n })], { a: "done at 10" }],
    [
      "less is not, and uses up the number",
      [sent("a", { nonce: 0, gasLimit: 79_999n }), sent("b", { nonce: 1 })],
      { a: "out_of_gas at 10", b: "done at 20" }
    ]
  ])("%s", (_what, broadcasts, ends) => {
    expect(endsOf(broadcasts)).toEqual(ends)
  })

  it("counts a number as used from the moment on at which it is", () => {
    const history = after([sent("a", { nonce: 0 }), sent("b", { nonce: 1 })])
    expect([9, 10, 19, 20].map((atMs) => nonceAt(history, atMs))).toEqual([0n, 1n, 1n, 2n])
  })
})

describe("what a chain makes of transactions without numbers", () => {
  it.each([
    ["ETH-SEPOLIA", 11, "done at 10"],
    ["ETH-SEPOLIA", 10, "signed_transaction_expired at 10"],
    ["SOL-DEVNET", 10, "blockhash_expired at 10"]
  ])("on %s, good until %i: %s", (blockchain, validUntilMs, end) => {
    expect(endsOf([sent("a", { blockchain, validUntilMs })])).toEqual({ a: end })
  })

  it("spends what can be spent once only once, first come, first served", () => {
    const twice = { authorization: "once" }
    expect(endsOf([sent("a", twice), sent("b", { ...twice, atMs: 1 })])).toEqual({
      a: "done at 10",
      b: "failed_onchain at 11"
    })
    const numbered = [sent("n", { nonce: 1, ...twice }), sent("first", { nonce: 0, atMs: 20 })]
    expect(endsOf([...numbered, sent("free", { ...twice, atMs: 30 })])).toMatchObject({
      n: "done at 40",
      free: "failed_onchain at 40"
    })
  })
})

describe("a wallet on a simulated chain", () => {
  it.each([
    ["pays all that it has", [sent("a", { units: 5n })], [set(0, 5)], { a: "done at 10" }],
    ["pays no more than it has", [sent("a", { units: 6n })], [set(0, 5)], { a: "insufficient_token_balance at 10" }],
    [
      "pays no more than it has left",
      [sent("a", { units: 3n }), sent("b", { units: 3n })],
      [set(0, 5)],
      { a: "done at 10", b: "insufficient_token_balance at 10" }
    ],
    [
      "pays again once it is filled, whatever it paid before",
      [sent("a", { units: 3n }), sent("b", { units: 3n, atMs: 10 })],
      [set(0, 3), set(15, 3)],
      { a: "done at 10", b: "done at 20" }
    ]
  ])("%s", (_what, broadcasts, settings, ends) => {
    expect(endsOf(broadcasts, settings)).toEqual(ends)
  })

  it("holds at each moment what it was given less what it has paid since", () => {
    const paid = [sent("a", { units: 3n }), sent("b", { units: 100n, atMs: 5 }), sent("c", { units: 2n, atMs: 20 })]
    const history = after(paid, [set(1, 10), set(20, 50)])
    const held = [0, 1, 9, 10, 15, 19, 20, 29, 30].map((atMs) => {
      const { tokens, coins } = walletAt(history, { blockchain: "ETH-SEPOLIA", address: sender }, atMs)
      return `${tokens} ${coins}`
    })
    const full = fullWallet("ETH-SEPOLIA", sender)
    expect(held).toEqual([
      `${full.tokens} ${full.coins}`,
      ...["10 10", "10 10", "7 10", "7 10", "7 10"],
      ...["50 50", "50 50", "48 50"]
    ])
  })

  it("that is filled at the moment of a payment is filled after it", () => {
    const history = after([sent("a", { units: 3n })], [set(0, 5), set(10, 8)])
    expect(walletAt(history, { blockchain: "ETH-SEPOLIA", address: sender }, 10).tokens).toBe("8")
  })
})

describe("how a transaction stands", () => {
  const one = sent("a")
  const hash = { transactionHash: "0xa" }
  it.each([
    [undefined, 10, { _tag: "Waiting", ...hash }],
    [{ atMs: 10, failure: null }, 9, { _tag: "Waiting", ...hash }],
    [{ atMs: 10, failure: null }, 10, { _tag: "Confirmed", ...hash, received: money(1n, "USDC") }],
    [{ atMs: 10, failure: "out_of_gas" }, 10, { _tag: "Failed", ...hash, reason: "out_of_gas" }]
  ] as const)("with an end of %o, at %i", (outcome, atMs, standing) => {
    expect(standingAt(one, outcome, atMs)).toEqual(standing)
  })
})
