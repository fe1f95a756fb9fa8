import * as Result from "effect/Result"
import fc from "fast-check"
import { Webhook } from "standardwebhooks"
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest"
import { fromBase64, toBase64 } from "./base64.ts"
import {
  generateKeyPair,
  generateSecret,
  open,
  type SigningKey,
  sign,
  signingKey,
  type VerifyingKey,
  verifyingKey
} from "./index.ts"

const nowMs = Date.UTC(2026, 10, 20, 12, 0, 0)
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
const payload = '{"type":"payment.paid","data":{"id":"1"}}'
const message = { id: "msg_1", atMs: nowMs, payload }

let hmac: SigningKey
let hmacVerifying: VerifyingKey
let pair: { readonly signing: string; readonly verifying: string }
let ed: SigningKey
let edVerifying: VerifyingKey
beforeAll(async () => {
  hmac = await signingKey(secret)
  hmacVerifying = await verifyingKey(secret)
  pair = await generateKeyPair()
  ed = await signingKey(pair.signing)
  edVerifying = await verifyingKey(pair.verifying)
})

const tagOf = <A, E extends { readonly _tag: string }>(result: Result.Result<A, E>): string =>
  Result.isFailure(result) ? result.failure._tag : "opened"
const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16))

describe("agreement with the reference library", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: nowMs, toFake: ["Date"] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it("opens what the reference signs, and the reference verifies what is signed here", async () => {
    const unicode = fc.string({ unit: "grapheme", maxLength: 200 })
    await fc.assert(
      fc.asyncProperty(unicode, fc.uint8Array({ minLength: 24, maxLength: 64 }), async (data, key) => {
        const text = `whsec_${toBase64(key)}`
        const json = JSON.stringify({ data })
        const theirs = new Webhook(text).sign("msg_1", new Date(nowMs), json)
        const headers = { "webhook-id": "msg_1", "webhook-timestamp": `${nowMs / 1000}`, "webhook-signature": theirs }
        const keys = [await verifyingKey(text)]
        expect(tagOf(await open({ headers, payload: json }, { keys, nowMs }))).toBe("opened")
        const ours = await sign({ ...message, payload: json }, [await signingKey(text)])
        expect(ours["webhook-signature"]).toBe(theirs)
        expect(new Webhook(text).verify(json, { ...ours })).toEqual({ data })
      }),
      // At once, beside both reference libraries, ten thousand are signed and opened every time.
      { numRuns: process.env["PAYKERNEL_DEEP"] === "1" ? 10_000 : 2_000 }
    )
  })

  it("gives the signature that the specification prints for its example", async () => {
    const headers = {
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    }
    const given = { headers, payload: '{"test": 2432232314}' }
    const result = await open(given, { keys: [hmacVerifying], nowMs: 1_614_265_330_000 })
    expect(Result.getOrThrow(result)).toEqual({
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      timestampMs: 1_614_265_330_000,
      payload: '{"test": 2432232314}'
    })
  })
})

describe("Ed25519", () => {
  it("makes the keys and signatures of RFC 8032 §7.1, test 1", async () => {
    const seed = bytesOf("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    const publicKey = bytesOf("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    const { signing } = await signingKey(`whsk_${toBase64(Uint8Array.of(...seed, ...publicKey))}`)
    const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", signing, new Uint8Array(0)))
    expect(signature).toEqual(
      bytesOf(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155" +
          "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
      )
    )
  })

  it("opens what it signed, from a pair or from its seed alone", async () => {
    const seed = fromBase64(pair.signing.slice(5))?.subarray(0, 32) ?? new Uint8Array()
    for (const key of [ed, await signingKey(`whsk_${toBase64(seed)}`)]) {
      const headers = await sign(message, [key])
      expect(headers["webhook-signature"]).toMatch(/^v1a,[A-Za-z0-9+/]{86}==$/u)
      expect(tagOf(await open({ headers, payload }, { keys: [edVerifying], nowMs }))).toBe("opened")
    }
  })
})

describe("rotation", () => {
  it("opens when any signature is of any key", async () => {
    const before = generateSecret()
    const headers = await sign(message, [await signingKey(before), hmac, ed])
    for (const key of [hmacVerifying, edVerifying, await verifyingKey(before)]) {
      expect(tagOf(await open({ headers, payload }, { keys: [key], nowMs }))).toBe("opened")
    }
    const stranger = await verifyingKey(generateSecret())
    expect(tagOf(await open({ headers, payload }, { keys: [stranger, hmacVerifying], nowMs }))).toBe("opened")
    expect(tagOf(await open({ headers, payload }, { keys: [stranger], nowMs }))).toBe("SignatureMismatch")
  })

  it("skips versions it does not know, and reads 16 signatures at most", async () => {
    const headers = await sign(message, [hmac])
    const good = headers["webhook-signature"]
    const withList = (list: string) =>
      open({ headers: { ...headers, "webhook-signature": list }, payload }, { keys: [hmacVerifying], nowMs })
    expect(tagOf(await withList(`v2,AAAA x v1 ,, v1,@@ v1, ${good}`))).toBe("opened")
    expect(tagOf(await withList(`${"v9,AAAA ".repeat(15)}${good}`))).toBe("opened")
    expect(tagOf(await withList(`${"v9,AAAA ".repeat(16)}${good}`))).toBe("SignatureUnsupported")
    expect(tagOf(await withList(`${`v1,${"A".repeat(43)}= `.repeat(16)}${good}`))).toBe("SignatureMismatch")
    expect(tagOf(await withList("v9,AAAA ".repeat(10_000)))).toBe("HeaderMalformed")
  })
})

describe("what is not opened", () => {
  const attempt = async (change: object, options: object = {}, body = payload) => {
    const headers = { ...(await sign(message, [hmac])), ...change }
    return tagOf(await open({ headers, payload: body }, { keys: [hmacVerifying], nowMs, ...options }))
  }

  it("is anything in which one bit of the payload, the signature, the id or the time was changed", async () => {
    const headers = await sign(message, [hmac, ed])
    const body = new TextEncoder().encode(payload)
    const keys = [hmacVerifying, edVerifying]
    for (let bit = 0; bit < body.length * 8; bit++) {
      const changed = body.with(bit >> 3, (body[bit >> 3] ?? 0) ^ (1 << (bit & 7)))
      expect(tagOf(await open({ headers, payload: changed }, { keys, nowMs }))).toBe("SignatureMismatch")
    }
    for (const [index, version] of ["v1", "v1a"].entries()) {
      const bytes = fromBase64(headers["webhook-signature"].split(" ")[index]?.split(",")[1] ?? "") ?? new Uint8Array()
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const changed = bytes.with(bit >> 3, (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7)))
        const forged = { ...headers, "webhook-signature": `${version},${toBase64(changed)}` }
        expect(tagOf(await open({ headers: forged, payload }, { keys, nowMs }))).toBe("SignatureMismatch")
      }
    }
    expect(await attempt({ "webhook-id": "msg_2" })).toBe("SignatureMismatch")
    expect(await attempt({ "webhook-timestamp": String(nowMs / 1000 + 1) })).toBe("SignatureMismatch")
    expect(await attempt({}, {}, `${payload} `)).toBe("SignatureMismatch")
  })

  it("is what a signature of one version, length or alphabet says under another", async () => {
    const { "webhook-signature": mac } = await sign(message, [hmac])
    const { "webhook-signature": signature } = await sign(message, [ed])
    const forgeries = [
      mac.replace("v1,", "v1a,"),
      signature.replace("v1a,", "v1,"),
      mac.replace("v1,", "v1 ,"),
      mac.replace("v1,", "V1,"),
      mac.replace("v1,", ""),
      mac.slice(0, -1),
      `${mac}=`,
      mac.replaceAll("=", ""),
      "v1,",
      " "
    ]
    for (const list of forgeries) expect(await attempt({ "webhook-signature": list })).toBe("SignatureUnsupported")
    expect(await attempt({ "webhook-signature": signature })).toBe("SignatureUnsupported")
  })

  it("is one signed with a public key's text as the secret", async () => {
    const confused = await signingKey(pair.verifying.replace("whpk_", "whsec_"))
    const headers = await sign(message, [confused])
    expect(tagOf(await open({ headers, payload }, { keys: [edVerifying], nowMs }))).toBe("SignatureUnsupported")
  })

  it.each([
    [-301, "TimestampTooNew"],
    [-300, "opened"],
    [300, "opened"],
    [301, "TimestampTooOld"]
  ])("depends on the time: %i s after it was signed, %s", async (seconds, expected) => {
    expect(await attempt({}, { nowMs: nowMs + seconds * 1000 })).toBe(expected)
    expect(await attempt({}, { nowMs: nowMs + seconds * 1000 + 999 })).toBe(expected)
  })

  it("may be given another tolerance", async () => {
    expect(await attempt({}, { nowMs: nowMs + 2_000, toleranceMs: 1_000 })).toBe("TimestampTooOld")
    expect(await attempt({}, { nowMs: nowMs + 600_000, toleranceMs: 600_000 })).toBe("opened")
  })

  it.each(["", "123abc", "-1", "1.5", "1e9", " 1", "1700000000000", "１７"])("has the time %j", async (time) => {
    expect(await attempt({ "webhook-timestamp": time })).toBe("HeaderMalformed")
  })

  it.each(["", "msg.1", "msg 1", "x".repeat(257), "naïve"])("has the id %j", async (id) => {
    expect(await attempt({ "webhook-id": id })).toBe("HeaderMalformed")
  })

  it.each(["webhook-id", "webhook-timestamp", "webhook-signature"])("lacks the header %s", async (name) => {
    expect(await attempt({ [name]: undefined })).toBe("HeaderMissing")
    expect(await attempt({ [name]: ["a", "b"] })).toBe("HeaderMissing")
  })
})

describe("headers", () => {
  it("are read from a Headers object or a record, in any case", async () => {
    const signed = await sign(message, [hmac])
    const upper = Object.fromEntries(Object.entries(signed).map(([name, value]) => [name.toUpperCase(), value]))
    for (const headers of [new Headers(signed), upper]) {
      expect(tagOf(await open({ headers, payload }, { keys: [hmacVerifying], nowMs }))).toBe("opened")
    }
  })
})

describe("keys", () => {
  const zeros = (length: number) => toBase64(new Uint8Array(length))

  it("that are none are refused, without being shown", async () => {
    const texts = ["", zeros(32), `whsec_${zeros(23)}`, `whsec_${zeros(65)}`, "whsec_!!!!", `whsk_${zeros(31)}`]
    for (const text of [...texts, pair.verifying, `whsk_${zeros(64)}`]) {
      await expect(signingKey(text)).rejects.toMatchObject({ _tag: "WebhookKeyInvalid" })
    }
    for (const text of [...texts, pair.signing, `whpk_${zeros(31)}`, `whpk_${zeros(33)}`]) {
      const error = await verifyingKey(text).catch((cause: unknown) => cause)
      expect(error).toMatchObject({ _tag: "WebhookKeyInvalid" })
      if (text.length > 6) expect(JSON.stringify(error) + String(error)).not.toContain(text.slice(6))
    }
  })

  it("that sign give their bytes to nobody", async () => {
    await expect(crypto.subtle.exportKey("raw", hmac.signing)).rejects.toThrow()
    await expect(crypto.subtle.exportKey("pkcs8", ed.signing)).rejects.toThrow()
  })

  it("are needed, and so are an id and a time that can be checked", async () => {
    await expect(sign(message, [])).rejects.toThrow(TypeError)
    await expect(sign({ ...message, id: "msg.1" }, [hmac])).rejects.toThrow(TypeError)
    await expect(sign({ ...message, atMs: -1 }, [hmac])).rejects.toThrow(TypeError)
    await expect(sign({ ...message, atMs: Number.NaN }, [hmac])).rejects.toThrow(TypeError)
    await expect(open({ headers: {}, payload }, { keys: [], nowMs })).rejects.toThrow(TypeError)
  })
})
