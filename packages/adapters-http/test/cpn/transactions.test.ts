/** The on-chain leg over HTTP: what has to be signed, handing it in, and every reason for which it is refused. */
import type { PlanRefusal, SigningFault } from "@paykernel/core"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { list, part, text } from "../../src/json-part.ts"
import { type Json, newKey, openShop, type Shop } from "../shop.ts"
import { scriptedChain } from "./scripted-chain.ts"
import { codeOf, type Institution, institution, sender } from "./trade.ts"

let shop: Shop
let ada: Institution
const chain = scriptedChain()

beforeAll(async () => {
  shop = await openShop({ fundingChain: chain.wrap })
  ada = institution(shop)
})
beforeEach(() =>
  Object.assign(chain.script, { planRefusal: null, signingFault: null, fate: "confirmed", isAway: false })
)
afterAll(async () => {
  expect(shop.defects).toEqual([])
  await shop.close()
})

const v2 = { transactionVersion: "VERSION_2" }
const unknown = "0d1f6a52-1a06-4b37-9d70-43c9a4a1e0ff"

describe("a transaction of version 1", () => {
  it("is what the sender has to sign, typed data on this chain, and is handed in once", async () => {
    const { id } = await ada.pay()
    const created = await ada.startTransaction(id)
    expect(created.status).toBe(201)
    const shown = part(created.data)
    expect(shown).toMatchObject({
      paymentId: id,
      status: "CREATED",
      senderAddress: sender,
      senderAccountType: "EOA",
      blockchain: "ETH-SEPOLIA",
      amount: { amount: "100.000000", currency: "USDC" },
      messageType: "EIP3009",
      messageToBeSigned: { primaryType: "TransferWithAuthorization", message: { value: "100000000" } },
      estimatedFee: { type: "EIP1559", payload: { gasLimit: expect.stringMatching(/^\d+$/u) } }
    })
    expect(shown).not.toHaveProperty("version")
    const path = `/v1/cpn/payments/${id}/transactions/${created.id}`
    expect((await ada.call("GET", path)).data).toEqual(shown)

    const submitted = await ada.submitTransaction(id, created.id)
    expect([submitted.status, part(submitted.data)["status"]]).toEqual([201, "PENDING"])
    expect((await ada.submitTransaction(id, created.id)).status).toBe(201)
    expect(codeOf(await ada.submitTransaction(id, created.id, 1, "0x02"))).toEqual([400, 290307])
    await ada.settle()
    expect(part((await ada.call("GET", path)).data)).toMatchObject({
      status: "COMPLETED",
      signedTransaction: "0x01",
      transactionHash: expect.stringMatching(/^0x/u)
    })
    expect(codeOf(await ada.startTransaction(id))).toEqual([400, 290304])
    expect(codeOf(await ada.submitTransaction(id, created.id, 1, "0x02"))[0]).toBe(400)
  })

  it("is a text in base64 on Solana", async () => {
    const solana = "7v91N7iZ9mNicL8WfG6cgSCKyRXydQjLh6UYBWwm6y1Q"
    const { id } = await ada.pay(
      "Jane Doe",
      { blockchain: "SOL-DEVNET" },
      { senderAddress: solana, refundAddress: solana }
    )
    const { data } = await ada.startTransaction(id)
    expect(part(data)).toMatchObject({
      messageType: "SOLANA",
      messageToBeSigned: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/u),
      estimatedFee: { type: "SOLANA" }
    })
    // What is to be signed there names a block that is soon forgotten.
    await shop.advance(90_000)
    const path = `/v1/cpn/payments/${id}/transactions/${text(part(data)["id"])}`
    expect((await ada.call("GET", path)).data).toMatchObject({ status: "FAILED", failureReason: "TRANSACTION_EXPIRED" })
    expect(codeOf(await ada.submitTransaction(id, text(part(data)["id"]), 1, "AAAA"))).toEqual([400, 290303])
    expect((await ada.startTransaction(id)).status).toBe(201)
  })

  it("is one at a time, the same one under its key, and there is another after it failed", async () => {
    chain.script.fate = "failed"
    const { id } = await ada.pay()
    const body = { idempotencyKey: newKey() }
    const first = await ada.startTransaction(id, 1, body)
    const again = await ada.startTransaction(id, 1, body)
    expect([again.text, again.headers.get("idempotent-replayed")]).toEqual([first.text, "true"])
    expect(codeOf(await ada.startTransaction(id))).toEqual([400, 290300])
    await ada.submitTransaction(id, first.id)
    await ada.settle()
    const path = `/v1/cpn/payments/${id}/transactions/${first.id}`
    expect((await ada.call("GET", path)).data).toMatchObject({ status: "FAILED", failureReason: "OUT_OF_GAS" })
    expect(codeOf(await ada.submitTransaction(id, first.id, 1, "0x02"))).toEqual([400, 290307])
    expect((await ada.startTransaction(id)).status).toBe(201)
  })

  it("is overtaken while it waits, and only then", async () => {
    const { id } = await ada.pay()
    const accelerate = (idempotencyKey = newKey()) =>
      ada.call("POST", `/v1/cpn/payments/${id}/transactions/accelerate`, { idempotencyKey })
    expect(codeOf(await accelerate())).toEqual([400, 290331])
    chain.script.fate = "waiting"
    const first = await ada.startTransaction(id)
    expect(codeOf(await accelerate())).toEqual([400, 290330])
    await ada.submitTransaction(id, first.id)
    await ada.settle(2)
    const key = newKey()
    const copy = await accelerate(key)
    expect([copy.status, part(copy.data)["status"]]).toEqual([201, "CREATED"])
    expect(part(copy.data)["amount"]).toEqual(part(first.data)["amount"])
    expect((await accelerate(key)).text).toBe(copy.text)
    expect(codeOf(await accelerate())).toEqual([400, 290330])
    expect(codeOf(await ada.startTransaction(id, 1, { idempotencyKey: key }))).toEqual([409, 290001])
    expect(list((await ada.payment(id))["onChainTransactions"])).toEqual([
      { id: first.id, status: "BROADCASTED" },
      { id: copy.id, status: "CREATED" }
    ])
  })
})

describe("a transaction of version 2", () => {
  it("is a permit for the settlement contract, and keeps its owner's words", async () => {
    const { id } = await ada.pay("Jane Doe", v2)
    const metadata = { order: 7, tags: ["a"] }
    const idempotencyKey = newKey()
    const created = await ada.startTransaction(id, 2, { metadata, idempotencyKey })
    expect(created.status).toBe(201)
    expect((await ada.startTransaction(id, 2, { metadata, idempotencyKey })).text).toBe(created.text)
    expect(codeOf(await ada.startTransaction(id, 2, { idempotencyKey }))).toEqual([409, 290001])
    expect(created.data).toMatchObject({
      messageType: "PAYMENT_SETTLEMENT_CONTRACT_V1_0_PAYMENT_INTENT",
      messageToBeSigned: { primaryType: "PermitWitnessTransferFrom" },
      metadata,
      version: "VERSION_2"
    })
    expect(created.data).not.toHaveProperty("estimatedFee")
    const submitted = await ada.submitTransaction(id, created.id, 2)
    expect([submitted.status, part(submitted.data)["status"]]).toEqual([200, "PENDING"])
    await ada.settle()
    const found = await ada.call("GET", `/v2/cpn/payments/${id}/transactions/${created.id}`)
    expect([found.status, part(found.data)["status"]]).toEqual([200, "COMPLETED"])
    expect((await ada.payment(id))["status"]).toBe("COMPLETED")
  })

  it("belongs to its own routes, and to quotes that were made for it", async () => {
    const [first, second] = [(await ada.pay()).id, (await ada.pay("Jane Doe", v2)).id]
    expect(codeOf(await ada.startTransaction(first, 2))).toEqual([400, 290336])
    expect(codeOf(await ada.startTransaction(second, 1))).toEqual([400, 290336])
    const created = await ada.startTransaction(second, 2)
    expect(codeOf(await ada.call("GET", `/v1/cpn/payments/${second}/transactions/${created.id}`))).toEqual([404, 2])
    expect(codeOf(await ada.submitTransaction(second, created.id, 1))).toEqual([400, 290306])
    const long = { metadata: { words: "x".repeat(2048) } }
    expect(codeOf(await ada.startTransaction(second, 2, long))).toEqual([400, 2])
  })
})

describe("a transaction is refused", () => {
  const planRefusals: { readonly [why in PlanRefusal]: number } = {
    blockchain_unsupported: 290301,
    version_unsupported: 290302,
    token_balance_insufficient: 290312,
    wallet_sanctioned: 290322,
    account_not_found: 290328,
    account_invalid: 290332,
    allowance_insufficient: 290340
  }

  it("where nothing can be signed, each time with the code of the reason", async () => {
    const { id } = await ada.pay()
    for (const [why, code] of Object.entries(planRefusals)) {
      chain.script.planRefusal = why as PlanRefusal
      expect([why, ...codeOf(await ada.startTransaction(id))]).toEqual([why, 400, code])
    }
    chain.script.planRefusal = null
    expect((await ada.startTransaction(id)).status).toBe(201)
  })

  const signingFaults: { readonly [why in SigningFault]: number } = {
    signed_transaction_expired: 290309,
    nonce_too_low: 290310,
    payload_mismatch: 290311,
    token_balance_insufficient: 290312,
    gas_balance_insufficient: 290313,
    payment_mismatch: 290314,
    gas_price_too_low: 290315,
    nonce_mismatch: 290316,
    gas_limit_too_low: 290319,
    nonce_already_used: 290320,
    signature_invalid: 290321,
    wallet_sanctioned: 290322,
    chain_mismatch: 290324,
    signed_transaction_malformed: 290327,
    nonce_too_high: 290334,
    allowance_insufficient: 290340,
    permit_nonce_already_used: 290341
  }

  it("where something else was signed, each time with the code of the fault, and may be signed anew", async () => {
    const { id } = await ada.pay()
    const created = await ada.startTransaction(id)
    for (const [why, code] of Object.entries(signingFaults)) {
      chain.script.signingFault = why as SigningFault
      expect([why, ...codeOf(await ada.submitTransaction(id, created.id))]).toEqual([why, 400, code])
    }
    chain.script.signingFault = null
    expect((await ada.submitTransaction(id, created.id)).status).toBe(201)
  })

  it.each([
    ["CreateRfi", 290205],
    ["Failed", 290208],
    ["AsyncSuccess", 290304]
  ])("where the payment does not wait for it: %s", async (originator, code) => {
    const { id } = await ada.pay(originator)
    expect(codeOf(await ada.startTransaction(id))).toEqual([400, code])
  })

  it("where its money has come, although a question holds the payout up", async () => {
    const { id } = await ada.pay()
    const created = await ada.startTransaction(id)
    await ada.submitTransaction(id, created.id)
    await Effect.runPromise(shop.payout.raiseRfi(id, 1))
    await ada.settle(2)
    const { status, activeRfi, onChainTransactions } = await ada.payment(id)
    expect([status, part(activeRfi)["level"]]).toEqual(["CRYPTO_FUNDS_PENDING", "LEVEL_1"])
    expect(onChainTransactions).toEqual([{ id: created.id, status: "COMPLETED" }])
    expect(codeOf(await ada.startTransaction(id))).toEqual([400, 290325])
    const accelerated = { idempotencyKey: newKey() }
    const path = `/v1/cpn/payments/${id}/transactions/accelerate`
    expect(codeOf(await ada.call("POST", path, accelerated))).toEqual([400, 290325])
  })

  it("where the node of the chain is away, and may be asked again", async () => {
    const { id } = await ada.pay()
    const created = await ada.startTransaction(id)
    chain.script.isAway = true
    const replies = [await ada.submitTransaction(id, created.id), await ada.startTransaction((await ada.pay()).id)]
    for (const reply of replies) {
      expect(codeOf(reply)).toEqual([500, 290317])
      expect(reply.headers.get("retry-after")).toMatch(/^[1-9]/u)
    }
    chain.script.isAway = false
    expect((await ada.submitTransaction(id, created.id)).status).toBe(201)
  })

  it("where the payment has expired", async () => {
    const { id } = await ada.pay()
    const created = await ada.startTransaction(id)
    await shop.advance(3_600_001)
    expect(codeOf(await ada.submitTransaction(id, created.id))[0]).toBe(400)
    expect(codeOf(await ada.startTransaction(id))).toEqual([400, 290308])
  })

  it("where there is no such payment or transaction, or it is of another payment", async () => {
    const [one, other] = [(await ada.pay()).id, (await ada.pay()).id]
    const { id } = await ada.startTransaction(one)
    expect(codeOf(await ada.startTransaction(unknown))).toEqual([400, 290305])
    expect(codeOf(await ada.startTransaction("x"))).toEqual([400, 290305])
    expect(codeOf(await ada.submitTransaction(unknown, id))).toEqual([400, 290305])
    expect(codeOf(await ada.submitTransaction(one, unknown))).toEqual([400, 290306])
    expect(codeOf(await ada.submitTransaction(other, id))).toEqual([400, 290306])
    expect(codeOf(await ada.call("GET", `/v1/cpn/payments/${other}/transactions/${id}`))).toEqual([404, 2])
    expect(codeOf(await ada.call("GET", `/v1/cpn/payments/${one}/transactions/${unknown}`))).toEqual([404, 2])
  })

  it.each<readonly [string, Json]>([
    ["a text that is neither hex nor base64", { signedTransaction: "0xz" }],
    ["half a byte", { signedTransaction: "0x1" }],
    ["nothing", {}]
  ])("where what is signed is %s", async (_, body) => {
    const { id } = await ada.pay()
    const created = await ada.startTransaction(id)
    const path = `/v1/cpn/payments/${id}/transactions/${created.id}/submit`
    expect(codeOf(await ada.call("POST", path, body))).toEqual([400, 2])
    expect(codeOf(await ada.startTransaction(id, 1, { senderAccountType: "SCA" }))).toEqual([400, 2])
  })
})
