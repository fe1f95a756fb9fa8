/** The network and its chains misbehave on demand, and keep what the ports promise all the same. */
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Result from "effect/Result"
import { describe, expect, it, onTestFinished } from "vitest"
import { broadcast, run, signedFunding, standingNow } from "../../testing/funding/funding-chain-under-test.ts"
import { fundingWorld } from "../../testing/funding/simulated-funding.ts"
import { encryptJson, exampleAnswer } from "../../testing/payout/encrypt-answer.ts"
import { standingNow as paymentNow, submissionOf } from "../../testing/payout/network-under-test.ts"
import { type NetworkWorld, networkWorld } from "../../testing/payout/simulated-network.ts"
import { openNetworkFileJournal } from "../file-journal.ts"
import { type NetworkMode, networkModes } from "./network-mode.ts"

const timeoutMs = 1_000

const lookupOf = async (world: NetworkWorld, key: string): Promise<string> =>
  (await run(world.network.lookup(key, timeoutMs)))._tag

describe("a message to the network", () => {
  it.each<[NetworkMode, string, string]>([
    ["normal", "Taken", "Found"],
    ["down", "NotSent", "Absent"],
    ["drop-before", "Unknown", "Absent"],
    ["execute-drop", "Unknown", "Found"],
    ["late", "Unknown", "Found"],
    ["duplicate", "Taken", "Found"],
    ["stale", "Taken", "Found"]
  ])("in mode %s is answered with %s, and afterwards the payment is %s", async (mode, answered, found) => {
    const world = await networkWorld({ lateMs: 20 })
    const { payment } = await submissionOf(world)
    world.simulated.setMode(mode, 1)
    expect((await run(world.network.submit(payment, timeoutMs)))._tag).toBe(answered)
    world.simulated.setMode("normal", 1)
    // Whoever looks while it is on its way is not told that it had no effect.
    if (mode === "late") expect(await lookupOf(world, payment.key)).toBe("Unavailable")
    await run(world.simulated.drain)
    expect(await lookupOf(world, payment.key)).toBe(found)
    // Sent again under its key it is the same payment, whatever became of the first.
    expect((await run(world.network.submit(payment, timeoutMs)))._tag).toBe("Taken")
    expect(world.journal.read().filter(({ record }) => record === "payment_taken")).toHaveLength(1)
  })

  it("is struck as often as the rate says", async () => {
    const draws = [0.2, 0.8, 0.2]
    const world = await networkWorld({ random: () => draws.shift() ?? 1 })
    world.simulated.setMode("down", 0.5)
    const answers = [1, 2, 3].map(() => run(world.network.lookup("nobody", timeoutMs)))
    expect((await Promise.all(answers)).map(({ _tag }) => _tag)).toEqual(["Unavailable", "Absent", "Unavailable"])
  })

  it("is never struck at a rate of nothing", async () => {
    const world = await networkWorld()
    world.simulated.setMode("down", 0)
    expect(await lookupOf(world, "nobody")).toBe("Absent")
  })

  it("knows its modes", async () => {
    const { simulated } = await networkWorld()
    expect(simulated.setMode("upside-down", 1)).toEqual(Result.fail({ _tag: "ModeUnknown", modes: networkModes }))
    expect(simulated.setMode("late", Number.NaN)).toEqual(Result.fail({ _tag: "RateOutOfRange", min: 0, max: 1 }))
    expect(simulated.mode()).toEqual({ mode: "normal", rate: 1 })
  })
})

it("a stale look-up sees what was, and does not say that there is nothing", async () => {
  const world = await networkWorld()
  const { payment } = await submissionOf(world, {}, { ORIGINATOR_NAME: "AsyncSuccess" })
  await run(world.network.submit(payment, timeoutMs))
  world.simulated.setMode("stale", 1)
  expect(await lookupOf(world, payment.key)).toBe("Unavailable")
  await world.advance(2_000)
  expect((await paymentNow(world, payment.key)).reports).toMatchObject([{ _tag: "UnderReview" }])
  world.simulated.setMode("normal", 1)
  expect((await paymentNow(world, payment.key)).reports).toMatchObject([{ _tag: "UnderReview" }, { _tag: "Cleared" }])
})

describe("a broadcast", () => {
  it.each<[NetworkMode, string, string]>([
    ["down", "NotSent", "Absent"],
    ["drop-before", "Unknown", "Absent"],
    ["execute-drop", "Unknown", "Found"],
    ["late", "Unknown", "Unavailable"],
    ["duplicate", "Sent", "Found"]
  ])("in mode %s is answered with %s and then %s, and moves the money once", async (mode, answered, found) => {
    const chain = await fundingWorld()
    const signed = await signedFunding(chain, 1)
    chain.world.simulated.setMode(mode, 1)
    expect((await run(chain.chain.broadcast(signed, timeoutMs)))._tag).toBe(answered)
    chain.world.simulated.setMode("normal", 1)
    expect((await run(chain.chain.lookup(signed.key, timeoutMs)))._tag).toBe(found)
    await broadcast(chain, signed)
    await run(chain.world.simulated.drain)
    await chain.advance(chain.settledWithinMs)
    expect(await standingNow(chain, signed.key)).toMatchObject({ _tag: "Confirmed" })
    expect(chain.world.journal.read().filter(({ record }) => record === "funding_broadcast")).toHaveLength(1)
  })

  it("that a stale look-up is too early for is not said to be absent, and later stands as it did", async () => {
    const chain = await fundingWorld()
    const { simulated } = chain.world
    const [sound, faulty] = [await signedFunding(chain, 1), await signedFunding(chain, 2)]
    await broadcast(chain, sound)
    await broadcast(chain, { ...faulty, signedTransaction: "0x" })
    simulated.setMode("stale", 1)
    const tagsAfter = async (ms: number) => {
      await chain.advance(ms)
      const looks = [sound, faulty].map(({ key }) => run(chain.chain.lookup(key, timeoutMs)))
      return (await Promise.all(looks)).map((look) => (look._tag === "Found" ? look.standing._tag : look._tag))
    }
    expect(await tagsAfter(0)).toEqual(["Unavailable", "Unavailable"])
    expect(await tagsAfter(2_000)).toEqual(["Waiting", "Failed"])
    expect(await tagsAfter(3_999)).toEqual(["Waiting", "Failed"])
    expect(await tagsAfter(1)).toEqual(["Confirmed", "Failed"])
  })

  it("cannot be planned or checked where nobody is reached", async () => {
    const chain = await fundingWorld()
    const signed = await signedFunding(chain, 2)
    chain.world.simulated.setMode("down", 1)
    const unavailable = { _tag: "FundingChainUnavailable" }
    await expect(run(chain.chain.plan(signed))).rejects.toMatchObject(unavailable)
    await expect(run(chain.chain.check(signed))).rejects.toMatchObject(unavailable)
  })
})

const bookFile = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), "payout-network-"))
  onTestFinished(() => rm(directory, { recursive: true }))
  return join(directory, "journal.jsonl")
}

it("a network whose book is a file says after a restart what it said before", async () => {
  const path = await bookFile()
  const file = await openNetworkFileJournal(path)
  const chain = await fundingWorld("ETH-SEPOLIA", { journal: file })
  const { world } = chain
  const { payment, quote } = await submissionOf(world, {}, { ORIGINATOR_NAME: "CreateRfiL3" })
  await run(world.network.submit(payment, timeoutMs))
  await world.raiseRfi?.(payment.key, 1)
  await run(world.network.fund({ key: payment.key, transactionHash: "0x1", amount: quote.terms.source }, timeoutMs))
  const [own, permit] = [await signedFunding(chain, 1), await signedFunding(chain, 2)]
  await broadcast(chain, own)
  await broadcast(chain, { ...permit, signedTransaction: "0x" })
  await world.simulated.setAccount({
    blockchain: "ETH-SEPOLIA",
    address: "0xC75c3E371d617B3E60Db1b6f3Fa2f0689562e5A7",
    exists: true,
    tokens: "5",
    coins: "6",
    allowance: "7"
  })
  await chain.advance(chain.settledWithinMs)
  const said = async (one: NetworkWorld["simulated"]) => [
    await run(one.network.lookup(payment.key, timeoutMs)),
    await run(one.fundingChain.lookup(own.key, timeoutMs)),
    await run(one.fundingChain.lookup(permit.key, timeoutMs)),
    one.account("ETH-SEPOLIA", "0xC75c3E371d617B3E60Db1b6f3Fa2f0689562e5A7"),
    one.account("ETH-SEPOLIA", chain.wallet.address)
  ]
  const before = await said(world.simulated)
  await file.close()
  const again = await openNetworkFileJournal(path)
  expect(again.read()).toEqual(file.read())
  expect(await said(world.restarted(again))).toEqual(before)
  expect(await run(world.restarted(again).network.requirements(quote.id))).toBeDefined()
  await again.close()
})

it("a network whose book is a file goes on thinking about an answer after a restart", async () => {
  const path = await bookFile()
  const file = await openNetworkFileJournal(path)
  const world = await networkWorld({ journal: file })
  const { payment } = await submissionOf(world, {}, { ORIGINATOR_NAME: "CreateRfi" })
  await run(world.network.submit(payment, timeoutMs))
  const [rfi] = (await paymentNow(world, payment.key)).rfis
  if (rfi === undefined) throw new Error("nothing was asked")
  const fields = exampleAnswer(rfi.fieldRequirements, { NAME: "InReview" })
  const answer = { version: rfi.fieldRequirements.version, jwe: await encryptJson(rfi.certificate, fields) }
  await run(world.network.answerRfi({ key: payment.key, rfiId: rfi.id, answer, files: [] }, timeoutMs))
  await world.advance(60_000)
  const before = await paymentNow(world, payment.key)
  expect(before.rfis).toMatchObject([{ answered: true, outcome: null }])
  await file.close()
  const again = await openNetworkFileJournal(path)
  expect(await run(world.restarted(again).network.lookup(payment.key, timeoutMs))).toMatchObject({ standing: before })
  await again.close()
})
