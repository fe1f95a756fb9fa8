/** Being paid by what a payer has signed: once, whatever becomes of the answers. */
import type { Outcome, TransferToSign } from "@paykernel/core"
import { TestWallets } from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import { addr } from "micro-eth-signer"
import { describe, expect, it } from "vitest"
import {
  depositsOf,
  errorOf,
  finalityMs,
  type IntentWorld,
  intentOf,
  intentWorld,
  merchantId,
  ok,
  openContinuous,
  openIntent,
  pass,
  usdc
} from "./intent-world.ts"

const privateKey = "0x4c0883a69102937d6231471b5dbb6204fe512961708279f1d7b1b8e7e8b1b1e1"
const payerAddress = addr.fromPrivateKey(privateKey)

/** As a wallet does. */
const signed = ({ token, chain, authorization }: TransferToSign) => ({
  chain,
  currency: token.currency,
  authorization: TestWallets.signTransfer(privateKey, token, authorization)
})

const prepare = async ({ kernel }: IntentWorld, id: string, amount: ReturnType<typeof usdc> | null = null) =>
  ok(await kernel.intents.prepareTransfer(merchantId, id, { payerAddress, amount }))

const key = (name: string) => ({
  scope: "v1",
  key: name,
  meaning: { method: "POST", path: "/pull", fields: {} },
  answer: (deposit: { readonly id: string }) => ({ status: 201, body: deposit.id })
})

const pulls = ({ chains }: IntentWorld) => chains.transactions().filter(({ kind }) => kind === "pull")

describe("a pull", () => {
  it("moves what is due, and completes the intent once it is final", async () => {
    const world = await intentWorld()
    const { id } = await openIntent(world)
    const toSign = await prepare(world, id)
    expect(toSign.amount).toEqual(usdc(10_000_000n))
    const { view: deposit } = ok(await world.kernel.intents.pull(merchantId, id, signed(toSign)))
    expect(deposit).toMatchObject({
      intentId: id,
      status: "seen",
      amount: usdc(10_000_000n),
      fromAddresses: [payerAddress]
    })
    // What is on its way is not asked for again.
    expect(errorOf(await world.kernel.intents.prepareTransfer(merchantId, id, { payerAddress, amount: null }))).toBe(
      "PullAmountMissing"
    )
    await pass(world, 2 * finalityMs)
    expect(await intentOf(world, id)).toMatchObject({ status: "complete", context: "paid", depositIds: [deposit.id] })
    expect(await world.kernel.audit()).toEqual([])
  })

  it("is worth one number: two that were prepared are two payments", async () => {
    const world = await intentWorld()
    const { id } = await openContinuous(world)
    const [one, two] = [await prepare(world, id, usdc(1n)), await prepare(world, id, usdc(1n))]
    expect(one.authorization.nonce).not.toBe(two.authorization.nonce)
    for (const toSign of [one, two, one, two]) ok(await world.kernel.intents.pull(merchantId, id, signed(toSign)))
    expect(pulls(world)).toHaveLength(2)
    expect(await depositsOf(world, id)).toHaveLength(2)
  })

  it.each([
    ["the request is lost", "drop-before"],
    ["the answer is lost", "execute-drop"],
    ["the answer is lost, and it comes late", "late"],
    ["nobody is reached", "down"]
  ])("given that %s, then it can be handed in again, and moves nothing twice", async (_what, mode) => {
    const world = await intentWorld({ kernel: { callTimeoutMs: 100 } })
    const { id } = await openIntent(world)
    const input = signed(await prepare(world, id))
    world.chains.setMode(mode, 1)
    const first = await world.kernel.intents.pull(merchantId, id, input, key("0d1f6a52-1a06-4b37-9d70-43c9a4a1e0aa"))
    expect(errorOf(first)).toBe("Unavailable")
    await Effect.runPromise(world.chains.drain)
    world.chains.setMode("normal", 1)
    const again = ok(
      await world.kernel.intents.pull(merchantId, id, input, key("0d1f6a52-1a06-4b37-9d70-43c9a4a1e0aa"))
    )
    expect(again).toMatchObject({ replayed: false, view: { status: "seen" } })
    expect(pulls(world)).toHaveLength(1)
    await pass(world, 2 * finalityMs)
    const replayed = ok(
      await world.kernel.intents.pull(merchantId, id, input, key("0d1f6a52-1a06-4b37-9d70-43c9a4a1e0aa"))
    )
    expect(replayed).toMatchObject({ replayed: true, answer: { body: again.view.id } })
    expect(await depositsOf(world, id)).toHaveLength(1)
  })

  it("given a key that another pull has taken, then nothing is moved", async () => {
    const world = await intentWorld()
    const { id } = await openContinuous(world)
    const [first, second] = [await prepare(world, id, usdc(1n)), await prepare(world, id, usdc(2n))].map(signed)
    if (first === undefined || second === undefined) throw new Error("two were signed")
    ok(await world.kernel.intents.pull(merchantId, id, first, key("one")))
    const other = { ...key("one"), meaning: { method: "POST", path: "/pull", fields: { amount: "2" } } }
    expect(errorOf(await world.kernel.intents.pull(merchantId, id, second, other))).toBe("IdempotencyKeyReused")
    expect(pulls(world)).toHaveLength(1)
  })

  it("given that its answer was lost and the intent is complete by now, then it is still answered", async () => {
    const world = await intentWorld()
    const { id } = await openIntent(world)
    const input = signed(await prepare(world, id))
    world.chains.setMode("execute-drop", 1)
    await world.kernel.intents.pull(merchantId, id, input)
    world.chains.setMode("normal", 1)
    await pass(world, 2 * finalityMs)
    expect(await intentOf(world, id)).toMatchObject({ status: "complete" })
    expect(ok(await world.kernel.intents.pull(merchantId, id, input)).view).toMatchObject({ status: "final" })
    expect(pulls(world)).toHaveLength(1)
  })

  it("given an intent that takes no payments, then nothing is moved", async () => {
    const world = await intentWorld()
    const { id } = await openIntent(world)
    const input = signed(await prepare(world, id))
    ok(await world.kernel.intents.expire(merchantId, id))
    expect(errorOf(await world.kernel.intents.pull(merchantId, id, input))).toBe("IntentNotPayable")
    expect(pulls(world)).toEqual([])
  })

  it("given a payer without means, then it says so, and the same authorization is refused for ever", async () => {
    const world = await intentWorld()
    const { id } = await openIntent(world)
    const input = signed(await prepare(world, id, usdc(5_070_000n)))
    for (let turn = 0; turn < 2; turn++) {
      const refused: Outcome<unknown, { readonly _tag: string }> = await world.kernel.intents.pull(
        merchantId,
        id,
        input
      )
      expect(refused).toEqual({ ok: false, error: { _tag: "TransferRefused", why: "funds_insufficient" } })
    }
    expect(await depositsOf(world, id)).toEqual([])
  })
})
