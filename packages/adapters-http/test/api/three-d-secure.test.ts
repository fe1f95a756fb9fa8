/** 3-D Secure of direct payments: out to the bank and back, and everything that somebody may say on the way. */
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { type Json, needs3ds, openShop, type Reply, type Shop, shopOrigin } from "./shop.ts"

let shop: Shop
beforeEach(async () => {
  shop = await openShop()
})
afterEach(() => shop.close())

const challenged = async (change: Json = {}): Promise<Reply> => {
  const reply = await shop.pay({ card_number: needs3ds, ...change })
  expect([reply.status, reply.data["status"], reply.data["requires_action"]]).toEqual([202, "pending", true])
  return reply
}

const get = (id: unknown) => shop.call("GET", `/api/direct-payment/${id}`)
const confirm = (id: unknown, body: Json, key = "ada") =>
  shop.call("POST", `/api/direct-payment/${id}/confirm`, body, { authorization: `Bearer ${key}` })
const honest = ({ data }: Reply): Json => ({ status: "success", gateway_id: data["gateway_transaction_id"] })

describe("a payer who has approved", () => {
  it("comes back to the shop with the name of the payment and no status, and the payment is completed", async () => {
    const reply = await challenged({ return_url: `${shopOrigin}/3ds-return?cart=a%20b&x=1#top` })
    const { comeBack } = await shop.answerChallenge(reply, "approved")
    const back = await comeBack()
    const id = reply.data["transaction_id"]
    expect([back.status, back.headers.get("location")]).toEqual([
      303,
      `${shopOrigin}/3ds-return?cart=a%20b&x=1&transaction_id=${id}#top`
    ])
    await shop.kernel.drain()
    expect((await get(id)).data).toMatchObject({ status: "completed", transaction_id: id })
    expect((await get(id)).data).not.toHaveProperty("requires_action")
    expect(shop.charged()).toEqual(["10.00"])
  })

  it("may be sent back by a form of the bank's, which is believed as little as an address", async () => {
    const reply = await challenged({ return_url: `${shopOrigin}/` })
    const { returnUrl } = await shop.answerChallenge(reply, "failed")
    const body = new URLSearchParams({ cres: "eyJ0cmFuc1N0YXR1cyI6IlkifQ", transStatus: "Y" })
    const byForm = { method: "POST", body, headers: { origin: "https://bank.example", "sec-fetch-site": "cross-site" } }
    const back = await shop.fetch(new Request(returnUrl, byForm))
    const id = reply.data["transaction_id"]
    expect([back.status, back.headers.get("location")]).toEqual([303, `${shopOrigin}/?transaction_id=${id}`])
    expect((await shop.fetch(new Request(returnUrl, byForm))).status).toBe(400)
    await shop.kernel.drain()
    expect((await get(id)).data["status"]).toBe("failed")
    expect(shop.charged()).toEqual([])
  })

  it("is told to go back to the shop where the merchant has named no address", async () => {
    const reply = await challenged()
    const { comeBack } = await shop.answerChallenge(reply, "approved")
    const back = await comeBack()
    const location = new URL(back.headers.get("location") ?? "")
    expect(location.pathname).toBe("/api/3ds/answered")
    const page = await shop.fetch(new Request(location))
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"])
    expect(await page.text()).toContain("Your bank has answered")
    await shop.kernel.drain()
    expect((await get(reply.data["transaction_id"])).data["status"]).toBe("completed")
  })

  it("need not come back at all: the confirmation has the bank asked", async () => {
    const reply = await challenged({ webhook_url: "https://shop.example/hooks" })
    await shop.answerChallenge(reply, "approved")
    const confirmed = await confirm(reply.data["transaction_id"], honest(reply))
    expect([confirmed.status, confirmed.json]).toEqual([
      200,
      {
        success: true,
        message: "3D Secure authentication confirmed",
        data: {
          transaction_id: reply.data["transaction_id"],
          status: "completed",
          gateway_transaction_id: reply.data["gateway_transaction_id"],
          webhook_queued: true
        }
      }
    ])
    expect((await confirm(reply.data["transaction_id"], honest(reply))).text).toBe(confirmed.text)
    expect(shop.charged()).toEqual(["10.00"])
  })

  it("is believed by the bank, and a merchant who says otherwise changes nothing", async () => {
    const reply = await challenged()
    await shop.answerChallenge(reply, "approved")
    const confirmed = await confirm(reply.data["transaction_id"], { ...honest(reply), status: "failed" })
    expect(confirmed.data["status"]).toBe("completed")
  })
})

describe("a payer who has not approved", () => {
  it.each(["failed", "cancelled"] as const)("and %s, comes back, and nothing is charged", async (answer) => {
    const reply = await challenged({ return_url: `${shopOrigin}/` })
    const { comeBack } = await shop.answerChallenge(reply, answer)
    const back = await comeBack()
    expect(back.headers.get("location")).toBe(`${shopOrigin}/?transaction_id=${reply.data["transaction_id"]}`)
    const confirmed = await confirm(reply.data["transaction_id"], honest(reply))
    expect([confirmed.status, confirmed.json["message"]]).toEqual([200, "The payment failed"])
    expect(confirmed.data).toMatchObject({
      status: "failed",
      error: { code: "card_declined", decline_code: "three_d_secure_failure" }
    })
    expect(shop.charged()).toEqual([])
  })

  it("and closes the window, leaves a payment that fails in the end", async () => {
    const reply = await challenged()
    await shop.advance(16 * 60_000)
    await shop.advance(60_000)
    expect((await get(reply.data["transaction_id"])).data).toMatchObject({
      status: "failed",
      error: { decline_code: "three_d_secure_action_expired" }
    })
    expect(shop.charged()).toEqual([])
  })
})

describe("a forged confirmation", () => {
  it.each(["success", "failed", "pending"])(
    "that says %s moves nothing while the payer has not answered",
    async (status) => {
      const reply = await challenged()
      const confirmed = await confirm(reply.data["transaction_id"], { ...honest(reply), status })
      expect([confirmed.status, confirmed.json["message"], confirmed.data["status"]]).toEqual([
        200,
        "3D Secure authentication is not complete yet",
        "pending"
      ])
      await shop.kernel.drain()
      expect((await get(reply.data["transaction_id"])).data).toEqual(reply.data)
      expect(shop.charged()).toEqual([])
    }
  )

  it("of another transaction's gateway id, or of another merchant, finds nothing", async () => {
    const [one, other] = [await challenged(), await challenged()]
    await shop.answerChallenge(one, "approved")
    const id = one.data["transaction_id"]
    const replies = [
      await confirm(id, honest(other)),
      await confirm(id, { status: "success", gateway_id: "gw_000000000000" }),
      await confirm(id, { status: "success", gateway_id: String(one.data["gateway_transaction_id"]).toLowerCase() }),
      await confirm(id, honest(one), "bob"),
      await confirm("txn_AAAAAAAAAAAA", honest(one))
    ]
    for (const reply of replies) expect([reply.status, reply.error["code"]]).toEqual([404, "transaction_not_found"])
  })

  it.each<[string, Json]>([
    ["no status", { status: null }],
    ["a status of its own", { status: "approved" }],
    ["no gateway id", { gateway_id: null }],
    ["a gateway id that is no text", { gateway_id: 7 }],
    ["a gateway id without end", { gateway_id: "x".repeat(65) }],
    ["the name of another transaction", { transaction_id: "txn_AAAAAAAAAAAA" }]
  ])("with %s is refused", async (_, change) => {
    const reply = await challenged()
    const refused = await confirm(reply.data["transaction_id"], { ...honest(reply), ...change })
    expect([refused.status, refused.error["code"]]).toEqual([400, "invalid_request"])
  })

  it("of a declined payment does not revive it, and of a completed one does not charge it again", async () => {
    const completed = await shop.pay()
    for (const status of ["success", "failed"]) {
      const confirmed = await confirm(completed.data["transaction_id"], { ...honest(completed), status })
      expect(confirmed.data["status"]).toBe("completed")
    }
    expect(shop.charged()).toEqual(["10.00"])
  })
})

describe("a forged return", () => {
  it("with a changed, swapped or invented state is told so, and moves nothing", async () => {
    const [one, other] = [await challenged(), await challenged()]
    const { returnUrl } = await shop.answerChallenge(other, "failed")
    const state = returnUrl.split("/").at(-1) ?? ""
    const [merchant, payment = "", proof] = state.split(".")
    const { returnUrl: ownReturn } = await shop.answerChallenge(one, "failed")
    const ownPayment = ownReturn.split("/").at(-1)?.split(".")[1]
    expect(ownPayment).not.toBe(payment)
    const forged = [
      "x",
      `${merchant}.${ownPayment}.${proof}`,
      `${merchant}.${payment}.${"0".repeat(26)}`,
      `${merchant}.${payment.replace(/.$/u, (last) => (last === "0" ? "1" : "0"))}.${proof}`,
      `other.${payment}.${proof}`
    ]
    for (const one of forged) {
      const back = await shop.fetch(new Request(`https://pay.example/api/3ds/return/${one}`))
      expect([back.status, back.headers.get("location")]).toEqual([400, null])
      expect(await back.text()).toContain("This link is not valid")
    }
    expect((await get(one.data["transaction_id"])).data["status"]).toBe("pending")
    expect(shop.charged()).toEqual([])
  })

  it("that is repeated, one after the other or at once, leads on once, and charges once", async () => {
    const reply = await challenged({ return_url: `${shopOrigin}/` })
    const { comeBack } = await shop.answerChallenge(reply, "approved")
    const backs = [...(await Promise.all([comeBack(), comeBack(), comeBack()])), await comeBack()]
    const locations = backs.flatMap((back) => back.headers.get("location") ?? [])
    expect(locations).toEqual([`${shopOrigin}/?transaction_id=${reply.data["transaction_id"]}`])
    expect(backs.map(({ status }) => status).toSorted()).toEqual([303, 400, 400, 400])
    await shop.kernel.drain()
    expect(shop.charged()).toEqual(["10.00"])
  })

  it("that comes when the challenge is over leads nowhere, and moves nothing", async () => {
    const reply = await challenged({ return_url: `${shopOrigin}/` })
    const { comeBack } = await shop.answerChallenge(reply, "approved")
    shop.skip(15 * 60_000)
    const back = await comeBack()
    expect([back.status, back.headers.get("location")]).toEqual([400, null])
    expect(shop.charged()).toEqual([])
  })
})

describe("the name of a transaction at the gateway", () => {
  it("stays the same through authentication, and is not the key that commands it", async () => {
    const reply = await challenged()
    await shop.answerChallenge(reply, "approved")
    await confirm(reply.data["transaction_id"], honest(reply))
    const name = reply.data["gateway_transaction_id"]
    expect((await get(reply.data["transaction_id"])).data["gateway_transaction_id"]).toBe(name)
    const keys = shop.bank.journal().map(({ operationKey }) => operationKey.toUpperCase())
    expect(keys.length).toBeGreaterThan(0)
    expect(keys.filter((key) => key.includes(String(name).slice(3)))).toEqual([])
  })
})
