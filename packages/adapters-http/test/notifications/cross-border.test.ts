/** What merchants are told of cross-border payments, in each API's words: every step, as it is looked up. */
import { systemIds } from "@paykernel/core"
import {
  generateNetworkKey,
  memoryNetworkJournal,
  openNetworkKey,
  simulatedPayoutNetwork
} from "@paykernel/core/simulator"
import { Ajv2020 } from "ajv/dist/2020.js"
import addFormats from "ajv-formats"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, expect, it } from "vitest"
import { kernelMessageSchema } from "../../src/docs/webhooks-schema.ts"
import { list, type Part, part, text } from "../../src/json-part.ts"
import { cpnTypes } from "../../src/notifications/cpn-news.ts"
import { v2Types } from "../../src/notifications/v2-dialect.ts"
import { scriptedChain } from "../cpn/scripted-chain.ts"
import { type Institution, institution } from "../cpn/trade.ts"
import { type OpenedSite, openSite } from "./shop.ts"

const hook = "https://receiver.example/v2"
const ownHook = "https://receiver.example/own"
const chain = scriptedChain()

const kinds = ["cross_border_payment", "onchain_transaction", "payout_refund", "rfi"]
const events = kinds.map((kind) => `${kind}.*`)

let site: OpenedSite
let ada: Institution
const clock = { nowMs: () => site.nowMs() }

const openNetwork = async () =>
  simulatedPayoutNetwork({
    journal: memoryNetworkJournal(),
    key: await openNetworkKey(await generateNetworkKey(), {
      domain: "institution.example",
      nowMs: Date.UTC(2026, 0, 1)
    }),
    clock,
    ids: systemIds
  })
let network: Awaited<ReturnType<typeof openNetwork>>

beforeAll(async () => {
  network = await openNetwork()
  const crossBorder = { network: network.network, chain: chain.wrap(network.fundingChain), lookPauseMaxMs: 1_000 }
  site = await openSite({ kernel: { crossBorder } })
  const call = async (...args: Parameters<typeof site.ask>) => {
    const reply = await site.ask(...args)
    return { ...reply, data: reply.json["data"], id: text(reply.data["id"]) }
  }
  ada = institution({ call, advance: async (ms) => void (await site.advance(ms)) })
  await site.ask("POST", "/v2/cpn/notifications/subscriptions", { endpoint: hook, notificationTypes: ["cpn.*"] })
  await site.ask("POST", "/api/webhook-endpoints", { url: ownHook, events })
})
afterAll(async () => {
  expect(site.defects).toEqual([])
  await site.close()
})

const told = async (url: string, from = 0) => (await site.toldAt(url)).slice(from).map(({ body }) => JSON.parse(body))
const typesOf = (messages: ReadonlyArray<Part>) => messages.map(({ notificationType }) => notificationType)

const shown = async (type: string, about: Part): Promise<unknown> => {
  const { id, paymentId } = about
  const of = `/v1/cpn/payments/${text(paymentId)}`
  const paths: { readonly [kind: string]: string } = {
    payment: `/v1/cpn/payments/${text(id)}`,
    rfi: `${of}/rfis/${text(id)}`,
    transaction: `${of}/transactions/${text(id)}`,
    refund: `${of}/refunds/${text(id)}`
  }
  return (await ada.call("GET", paths[type.split(".")[1] ?? ""] ?? "")).data
}

it("tells of a payment that is cleared, funded, asked about and paid out", async () => {
  const { id } = await ada.pay("CreateRfiL2")
  const [first] = list((await ada.payment(id))["rfis"]).map(part)
  const rfi = part((await ada.call("GET", `/v1/cpn/payments/${id}/rfis/${text(first?.["id"])}`)).data)
  await ada.call("POST", `/v1/cpn/payments/${id}/rfis/${text(rfi["id"])}/submit`, await ada.answerRfi(rfi))
  await ada.settle()
  await ada.fund(id)
  const messages = await told(hook)
  // Deliveries overtake one another; each message says of what time it is.
  expect(typesOf(messages).toSorted()).toEqual([
    "cpn.payment.completed",
    "cpn.payment.cryptoFundsPending",
    "cpn.payment.fiatPaymentInitiated",
    "cpn.payment.inManualReview",
    "cpn.rfi.approved",
    "cpn.rfi.inReview",
    "cpn.rfi.informationRequired",
    "cpn.transaction.broadcasted",
    "cpn.transaction.completed"
  ])
  for (const message of messages) expect(v2Types).toContain(text(message.notificationType))
  for (const type of ["cpn.rfi.approved", "cpn.transaction.completed", "cpn.payment.completed"]) {
    const message = messages.find(({ notificationType }) => notificationType === type)
    expect(message).toMatchObject({ version: 2, notificationId: expect.any(String), timestamp: expect.any(String) })
    expect(message.notification).toEqual(await shown(type, message.notification))
  }
})

it("tells of a payment that fails, with the question that is open, and of its refund", async () => {
  const before = (await told(hook)).length
  const { id } = await ada.pay("FailThenRefundCreatedThenCompleted")
  await ada.fund(id)
  const messages = await told(hook, before)
  expect(typesOf(messages)).toEqual(
    expect.arrayContaining([
      "cpn.payment.fiatPaymentInitiated",
      "cpn.payment.failed",
      "cpn.refund.created",
      "cpn.refund.completed"
    ])
  )
  const refunded = messages.find(({ notificationType }) => notificationType === "cpn.refund.completed")
  expect(refunded?.notification).toEqual(await shown("cpn.refund", refunded?.notification))
  await Effect.runPromise(network.raiseRfi(id, 3))
  await ada.settle()
  const [question] = await told(hook, before + messages.length)
  expect(question?.notificationType).toBe("cpn.rfi.informationRequired")
  expect(question?.notification).toEqual(await shown("cpn.rfi", question?.notification))
})

it.each([
  ["Delayed", "cpn.payment.delayed"],
  ["AsyncSuccess", "cpn.payment.inManualReview"]
])("tells of %s", async (originator, type) => {
  const before = (await told(hook)).length
  const { id } = await ada.pay(originator)
  await ada.settle()
  if (originator === "Delayed") await ada.fund(id)
  expect(typesOf(await told(hook, before))).toContain(type)
})

it("tells of an answer that is rejected, a transaction that fails and a refund that does not come", async () => {
  const before = (await told(hook)).length
  const asked = await ada.pay("CreateRfi")
  const rfi = part(part(asked.data)["activeRfi"])
  const rejected = await ada.answerRfi(rfi, { NAME: "Rejected" })
  await ada.call("POST", `/v1/cpn/payments/${asked.id}/rfis/${text(rfi["id"])}/submit`, rejected)
  const { id } = await ada.pay("FailThenRefundCreatedThenFailed")
  chain.script.fate = "failed"
  await ada.fund(id)
  chain.script.fate = "confirmed"
  await ada.fund(id)
  const messages = await told(hook, before)
  for (const type of ["cpn.rfi.rejected", "cpn.transaction.failed", "cpn.refund.failed"]) {
    const message = messages.find(({ notificationType }) => notificationType === type)
    expect([type, message?.notification]).toEqual([type, await shown(type, message?.notification)])
  }
})

it("tells of a payment with the question that is open, short enough to be sent", async () => {
  const before = (await told(hook)).length
  const { id } = await ada.pay("AsyncRfi")
  await ada.settle()
  const messages = await told(hook, before)
  expect(typesOf(messages)).toContain("cpn.rfi.informationRequired")
  for (const message of messages) expect(JSON.stringify(message).length).toBeLessThan(20_000)
  expect((await ada.payment(id))["activeRfi"]).toBeDefined()
})

it("tells all of it in the kernel's own words too, by the published schema, and never who the parties are", async () => {
  const messages = await told(ownHook)
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true })
  addFormats.default(ajv)
  const validate = ajv.compile(kernelMessageSchema())
  for (const message of messages) {
    expect([message.type, validate(message), validate.errors]).toEqual([message.type, true, null])
  }
  expect([...new Set(messages.map(({ subject }) => subject.type))].toSorted()).toEqual(kinds)
  const published = await told(hook)
  expect(new Set(typesOf(published))).toEqual(new Set(cpnTypes))
  const all = JSON.stringify([messages, published])
  for (const secret of ["Jane Doe", "Delayed", "Springfield", "Some CLABE"]) expect(all).not.toContain(secret)
})
