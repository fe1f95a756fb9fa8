import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { inTime, onVirtualTime } from "../testing/in-time.ts"
import { type Arrival, type BankLineOptions, bankLine } from "./bank-line.ts"
import type { GatewayMode } from "./gateway-mode.ts"
import type { BankReply } from "./wire.ts"

const said: BankReply = { status: 200, body: '{"key":"k","amount":"12.31"}' }

type Circumstances = Partial<BankLineOptions> & {
  /** What every throw of the line's dice shows. Default 0.5, with which each way takes its share: 10 ms. */
  readonly dice?: number
  readonly reply?: BankReply
  readonly timeoutMs?: number
}

type Story = {
  readonly arrival: Arrival
  /** What was asked, repeated and heard, in order, each with its time in milliseconds. */
  readonly events: ReadonlyArray<string>
  /** When nothing was on its way any more. */
  readonly quietMs: number
}

/** One exchange on virtual time. */
const exchange = (fault: GatewayMode, circumstances: Circumstances = {}): Promise<Story> => {
  const { dice = 0.5, reply = said, timeoutMs = 1000, ...options } = circumstances
  const story = Effect.gen(function* () {
    const clock = yield* Clock.clockWith(Effect.succeed)
    const events: Array<string> = []
    const note = (what: string) => events.push(`${what} at ${clock.currentTimeMillisUnsafe()}`)
    const line = bankLine({
      answer: async (request) => {
        note(request)
        return reply
      },
      random: () => dice,
      latencyMs: 20,
      dropDelayMs: 200,
      lateMs: 300,
      lookupLagMs: 0,
      ...options
    })
    const sent = line.exchange("asked", fault, timeoutMs, () => note("repeated"))
    const arrival = yield* inTime(Effect.tap(sent, () => Effect.sync(() => note("heard"))))
    yield* inTime(line.drain)
    return { arrival, events, quietMs: clock.currentTimeMillisUnsafe() }
  })
  return onVirtualTime(story)
}

const arrived = (reply: BankReply): Arrival => ({ _tag: "Arrived", reply })
const silent = (afterMs: number): Arrival => ({ _tag: "Silence", afterMs })

describe("the line to the simulated bank", () => {
  it.each([
    [0, ["asked at 5", "heard at 10"]],
    [0.5, ["asked at 10", "heard at 20"]],
    [0.75, ["asked at 12.5", "heard at 25"]]
  ])("takes half to one and a half times its time, and no more: with dice of %d", async (dice, events) => {
    const story = await exchange("normal", { dice })
    expect(story.events).toEqual(events)
    expect(story.arrival).toEqual(arrived(said))
    expect(story.quietMs).toBe(dice * 20 + 10)
  })

  it("is waited on for as long as the caller will, where a reply can come", async () => {
    expect((await exchange("normal", { latencyMs: 400 })).arrival).toEqual(arrived(said))
    expect((await exchange("normal", { latencyMs: 400, timeoutMs: 150 })).arrival).toEqual(silent(150))
  })

  it.each([
    ["drop-before", []],
    ["execute-drop", ["asked at 10"]],
    ["late", ["asked at 300"]]
  ] as const)("in mode %s gives no reply, however long one waits", async (fault, asked) => {
    const story = await exchange(fault)
    expect(story.arrival).toEqual(silent(200))
    expect(story.events.filter((event) => event.startsWith("asked"))).toEqual(asked)
    expect((await exchange(fault, { timeoutMs: 50 })).arrival).toEqual(silent(50))
    expect((await exchange(fault, { dropDelayMs: 400 })).arrival).toEqual(silent(400))
  })

  it.each([
    ["error-before", { status: 503, body: "" }, ["heard at 10"]],
    ["lookup-down", { status: 503, body: "" }, ["heard at 10"]],
    ["error-after", { status: 500, body: "" }, ["asked at 10", "heard at 20"]],
    ["wrong-echo", { status: 200, body: '{"key":"k","amount":"12.32"}' }, ["asked at 10", "heard at 20"]],
    ["garbage", { status: 200, body: said.body.slice(0, said.body.length / 2) }, ["asked at 10", "heard at 20"]]
  ] as const)("in mode %s carries %j", async (fault, reply, events) => {
    const story = await exchange(fault)
    expect(story).toMatchObject({ arrival: arrived(reply), events })
  })

  it("in mode garbage may not reach the bank at all, and what is heard is a part of somebody else's page", async () => {
    const { arrival, events } = await exchange("garbage", { dice: 0.25 })
    expect(events).toEqual(["heard at 15"])
    expect(arrival).toEqual(arrived({ status: 200, body: "<html><bod" }))
  })

  it.each([
    ['{"key":"k","amount":"12.00"}', '{"key":"k","amount":"12.01"}'],
    ['{"key":"k","amount":"11"}', '{"key":"k","amount":"12"}'],
    ['{"key":"k","result":"reversed"}', '{"key":"another","result":"reversed"}'],
    ['{"key":"k","amount":null}', '{"key":"another","amount":null}'],
    ["null", "null"],
    ["7", "7"]
  ])("in mode wrong-echo makes of %s %s", async (body, other) => {
    expect((await exchange("wrong-echo", { reply: { status: 200, body } })).arrival).toEqual(
      arrived({ status: 200, body: other })
    )
  })

  it.each(["error-after", "garbage", "wrong-echo"] as const)(
    "in mode %s has nothing to spoil where the bank says nothing",
    async (fault) => {
      const nothing = { status: 202, body: "" }
      expect((await exchange(fault, { reply: nothing })).arrival).toEqual(arrived(nothing))
    }
  )

  it.each([
    [0.25, ["asked at 7.5", "repeated at 15", "heard at 15"]],
    [0.5, ["asked at 10", "heard at 20", "repeated at 30"]]
  ])("in mode duplicate-reply repeats it before or after: with dice of %d", async (dice, events) => {
    const story = await exchange("duplicate-reply", { dice })
    expect(story).toMatchObject({ arrival: arrived(said), events })
  })

  it("hands on a defect of the bank as the defect that it is", async () => {
    const broken = exchange("normal", { answer: () => Promise.reject(new Error("a bug at the bank")) })
    await expect(broken).rejects.toThrow("a bug at the bank")
  })
})
