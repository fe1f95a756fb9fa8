/** What every blockchain promises about addresses and deposits, case by case. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { expect } from "vitest"
import { NotApplicable, type SuiteCases } from "../suite.ts"
import {
  addressFor,
  type BlockchainUnderTest,
  chainOf,
  payerOf,
  run,
  sightingsAt,
  units
} from "./blockchain-under-test.ts"

export const addressCases: SuiteCases<BlockchainUnderTest> = {
  "declares chains that are known once, with a depth, a pace and assets": ({ blockchain }) => {
    const codes = blockchain.chains.map(({ chain }) => chain)
    expect(new Set(codes).size).toBe(codes.length)
    for (const { confirmations, blockMs, assets, pullTokens } of blockchain.chains) {
      expect(Number.isInteger(confirmations) && confirmations >= 1).toBe(true)
      expect(blockMs).toBeGreaterThan(0)
      expect(assets.length).toBeGreaterThan(0)
      expect(new Set(assets).size).toBe(assets.length)
      for (const { currency } of pullTokens) expect(assets).toContain(currency)
    }
  },
  "gives one address for one reference, and another for another": async (subject) => {
    const [reference, other] = [subject.nextName(), subject.nextName()]
    const first = await addressFor(subject, reference)
    expect(first.chain).toBe(subject.chain)
    expect(first.addressTag === null).toBe(!chainOf(subject).addressTags)
    expect(await Promise.all([1, 2, 3].map(() => addressFor(subject, reference)))).toEqual([first, first, first])
    expect(await addressFor(subject, other)).not.toEqual(first)
  },
  "gives addresses that it finds nothing wrong with, on every chain": async ({ blockchain, nextName }) => {
    for (const { chain, assets } of blockchain.chains) {
      const [currency] = assets
      if (currency === undefined) continue
      const made = await run(blockchain.deriveAddress({ chain, currency, reference: nextName() }))
      expect(blockchain.checkAddress(chain, made.address, made.addressTag), chain).toBeNull()
    }
  },
  "finds something wrong with texts that are no addresses, and with mistyped ones": async (subject) => {
    const { blockchain, chain } = subject
    const { address } = await addressFor(subject, subject.nextName())
    const hopeless = [
      "",
      " ",
      "0x",
      "null",
      "__proto__",
      "x".repeat(5000),
      `${address} `,
      ` ${address}`,
      address.slice(1)
    ]
    for (const text of hopeless) expect(blockchain.checkAddress(chain, text, null), text).not.toBeNull()
    expect(blockchain.checkAddress("no such chain", address, null)).toBe("chain_unknown")
  },
  "dies of a chain, an asset or a page size that it does not have": async (subject) => {
    const { blockchain, chain, currency } = subject
    const derived = await addressFor(subject, subject.nextName())
    const query = { ...derived, after: null, limit: 10 }
    const mistakes: ReadonlyArray<Effect.Effect<unknown, unknown>> = [
      blockchain.deriveAddress({ chain: "no such chain", currency, reference: "r" }),
      blockchain.deriveAddress({ chain, currency: "XPF", reference: "r" }),
      blockchain.depositsAt({ ...query, chain: "no such chain" }),
      ...[0, -1, 101, 1.5, Number.NaN].map((limit) => blockchain.depositsAt({ ...query, limit }))
    ]
    for (const mistake of mistakes) expect(Exit.hasDies(await Effect.runPromiseExit(mistake))).toBe(true)
  }
}

export const depositCases: SuiteCases<BlockchainUnderTest> = {
  "shows nothing at an address that nobody has paid": async (subject) => {
    expect(await sightingsAt(subject, await addressFor(subject, subject.nextName()))).toEqual([])
  },
  "shows a payment at once, and as final once it is deep enough": async (subject) => {
    const { pay, settle } = payerOf(subject)
    const place = await addressFor(subject, subject.nextName())
    const amount = units(subject, 3n)
    const { transactionHash } = await pay(subject.chain, [{ ...place, amount }])
    const [seen] = await sightingsAt(subject, place)
    expect(seen).toMatchObject({ transactionHash, amount, replacedBy: null })
    if (seen?.height === null) expect(seen).toMatchObject({ blockHash: null, confirmations: 0, status: "seen" })
    await settle()
    const [final] = await sightingsAt(subject, place)
    expect(final).toMatchObject({ transactionHash, amount, status: "final", firstSeenAtMs: seen?.firstSeenAtMs })
    expect(final?.confirmations).toBeGreaterThanOrEqual(chainOf(subject).confirmations)
    await settle()
    const [later] = await sightingsAt(subject, place)
    expect({ ...later, confirmations: 0 }).toEqual({ ...final, confirmations: 0 })
  },
  "shows payments of one transaction apart, each at its own address": async (subject) => {
    const { pay } = payerOf(subject)
    const [mine, other] = [await addressFor(subject, subject.nextName()), await addressFor(subject, subject.nextName())]
    const { transactionHash } = await pay(subject.chain, [
      { ...mine, amount: units(subject, 1n) },
      { ...other, amount: units(subject, 2n) },
      { ...mine, amount: units(subject, 3n) }
    ])
    const shown = await sightingsAt(subject, mine)
    expect(shown.map(({ amount }) => amount)).toEqual([units(subject, 1n), units(subject, 3n)])
    expect(shown.every((one) => one.transactionHash === transactionHash)).toBe(true)
    expect(new Set(shown.map(({ outputIndex }) => outputIndex)).size).toBe(2)
    expect((await sightingsAt(subject, other)).map(({ amount }) => amount)).toEqual([units(subject, 2n)])
  },
  "keeps the order in which payments were seen, page after page, whatever becomes of them": async (subject) => {
    const { pay, settle } = payerOf(subject)
    const place = await addressFor(subject, subject.nextName())
    for (const many of [1n, 2n, 3n, 4n, 5n]) await pay(subject.chain, [{ ...place, amount: units(subject, many) }])
    const before = await sightingsAt(subject, place)
    expect(before.map(({ amount }) => amount)).toEqual([1n, 2n, 3n, 4n, 5n].map((many) => units(subject, many)))
    await settle()
    await pay(subject.chain, [{ ...place, amount: units(subject, 6n) }])
    const names = (await sightingsAt(subject, place, 2)).map(
      ({ transactionHash, cursor }) => `${transactionHash} ${cursor}`
    )
    expect(names.slice(0, 5)).toEqual(before.map(({ transactionHash, cursor }) => `${transactionHash} ${cursor}`))
    expect(names).toHaveLength(6)
    const rest = await run(subject.blockchain.depositsAt({ ...place, after: before[3]?.cursor ?? null, limit: 100 }))
    expect(rest.sightings.map(({ amount }) => amount)).toEqual([units(subject, 5n), units(subject, 6n)])
  },
  "takes back what is not final, under its name and place": async (subject) => {
    const { pay } = payerOf(subject)
    const { drop, nextBlock } = subject
    if (drop === undefined || nextBlock === undefined)
      throw new NotApplicable("the test environment takes nothing back")
    const place = await addressFor(subject, subject.nextName())
    const { transactionHash } = await pay(subject.chain, [{ ...place, amount: units(subject, 1n) }])
    const stays = await pay(subject.chain, [{ ...place, amount: units(subject, 2n) }])
    if (chainOf(subject).confirmations > 1) await nextBlock(subject.chain)
    await drop(subject.chain, transactionHash)
    const [dropped, kept] = await sightingsAt(subject, place)
    expect(dropped).toMatchObject({
      transactionHash,
      status: "dropped",
      height: null,
      blockHash: null,
      confirmations: 0
    })
    expect(kept).toMatchObject({ transactionHash: stays.transactionHash, status: "seen" })
  }
}
