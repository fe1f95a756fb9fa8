/** What is sent here is verified by others, and what others send is opened here. */
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSign,
  createVerify,
  generateKeyPairSync,
  sign as nodeSign,
  verify as nodeVerify
} from "node:crypto"
import {
  circleKeys,
  ecdsaSigningKey,
  ecdsaVerifyingKey,
  exportEcdsaKey,
  generateEcdsaKeyPair,
  generateKeyPair,
  generateSecret,
  hexKey,
  open,
  openCircle,
  openHex,
  sign,
  signCircle,
  signHex,
  signingKey,
  verifyingKey
} from "@paykernel/webhooks"
import {
  hexKeySync,
  openHexSync,
  openSync,
  signHexSync,
  signingKeySync,
  signSync,
  verifyingKeySync
} from "@paykernel/webhooks/node"
import * as Result from "effect/Result"
import fc from "fast-check"
import { Webhook as StandardWebhook } from "standardwebhooks"
import { Webhook as Svix } from "svix"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"

const nowMs = Date.UTC(2026, 10, 21, 12, 0, 0)
const jsonOf = (data: string): string => JSON.stringify({ notificationId: "n", data })
const anyText = fc.string({ unit: "grapheme", maxLength: 200 })

describe("Standard Webhooks, beside standardwebhooks and svix", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: nowMs, toFake: ["Date"] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it.each([
    ["standardwebhooks", StandardWebhook],
    ["svix", Svix]
  ])("%s verifies what is signed here and signs what is opened here", (_, Library) => {
    fc.assert(
      fc.property(anyText, fc.uint8Array({ minLength: 24, maxLength: 64 }), (data, key) => {
        const secret = `whsec_${Buffer.from(key).toString("base64")}`
        const payload = jsonOf(data)
        const library = new Library(secret)
        const headers = { ...signSync({ id: "msg_1", atMs: nowMs, payload }, [signingKeySync(secret)]) }
        expect(() => library.verify(payload, headers)).not.toThrow()
        expect(headers["webhook-signature"]).toBe(library.sign("msg_1", new Date(nowMs), payload))
        const opened = openSync({ headers, payload }, { keys: [verifyingKeySync(secret)], nowMs })
        expect(opened).toEqual(Result.succeed({ id: "msg_1", timestampMs: nowMs, payload }))
      }),
      { numRuns: 5_000 }
    )
  })

  it("svix reads its own names for the headers, which are sent under those too if need be", async () => {
    const secret = generateSecret()
    const signed = await sign({ id: "msg_1", atMs: nowMs, payload: "{}" }, [await signingKey(secret)])
    const renamed = Object.fromEntries(
      Object.entries(signed).map(([name, value]) => [name.replace("webhook-", "svix-"), value])
    )
    expect(() => new Svix(secret).verify("{}", renamed)).not.toThrow()
  })

  it("both verify a message that is signed in both versions and under two secrets", async () => {
    const [before, now, pair] = [generateSecret(), generateSecret(), await generateKeyPair()]
    const keys = [now, before, pair.signing].map(signingKeySync)
    const headers = { ...signSync({ id: "msg_1", atMs: nowMs, payload: "{}" }, keys) }
    for (const secret of [before, now]) {
      expect(() => new StandardWebhook(secret).verify("{}", headers)).not.toThrow()
      expect(() => new Svix(secret).verify("{}", headers)).not.toThrow()
    }
    expect(() => new StandardWebhook(generateSecret()).verify("{}", headers)).toThrow()
  })
})

describe("v1a, beside Node's own Ed25519", () => {
  it("is verified by it, and opened when it has signed", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519")
    const bytesOf = (text: string | undefined) => Buffer.from(text ?? "", "base64url")
    const seed = bytesOf(privateKey.export({ format: "jwk" }).d)
    const point = bytesOf(publicKey.export({ format: "jwk" }).x)
    const texts = [seed, Buffer.concat([seed, point])].map((bytes) => `whsk_${bytes.toString("base64")}`)
    const payload = jsonOf("x")
    const content = Buffer.from(`msg_1.${nowMs / 1000}.${payload}`)
    const signature = `v1a,${nodeSign(null, content, privateKey).toString("base64")}`
    for (const text of texts) {
      const fast = signSync({ id: "msg_1", atMs: nowMs, payload }, [signingKeySync(text)])
      expect(await sign({ id: "msg_1", atMs: nowMs, payload }, [await signingKey(text)])).toEqual(fast)
      // Ed25519 has one signature for a message (RFC 8032 §5.1.6).
      expect(fast["webhook-signature"]).toBe(signature)
    }
    const publicText = `whpk_${point.toString("base64")}`
    const received = {
      headers: { "webhook-id": "msg_1", "webhook-timestamp": `${nowMs / 1000}`, "webhook-signature": signature },
      payload
    }
    expect(Result.isSuccess(openSync(received, { keys: [verifyingKeySync(publicText)], nowMs }))).toBe(true)
    expect(Result.isSuccess(await open(received, { keys: [await verifyingKey(publicText)], nowMs }))).toBe(true)
  })
})

describe("the plain signature, beside createHmac", () => {
  it("is the same in both ways, and each opens it", async () => {
    await fc.assert(
      fc.asyncProperty(
        anyText,
        fc.string({ minLength: 24, maxLength: 64, unit: "grapheme-ascii" }),
        async (data, secret) => {
          const payload = jsonOf(data)
          const expected = { "x-webhook-signature": createHmac("sha256", secret).update(payload).digest("hex") }
          const [key, syncKey] = [await hexKey(secret), hexKeySync(secret)]
          expect(await signHex(payload, key)).toEqual(expected)
          expect(signHexSync(payload, syncKey)).toEqual(expected)
          const received = { headers: expected, payload: new TextEncoder().encode(payload) }
          expect(Result.isSuccess(await openHex(received, { keys: [key] }))).toBe(true)
          expect(Result.isSuccess(openHexSync(received, { keys: [syncKey] }))).toBe(true)
        }
      ),
      { numRuns: 1_000 }
    )
  })
})

describe("Circle's signature, by the procedure that Circle publishes", () => {
  const keyId = "879dc113-5ca4-4ff7-a6b7-54652083fcf8"

  it("is verified by it: the key as DER of SPKI, the signature as DER, over the body as it came", async () => {
    const { signing, verifying } = await generateEcdsaKeyPair()
    const key = { ...(await ecdsaSigningKey(signing)), keyId }
    const publicKey = createPublicKey({ key: Buffer.from(verifying, "base64"), format: "der", type: "spki" })
    await fc.assert(
      fc.asyncProperty(anyText, async (data) => {
        const payload = jsonOf(data)
        const headers = await signCircle(payload, key)
        const signature = Buffer.from(headers["x-circle-signature"], "base64")
        expect(nodeVerify("sha256", Buffer.from(payload), publicKey, signature)).toBe(true)
        expect(createVerify("SHA256").update(payload).verify(publicKey, signature)).toBe(true)
      }),
      { numRuns: 500 }
    )
  })

  it("is opened when Node has made it, and the keys are exchanged as text", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
    const spki = publicKey.export({ format: "der", type: "spki" }).toString("base64")
    expect(await exportEcdsaKey(await ecdsaVerifyingKey(spki))).toBe(spki)
    const pkcs8 = privateKey.export({ format: "der", type: "pkcs8" })
    expect(
      (await signCircle("{}", { ...(await ecdsaSigningKey(pkcs8.toString("base64"))), keyId }))["x-circle-key-id"]
    ).toBe(keyId)
    expect(
      createPrivateKey({
        key: Buffer.from((await generateEcdsaKeyPair()).signing, "base64"),
        format: "der",
        type: "pkcs8"
      }).asymmetricKeyType
    ).toBe("ec")

    const keys = circleKeys({ lookUp: async (id) => ({ id, algorithm: "ECDSA_SHA_256", publicKey: spki }) })
    await fc.assert(
      fc.asyncProperty(anyText, async (data) => {
        const payload = jsonOf(data)
        const signature = createSign("SHA256").update(payload).sign(privateKey).toString("base64")
        const headers = { "X-Circle-Signature": signature, "X-Circle-Key-Id": keyId }
        const opened = await openCircle({ headers, payload }, { keys, nowMs })
        expect(opened).toEqual(Result.succeed({ notificationId: "n", payload }))
      }),
      { numRuns: 500 }
    )
  })
})
