import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { currencies } from "../money/index.ts"
import { onDisk } from "../testing/full-disk.ts"
import { bankDesk } from "./bank-desk.ts"
import { type Journal, memoryJournal } from "./journal.ts"
import { encodeRequest } from "./wire.schema.ts"
import type { AuthenticateRequest, OperateRequest } from "./wire.ts"

const open = (journal: Journal) =>
  bankDesk({
    journal,
    clock: { nowMs: () => 1_800_000_000_000 },
    currencies,
    challengeUrl: (id) => `https://bank.example/${id}`,
    challengeTtlMs: 60_000,
    transferMs: 60_000,
    secretFor: (purpose) => purpose
  })

const card = { number: "4007400000000007", cvv: "123", expMonth: 12, expYear: 2040, line1: "1 Main Street" }

const authorization: OperateRequest = {
  call: "operate",
  key: "k",
  kind: "authorize",
  amount: "10.00",
  currency: "USD",
  merchantId: "m",
  paymentId: "p",
  authorizationKey: null,
  authorization: { card, capture: false, verificationMethod: "none", eci: null },
  transfer: null
}
const authentication: AuthenticateRequest = {
  call: "authenticate",
  key: "3ds",
  merchantId: "m",
  amount: "5.66",
  currency: "USD",
  card,
  returnUrl: "https://shop.example/back"
}

describe("the desk of the simulated bank", () => {
  it.each([
    ["what is no message", "not json"],
    ["an amount that is none", encodeRequest({ ...authorization, amount: "ten" })],
    ["a currency that is none", encodeRequest({ ...authorization, currency: "XXX" })],
    ["a transfer of no amount", encodeRequest({ ...authorization, amount: "ten", transfer: { reference: "r" } })]
  ])("does not understand %s, and writes nothing down", async (_what, request) => {
    const journal = memoryJournal()
    expect(await open(journal).answer(request, 0)).toEqual({ status: 400, body: "" })
    expect(journal.read()).toEqual([])
  })

  it("says of a transfer that it waits for it, and nothing else, however often it is asked", async () => {
    const desk = open(memoryJournal())
    const request = encodeRequest({ ...authorization, authorization: null, transfer: { reference: "r" } })
    for (const _ of [1, 2]) expect(await desk.answer(request, 0)).toEqual({ status: 202, body: "" })
  })

  it.each([
    [{ amount: "5.66" }, "challenged", null],
    [{ amount: "5.69" }, "passed", null],
    [{ amount: "5.72" }, "failed", "three_d_secure_failure"],
    [{ card: { ...card, number: "4111111111111111" } }, "failed", "card_failed"],
    [{ returnUrl: "nowhere" }, "failed", "three_d_secure_invalid_request"]
  ])(
    "writes down of an authentication with %j that it %s, and a challenge only where it is one",
    async (change, result, code) => {
      const journal = memoryJournal()
      await open(journal).answer(encodeRequest({ ...authentication, ...change }), 0)
      const challenge = result === "challenged" ? { id: expect.any(String) } : null
      expect(journal.read()).toMatchObject([{ record: "authentication_decided", result, code, challenge }])
    }
  )

  it("given a write fails, then it answers nothing but 500 and writes no more, even where that is over", async () => {
    const memory = memoryJournal()
    const { disk, journal } = onDisk(memory, false)
    const desk = open(journal)
    await desk.answer(encodeRequest(authentication), 0)
    disk.isFull = true
    const request = encodeRequest(authorization)
    expect(await desk.answer(request, 0)).toEqual({ status: 500, body: "" })
    disk.isFull = false
    expect(await desk.answer(request, 0)).toEqual({ status: 500, body: "" })
    expect(await desk.answer(encodeRequest({ ...authorization, key: "l" }), 0)).toEqual({ status: 500, body: "" })
    await expect(desk.answerChallenge("challenge 3ds", "approved")).rejects.toThrow("the bank's journal has failed")
    expect(memory.read()).toHaveLength(1)
  })

  it("given the write of an answer to a challenge fails, then nobody is told that it counts", async () => {
    const memory = memoryJournal()
    await open(memory).answer(encodeRequest(authentication), 0)
    const desk = open({ read: memory.read, append: () => Promise.reject(new Error("disk full")) })
    await expect(desk.answerChallenge("challenge 3ds", "approved")).rejects.toThrow("the bank's journal has failed")
    const again = await open(memory).answerChallenge("challenge 3ds", "cancelled")
    expect(again).toEqual(Result.succeed({ returnUrl: "https://shop.example/back" }))
  })
})
