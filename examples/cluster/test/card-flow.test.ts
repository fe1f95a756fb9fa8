/**
 * Three nodes are one service: whichever gets a request, it knows what the others know. Here no two requests about one
 * thing go to the same node, and nodes die or freeze in between.
 */
import { randomUUID } from "node:crypto"
import { readFileSync } from "node:fs"
import { type FreshDatabase, freshDatabase } from "@paykernel/test-postgres"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { auditDatabase } from "../src/audit.ts"
import { readBankBook } from "../src/bank-book.ts"
import { type Cluster, startCluster } from "../src/cluster.ts"
import { eventually, memberOf, pause, textAt } from "../src/merchant.ts"
import { bundledScripts } from "./bundled-scripts.ts"
import { canaryCvv, canaryPan, openShop, type Shop } from "./shop.ts"

let database: FreshDatabase
let cluster: Cluster
let shop: Shop

beforeAll(async () => {
  database = await freshDatabase()
  cluster = await startCluster({ databaseUrl: database.url, scripts: await bundledScripts(), bankLatencyMs: 10 })
  shop = openShop(cluster)
})

afterAll(async () => {
  await cluster?.close()
  await database?.drop()
})

const usd = (amount: string) => ({ amount: { amount, currency: "USD" } })
const keyed = (body: object = {}) => ({ idempotencyKey: randomUUID(), ...body })
const book = () => readBankBook(cluster.bank.journalPath)

/** What the bank wrote down about a payment, oldest first. */
const linesAbout = (paymentId: string): ReadonlyArray<string> =>
  readFileSync(cluster.bank.journalPath, "utf8")
    .split("\n")
    .filter((line) => line.includes(paymentId))
    .map((line): unknown => JSON.parse(line))
    .map((one) => `${textAt(one, "kind")} ${textAt(one, "outcome")} ${textAt(one, "amount")}`)

const executedAtMs = (paymentId: string): number => {
  const lines = readFileSync(cluster.bank.journalPath, "utf8").split("\n")
  return Date.parse(textAt(JSON.parse(lines.find((line) => line.includes(paymentId)) ?? "{}"), "at"))
}

describe("a card payment", () => {
  it("is saved, authorized, captured, refunded and settled, each step at another node", async () => {
    const card = await shop.saveCard(0, 2)
    const id = await shop.pay(1, card, "20.00", { autoCapture: false })
    await shop.paymentOnce(2, id, "confirmed")
    const captured = await shop.post(0, `/v1/payments/${id}/capture`, keyed(usd("15.00")))
    expect(captured.status, captured.text).toBe(202)
    await eventually(
      () => shop.get(2, `/v1/payments/${id}`),
      ({ data }) => memberOf(data, "captured") === true,
      10_000
    )
    const refund = await shop.post(1, `/v1/payments/${id}/refund`, keyed(usd("5.00")))
    expect(refund.status, refund.text).toBe(200)
    const refundId = textAt(refund.data, "id")
    await shop.paymentOnce(0, refundId, "paid")
    await shop.paymentOnce(2, id, "paid")
    expect(linesAbout(id)).toEqual(["authorize approved 20.00", "capture approved 15.00", "refund approved 5.00"])
  })

  it("is verified by its security code, which only the node that took it ever had", async () => {
    const card = await shop.saveCard(1, 0)
    const id = await shop.pay(2, card, "8.00", { verification: "cvv", ...(await shop.code()) })
    const payment = await shop.paymentOnce(0, id, "confirmed")
    expect(textAt(payment, "verification", "cvv")).toBe("pass")
  })

  it("is declined, and every node says why", async () => {
    const id = await shop.pay(0, await shop.saveCard(2, 1), "5.51")
    for (const node of [0, 1, 2] as const) {
      expect(textAt(await shop.paymentOnce(node, id, "failed"), "errorCode")).toBe("payment_fraud_detected")
    }
  })
})

describe("one key", () => {
  it("at all nodes at once gets one answer, and one execution", async () => {
    const card = await shop.saveCard(0, 1)
    for (let round = 0; round < 10; round++) {
      const body = shop.paymentBody(card, "7.00")
      const answers = await Promise.all(
        ([0, 1, 2, 0, 1, 2] as const).map((node) => shop.post(node, "/v1/payments", body))
      )
      expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
      expect(answers[0]?.status).toBe(201)
      const id = textAt(answers[0]?.data, "id")
      await shop.paymentOnce(2, id, "confirmed")
      expect(linesAbout(id)).toEqual(["authorize approved 7.00"])
    }
  })

  it("with another meaning is refused, at whichever node", async () => {
    const card = await shop.saveCard(0, 1)
    const body = shop.paymentBody(card, "7.00")
    expect((await shop.post(0, "/v1/payments", body)).status).toBe(201)
    expect((await shop.post(1, "/v1/payments", { ...body, ...usd("8.00") })).status).toBe(409)
  })

  it("cannot capture more than was authorized by capturing at two nodes at once", async () => {
    const id = await shop.pay(0, await shop.saveCard(1, 2), "10.00", { autoCapture: false })
    await shop.paymentOnce(1, id, "confirmed")
    const capture = () => keyed(usd("10.00"))
    await Promise.all(([0, 1, 2] as const).map((node) => shop.post(node, `/v1/payments/${id}/capture`, capture())))
    await shop.paymentOnce(2, id, "paid")
    expect(linesAbout(id)).toEqual(["authorize approved 10.00", "capture approved 10.00"])
  })
})

describe("a payer who is asked by the bank", () => {
  it("comes back to a node that never heard of him", async () => {
    const card = await shop.saveCard(0, 1)
    const urls = {
      verificationSuccessUrl: "https://shop.example/thanks",
      verificationFailureUrl: "https://shop.example/sorry"
    }
    const id = await shop.pay(0, card, "5.66", { verification: "three_d_secure", ...urls })
    const asked = await shop.paymentOnce(1, id, "action_required")
    const page = textAt(asked, "requiredAction", "redirectUrl")
    expect(new URL(page).origin).toBe(cluster.bank.address)
    const token = /name="token" value="([^"]+)"/u.exec(await (await fetch(page)).text())?.[1] ?? ""
    const form = new URLSearchParams({ token, answer: "approve" })
    const sentBack = await fetch(page, { method: "POST", body: form, redirect: "manual" })
    const { pathname } = new URL(sentBack.headers.get("location") ?? "")
    const returned = await fetch(`${cluster.nodes[2]?.address}${pathname}`, { redirect: "manual" })
    expect(returned.headers.get("location")).toBe(urls.verificationSuccessUrl)
    await shop.paymentOnce(1, id, "confirmed")
  })
})

describe("a node", () => {
  /** Asks for a payment at the last node and gives its id as soon as the bank has executed it. */
  const executedFor = async (card: string, amount: string, more: object = {}): Promise<string> => {
    const id = await shop.pay(2, card, amount, more)
    while (linesAbout(id).length === 0) await pause(2)
    return id
  }

  it("that freezes for longer than its lease is not waited for, and does nothing twice when it wakes", async () => {
    const id = await shop.pay(2, await shop.saveCard(0, 1), "9.00")
    cluster.nodes[2]?.pause()
    try {
      await shop.paymentOnce(0, id, "confirmed", 30_000)
    } finally {
      cluster.nodes[2]?.resume()
    }
    await shop.paymentOnce(2, id, "paid", 30_000)
    expect(linesAbout(id)).toEqual(["authorize approved 9.00"])
  })

  it("that dies before it has the bank's answer leaves it to the others", async () => {
    const card = await shop.saveCard(0, 1)
    await cluster.bank.setMode("execute-drop")
    const id = await executedFor(card, "11.00")
    await cluster.nodes[2]?.kill()
    await cluster.bank.setMode("normal")
    await shop.paymentOnce(0, id, "confirmed", 30_000)
    expect(linesAbout(id)).toEqual(["authorize approved 11.00"])
    await cluster.nodes[2]?.restart()
    await shop.paymentOnce(2, id, "paid")
  })

  it("that dies with a security code leaves a payment that was not charged", async () => {
    const card = await shop.saveCard(0, 1)
    await cluster.bank.setMode("drop-before")
    const id = await shop.pay(2, card, "12.00", { verification: "cvv", ...(await shop.code()) })
    await cluster.nodes[2]?.kill()
    await cluster.bank.setMode("normal")
    await shop.paymentOnce(1, id, "failed", 40_000)
    expect(book().charged.get(id)).toBeUndefined()
    await cluster.nodes[2]?.restart()
  })

  it("takes messages of the bank from the bank only", async () => {
    const strange = await fetch(`${cluster.nodes[0]?.address}/bank-messages`, { method: "POST", body: "{}" })
    expect(strange.status).toBe(401)
  })
})

describe("the bank", () => {
  it("that is away delays a payment, and loses none", async () => {
    const card = await shop.saveCard(0, 1)
    await cluster.bank.kill()
    const id = await shop.pay(0, card, "13.00")
    await pause(300)
    expect(textAt((await shop.get(1, `/v1/payments/${id}`)).data, "status")).toBe("pending")
    await cluster.bank.restart()
    await shop.paymentOnce(2, id, "confirmed", 30_000)
    expect(linesAbout(id)).toEqual(["authorize approved 13.00"])
  })

  it("that stands still for longer than a message may travel executes nothing that came before", async () => {
    const card = await shop.saveCard(0, 1)
    cluster.bank.pause()
    const id = await shop.pay(0, card, "14.00")
    await pause(2300)
    cluster.bank.resume()
    const resumedAtMs = Date.now()
    await shop.paymentOnce(2, id, "confirmed", 30_000)
    expect(linesAbout(id)).toEqual(["authorize approved 14.00"])
    // What waited at its door all the time would have been executed at once.
    expect(executedAtMs(id) - resumedAtMs).toBeGreaterThan(1000)
  })

  it("hears nothing from strangers, and shows them only the pages of payers", async () => {
    for (const [path, status] of [
      ["/gateway", 401],
      ["/mode", 404],
      ["/", 404],
      ["/3ds/unknown", 404]
    ] as const) {
      expect([path, (await fetch(cluster.bank.address + path, { method: "GET" })).status]).toEqual([path, status])
    }
  })
})

describe("in the end", () => {
  it("the books agree, and no process has printed card data", async () => {
    expect(await auditDatabase(database.url, cluster.keysDirectory)).toEqual([])
    const printed = [...cluster.nodes, cluster.bank].map(({ output }) => output()).join("\n")
    const kept = readFileSync(cluster.bank.journalPath, "utf8")
    for (const canary of [canaryPan, canaryCvv, cluster.apiKey]) {
      expect(printed).not.toContain(canary)
      expect(kept).not.toContain(canary)
    }
  })
})
