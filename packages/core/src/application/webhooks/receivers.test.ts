import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { type Caller, type Entry, makeReceivers, silencesMax } from "./receivers.ts"

const minuteMs = 60_000

/** Stands in line, and counts how often it was called up. */
const caller = (untilMs = 60_000) => {
  const calls = { count: 0 }
  return { calls, untilMs, callUp: () => void calls.count++ }
}

type Entered = Extract<Entry, { readonly _tag: "Entered" }>

const setUp = (perReceiverMax = 2, receiversMax = 10, linesMax = 20_000) => {
  const { enter, passed } = makeReceivers({ perReceiverMax, receiversMax, linesMax })
  const ask = (nowMs: number, name = "slow", insists = false, who?: Caller) =>
    Effect.runPromise(enter(name, nowMs, insists, who))
  const get = async (nowMs: number, name = "slow", insists = false): Promise<Entered> => {
    const entry = await ask(nowMs, name, insists)
    if (entry._tag !== "Entered") throw new Error(`not let in: ${JSON.stringify(entry)}`)
    return entry
  }
  const putOffMs = async (nowMs: number, name = "slow"): Promise<number> => {
    const entry = await ask(nowMs, name)
    if (entry._tag !== "PutOff") throw new Error("there was room")
    return entry.untilMs - nowMs
  }
  /** Attempts that nobody answers, one after the other. */
  const silence = async (times: number, nowMs = 0) => {
    for (let n = 0; n < times; n++) (await get(nowMs)).leave(false, nowMs)
  }
  /** Two inside, and so many in line: all found two waiting at the door. */
  const lined = async (count: number, untilMs?: number) => {
    const inside = [await get(0), await get(0)]
    const door = [caller(), caller()].map((who) => ask(0, "slow", false, who))
    const line = Array.from({ length: count }, () => caller(untilMs))
    for (const who of line) expect(await ask(0, "slow", false, who)).toEqual({ _tag: "InLine" })
    return { inside, door, line }
  }
  return { ask, get, putOffMs, silence, passed, lined }
}

describe("room at a receiver", () => {
  it("is there for so many, and for those at others whatever happens at one", async () => {
    const { get, putOffMs } = setUp()
    await get(0)
    await get(0)
    expect(await putOffMs(10_000)).toBeGreaterThan(0)
    await get(10_000, "another")
    await get(10_000, "another")
  })

  it("is waited for where it comes free soon", async () => {
    const { get, ask } = setUp()
    const first = await get(0)
    await get(0)
    const waiting = ask(0)
    const next = ask(0)
    first.leave(true, 0)
    const second = await waiting
    expect(second).toMatchObject({ _tag: "Entered" })
    expect(await next).toMatchObject({ _tag: "PutOff", keepMs: 0 })
    // Who has given up has no place any more.
    if (second._tag === "Entered") second.leave(true, 0)
    await get(0)
  })

  it("comes free soon where attempts have been quick, whatever the hour", () => {
    const { enter } = makeReceivers({ perReceiverMax: 2 })
    const ask = (nowMs: number) => Effect.runSync(enter("quick", nowMs, false))
    for (let n = 0; n < 20; n++) {
      const entry = ask(50 * minuteMs)
      if (entry._tag === "Entered") entry.leave(true, 50 * minuteMs + 100)
    }
    expect([ask(51 * minuteMs), ask(51 * minuteMs)]).toMatchObject([{ _tag: "Entered" }, { _tag: "Entered" }])
    expect(() => ask(51 * minuteMs)).toThrow()
  })

  it("is waited for by as many as it will come free for within a quarter of a second", () => {
    const { enter } = makeReceivers({ perReceiverMax: 2 })
    const ask = (nowMs: number) => Effect.runSync(enter("slow", nowMs, false))
    expect([ask(0), ask(0)]).toMatchObject([{ _tag: "Entered" }, { _tag: "Entered" }])
    for (let n = 0; n < 5; n++) expect(() => ask(100)).toThrow()
    expect(ask(100)).toMatchObject({ _tag: "PutOff" })
  })

  it("is given to as many as there are places and no more, however they come", async () => {
    const { ask } = setUp()
    let inside = 0
    let most = 0
    const come = async () => {
      const entry = await ask(0)
      if (entry._tag !== "Entered") return 0
      most = Math.max(most, ++inside)
      await Promise.resolve()
      inside--
      entry.leave(true, 0)
      return 1
    }
    const entries = await Promise.all(Array.from({ length: 40 }, come))
    expect(most).toBe(2)
    expect(entries.filter((one) => one === 1).length).toBeGreaterThan(20)
  })

  it("is put off for longer, the more are put off already and the longer attempts take", async () => {
    const { get, putOffMs } = setUp()
    for (let n = 0; n < 20; n++) (await get(0)).leave(true, 4_000)
    await get(0)
    await get(0)
    const pauses: Array<number> = []
    for (let n = 0; n < 5; n++) pauses.push(await putOffMs(4_000))
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b))
    expect((pauses[4] ?? 0) - (pauses[0] ?? 0)).toBeGreaterThan(4 * 1_800)
    expect((pauses[4] ?? 0) - (pauses[0] ?? 0)).toBeLessThan(4 * 2_200)
    for (let n = 0; n < 2_000; n++) expect(await putOffMs(4_000)).toBeLessThanOrEqual(10 * minuteMs)
    expect(await putOffMs(4_000)).toBe(10 * minuteMs)
  })

  it("is put off by seconds at most where the receiver answers, if slowly, and not kept waiting besides", async () => {
    const { ask, get, putOffMs } = setUp()
    for (let n = 0; n < 20; n++) (await get(0)).leave(true, 900)
    await get(0)
    await get(0)
    expect(await ask(0)).toMatchObject({ _tag: "PutOff", keepMs: 0 })
    for (let n = 0; n < 100; n++) expect(await putOffMs(0)).toBeLessThanOrEqual(10_000)
  })

  it("is not waited for at one that hangs", async () => {
    const { enter } = makeReceivers({ perReceiverMax: 2 })
    // What has to wait for anything cannot be run at once.
    const ask = (nowMs: number) => Effect.runSync(enter("slow", nowMs, false))
    expect([ask(0), ask(0)]).toMatchObject([{ _tag: "Entered" }, { _tag: "Entered" }])
    expect(() => ask(0)).toThrow()
    for (let n = 0; n < 10; n++) expect(ask(5_000)).toMatchObject({ _tag: "PutOff" })
  })
})

describe("the line before a receiver that answers", () => {
  it("is called up one by one, in order, as places come free", async () => {
    const { lined } = setUp()
    const { inside, door, line } = await lined(3)
    const counts = () => line.map(({ calls }) => calls.count)
    inside[0]?.leave(true, 1)
    expect(counts()).toEqual([1, 0, 0])
    inside[1]?.leave(true, 1)
    expect(counts()).toEqual([1, 1, 0])
    expect((await Promise.all(door)).map(({ _tag }) => _tag)).toEqual(["Entered", "Entered"])
  })

  it("goes on where one who was called up does not come", async () => {
    const { lined, passed, ask } = setUp()
    const { inside, line } = await lined(3)
    const [first, second, third] = line
    inside[0]?.leave(true, 1)
    if (first === undefined || second === undefined) throw new Error("three are in line")
    passed(first, 1)
    expect(second.calls.count).toBe(1)
    // This one comes, so nobody is called up in its place.
    await ask(1, "slow", false, second)
    passed(second, 1)
    passed(first, 1)
    expect(third?.calls.count).toBe(0)
  })

  it("is left by those whose time is over", async () => {
    const { lined } = setUp()
    const { inside, line } = await lined(2, 500)
    inside[0]?.leave(true, 500)
    expect(line.map(({ calls }) => calls.count)).toEqual([0, 0])
  })

  it("is for a thousand: more are put off, by ten seconds at most, however slow it was in a bad moment", async () => {
    const { get, lined, ask } = setUp()
    for (let n = 0; n < 20; n++) (await get(0)).leave(true, 900)
    // Nobody waits at the door where an attempt takes as long: those two are in line as well.
    await lined(998)
    for (let n = 0; n < 500; n++) {
      const entry = await ask(0, "slow", false, caller())
      // Found again and again, they would take all the time there is: each keeps its place for a moment first.
      expect(entry).toMatchObject({ _tag: "PutOff", keepMs: 500 })
      expect(entry._tag === "PutOff" && entry.untilMs).toBeLessThanOrEqual(10_000)
    }
  })

  it("is not stood in at one that hangs", async () => {
    const { get, ask } = setUp()
    await get(0)
    await get(0)
    expect(await ask(1_000, "slow", false, caller())).toMatchObject({ _tag: "PutOff", keepMs: 0 })
    // Half a second for each, however many they are.
    for (let n = 0; n < 98; n++) await ask(1_000)
    expect(await ask(1_000)).toMatchObject({ untilMs: 1_250 + 99 * 500 })
  })

  it("is for so many at all receivers together, each counted once for as long as he stands there", async () => {
    const { get, ask } = setUp(1, 10, 2)
    const inside = []
    for (const name of ["a", "b"]) {
      for (let n = 0; n < 20; n++) (await get(0, name)).leave(true, 900)
      inside.push(await get(0, name))
    }
    const stand = async (name: string, who = caller()) => (await ask(0, name, false, who))._tag
    const first = caller()
    expect([await stand("a", first), await stand("a", first)]).toEqual(["InLine", "InLine"])
    expect([await stand("b"), await stand("b"), await stand("a")]).toEqual(["InLine", "PutOff", "PutOff"])
    inside[0]?.leave(true, 1)
    expect(first.calls.count).toBe(1)
    await get(1, "a")
    expect([await stand("b"), await stand("a")]).toEqual(["InLine", "PutOff"])
  })

  it("is dissolved when the receiver falls silent: all are called up, and then put off", async () => {
    const { silence, lined, ask } = setUp()
    await silence(silencesMax - 1)
    const { inside, door, line } = await lined(5)
    inside[0]?.leave(false, 1)
    expect(line.map(({ calls }) => calls.count)).toEqual([1, 1, 1, 1, 1])
    for (const who of line) expect(await ask(1, "slow", false, who)).toMatchObject({ _tag: "PutOff" })
    for (const entry of door) expect(await entry).toMatchObject({ _tag: "PutOff" })
  })

  it("is not stood in where nobody is inside any more who would call anybody up", async () => {
    const { get, ask, silence } = setUp()
    await silence(silencesMax - 1)
    const inside = [await get(0), await get(0)]
    const waiting = ask(0, "slow", false, caller())
    inside[0]?.leave(false, 1)
    inside[1]?.leave(true, 1)
    expect(await waiting).toMatchObject({ _tag: "PutOff" })
  })
})

describe("a receiver that does not answer", () => {
  it("is left alone after so many times in a row, and then tried by one at a time", async () => {
    const { ask, get, putOffMs, silence } = setUp()
    await silence(silencesMax - 1)
    const one = await get(0)
    one.leave(false, 0)
    expect(await putOffMs(0)).toBeGreaterThanOrEqual(30_000)
    expect(await ask(29_999)).toMatchObject({ _tag: "PutOff" })
    const probe = await get(30_000)
    expect(await ask(30_000)).toMatchObject({ _tag: "PutOff" })
    probe.leave(true, 30_001)
    await get(30_001)
    await get(30_001)
  })

  it("is left alone for longer each time, up to ten minutes", async () => {
    const { ask, silence } = setUp()
    await silence(silencesMax)
    const pauses: Array<number> = []
    for (let nowMs = 0, since = 0; pauses.length < 7; nowMs += 5_000) {
      const entry = await ask(nowMs)
      if (entry._tag !== "Entered") continue
      entry.leave(false, nowMs)
      pauses.push(nowMs - since)
      since = nowMs
    }
    expect(pauses).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000])
  })

  it("is not left alone for longer by what was under way already", async () => {
    const { ask, get, silence } = setUp()
    await silence(silencesMax - 2)
    const under = [await get(0), await get(0)]
    for (const { leave } of under) leave(false, 0)
    const { ask: askOther, get: getOther, silence: silenceOther } = setUp(4)
    await silenceOther(silencesMax - 2)
    const four = [await getOther(0), await getOther(0), await getOther(0), await getOther(0)]
    for (const { leave } of four) leave(false, 0)
    for (const look of [ask, askOther]) expect(await look(30_000)).toMatchObject({ _tag: "Entered" })
  })

  it("is not judged by an attempt that never came to it", async () => {
    const { get, putOffMs, silence } = setUp()
    await silence(silencesMax - 1)
    const failed = await get(0)
    failed.leave(null, 0)
    await silence(1)
    expect(await putOffMs(0)).toBeGreaterThanOrEqual(30_000)
  })

  it("is forgiven by one answer", async () => {
    const { get, silence } = setUp()
    await silence(silencesMax - 1)
    const answered = await get(0)
    answered.leave(true, 0)
    await silence(silencesMax - 1)
    await get(0)
  })

  it("is gone to all the same by who has been put off for too long, one at a time", async () => {
    const { ask, get, silence } = setUp()
    await silence(silencesMax)
    await get(1, "slow", true)
    expect(await ask(1, "slow", true)).toMatchObject({ _tag: "PutOff" })
  })

  it("keeps nobody waiting who was in line when it fell silent", async () => {
    const { ask, get, silence } = setUp(1)
    await silence(silencesMax - 1)
    const last = await get(0)
    const waiting = ask(0)
    last.leave(false, 0)
    const patience = new Promise((resolve) => setTimeout(resolve, 100, "is still waiting"))
    expect(await Promise.race([waiting, patience])).toMatchObject({ _tag: "PutOff" })
  })

  it("is left alone again when it falls silent again, though somebody who insisted was answered meanwhile", async () => {
    const { get, putOffMs, silence } = setUp()
    await silence(silencesMax)
    const answered = await get(1, "slow", true)
    answered.leave(true, 1)
    await silence(silencesMax, 2)
    expect(await putOffMs(2)).toBe(30_000)
    // And then those who were put off come one by one.
    expect(await putOffMs(2)).toBe(30_001)
  })

  it("is not left alone for longer because a clock was set back", async () => {
    const { putOffMs, silence } = setUp()
    await silence(silencesMax, 100 * minuteMs)
    expect(await putOffMs(0)).toBeLessThanOrEqual(10 * minuteMs)
  })
})

describe("the memory of receivers", () => {
  it("is bounded, and keeps those where somebody is", async () => {
    const { get, putOffMs } = setUp(1, 3)
    await get(0, "busy")
    for (let n = 0; n < 100; n++) (await get(0, `other ${n}`)).leave(true, 0)
    expect(await putOffMs(10_000, "busy")).toBeGreaterThan(0)
  })

  it("keeps all that it has a place for, and then forgets those where nobody is", async () => {
    const { ask, get } = setUp(1, 3)
    for (let n = 0; n < silencesMax; n++) (await get(0, "silent")).leave(false, 0)
    for (const name of ["second", "third"]) (await get(0, name)).leave(true, 0)
    expect(await ask(0, "silent")).toMatchObject({ _tag: "PutOff" })
    await get(0, "fourth")
    expect(await ask(0, "silent")).toMatchObject({ _tag: "Entered" })
  })

  it("keeps one with somebody inside and another at the door or in line", async () => {
    const { ask, get } = setUp(1, 1)
    for (let n = 0; n < 20; n++) (await get(0, "lined")).leave(true, 900)
    await get(0, "lined")
    expect(await ask(0, "lined", false, caller())).toEqual({ _tag: "InLine" })
    await get(0, "waited for")
    const waiting = ask(0, "waited for")
    await get(0, "another")
    for (const name of ["lined", "waited for"]) expect(await ask(10_000, name)).toMatchObject({ _tag: "PutOff" })
    expect(await waiting).toMatchObject({ _tag: "PutOff" })
  })
})
