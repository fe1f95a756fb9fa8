/**
 * What is done with payments and cards, one step at a time: where a process has no room, where somebody else is always
 * writing, and by tasks that have to wait.
 */
import { type Cvv, type KernelOptions, money } from "@paykernel/core"
import { type Attempt, Payment } from "@paykernel/core/domain"
import {
  type CardGateway,
  changeMerchant,
  changePayment,
  createPayment,
  merchantDirectory,
  type Ports,
  payDirectly,
  paymentDefinition,
  settle,
  type TaskKind,
  updateCard
} from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { transact } from "../src/application/commit/transact.ts"
import { hearGateway, recheckPayment } from "../src/application/payments/recheck-payment.ts"
import { type BareDesk, bareDesk, claimBy, contend, putUp } from "./bare-desk.ts"
import {
  approval,
  capture,
  claimed,
  code,
  create,
  paid,
  pausesIn,
  pausesOf,
  paymentIn,
  savedCard,
  submit
} from "./bare-payments.ts"
import { direct, good } from "./checkout-shop.ts"
import {
  approve,
  merchantId,
  merchantInput,
  paymentInput,
  type Script,
  scriptedGateway,
  usd,
  type World
} from "./kernel-world.ts"

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

describe("asking the gateway again about a payment", () => {
  const approved = (amount: bigint): Attempt.GatewayLookup => ({ _tag: "Found", verdict: approval(amount) })

  /** A gateway that answers no message of these kinds, and says of it afterwards what the test has it say. */
  const silentAbout = async (...kinds: ReadonlyArray<string>) => {
    const says: { lookup: Attempt.GatewayLookup } = { lookup: { _tag: "Unavailable", why: "down" } }
    const calls: World["calls"] = []
    const gateway = scriptedGateway(
      {
        send: async (operation) =>
          kinds.includes(operation.kind) ? { _tag: "Unknown", why: "timeout" } : approve(operation),
        lookup: async () => says.lookup
      },
      calls
    )
    const capabilities = { ...gateway.capabilities, bankTransfers: true }
    const desk = await bareDesk({}, { gateway: { ...gateway, capabilities } })
    const recheck = async (id: string) => {
      calls.length = 0
      const told = await desk.run(recheckPayment(desk.operations, desk.directory, merchantId, id))
      return { told, asked: calls.map(({ call }) => call) }
    }
    return { desk, says, recheck }
  }

  const transferred = async ({ operations, directory, run, workOff }: BareDesk): Promise<string> => {
    const input = { ...direct(good), card: null }
    const { view } = Result.getOrThrow(await run(payDirectly(operations, directory, merchantId, input, undefined)))
    await workOff()
    return view.latest?.payment.id ?? ""
  }

  const refund = async (desk: BareDesk, paymentId: string, amount: bigint): Promise<void> => {
    const asked = changePayment(desk.operations, desk.directory, {
      ...{ merchantId, paymentId, request: undefined },
      command: ({ attemptId, gatewayKey, reversalId, sendNow, nowMs }) => ({
        ...{ _tag: "RefundPayment", amount: usd(amount), reason: null },
        ...{ reversalId, attemptId, gatewayKey, sendNow, nowMs }
      })
    })
    Result.getOrThrow(await desk.run(asked))
    await desk.workOff()
  }

  it("is left to the task of a doubt that is young", async () => {
    const { desk, recheck } = await silentAbout("authorize")
    const id = await paid(desk)
    const { told, asked } = await recheck(id)
    expect(told).toMatchObject({ success: { status: "pending", attempts: [{ status: "unknown" }] } })
    expect(asked).toEqual([])
  })

  it("brings a transfer that has come, and nothing less certain", async () => {
    const { desk, says, recheck } = await silentAbout("authorize")
    const id = await transferred(desk)
    says.lookup = { _tag: "AbsentFinal" }
    const before = await paymentIn(desk, id)
    expect(before?.attempts).toMatchObject([{ status: "unknown" }])
    expect(await recheck(id)).toEqual({ told: Result.succeed(before), asked: ["lookup"] })
    says.lookup = approved(2500n)
    expect(await recheck(id)).toMatchObject({ told: { success: { status: "confirmed" } }, asked: ["lookup"] })
    expect(await recheck(id)).toMatchObject({ told: { success: { status: "confirmed" } }, asked: [] })
  })

  it("is about a transfer that is awaited, and not about one that is given back", async () => {
    const { desk, recheck } = await silentAbout("refund")
    const id = await transferred(desk)
    await refund(desk, id, 500n)
    const { told, asked } = await recheck(id)
    expect(told).toMatchObject({ success: { attempts: [{ status: "confirmed" }, { status: "unknown" }] } })
    expect(asked).toEqual([])
  })

  it("is about everything that was left to a person, one after the other", async () => {
    const { desk, says, recheck } = await silentAbout("refund")
    const id = await paid(desk)
    // For an amount that nobody asked for: only a person can tell what that means.
    says.lookup = approved(1n)
    await refund(desk, id, 300n)
    await refund(desk, id, 300n)
    expect((await paymentIn(desk, id))?.attempts.map(({ status }) => status)).toEqual(["confirmed", "manual", "manual"])
    says.lookup = approved(300n)
    expect(await recheck(id)).toMatchObject({ told: { success: { refunded: usd(600n) } }, asked: ["lookup", "lookup"] })
  })

  it("changes nothing where the contract has no fees for what was found, and can be repeated once it has", async () => {
    const { desk, says, recheck } = await silentAbout("authorize")
    says.lookup = approved(1n)
    const id = await paid(desk)
    expect((await paymentIn(desk, id))?.attempts).toMatchObject([{ status: "manual" }])
    const change = (terms: typeof merchantInput.terms) =>
      desk.run(changeMerchant(desk.directory, merchantId, { _tag: "ChangeTerms", terms }))
    const fee = { kind: "fixed", name: "in another currency", amount: money(30n, "EUR") } as const
    Result.getOrThrow(await change({ ...merchantInput.terms, feeSchedule: { fee, onExcess: "limit" } }))
    says.lookup = approved(1000n)
    expect((await recheck(id)).told).toMatchObject({ failure: { _tag: "FeesNotAssessable" } })
    expect((await paymentIn(desk, id))?.status).toBe("pending")
    Result.getOrThrow(await change(merchantInput.terms))
    expect((await recheck(id)).told).toMatchObject({ success: { status: "confirmed" } })
  })

  it("has the worker look at once where something is to be done about what was heard", async () => {
    const desk = await bareDesk({
      send: async () => ({
        ...{ _tag: "Declined", reference: null, code: "card_not_honored" },
        ...{ avs: "U", cvv: "unavailable" }
      })
    })
    const id = await paid(desk)
    const gatewayKey = (await paymentIn(desk, id))?.attempts[0]?.gatewayKey ?? ""
    const message = { gatewayKey, verdict: approval(1000n) }
    for (const woken of [1, 1]) {
      const heard = await desk.run(hearGateway(desk.operations, desk.directory, merchantId, id, message))
      expect(heard).toMatchObject({ success: { attempts: [{ status: "orphaned" }] } })
      expect(desk.hands.woken).toBe(woken)
    }
  })
})

describe("a payment that is denied before anything leaves", () => {
  const denied = { decision: "denied", reason: "3002" } as const

  it.each(["none", "three_d_secure"] as const)("has failed, and nobody is asked: verification %s", async (method) => {
    let assessed = 0
    const risk: KernelOptions["risk"] = {
      assessCard: () => Effect.succeed({ decision: "approved", reason: "" }),
      assessPayment: () => Effect.sync(() => ++assessed).pipe(Effect.as(denied))
    }
    let authenticated = 0
    const scripted = scriptedGateway({}, [])
    const authenticate: CardGateway["Service"]["authenticate"] = (...asked) => {
      authenticated++
      return scripted.authenticate(...asked)
    }
    const desk = await bareDesk({}, { risk, gateway: { ...scripted, authenticate } })
    const id = await paid(desk, { verificationMethod: method })
    expect(await paymentIn(desk, id)).toMatchObject({ status: "failed", risk: denied })
    const kind = method === "none" ? "attempt" : "authenticate"
    await expect(claimed(desk, kind, desk.clock.ms + 1e12)).rejects.toThrow("is due")
    expect([assessed, authenticated, desk.incidents]).toEqual([1, 0, []])
  })

  const approved = { decision: "approved", reason: "" } as const
  const scripts: ReadonlyArray<readonly [string, Script]> = [
    ["whatever is asked for afterwards", {}],
    [
      "however often its message is sent",
      { send: async () => ({ _tag: "Unknown", why: "timeout" }), lookup: async () => ({ _tag: "AbsentFinal" }) }
    ]
  ]

  it.each(scripts)("is looked at once, %s", async (_, script) => {
    let assessed = 0
    const desk = await bareDesk(script, {
      risk: {
        assessCard: () => Effect.succeed(approved),
        assessPayment: () => Effect.sync(() => ++assessed).pipe(Effect.as(approved))
      }
    })
    const id = await paid(desk, { autoCapture: false })
    await desk.run(capture(desk, id))
    await desk.workOff()
    expect(desk.calls.filter(({ call }) => call === "send").length).toBeGreaterThan(1)
    expect(assessed).toBe(1)
  })

  it("is not looked at where it is made by transfer: nobody makes one with a stolen card", async () => {
    const scripted = scriptedGateway({}, [])
    const gateway = { ...scripted, capabilities: { ...scripted.capabilities, bankTransfers: true } }
    const assess = () => Effect.die(new Error("nobody is to ask"))
    const desk = await bareDesk({}, { gateway, risk: { assessCard: assess, assessPayment: assess } })
    const input = { ...direct(good), card: null }
    const begun = payDirectly(desk.operations, desk.directory, merchantId, input, undefined)
    const { view } = Result.getOrThrow(await desk.run(begun))
    await desk.workOff()
    expect((await paymentIn(desk, view.latest?.payment.id ?? ""))?.status).toBe("confirmed")
  })

  it("is looked at once, however long its payer is asked to prove himself", async () => {
    let assessed = 0
    const risk: KernelOptions["risk"] = {
      assessCard: () => Effect.succeed(approved),
      assessPayment: () => Effect.sync(() => ++assessed).pipe(Effect.as(approved))
    }
    const challenge = { _tag: "ChallengeIssued", url: "https://issuer.test" } as const
    const gateway = { ...scriptedGateway({}, []), authenticate: () => Effect.succeed(challenge) }
    const desk = await bareDesk({}, { risk, gateway })
    const { id } = await savedCard(desk)
    desk.hands.room = null
    Result.getOrThrow(await desk.run(create(desk, id, { verificationMethod: "three_d_secure" })))
    await pausesOf(desk, "authenticate", 3)
    expect(assessed).toBe(1)
  })
})

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

describe("a settlement of nothing", () => {
  it("is looked for once", async () => {
    const desk = await bareDesk()
    const looks: Array<unknown> = []
    desk.instead.list = (query) => {
      looks.push(query.where)
      return desk.own.list(query)
    }
    expect(await desk.run(settle(desk.directory, merchantId))).toEqual([])
    expect(await desk.run(settle(desk.directory, "nobody"))).toEqual([])
    // And for nothing else, however much else there is.
    expect(looks).toEqual([{ awaiting: "settlement" }])
  })
})

describe("a settlement of payments that somebody else is always writing", () => {
  it.each([
    ["is made once they let it", 8, 1],
    ["is left to the next one after nine times", 9, 0]
  ])("%s", async (_, conflicts, batches) => {
    const desk = await bareDesk()
    await paid(desk)
    contend(desk, conflicts)
    expect(await desk.run(settle(desk.directory, merchantId))).toHaveLength(batches)
  })
})

describe("a task that has to wait", () => {
  const gatewayWith = (change: Partial<CardGateway["Service"]>): Partial<KernelOptions> => ({
    gateway: { ...scriptedGateway({}, []), ...change }
  })

  it("asks about an open challenge ever more seldom, and every half minute at least", async () => {
    const challenge = { _tag: "ChallengeIssued", url: "https://issuer.test" } as const
    const desk = await bareDesk({}, gatewayWith({ authenticate: () => Effect.succeed(challenge) }))
    const { id } = await savedCard(desk)
    desk.hands.room = null
    Result.getOrThrow(await desk.run(create(desk, id, { verificationMethod: "three_d_secure" })))
    expect(await pausesOf(desk, "authenticate", 5)).toEqual([4000, 8000, 16_000, 30_000, 30_000])
  })

  it("ends a challenge no earlier than its time, by whatever clock it was claimed", async () => {
    const desk = await bareDesk()
    const { id } = await savedCard(desk)
    desk.hands.room = null
    const { view } = Result.getOrThrow(await desk.run(create(desk, id, { verificationMethod: "three_d_secure" })))
    const beganMs = desk.clock.ms
    await desk.carryOut(await claimed(desk, "expire_challenge", beganMs + 15 * 60_000))
    await expect(claimed(desk, "expire_challenge", beganMs + 15 * 60_000 - 1)).rejects.toThrow("is due")
    desk.clock.ms = beganMs + 15 * 60_000
    await desk.carryOut(await claimed(desk, "expire_challenge", desk.clock.ms))
    expect(await paymentIn(desk, view.id)).toMatchObject({
      ...{ status: "failed", failure: "three_d_secure_action_expired" }
    })
    await expect(claimed(desk, "expire_challenge", desk.clock.ms + 1e12)).rejects.toThrow("is due")
    expect(desk.incidents).toEqual([])
  })

  it("ends where there is no such payment any more", async () => {
    const desk = await bareDesk()
    await putUp(desk, "expire_challenge", "payment")
    await desk.carryOut(await claimed(desk, "expire_challenge", 0))
    await expect(claimed(desk, "expire_challenge", 1e15)).rejects.toThrow("is due")
  })

  it("lets a capture under way end before it gives an authorization up, and looks every five minutes at least", async () => {
    const desk = await bareDesk({
      send: async (operation) =>
        operation.kind === "capture" ? { _tag: "Unknown", why: "timeout" } : approve(operation),
      lookup: async () => ({ _tag: "Unavailable", why: "down" })
    })
    const id = await paid(desk, { autoCapture: false })
    Result.getOrThrow(await desk.run(capture(desk, id)))
    await desk.workOff()
    desk.clock.ms += (6 * 24 + 18) * 3_600_000
    const seconds = [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    expect(await pausesOf(desk, "expire_authorization", 10)).toEqual(seconds.map((one) => one * 1000))
    expect((await paymentIn(desk, id))?.status).toBe("authorized")
  })
})
