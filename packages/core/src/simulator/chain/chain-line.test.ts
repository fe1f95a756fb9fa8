import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { money } from "../../money/index.ts"
import { onDisk } from "../../testing/full-disk.ts"
import { seededRandom } from "../../testing/gateway-examples.ts"
import { inTime, onVirtualTime } from "../../testing/in-time.ts"
import { memoryChainJournal } from "./chain-journal.ts"
import type { ChainMode } from "./chain-mode.ts"
import {
  type SimulatedBlockchain,
  type SimulatedBlockchainOptions,
  simulatedBlockchain
} from "./simulated-blockchain.ts"

const startMs = 1_800_000_000_000

const openIn = (mode: ChainMode, options: Partial<SimulatedBlockchainOptions> = {}) => {
  const time = { nowMs: startMs }
  const chains = simulatedBlockchain({
    journal: memoryChainJournal(),
    clock: { nowMs: () => time.nowMs },
    random: seededRandom(1),
    secret: "of this test",
    latencyMs: 20,
    lateMs: 100,
    maxInFlightMs: 100,
    ...options
  })
  Result.getOrThrow(chains.setMode(mode, 1))
  return { ...chains, time }
}

const refund = {
  key: "k",
  chain: "ETH",
  address: "0x8381470ED67C3802402dbbFa0058E8871F017A6F",
  addressTag: null,
  amount: money(2_000_000n, "USDC")
}
const asset = { chain: "ETH", currency: "USDC" } as const
const query = { chain: "ETH", address: refund.address, addressTag: null, after: null, limit: 10 }

/** Every call that asks without moving anything. */
const questions: Readonly<Record<string, (chains: SimulatedBlockchain) => Effect.Effect<unknown, unknown>>> = {
  deriveAddress: ({ blockchain }) => blockchain.deriveAddress({ ...asset, reference: "r" }),
  depositsAt: ({ blockchain }) => blockchain.depositsAt(query),
  quoteNetworkFee: ({ blockchain }) => blockchain.quoteNetworkFee(asset.chain, asset.currency)
}

/** What it was, and when. */
const timed = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const clock = yield* Clock.clockWith(Effect.succeed)
    const beganMs = clock.currentTimeMillisUnsafe()
    return yield* inTime(
      Effect.map(effect, (answer) => ({ answer, tookMs: clock.currentTimeMillisUnsafe() - beganMs }))
    )
  })

describe("the line to the simulated chains", () => {
  it.each(Object.entries(questions))("takes its time for %s, and in mode down does not connect", async (_name, ask) => {
    expect(await onVirtualTime(timed(ask(openIn("normal"))))).toMatchObject({ tookMs: 20 })
    expect(await onVirtualTime(timed(ask(openIn("normal", { latencyMs: 0 }))))).toMatchObject({ tookMs: 0 })
    const { answer } = await onVirtualTime(timed(Effect.flip(ask(openIn("down")))))
    expect(answer).toMatchObject({ _tag: "BlockchainUnavailable", reason: "not reached" })
  })

  it.each([
    ["normal", 1000, { _tag: "Broadcast" }, 20, 1],
    ["normal", 10, { _tag: "Unknown", why: "no answer in time" }, 10, 0],
    ["down", 1000, { _tag: "NotSent", why: "the chain's node refuses connections" }, 0, 0],
    ["drop-before", 1000, { _tag: "Unknown", why: "no answer in time" }, 50, 0],
    ["drop-before", 30, { _tag: "Unknown", why: "no answer in time" }, 30, 0],
    ["execute-drop", 1000, { _tag: "Unknown", why: "no answer in time" }, 20, 1],
    ["late", 1000, { _tag: "Unknown", why: "no answer in time" }, 0, 0]
  ] as const)(
    "in mode %s, with a limit of %i ms, answers a refund with %j",
    async (mode, limitMs, reply, tookMs, sent) => {
      const chains = openIn(mode)
      const story = Effect.gen(function* () {
        const heard = yield* timed(chains.blockchain.sendRefund(refund, limitMs))
        return { ...heard, sent: chains.transactions().length }
      })
      expect(await onVirtualTime(story)).toMatchObject({ answer: reply, tookMs, sent })
    }
  )

  it.each([
    ["normal", 10, 10],
    ["late", 1000, 100]
  ] as const)("in mode %s goes on with what nobody waits for any more", async (mode, limitMs, restMs) => {
    const chains = openIn(mode)
    const story = Effect.andThen(timed(chains.blockchain.sendRefund(refund, limitMs)), timed(chains.drain))
    expect(await onVirtualTime(story)).toMatchObject({ tookMs: restMs })
    expect(chains.transactions()).toHaveLength(1)
  })

  it.each([
    ["normal", 1000, { _tag: "AbsentYet" }, 20],
    ["normal", 10, { _tag: "Unavailable", why: "no answer in time" }, 10],
    ["down", 1000, { _tag: "Unavailable", why: "not reached" }, 0]
  ] as const)("in mode %s, with a limit of %i ms, answers a look-up with %j", async (mode, limitMs, answer, tookMs) => {
    const { blockchain } = openIn(mode)
    expect(await onVirtualTime(timed(blockchain.lookupRefund("k", limitMs)))).toEqual({ answer, tookMs })
    expect(await onVirtualTime(timed(blockchain.lookupAuthorization("k", limitMs)))).toEqual({ answer, tookMs })
  })

  it.each([
    ["sent", refund, { _tag: "Broadcast" }],
    ["refused", { ...refund, address: "nowhere" }, { _tag: "Failed", why: "address_invalid" }]
  ])("in mode stale does not see yet what was just %s", async (_what, operation, standing) => {
    const { blockchain, setMode, time } = openIn("normal", { latencyMs: 0, lookupLagMs: 2000 })
    const lookUp = () => Effect.runPromise(blockchain.lookupRefund("k", 1000))
    await Effect.runPromise(blockchain.sendRefund(operation, 1000))
    expect(await lookUp()).toMatchObject({ _tag: "Found", standing })
    Result.getOrThrow(setMode("stale", 1))
    time.nowMs += 1999
    expect(await lookUp()).toEqual({ _tag: "AbsentYet" })
    time.nowMs += 1
    expect(await lookUp()).toMatchObject({ _tag: "Found", standing })
  })

  it("says why where the book could not be written, and writes no more even where that is over", async () => {
    const memory = memoryChainJournal()
    const { disk, journal } = onDisk(memory, true)
    const { blockchain } = openIn("normal", { journal, latencyMs: 0 })
    const why = "the book cannot be written"
    const ask = () => Effect.runPromise(blockchain.deriveAddress({ ...asset, reference: "r" }).pipe(Effect.flip))
    expect(await Effect.runPromise(blockchain.sendRefund(refund, 1000))).toEqual({ _tag: "Unknown", why })
    disk.isFull = false
    expect(await ask()).toMatchObject({ _tag: "BlockchainUnavailable", reason: why })
    expect(await Effect.runPromise(blockchain.sendRefund(refund, 1000))).toEqual({ _tag: "Unknown", why })
    expect(await Effect.runPromise(blockchain.lookupRefund("k", 1000))).toEqual({ _tag: "Unavailable", why })
    expect(memory.read()).toEqual([])
  })
})
