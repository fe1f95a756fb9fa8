/** Subscriptions of `/v2`, under both of their addresses, and the keys that their messages are checked by. */
import { createPublicKey, createVerify } from "node:crypto"
import { Webhook } from "svix"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { atTimeOf, bobsKey, newKey, type OpenedSite, openSite } from "./shop.ts"

const hook = "https://receiver.example/v2"
let site: OpenedSite

beforeEach(async () => {
  site = await openSite()
})
afterEach(() => site.close())

describe.each(["/v2/cpn/notifications", "/v2/notifications"])("%s", (base) => {
  const path = `${base}/subscriptions`
  const subscribe = async (body: object = { endpoint: hook }) => (await site.ask("POST", path, body)).data

  it("tells what was asked for, signed as published and with the secret that was shown once", async () => {
    const made = await site.ask("POST", path, { endpoint: hook, name: "Books", notificationTypes: ["payments.*"] })
    expect(made.status).toBe(200)
    const { secret, ...shown } = made.data
    expect(shown).toEqual({
      id: expect.any(String),
      name: "Books",
      endpoint: hook,
      enabled: true,
      createDate: expect.any(String),
      updateDate: expect.any(String),
      notificationTypes: ["payments.*"],
      restricted: true
    })
    await site.pay()
    const [told] = await site.toldAt(hook)
    if (told === undefined) throw new Error("nothing was told")
    const { headers, body } = told
    const { notificationType, subscriptionId, version } = JSON.parse(body)
    expect([notificationType, subscriptionId, version]).toEqual(["payments.captured", shown["id"], 2])
    atTimeOf(site, () => new Webhook(String(secret)).verify(body, headers))

    const key = await site.ask("GET", `${base}/publicKey/${headers["x-circle-key-id"]}`)
    expect([key.status, key.data["algorithm"]]).toEqual([200, "ECDSA_SHA_256"])
    const der = Buffer.from(String(key.data["publicKey"]), "base64")
    const publicKey = createPublicKey({ key: der, format: "der", type: "spki" })
    const signature = Buffer.from(headers["x-circle-signature"] ?? "", "base64")
    expect(createVerify("SHA256").update(body).verify(publicKey, signature)).toBe(true)
  })

  it.each([
    ["nothing in particular", {}],
    ["everything", { notificationTypes: ["*"] }],
    ["everything and more", { notificationTypes: ["payments.paid", "*"] }]
  ])("who asks for %s is told everything", async (_, wish) => {
    const made = await subscribe({ endpoint: hook, ...wish })
    expect(made).toMatchObject({ notificationTypes: ["*"], restricted: false })
  })

  it("shows, lists, renames, switches off and on, and removes", async () => {
    const { secret: _, ...made } = await subscribe()
    const one = `${path}/${made["id"]}`
    expect((await site.ask("GET", one)).data).toEqual(made)
    expect((await site.ask("GET", path)).json).toEqual({ data: [made] })
    const off = await site.ask("PATCH", one, { name: "Renamed", enabled: false })
    expect([off.status, off.data["name"], off.data["enabled"]]).toEqual([200, "Renamed", false])
    await site.pay()
    expect(await site.toldAt(hook)).toEqual([])
    const on = await site.ask("PATCH", one, { name: "Renamed", enabled: true })
    expect(on.data["enabled"]).toBe(true)
    await site.pay()
    expect((await site.toldAt(hook)).length).toBe(1)
    const removed = await site.ask("DELETE", one)
    expect([removed.status, removed.text]).toEqual([204, ""])
    for (const [method, body] of [["GET"], ["DELETE"], ["PATCH", { name: "", enabled: true }]] as const) {
      expect((await site.ask(method, one, body)).status).toBe(404)
    }
    expect((await site.ask("GET", path)).json).toEqual({ data: [] })
  })

  it("is made switched off, where that was asked for", async () => {
    expect(await subscribe({ endpoint: hook, enabled: false })).toMatchObject({ enabled: false })
    await site.pay()
    expect(await site.toldAt(hook)).toEqual([])
  })

  it("belongs to its merchant: to others it does not exist", async () => {
    const { id } = await subscribe()
    for (const [method, body] of [["GET"], ["DELETE"], ["PATCH", { name: "Mine", enabled: false }]] as const) {
      expect((await site.ask(method, `${path}/${id}`, body, bobsKey)).status).toBe(404)
    }
    expect((await site.ask("GET", path, undefined, bobsKey)).json).toEqual({ data: [] })
    expect((await site.ask("GET", `${path}/${id}`)).data).toMatchObject({ name: "", enabled: true })
  })

  it("refuses what it cannot take, field by field", async () => {
    const cases = [
      [{}, "endpoint", "required"],
      [{ endpoint: "https://127.0.0.1/" }, "endpoint", "invalid_value"],
      [{ endpoint: hook, name: "x".repeat(129) }, "name", "length_outside_bounds"],
      [{ endpoint: hook, enabled: "yes" }, "enabled", "invalid_value"],
      [{ endpoint: hook, notificationTypes: ["*.failed"] }, "notificationTypes", "invalid_value"],
      [{ endpoint: hook, notificationTypes: [""] }, "notificationTypes.0", "length_outside_bounds"],
      [
        { endpoint: hook, notificationTypes: Array.from({ length: 65 }, (_, n) => `t${n}`) },
        "notificationTypes",
        "invalid_value"
      ]
    ] as const
    for (const [body, location, error] of cases) {
      const { status, json } = await site.ask("POST", path, body)
      expect([status, json["code"], json["errors"]]).toEqual([400, 2, [expect.objectContaining({ location, error })]])
    }
    const { id } = await subscribe()
    const patched = await site.ask("PATCH", `${path}/${id}`, { name: "only" })
    expect([patched.status, patched.json["code"]]).toEqual([400, 2])
    expect((await site.ask("GET", path)).json["data"]).toHaveLength(1)
  })

  it("wants a key, for its public keys as well", async () => {
    const calls = [
      ["POST", path],
      ["GET", path],
      ["GET", `${path}/x`],
      ["PATCH", `${path}/x`],
      ["DELETE", `${path}/x`]
    ]
    for (const [method = "", at = ""] of [...calls, ["GET", `${base}/publicKey/${newKey()}`]]) {
      expect((await site.ask(method, at, undefined, { authorization: "Bearer wrong" })).status).toBe(401)
    }
  })

  it("knows no keys but its own", async () => {
    for (const id of [newKey(), "x", "..", "879dc113-5ca4-4ff7-a6b7-54652083fcf8"]) {
      expect((await site.ask("GET", `${base}/publicKey/${id}`)).status).toBe(404)
    }
    const [key] = site.published.publicKeys
    expect((await site.ask("GET", `${base}/publicKey/${key?.id.toUpperCase()}`)).status).toBe(200)
  })

  it("takes no more than the kernel allows, and nothing where the kernel has no sender", async () => {
    const small = await openSite({ endpointsMax: 1 })
    expect((await small.ask("POST", path, { endpoint: hook })).status).toBe(200)
    expect((await small.ask("POST", path, { endpoint: hook })).status).toBe(429)
    await small.close()
    const bare = await openSite({ webhooks: false })
    expect((await bare.ask("POST", path, { endpoint: hook })).status).toBe(403)
    expect((await bare.ask("GET", `${base}/publicKey/${newKey()}`)).status).toBe(404)
    await bare.close()
  })
})

it("gives a test message to whoever asks for one, though nobody else hears of it", async () => {
  const { id } = (await site.ask("POST", "/v2/notifications/subscriptions", { endpoint: hook })).data
  await site.ask("POST", "/v2/notifications/subscriptions", { endpoint: `${hook}/other` })
  await site.kernel.webhooks.endpoints.test("0d1f6a52-1a06-4b37-9d70-43c9a4a1e001", String(id))
  const told = await site.toldAt(hook)
  expect(told.map(({ body }) => JSON.parse(body).notificationType)).toEqual(["webhooks.test"])
  expect(await site.toldAt(`${hook}/other`)).toEqual([])
})
