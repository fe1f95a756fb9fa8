/** An issuer who is asked to authenticate a payer, one step at a time. */
import { Payment } from "@paykernel/core/domain"
import { type CardGateway, paymentDefinition } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { transact } from "../../src/application/commit/transact.ts"
import { bareDesk } from "../bare-desk.ts"
import { claimed, create, paid, pausesIn, paymentIn, savedCard } from "../bare-payments.ts"
import { merchantId, scriptedGateway } from "../kernel-world.ts"

describe("an authentication", () => {
  const asked3ds = async (authenticate: CardGateway["Service"]["authenticate"]) => {
    const desk = await bareDesk({}, { gateway: { ...scriptedGateway({}, []), authenticate } })
    const { id: cardId } = await savedCard(desk)
    const { view } = Result.getOrThrow(await desk.run(create(desk, cardId, { verificationMethod: "three_d_secure" })))
    const [task] = desk.hands.offered
    if (task === undefined) throw new Error("nobody is asked")
    const place = { merchantId, recordId: cardId, field: "pan" }
    const nothing = { idempotency: null, aggregates: [], ledger: [], tasks: [], lease: null, sealed: [] }
    const erase = desk.own.commit({ ...nothing, erased: [place] })
    return { desk, id: view.id, task, erase }
  }

  const passed = () => Effect.succeed({ _tag: "AuthenticationPassed", eci: "05" } as const)

  it("that has passed is asked for no more", async () => {
    let asked = 0
    const { desk, task, id } = await asked3ds(() =>
      Effect.andThen(
        Effect.sync(() => asked++),
        passed()
      )
    )
    await desk.carryOut(task)
    await expect(claimed(desk, "authenticate", desk.clock.ms + 1e12)).rejects.toThrow("is due")
    await desk.carryOut(task)
    expect([asked, desk.incidents]).toEqual([1, []])
    expect((await paymentIn(desk, id))?.attempts).toHaveLength(1)
    // For the authorization that follows.
    expect(desk.hands.woken).toBe(1)
  })

  it("of which the issuer says nothing is asked for again", async () => {
    const { desk, task, id } = await asked3ds(() => Effect.never)
    expect(await pausesIn(desk, () => desk.carryOut(task, { inNoTime: true }))).toEqual([4000])
    expect(await paymentIn(desk, id)).toMatchObject({ status: "pending", attempts: [] })
    expect(desk.incidents).toEqual([])
  })

  it("fails loudly where the card is gone and the payment still waits for it", async () => {
    const { desk, task, erase } = await asked3ds(passed)
    await Effect.runPromise(erase)
    await desk.carryOut(task)
    expect(desk.incidents).toMatchObject([{ kind: "task_failed", why: "CredentialsLost" }])
  })

  it("is over where the card is gone because the payment has ended meanwhile", async () => {
    const { desk, task, id, erase } = await asked3ds(passed)
    desk.instead.sealedRecord = (place) =>
      Effect.gen(function* () {
        const expire = { _tag: "ExpireChallenge", nowMs: desk.clock.ms + 3_600_000 } as const
        const ended = transact({
          ...{ definition: paymentDefinition, merchantId, id },
          decide: (payment) => Payment.decide(payment, expire)
        })
        yield* Effect.promise(() => desk.run(ended))
        yield* Effect.orDie(erase)
        return yield* desk.own.sealedRecord(place)
      })
    await desk.carryOut(task)
    expect(desk.incidents).toEqual([])
    expect((await paymentIn(desk, id))?.status).toBe("failed")
    await expect(claimed(desk, "authenticate", desk.clock.ms + 1e12)).rejects.toThrow("is due")
  })
})

describe("the keys under which an issuer is asked to authenticate payers", () => {
  it("differ from payment to payment, and from those of what is charged", async () => {
    const keys: Array<string> = []
    const scripted = scriptedGateway({}, [])
    const gateway: CardGateway["Service"] = {
      ...scripted,
      authenticate: (request, timeoutMs) => {
        keys.push(request.key)
        return scripted.authenticate(request, timeoutMs)
      },
      send: (operation, timeoutMs) => {
        keys.push(operation.key)
        return scripted.send(operation, timeoutMs)
      }
    }
    const desk = await bareDesk({}, { gateway })
    for (const one of [1, 2]) {
      const id = await paid(desk, { verificationMethod: "three_d_secure" })
      await desk.carryOut(await claimed(desk, "attempt", desk.clock.ms))
      expect((await paymentIn(desk, id))?.status).toBe("confirmed")
      expect(new Set(keys).size).toBe(2 * one)
    }
  })
})
