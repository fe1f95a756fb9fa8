/** What the store is asked again, and what it is not. */
import { changeMerchant, createPayment, merchantDirectory } from "@paykernel/core/effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { bareDesk } from "../bare-desk.ts"
import { create, savedCard, submit } from "../bare-payments.ts"
import { merchantInput, paymentInput } from "../kernel-world.ts"

describe("what was asked of the store", () => {
  it("about a merchant and his card is not asked again for a second", async () => {
    const desk = await bareDesk()
    const { id } = await savedCard(desk)
    const reads: Array<string> = []
    desk.instead.load = (ref) => {
      reads.push(ref.type)
      return desk.own.load(ref)
    }
    for (const [afterMs, asked] of [
      [1000, ["merchant", "card"]],
      [999, []],
      [1, ["merchant", "card"]]
    ] as const) {
      desk.clock.ms += afterMs
      reads.length = 0
      Result.getOrThrow(await desk.run(create(desk, id)))
      expect(reads).toEqual(asked)
    }
  })

  it("about what is about to change is asked every time: a card that is being verified, a merchant to come", async () => {
    const desk = await bareDesk()
    const { view: card } = Result.getOrThrow(await desk.run(submit(desk)))
    expect(Result.isSuccess(await desk.run(create(desk, card.id)))).toBe(true)
    const reads: Array<string> = []
    desk.instead.load = (ref) => {
      reads.push(ref.type)
      return desk.own.load(ref)
    }
    Result.getOrThrow(await desk.run(create(desk, card.id)))
    expect(reads).toContain("card")
    const next = paymentInput(card.id)
    const payNextDoor = () => desk.run(createPayment(desk.operations, desk.directory, "next-door", next, undefined))
    expect(await payNextDoor()).toMatchObject({ failure: { _tag: "MerchantNotFound" } })
    const registered = { _tag: "RegisterMerchant", ...merchantInput, id: "next-door" } as const
    Result.getOrThrow(await desk.run(changeMerchant(merchantDirectory(), "next-door", registered)))
    expect(await payNextDoor()).toMatchObject({ failure: { _tag: "CardNotFound" } })
  })
})
