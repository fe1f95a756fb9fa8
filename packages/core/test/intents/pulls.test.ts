/** Being paid by what a payer has signed: once, whatever becomes of the answers. */
import type { CreateIntentInput, Outcome, PrepareTransferInput, TransferToSign } from "@paykernel/core"
import { money } from "@paykernel/core"
import type { DepositPage, TransferLookup } from "@paykernel/core/effect"
import { TestWallets } from "@paykernel/core/testing"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
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
  send,
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

  it("is signed over what is due, for an hour, under a number that nobody can guess", async () => {
    const world = await intentWorld()
    const intent = await openIntent(world)
    world.clock.ms += 1_999
    const { chain, token, amount, authorization } = await prepare(world, intent.id, usdc(3n))
    const to = intent.methods[0]?.address?.address
    expect([chain, token.currency, amount]).toEqual(["ETH", "USDC", usdc(3n)])
    expect(authorization).toEqual({
      ...{ from: payerAddress, to, value: 3n, validAfter: 0n },
      validBefore: BigInt(Math.floor(world.clock.ms / 1000)) + 3600n,
      nonce: expect.stringMatching(/^0x(?!0{64})[0-9a-f]{64}$/u)
    })
    const halves = [authorization.nonce.slice(2, 34), authorization.nonce.slice(34)]
    expect(new Set(halves).size).toBe(2)
  })

  it("goes by the first of its chains that has such a token, or by the one that was signed for", async () => {
    const world = await intentWorld()
    const { id } = await openIntent(world, { chains: ["SOL", "ETH"] })
    const toSign = await prepare(world, id)
    expect(toSign.chain).toBe("ETH")
    const input = signed(toSign)
    const { pull } = world.kernel.intents
    expect(errorOf(await pull(merchantId, id, { ...input, chain: "SOL" }))).toBe("PullNotSupported")
    expect(errorOf(await pull(merchantId, id, { ...input, chain: "DOGE" }))).toBe("PullNotSupported")
    // Whoever signs writes addresses as he likes.
    const small = { ...input.authorization, to: input.authorization.to.toLowerCase() }
    for (let turn = 0; turn < 2; turn++) ok(await pull(merchantId, id, { ...input, authorization: small }))
    expect(pulls(world)).toHaveLength(1)
  })

  it.each<[string, Partial<CreateIntentInput>, Partial<PrepareTransferInput>, object]>([
    ["by nobody's address", {}, { payerAddress: "0x12" }, { _tag: "PayerAddressInvalid" }],
    ["of nothing", {}, { amount: usdc(0n) }, { _tag: "PullAmountMissing" }],
    ["of whatever comes", { kind: "continuous", amount: null }, {}, { _tag: "PullAmountMissing" }],
    ["of another asset", {}, { amount: money(1n, "EURC") }, { _tag: "PullCurrencyMismatch", expected: "USDC" }],
    ["on a chain without such a token", { chains: ["SOL"] }, {}, { _tag: "PullNotSupported" }],
    [
      "of an asset without such a token",
      { currency: "EURC", settlementCurrency: "EURC", amount: money(3n, "EURC") },
      {},
      { _tag: "PullNotSupported" }
    ]
  ])("is not to be signed %s", async (_, change, input, error) => {
    const world = await intentWorld()
    const { id } = await openIntent(world, change)
    const prepared = await world.kernel.intents.prepareTransfer(merchantId, id, {
      payerAddress,
      amount: null,
      ...input
    })
    expect(prepared).toEqual({ ok: false, error })
  })

  it("is not to be signed for an intent that is not there, or takes no payments", async () => {
    const world = await intentWorld()
    const { prepareTransfer } = world.kernel.intents
    const input = { payerAddress, amount: null }
    expect(errorOf(await prepareTransfer(merchantId, "none", input))).toBe("IntentNotFound")
    const { id } = await openIntent(world)
    ok(await world.kernel.intents.expire(merchantId, id))
    expect(errorOf(await prepareTransfer(merchantId, id, input))).toBe("IntentNotPayable")
  })

  it("is refused before the chain hears of it where it is another's, or of something else", async () => {
    let handedIn = 0
    const world = await intentWorld({
      reachChain: (blockchain) => ({
        ...blockchain,
        submitAuthorization: (operation, timeoutMs) =>
          Effect.andThen(
            Effect.sync(() => handedIn++),
            blockchain.submitAuthorization(operation, timeoutMs)
          )
      })
    })
    const { id } = await openIntent(world)
    const other = await openIntent(world)
    const input = signed(await prepare(world, id))
    const { pull } = world.kernel.intents
    expect(errorOf(await pull(merchantId, "none", input))).toBe("IntentNotFound")
    expect(errorOf(await pull(merchantId, other.id, input))).toBe("PullDestinationMismatch")
    expect(await pull(merchantId, id, { ...input, currency: "EURC" })).toEqual({
      ...{ ok: false, error: { _tag: "PullCurrencyMismatch", expected: "USDC" } }
    })
    const forged = { ...input.authorization, value: input.authorization.value + 1n }
    expect(await pull(merchantId, id, { ...input, authorization: forged })).toEqual({
      ...{ ok: false, error: { _tag: "TransferRefused", why: "signature_invalid" } }
    })
    expect(handedIn).toBe(0)
  })

  it("is found behind a hundred other deposits", async () => {
    const world = await intentWorld()
    const intent = await openContinuous(world)
    const ones = Array.from({ length: 20 }, () => usdc(1n))
    for (let n = 0; n < 6; n++) await send(world, intent, ...ones)
    const { view } = ok(
      await world.kernel.intents.pull(merchantId, intent.id, signed(await prepare(world, intent.id, usdc(7n))))
    )
    expect(view).toMatchObject({ amount: usdc(7n), status: "seen" })
  })

  it("is looked for behind what is final on its chain, and not for ever", async () => {
    const asked: Array<{ readonly chain: string; readonly after: string | null }> = []
    let isEndless = false
    const world = await intentWorld({
      reachChain: (blockchain) => ({
        ...blockchain,
        depositsAt: (query) =>
          Effect.suspend(() => {
            asked.push(query)
            return isEndless
              ? Effect.succeed<DepositPage>({ sightings: [], next: "again" })
              : blockchain.depositsAt(query)
          })
      })
    })
    const open = { kind: "continuous", amount: null, chains: ["SOL", "ETH"] } as const
    const { id, methods } = await openIntent(world, open)
    const { address = "", addressTag = null } = methods[1]?.address ?? {}
    const payments = Array.from({ length: 30 }, () => ({ address, addressTag, amount: usdc(1n) }))
    Result.getOrThrow(await world.chains.pay({ chain: "ETH", payments }))
    await pass(world, 2 * finalityMs)
    const watched = (await intentOf(world, id)).methods
    expect(watched.map(({ watchedTo }) => watchedTo !== null)).toEqual([false, true])
    asked.length = 0
    ok(await world.kernel.intents.pull(merchantId, id, signed(await prepare(world, id, usdc(7n)))))
    expect(asked).toMatchObject([{ chain: "ETH", after: watched[1]?.watchedTo, limit: 100 }])
    isEndless = true
    asked.length = 0
    const lost = signed(await prepare(world, id, usdc(7n)))
    expect(errorOf(await world.kernel.intents.pull(merchantId, id, lost))).toBe("Unavailable")
    expect(asked).toHaveLength(50)
  })

  it.each<[string, (page: DepositPage) => DepositPage]>([
    ["a node that lags", () => ({ sightings: [], next: null })],
    [
      "a chain that drops it before it was seen",
      ({ sightings, next }) => ({
        sightings: sightings.map((one) => ({ ...one, status: "dropped", height: null, blockHash: null })),
        next
      })
    ]
  ])("given %s, then there is nothing to name yet, and it can be handed in again", async (_what, seen) => {
    let isSeen = false
    let looks = 0
    const world = await intentWorld({
      reachChain: (blockchain) => ({
        ...blockchain,
        depositsAt: (query) =>
          Effect.map(blockchain.depositsAt(query), (page) => {
            looks++
            return isSeen ? page : seen(page)
          })
      })
    })
    const { id } = await openIntent(world)
    const input = signed(await prepare(world, id))
    const pull = () => world.kernel.intents.pull(merchantId, id, input, key("one"))
    looks = 0
    expect(errorOf(await pull())).toBe("Unavailable")
    expect(looks).toBe(1)
    expect(await depositsOf(world, id)).toEqual([])
    isSeen = true
    const { view } = ok(await pull())
    const record = await Effect.runPromise(world.store.idempotencyRecord({ merchantId, scope: "v1", key: "one" }))
    expect(record).toMatchObject({ aggregate: { merchantId, type: "deposit", id: view.id }, subject: view.id })
    expect(pulls(world)).toHaveLength(1)
  })

  it.each<[string, TransferLookup, string]>([
    ["the chain cannot be asked", { _tag: "Unavailable", why: "a test" }, "Unavailable"],
    ["the chain has refused it", { _tag: "Found", standing: { _tag: "Failed", why: "dropped" } }, "IntentNotPayable"],
    ["the chain has not seen it", { _tag: "AbsentYet" }, "IntentNotPayable"]
  ])("given an intent that takes no payments and that %s, then nothing is moved", async (_what, lookup, error) => {
    const world = await intentWorld({
      reachChain: (blockchain) => ({ ...blockchain, lookupAuthorization: () => Effect.succeed(lookup) })
    })
    const { id } = await openIntent(world)
    const input = signed(await prepare(world, id))
    ok(await world.kernel.intents.expire(merchantId, id))
    expect(errorOf(await world.kernel.intents.pull(merchantId, id, input))).toBe(error)
    expect(pulls(world)).toEqual([])
  })

  it("given an answer under its key, then the chain is not asked again", async () => {
    let calls = 0
    const world = await intentWorld({
      reachChain: (blockchain) => ({
        ...blockchain,
        submitAuthorization: (operation, timeoutMs) => {
          calls++
          return blockchain.submitAuthorization(operation, timeoutMs)
        }
      })
    })
    const { id } = await openIntent(world)
    const input = signed(await prepare(world, id))
    const pull = () => world.kernel.intents.pull(merchantId, id, input, key("one"))
    const first = ok(await pull())
    expect(ok(await pull())).toEqual({ ...first, replayed: true })
    expect(calls).toBe(1)
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
