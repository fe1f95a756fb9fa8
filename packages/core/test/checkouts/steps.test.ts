/**
 * What is done with checkouts, one step at a time: while somebody else is always writing them too, where a process has no
 * room, and by their tasks.
 */
import {
  type ClaimedTask,
  checkoutDefinition,
  type Followed,
  followPayment,
  type Look,
  openCheckout,
  type Ports,
  payCheckout,
  payDirectly,
  type TaskKind
} from "@paykernel/core/effect"
import type * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { load } from "../../src/application/storage/repository.ts"
import { type BareDesk, bareDesk, claimBy, contend, putUp } from "../bare-desk.ts"
import { merchantId, type Script } from "../kernel-world.ts"
import { direct, good, order, paying } from "./checkout-shop.ts"

const unavailable = (reason: string) => ({ _tag: "StoreUnavailable", reason, outcomeUnknown: false })

const open = ({ directory }: BareDesk) => openCheckout(directory, merchantId, order, undefined)

const openPage = async (desk: BareDesk): Promise<string> =>
  Result.getOrThrow(await desk.run(open(desk))).view.checkout.id

const pay = ({ operations, directory }: BareDesk, id: string, input = paying(good, "first", null)) =>
  payCheckout(operations, directory, merchantId, id, input)

const follow = ({ operations, directory }: BareDesk, checkoutId: string, more: Partial<Look> = {}) =>
  followPayment(operations, directory, { merchantId, checkoutId, ...more })

/** A page whose payment has come to its end at the gateway, and nobody has looked. */
const paidUnseen = async (script: Script = {}) => {
  const desk = await bareDesk(script)
  const id = await openPage(desk)
  Result.getOrThrow(await desk.run(pay(desk, id)))
  await desk.workOff()
  return { desk, id, look: (more?: Partial<Look>): Promise<Followed> => desk.run(follow(desk, id, more)) }
}

const needs3ds: Script = {
  send: async () => ({
    ...{ _tag: "Declined", reference: null, code: "three_d_secure_required" },
    ...{ avs: "not_requested", cvv: "not_requested" }
  })
}

type Begun = { readonly desk: BareDesk; readonly act: Effect.Effect<unknown, unknown, Ports> }

describe("a checkout that somebody else is always writing", () => {
  const toBegin = async (): Promise<Begun> => {
    const desk = await bareDesk()
    return { desk, act: pay(desk, await openPage(desk)) }
  }
  const toLook = async (): Promise<Begun> => {
    const { desk, id } = await paidUnseen()
    return { desk, act: follow(desk, id) }
  }
  const ways = [
    ["begin a payment", toBegin],
    ["learn what a payment has come to", toLook]
  ] as const

  it.each(ways)("is read again by who would %s, eleven times in growing pauses", async (_, way) => {
    const { desk, act } = await way()
    const counted = contend(desk, 11)
    await desk.run(act)
    expect(counted.commits).toBe(12)
    // Whoever loses twice may just have been unlucky.
    expect(desk.time.sleptMs).toEqual([6, 8, 10, 12, 14, 16, 18, 20, 22])
  })

  it.each(ways)("is given up by who would %s after that, with nothing written", async (_, way) => {
    const { desk, act } = await way()
    const counted = contend(desk, Number.POSITIVE_INFINITY)
    expect(await desk.failureOf(act)).toMatchObject(unavailable("contended"))
    expect(counted.commits).toBe(12)
  })

  it("costs a payment no more than one place for its security code, however often it is read again", async () => {
    const desk = await bareDesk({}, { cvvsMax: 1 })
    const id = await openPage(desk)
    contend(desk, 3)
    Result.getOrThrow(await desk.run(pay(desk, id, paying(good))))
    await desk.workOff()
    expect((await desk.run(follow(desk, id))).checkout.state.status).toBe("completed")
  })
})

describe("a look at what a payment has come to", () => {
  it("finds nothing where nobody has paid", async () => {
    const desk = await bareDesk()
    const found = await desk.run(follow(desk, await openPage(desk)))
    expect(found).toMatchObject({ checkout: { state: { status: "open" } }, payment: null, recorded: false })
  })

  it("brings the outcome once: later ones write nothing, and find the checkout as the first has left it", async () => {
    const { desk, look } = await paidUnseen()
    const first = await look()
    expect(first).toMatchObject({ checkout: { state: { status: "completed" } }, recorded: true })
    const counted = contend(desk, 0)
    expect(await look()).toEqual({ ...first, recorded: false })
    expect(counted.commits).toBe(0)
    // Nothing was filed that somebody could do now.
    expect(desk.hands.woken).toBe(0)
  })

  it("reads the checkout again where what was known of it is out of date", async () => {
    const { id, desk, look } = await paidUnseen()
    const known = await desk.run(load(checkoutDefinition, merchantId, id))
    await look()
    expect(await look({ known })).toMatchObject({ checkout: { state: { status: "completed" } }, recorded: false })
  })

  it("has the worker look at once where the payer is to be authenticated", async () => {
    const { desk, look } = await paidUnseen(needs3ds)
    expect(await look()).toMatchObject({ checkout: { state: { status: "paying" } }, recorded: true })
    expect(desk.hands.woken).toBe(1)
  })
})

describe("a name that was given before", () => {
  /** Whatever is made gets the same id. */
  const repeating = () => bareDesk({}, { ids: { next: () => "one" } })

  it("opens no second page, and the caller may ask again", async () => {
    const desk = await repeating()
    await openPage(desk)
    expect(await desk.failureOf(open(desk))).toMatchObject(unavailable("name taken"))
  })

  it("begins no second payment, and the caller may ask again", async () => {
    const desk = await repeating()
    const payAnew = () => payDirectly(desk.operations, desk.directory, merchantId, direct(good, null), undefined)
    const first = Result.getOrThrow(await desk.run(payAnew())).view
    expect(await desk.failureOf(payAnew())).toMatchObject(unavailable("contended"))
    expect((await desk.run(follow(desk, first.checkout.id))).checkout.state).toEqual(first.checkout)
  })
})

describe("a payment in a process that is full", () => {
  it("is not begun with a security code, which stays whole for another try", async () => {
    const desk = await bareDesk()
    const id = await openPage(desk)
    desk.hands.room = null
    const input = paying(good)
    expect(await desk.failureOf(pay(desk, id, input))).toMatchObject(unavailable("overloaded"))
    expect(input.card.cvv?.reveal()).toBe("123")
    expect((await desk.run(follow(desk, id))).checkout.state).toMatchObject({ status: "open", payments: [] })
  })

  it("gives its room back where there is none for the security code", async () => {
    const desk = await bareDesk({}, { cvvsMax: 0 })
    const id = await openPage(desk)
    const input = paying(good)
    expect(await desk.failureOf(pay(desk, id, input))).toMatchObject(unavailable("overloaded"))
    expect(input.card.cvv?.reveal()).toBe("123")
    expect(desk.hands.promised).toBe(0)
  })

  it("is left to others where it needs no code", async () => {
    const desk = await bareDesk()
    const id = await openPage(desk)
    desk.hands.room = null
    const { latest } = Result.getOrThrow(await desk.run(pay(desk, id)))
    expect(latest?.payment.attempts).toMatchObject([{ status: "planned" }])
    expect(desk.hands.offered).toEqual([])
    expect(await claimed(desk, "attempt", desk.clock.ms)).toBeDefined()
  })
})

describe("a payment in a process that has room", () => {
  it("is marked as being sent, and nobody else's for as long as a lease", async () => {
    const desk = await bareDesk()
    const id = await openPage(desk)
    const { latest } = Result.getOrThrow(await desk.run(pay(desk, id)))
    expect(latest?.payment.attempts).toMatchObject([{ status: "sending" }])
    const { leaseMs } = desk.operations
    expect(await claimed(desk, "attempt", desk.clock.ms + leaseMs - 1)).toBeUndefined()
    expect(await claimed(desk, "attempt", desk.clock.ms + leaseMs)).toBeDefined()
  })
})

const claimed = async (desk: BareDesk, kind: TaskKind, nowMs: number): Promise<ClaimedTask | undefined> =>
  (await claimBy(desk, nowMs)).find((task) => task.kind === kind)

describe("the task that follows a payment", () => {
  it("looks within half a minute for ten minutes, then ever more seldom, and at least once an hour", async () => {
    const desk = await bareDesk()
    const id = await openPage(desk)
    Result.getOrThrow(await desk.run(pay(desk, id)))
    const pausesMs: Array<number> = []
    desk.instead.commit = (commit) => {
      const then = commit.lease?.then
      if (then?._tag === "Again") pausesMs.push(then.dueAtMs - desk.clock.ms)
      return desk.own.commit(commit)
    }
    desk.clock.ms += 2000
    for (let look = 0; look < 32; look++) {
      const task = await claimed(desk, "follow_payment", desk.clock.ms)
      if (task === undefined) throw new Error("nobody looks")
      await desk.carryOut(task)
      desk.clock.ms += pausesMs.at(-1) ?? 0
    }
    const closely = Array.from({ length: 20 }, () => 30_000)
    const seldom = [1, 2, 4, 8, 16, 32, 60, 60].map((minutes) => minutes * 60_000)
    expect(pausesMs).toEqual([2000, 4000, 8000, 16_000, ...closely, ...seldom])
  })
})

describe("the task that closes a page", () => {
  it("that comes early, by a clock that is ahead, waits for the time", async () => {
    const desk = await bareDesk()
    const id = await openPage(desk)
    const { expiresAtMs } = (await desk.run(follow(desk, id))).checkout.state
    const task = await claimed(desk, "expire_checkout", expiresAtMs ?? 0)
    if (task === undefined) throw new Error("nothing closes the page")
    await desk.carryOut(task)
    expect((await desk.run(follow(desk, id))).checkout.state.status).toBe("open")
    expect(await claimed(desk, "expire_checkout", (expiresAtMs ?? 0) - 1)).toBeUndefined()
    expect((await claimed(desk, "expire_checkout", expiresAtMs ?? 0))?.id).toBe(task.id)
    expect(desk.incidents).toEqual([])
  })

  it("ends where there is no such page any more", async () => {
    const desk = await bareDesk()
    await putUp(desk, "expire_checkout", "checkout")
    const found = await claimed(desk, "expire_checkout", 0)
    if (found === undefined) throw new Error("there is no such task")
    await desk.carryOut(found)
    expect(await claimed(desk, "expire_checkout", 1e15)).toBeUndefined()
    expect(desk.incidents).toEqual([])
  })
})
