/** What is done with a card that is to be saved, one step at a time. */
import { type Card, Cvv, type KernelOptions } from "@paykernel/core"
import { type CardGateway, changeMerchant, findCard, submitCard, updateCard } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { type BareDesk, bareDesk } from "./bare-desk.ts"
import { claimed, code, pausesIn, submit } from "./bare-payments.ts"
import { cardInput, merchantId, scriptedGateway } from "./kernel-world.ts"

describe("a card that is submitted", () => {
  it("under a key is saved once, and shown as it is by then", async () => {
    const desk = await bareDesk()
    const answer = ({ id }: Card) => ({ status: 201, body: id })
    const keyed = (key: string, cvv: Cvv) => {
      const input = { ...cardInput(), cvv }
      return submitCard(desk.operations, desk.directory, merchantId, input, {
        scope: "host",
        key,
        meaning: key,
        answer
      })
    }
    const first = Result.getOrThrow(await desk.run(keyed("a", code())))
    await desk.workOff()
    const cvv = code()
    const again = Result.getOrThrow(await desk.run(keyed("a", cvv)))
    expect(again).toMatchObject({
      replayed: true,
      answer: first.answer,
      view: { id: first.view.id, status: "complete" }
    })
    expect(() => cvv.reveal()).toThrow("destroyed")
    expect(Result.getOrThrow(await desk.run(keyed("b", code()))).view.id).not.toBe(first.view.id)
  })

  it("is refused of a merchant whom nobody knows, or who is suspended, and its code destroyed", async () => {
    const desk = await bareDesk()
    const submitTo = async (id: string) => {
      const cvv = code()
      const input = { ...cardInput(), cvv }
      const told = await desk.run(submitCard(desk.operations, desk.directory, id, input, undefined))
      expect(() => cvv.reveal()).toThrow("destroyed")
      return told
    }
    expect(await submitTo("nobody")).toMatchObject({ failure: { _tag: "MerchantNotFound" } })
    await desk.run(changeMerchant(desk.directory, merchantId, { _tag: "SuspendMerchant" }))
    expect(await submitTo(merchantId)).toMatchObject({ failure: { _tag: "MerchantIsSuspended" } })
  })

  it("is not changed under another's name, and the code brought for that is destroyed", async () => {
    const desk = await bareDesk()
    const change = { cvv: code(), expMonth: null, expYear: null, billing: {}, email: null }
    const told = await desk.run(updateCard(desk.operations, desk.directory, merchantId, "nobody's", change))
    expect(told).toMatchObject({ failure: { _tag: "CardNotFound" } })
    expect(() => change.cvv.reveal()).toThrow("destroyed")
  })
})

describe("a card to be verified", () => {
  type Verify = CardGateway["Service"]["verifyCard"]

  const cardIn = async (desk: BareDesk, id: string): Promise<Card | undefined> => desk.run(findCard(merchantId, id))

  /** A card just submitted, and what its issuer is asked about it. */
  const submitted = async (verifyCard?: Verify, options: Partial<KernelOptions> = {}) => {
    const scripted = scriptedGateway({}, [])
    const asked: Array<Parameters<Verify>[0]> = []
    const codes: Array<string | undefined> = []
    const verify: Verify = (card, timeoutMs) => {
      asked.push(card)
      codes.push(card.cvv?.reveal())
      return (verifyCard ?? scripted.verifyCard)(card, timeoutMs)
    }
    const desk = await bareDesk({}, { gateway: { ...scripted, verifyCard: verify }, ...options })
    const cvv = code()
    const { view } = Result.getOrThrow(await desk.run(submit(desk, cvv)))
    const [task] = desk.hands.offered
    if (task === undefined) throw new Error("nobody verifies the card")
    return { desk, id: view.id, task, cvv, asked, codes }
  }

  it("is verified with its code, which is gone afterwards, and so is the task", async () => {
    let assessed = 0
    const risk: KernelOptions["risk"] = {
      assessCard: () => Effect.sync(() => ++assessed).pipe(Effect.as({ decision: "approved", reason: "" })),
      assessPayment: () => Effect.die(new Error("nobody pays"))
    }
    const { desk, id, task, cvv, asked, codes } = await submitted(undefined, { risk })
    await desk.carryOut(task, { fresh: true })
    expect((await cardIn(desk, id))?.status).toBe("complete")
    expect(asked).toMatchObject([{ merchantId, cardId: id, expMonth: 12, expYear: 2030 }])
    expect([codes, asked[0]?.pan.last4]).toEqual([["321"], "0007"])
    expect(() => cvv.reveal()).toThrow("destroyed")
    await expect(claimed(desk, "verify_card", desk.clock.ms + 1e12)).rejects.toThrow("is due")
    // Whoever held the task too, and comes late, asks nobody.
    await desk.carryOut(task)
    expect([asked.length, assessed, desk.incidents]).toEqual([1, 1, []])
  })

  it("is verified once where it was changed before anybody had asked about it", async () => {
    const { desk, id, cvv, codes } = await submitted()
    const change = { cvv: Result.getOrThrow(Cvv.parse("456")), expMonth: null, expYear: 2031, billing: {}, email: null }
    Result.getOrThrow(await desk.run(updateCard(desk.operations, desk.directory, merchantId, id, change)))
    expect(desk.hands.offered).toHaveLength(2)
    await desk.workOff()
    expect(codes).toEqual(["456"])
    expect(await cardIn(desk, id)).toMatchObject({ status: "complete", expYear: 2031 })
    expect(() => cvv.reveal()).toThrow("destroyed")
    expect(desk.incidents).toEqual([])
    await expect(claimed(desk, "verify_card", desk.clock.ms + 1e12)).rejects.toThrow("is due")
  })

  it("is not asked about where it is denied before", async () => {
    const denied = { decision: "denied", reason: "3001" } as const
    const assessPayment = () => Effect.die(new Error("nobody pays"))
    const risk = { assessCard: () => Effect.succeed(denied), assessPayment }
    const { desk, id, task, asked } = await submitted(undefined, { risk })
    await desk.carryOut(task, { fresh: true })
    expect(await cardIn(desk, id)).toMatchObject({ status: "failed", risk: denied })
    expect(asked).toEqual([])
  })

  it("has failed for want of the code where that has gone with its process, and the issuer was not asked", async () => {
    const { desk, id, task, asked } = await submitted()
    desk.operations.cvvs.clear()
    await desk.carryOut(task)
    expect(await cardIn(desk, id)).toMatchObject({
      ...{ status: "failed", errorCode: "card_cvv_required" },
      ...{ avs: "not_requested", cvv: "unavailable" }
    })
    expect(asked).toEqual([])
  })

  it("is looked at again in a second while the code is in use, and verified with it once it is not", async () => {
    let answer = (): void => {}
    const answered = new Promise<void>((resolve) => {
      answer = resolve
    })
    const scripted = scriptedGateway({}, [])
    const { desk, id, task } = await submitted((card, timeoutMs) =>
      Effect.andThen(
        Effect.promise(() => answered),
        scripted.verifyCard(card, timeoutMs)
      )
    )
    const first = desk.carryOut(task, { fresh: true })
    await expect.poll(() => desk.operations.cvvs.isInUse(task.id)).toBe(true)
    desk.clock.ms += desk.operations.leaseMs
    const again = await claimed(desk, "verify_card", desk.clock.ms)
    expect(await pausesIn(desk, () => desk.carryOut(again))).toEqual([1000])
    answer()
    await first
    // Whoever has taken the task over in between is the one to write what comes of it.
    expect((await cardIn(desk, id))?.status).toBe("pending")
    desk.clock.ms += 1000
    await desk.carryOut(await claimed(desk, "verify_card", desk.clock.ms))
    expect((await cardIn(desk, id))?.status).toBe("complete")
  })

  it("is asked about six times where the issuer does not answer, by its holder alone, and has failed then", async () => {
    const seen = { interrupted: 0, taken: 0 }
    const { desk, id, task, asked } = await submitted(() =>
      Effect.gen(function* () {
        // Nearly as long as one call may take.
        desk.clock.ms += desk.operations.callTimeoutMs - 1
        const request = { lane: "money", owner: "another", nowMs: desk.clock.ms, leaseMs: 1, limit: 100 } as const
        const others = yield* Effect.orDie(desk.own.claim(request))
        seen.taken += others.filter(({ kind }) => kind === "verify_card").length
        return yield* Effect.onInterrupt(Effect.never, () => Effect.sync(() => seen.interrupted++))
      })
    )
    desk.time.sleptMs.length = 0
    await desk.carryOut(task, { fresh: true, inNoTime: true })
    // Each call is ended before the next begins.
    expect([asked.length, seen]).toEqual([6, { interrupted: 6, taken: 0 }])
    const pausesMs = desk.time.sleptMs.filter((ms) => ms !== desk.operations.callTimeoutMs)
    expect(pausesMs).toEqual([100, 200, 400, 800, 1000, 1000])
    expect(await cardIn(desk, id)).toMatchObject({ status: "failed", errorCode: "verification_failed" })
  })
})
