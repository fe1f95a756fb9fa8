import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { type Actor, makeAgenda } from "../../src/testing/simulation/agenda.ts"
import { virtualRuntime } from "../../src/testing/simulation/virtual-runtime.ts"

const actorOf = (name: string): Actor => ({ name, state: "up", tasks: [] })
const first = () => 0

describe("an agenda", () => {
  it("lets time leap from timer to timer, in order, and no further than it is told", async () => {
    const agenda = makeAgenda(0)
    const actor = actorOf("a")
    const seen: Array<string> = []
    for (const ms of [30, 10, 20, 10, 5000]) agenda.after(actor, ms, () => seen.push(`${ms} at ${agenda.nowMs()}`))
    await agenda.run(100, 1000, first)
    expect(seen).toEqual(["10 at 10", "10 at 10", "20 at 20", "30 at 30"])
    expect(agenda.nowMs()).toBe(1000)
  })

  it("chooses among what can happen at the same time", async () => {
    const orders = new Set<string>()
    for (const choose of [first, (among: number) => among - 1]) {
      const agenda = makeAgenda(0)
      const seen: Array<string> = []
      for (const name of ["a", "b", "c"]) agenda.post(actorOf(name), () => seen.push(name))
      await agenda.run(100, 0, choose)
      orders.add(seen.join(""))
    }
    expect([...orders]).toEqual(["abc", "cba"])
  })

  it("stops in the middle when that many things have happened", async () => {
    const agenda = makeAgenda(0)
    const actor = actorOf("a")
    let happened = 0
    for (let n = 0; n < 5; n++) agenda.post(actor, () => happened++)
    expect(await agenda.run(2, 1000, first)).toBe(2)
    expect([happened, agenda.nowMs()]).toEqual([2, 0])
  })

  it("forgets what a dead actor had planned, but for what had left it", async () => {
    const agenda = makeAgenda(0)
    const [dead, heir] = [actorOf("dead"), actorOf("heir")]
    const seen: Array<string> = []
    agenda.after(dead, 10, () => seen.push("timer"))
    agenda.post(dead, () => seen.push("left"))
    agenda.post(dead, () => seen.push("lost"))
    const survives = [true, false]
    agenda.end(dead, heir, () => survives.shift() ?? false)
    await agenda.run(100, 1000, first)
    expect(seen).toEqual(["left"])
  })

  it("holds back what a stalled actor does until it goes on", async () => {
    const agenda = makeAgenda(0)
    const [actor, other] = [actorOf("a"), actorOf("b")]
    const seen: Array<string> = []
    actor.state = "paused"
    agenda.after(actor, 10, () => seen.push(`late at ${agenda.nowMs()}`))
    agenda.after(other, 500, () => {
      actor.state = "up"
    })
    await agenda.run(100, 1000, first)
    expect(seen).toEqual(["late at 500"])
  })
})

describe("Effect under an agenda", () => {
  it("sleeps for days in no time, and its fibers and promises come to rest before time moves on", async () => {
    const agenda = makeAgenda(0)
    const actor = actorOf("a")
    const seen: Array<string> = []
    const program = Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(Effect.sleep("2 days"))
      yield* Effect.promise(async () => await Promise.resolve(await undefined))
      seen.push(`asked at ${agenda.nowMs()}`)
      yield* Effect.timeoutOption(Effect.never, "1 hour")
      seen.push(`waited until ${agenda.nowMs()}`)
      yield* Effect.sleep(0)
      return fiber
    })
    const done = Effect.runPromiseWith(virtualRuntime(agenda, actor))(program).then(() => seen.push("done"))
    await agenda.run(1000, 7_200_000, first)
    await done
    expect(seen).toEqual(["asked at 0", "waited until 3600000", "done"])
  })
})
