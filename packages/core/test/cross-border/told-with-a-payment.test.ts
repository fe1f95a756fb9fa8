/** What is said with a payment that is to be made: whether it is right, and by which version of the requirements it is written. */
import type { CreateCrossBorderInput } from "@paykernel/core"
import type { PayoutNetwork } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { bestQuote, crossBorderWorld, inputFor, merchantId, ok } from "./cross-border-world.ts"

/** Everything for a payment, in a world that counts how often the network is asked what has to be told. */
const told = async () => {
  const asked = { count: 0 }
  const reach = (network: PayoutNetwork["Service"]): PayoutNetwork["Service"] => ({
    ...network,
    requirements: (quoteId) =>
      Effect.suspend(() => {
        asked.count++
        return network.requirements(quoteId)
      })
  })
  const world = await crossBorderWorld({ reach })
  const input = await inputFor(world, await bestQuote(world))
  asked.count = 0
  const create = (change: Partial<CreateCrossBorderInput>, by = merchantId) =>
    world.kernel.crossBorder.payments.create(by, { ...input, ...change })
  return { world, input, asked, create }
}

/** The same texts, each with the version that it is said to be written by. */
const versions = (
  { travelRule, beneficiaryAccount }: CreateCrossBorderInput,
  [ofTravelRule, ofAccount]: readonly [number | null, number | null]
): Partial<CreateCrossBorderInput> => ({
  travelRule: { ...travelRule, version: ofTravelRule },
  beneficiaryAccount: { ...beneficiaryAccount, version: ofAccount }
})

describe("what is wrong with a payment", () => {
  it.each<[string, Partial<CreateCrossBorderInput>, object]>([
    ["senderAddress", { senderAddress: "0x12" }, { _tag: "AddressNotOfBlockchain" }],
    ["refundAddress", { refundAddress: "0x12" }, { _tag: "AddressNotOfBlockchain" }],
    ["travelRule", { travelRule: { version: 1, jwe: "a" } }, { _tag: "JweNotAcceptable", why: "jwe_malformed" }]
  ])("is said to be in its %s", async (field, change, error) => {
    const { create } = await told()
    expect(await create(change)).toEqual({ ok: false, error: { ...error, field } })
  })

  it("is nothing that the network is asked about, where the quote is another's or nobody's", async () => {
    const { world, asked, create } = await told()
    const another = "0193a000-0000-7000-8000-000000000002"
    const { name, walletId, channels, terms } = ok(await world.kernel.merchants.get(merchantId))
    ok(await world.kernel.merchants.register({ id: another, name, walletId: `${walletId}2`, channels, terms }))
    const notFound = { ok: false, error: { _tag: "QuoteNotFound" } }
    expect(await create({ quoteId: "none" })).toEqual(notFound)
    expect(await create({}, another)).toEqual(notFound)
    expect(asked.count).toBe(0)
  })
})

describe("the version that an answer is written by", () => {
  it.each([
    [1, null],
    [null, 1],
    [null, null]
  ] as const)("is the newest where it is left out: %s and %s", async (...said) => {
    const { input, asked, create } = await told()
    expect(ok(await create(versions(input, said))).view.payment.status).toBe("crypto_funds_pending")
    expect(asked.count).toBe(1)
  })

  it("is not asked for where it is said of both", async () => {
    const { input, asked, create } = await told()
    expect(ok(await create(versions(input, [1, 1]))).view.payment.status).toBe("crypto_funds_pending")
    expect(asked.count).toBe(0)
  })
})
