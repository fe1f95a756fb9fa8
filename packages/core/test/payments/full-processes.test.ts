/** Where a process has no room for what would be done at once. */
import type { Cvv } from "@paykernel/core"
import { type Ports, type TaskKind, updateCard } from "@paykernel/core/effect"
import type * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { type BareDesk, bareDesk, claimBy, contend } from "../bare-desk.ts"
import { capture, claimed, code, create, paid, savedCard, submit } from "../bare-payments.ts"
import { merchantId, type Script } from "../kernel-world.ts"

describe("whoever brings a security code to a process that is full", () => {
  type Asked = Effect.Effect<unknown, unknown, Ports>
  const ways: ReadonlyArray<readonly [string, (desk: BareDesk, cardId: string, cvv: Cvv) => Asked]> = [
    ["to pay", (desk, cardId, cvv) => create(desk, cardId, { verificationMethod: "cvv", cvv })],
    ["to save a card", (desk, _, cvv) => submit(desk, cvv)],
    [
      "to change a card",
      ({ operations, directory }, cardId, cvv) =>
        updateCard(operations, directory, merchantId, cardId, {
          ...{ cvv, expMonth: null, expYear: null, billing: {}, email: null }
        })
    ]
  ]
  const overloaded = { _tag: "StoreUnavailable", reason: "overloaded", outcomeUnknown: false }

  it.each(ways)("is told to come again, and has it whole: %s", async (_, ask) => {
    const desk = await bareDesk()
    const card = await savedCard(desk)
    desk.hands.room = null
    const [cvv, counted] = [code(), contend(desk, 0)]
    expect(await desk.failureOf(ask(desk, card.id, cvv))).toMatchObject(overloaded)
    expect(cvv.reveal()).toBe("321")
    expect(counted.commits).toBe(0)
  })

  it.each(ways)("takes no room from others where there is none for the code alone: %s", async (_, ask) => {
    const desk = await bareDesk({}, { cvvsMax: 1 })
    const card = await savedCard(desk)
    desk.operations.cvvs.put("somebody else's", code())
    expect(await desk.failureOf(ask(desk, card.id, code()))).toMatchObject(overloaded)
    expect(desk.hands.promised).toBe(0)
  })
})

describe("what a process has room for", () => {
  type Way = readonly [string, TaskKind, Script, (desk: BareDesk) => Promise<unknown>]
  const ways: ReadonlyArray<Way> = [
    ["a card to be verified", "verify_card", {}, (desk) => desk.run(submit(desk))],
    [
      "a card that was changed",
      "verify_card",
      {},
      async (desk) => {
        const { id } = await savedCard(desk)
        const change = { cvv: code(), expMonth: null, expYear: null, billing: {}, email: null }
        await desk.run(updateCard(desk.operations, desk.directory, merchantId, id, change))
      }
    ],
    [
      "a payment",
      "attempt",
      {},
      async (desk) => {
        const { id } = await savedCard(desk)
        const { view } = Result.getOrThrow(await desk.run(create(desk, id)))
        expect(view.attempts).toMatchObject([{ status: "sending" }])
      }
    ],
    [
      "a capture",
      "attempt",
      {},
      async (desk) => {
        const id = await paid(desk, { autoCapture: false })
        const { view } = Result.getOrThrow(await desk.run(capture(desk, id)))
        expect(view.payment.attempts.at(-1)?.status).toBe("sending")
      }
    ]
  ]

  it.each(ways)("is handed over, and nobody else's for as long as a lease: %s", async (_, kind, script, ask) => {
    const desk = await bareDesk(script)
    await ask(desk)
    expect(desk.hands.offered).toMatchObject([{ kind }])
    expect(desk.hands.promised).toBe(0)
    const untilMs = desk.clock.ms + desk.operations.leaseMs
    expect((await claimBy(desk, untilMs - 1)).map((task) => task.kind)).not.toContain(kind)
    expect((await claimed(desk, kind, untilMs)).kind).toBe(kind)
  })

  it("is left to whoever comes first where a process has none", async () => {
    const desk = await bareDesk()
    const { id } = await savedCard(desk)
    desk.hands.room = null
    const { view } = Result.getOrThrow(await desk.run(create(desk, id, { autoCapture: false })))
    expect(view.attempts).toMatchObject([{ status: "planned" }])
    const task = await claimed(desk, "attempt", desk.clock.ms)
    await desk.carryOut(task)
    const { view: asked } = Result.getOrThrow(await desk.run(capture(desk, view.id)))
    expect(asked.payment.attempts.at(-1)?.status).toBe("planned")
    expect((await claimed(desk, "attempt", desk.clock.ms)).subject).toBe(asked.payment.attempts.at(-1)?.id)
    expect(desk.hands.offered).toEqual([])
  })

  it("is what can be done now: the end of a challenge waits for its time", async () => {
    const desk = await bareDesk()
    const { id } = await savedCard(desk)
    Result.getOrThrow(await desk.run(create(desk, id, { verificationMethod: "three_d_secure" })))
    expect(desk.hands.offered.map(({ kind }) => kind)).toEqual(["authenticate"])
  })
})
