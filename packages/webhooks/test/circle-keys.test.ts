/** Whose key a message names is the sender's choice: what a stranger names must cost nobody much. */
import {
  circleKeys,
  ecdsaSigningKey,
  generateEcdsaKeyPair,
  openCircle,
  type PublishedKey,
  signCircle
} from "@paykernel/webhooks"
import * as Result from "effect/Result"
import { beforeAll, describe, expect, it } from "vitest"

const keyId = "879dc113-5ca4-4ff7-a6b7-54652083fcf8"
const payload = '{"notificationId":"n-1"}'
const minuteMs = 60_000

let signing = ""
let verifying = ""
let headers: { readonly [name: string]: string } = {}
beforeAll(async () => {
  const pair = await generateEcdsaKeyPair()
  signing = pair.signing
  verifying = pair.verifying
  headers = await signCircle(payload, { ...(await ecdsaSigningKey(signing)), keyId })
})

/** What is published, and what was asked for. */
const publishing = (answer: (id: string) => Promise<PublishedKey | undefined>, bounds: object = {}) => {
  const asked: Array<string> = []
  const lookUp = (id: string) => {
    asked.push(id)
    return answer(id)
  }
  const keys = circleKeys({ lookUp, ...bounds })
  const opening = async (change: object = {}, nowMs = 0, body = payload): Promise<string> => {
    const opened = await openCircle({ headers: { ...headers, ...change }, payload: body }, { keys, nowMs })
    return Result.isSuccess(opened) ? opened.success.notificationId : opened.failure._tag
  }
  return { asked, opening }
}

const published = async (id: string): Promise<PublishedKey> => ({
  id,
  algorithm: "ECDSA_SHA_256",
  publicKey: verifying
})
const uuidOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`

describe("the key that a message names", () => {
  it("is looked up once, however many messages come at once and later", async () => {
    const { asked, opening } = publishing(published)
    expect(await Promise.all(Array.from({ length: 50 }, () => opening()))).toEqual(Array(50).fill("n-1"))
    expect(await opening({ "x-circle-key-id": keyId.toUpperCase() }, 23 * 60 * minuteMs)).toBe("n-1")
    expect(asked).toEqual([keyId])
  })

  it("is looked up again after a day", async () => {
    const { asked, opening } = publishing(published)
    await opening({}, 0)
    await opening({}, 24 * 60 * minuteMs)
    expect(asked).toHaveLength(2)
  })

  it.each([
    "../../admin",
    "..",
    "879dc113-5ca4-4ff7-a6b7-54652083fcf8/../x",
    "879dc113-5ca4-4ff7-a6b7-54652083fcf8?x=1",
    "879dc113-5ca4-4ff7-a6b7-54652083fcf8#",
    "879dc113%2d5ca4-4ff7-a6b7-54652083fcf8",
    "http://169.254.169.254/879dc113-5ca4-4ff7-a6b7-54652083fcf8",
    " 879dc113-5ca4-4ff7-a6b7-54652083fcf8",
    "879dc113-5ca4-4ff7-a6b7-54652083fcf8\n",
    "879dc1135ca44ff7a6b754652083fcf8",
    "879dc113-5ca4-4ff7-a6b7-54652083fcfg",
    "８79dc113-5ca4-4ff7-a6b7-54652083fcf8",
    "*",
    ""
  ])("has an id that is a UUID and nothing else, so %j is never looked up", async (id) => {
    const { asked, opening } = publishing(published)
    expect(await opening({ "x-circle-key-id": id })).toBe("HeaderMalformed")
    expect(asked).toEqual([])
  })

  it("is not looked up for what is no signature", async () => {
    const { asked, opening } = publishing(published)
    expect(await opening({ "x-circle-signature": "AAAAAAAAAAAA" })).toBe("HeaderMalformed")
    expect(await opening({ "x-circle-signature": undefined })).toBe("HeaderMissing")
    expect(asked).toEqual([])
  })

  it("that nobody has published is unknown, which is remembered for a minute", async () => {
    const { asked, opening } = publishing(async () => undefined)
    expect([await opening(), await opening({}, minuteMs - 1), await opening({}, minuteMs)]).toEqual(
      Array(3).fill("KeyUnknown")
    )
    expect(asked).toHaveLength(2)
  })

  it.each<[string, (id: string) => Promise<PublishedKey>]>([
    ["another algorithm", async (id) => ({ ...(await published(id)), algorithm: "RSA_SHA_1" })],
    ["no algorithm at all", async (id) => ({ ...(await published(id)), algorithm: "none" })],
    ["another id", async () => published(uuidOf(7))],
    ["no key", async (id) => ({ ...(await published(id)), publicKey: "AAAA" })]
  ])("that is published with %s is of no use, for a minute", async (_, answer) => {
    const { asked, opening } = publishing(answer)
    expect([await opening(), await opening({}, 1), await opening({}, minuteMs)]).toEqual(Array(3).fill("KeyUnusable"))
    expect(asked).toHaveLength(2)
  })

  it("is asked for again after it could not be looked up", async () => {
    let turn = 0
    const { opening } = publishing(async (id) => {
      if (++turn === 1) throw new Error("down")
      return published(id)
    })
    expect([await opening(), await opening()]).toEqual(["KeyUnavailable", "n-1"])
    const thrown = publishing(() => {
      throw new Error("at once")
    })
    expect([await thrown.opening(), await thrown.opening()]).toEqual(["KeyUnavailable", "KeyUnavailable"])
    expect(thrown.asked).toHaveLength(2)
  })

  it("is waited for within bounds, and its look-up told so", async () => {
    const never = publishing(() => new Promise(() => undefined), { timeoutMs: 20 })
    expect(await never.opening()).toBe("KeyUnavailable")
    expect(await never.opening()).toBe("KeyUnavailable")
    expect(never.asked).toHaveLength(2)
  })
})

describe("a storm of made-up keys", () => {
  it("asks for a few at a time, and refuses the rest", async () => {
    let underWay = 0
    let most = 0
    const { opening } = publishing(async () => {
      most = Math.max(most, ++underWay)
      await new Promise((resolve) => setTimeout(resolve, 5))
      underWay--
      return undefined
    })
    const storm = Array.from({ length: 1_000 }, (_, at) => opening({ "x-circle-key-id": uuidOf(at) }))
    const outcomes = await Promise.all(storm)
    expect(most).toBe(8)
    expect(outcomes.filter((outcome) => outcome === "KeyUnknown")).toHaveLength(8)
    expect(outcomes.filter((outcome) => outcome === "KeyUnavailable")).toHaveLength(992)
  })

  it("pushes out no key that is of use", async () => {
    const { asked, opening } = publishing(async (id) => (id === keyId ? published(id) : undefined), { countMax: 2 })
    expect(await opening()).toBe("n-1")
    for (let at = 0; at < 5_000; at++) await opening({ "x-circle-key-id": uuidOf(at) })
    expect(await opening()).toBe("n-1")
    expect(asked.filter((id) => id === keyId)).toHaveLength(1)
  })
})

describe("a genuine body", () => {
  it.each([
    ["{}", "NotificationMalformed"],
    ["null", "NotificationMalformed"],
    ["no JSON", "NotificationMalformed"],
    ['{"notificationId":7}', "NotificationMalformed"],
    ['{"notificationId":""}', "NotificationMalformed"],
    ['{"notificationId":"a b"}', "NotificationMalformed"],
    ['{"notificationId":"n-2"}', "n-2"]
  ])("%s: %s", async (body, expected) => {
    const { opening } = publishing(published)
    const signed = await signCircle(body, { ...(await ecdsaSigningKey(signing)), keyId })
    expect(await opening(signed, 0, body)).toBe(expected)
  })

  it("is not signed under an id that nobody could look up", async () => {
    const key = await ecdsaSigningKey(signing)
    await expect(signCircle("{}", { ...key, keyId: "../x" })).rejects.toThrow(TypeError)
  })
})
