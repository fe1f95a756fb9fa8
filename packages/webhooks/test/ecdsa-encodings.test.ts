/** A signature of ECDSA has one encoding, and two numbers in it that are within bounds. Everything else is no signature. */
import { createSign, generateKeyPairSync } from "node:crypto"
import { circleKeys, ecdsaSigningKey, ecdsaVerifyingKey, generateEcdsaKeyPair, openCircle } from "@paykernel/webhooks"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"

const keyId = "879dc113-5ca4-4ff7-a6b7-54652083fcf8"
const nowMs = Date.UTC(2026, 10, 21)
const payload = '{"notificationId":"n-1"}'
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
const spki = publicKey.export({ format: "der", type: "spki" }).toString("base64")
const keys = circleKeys({ lookUp: async (id) => ({ id, algorithm: "ECDSA_SHA_256", publicKey: spki }) })

/** A signature with numbers of which both begin with a bit of 0, so that shortening and padding are possible. */
const genuine = (): { readonly r: bigint; readonly s: bigint } => {
  for (;;) {
    const raw = createSign("SHA256")
      .update(payload)
      .sign({ key: privateKey, dsaEncoding: "ieee-p1363" })
      .toString("hex")
    const [r, s] = [BigInt(`0x${raw.slice(0, 64)}`), BigInt(`0x${raw.slice(64)}`)]
    if (r >> 248n > 0n && s >> 248n > 0n && r >> 255n === 0n && s >> 255n === 0n) return { r, s }
  }
}
const { r, s } = genuine()

const bytesOf = (number: bigint): Buffer => {
  const hex = number.toString(16)
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex")
}
const int = (number: bigint): Buffer => {
  const bytes = bytesOf(number)
  return tlv(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes)
}
const tlv = (tag: number, ...content: ReadonlyArray<Uint8Array>): Buffer => {
  const bytes = Buffer.concat(content)
  return Buffer.concat([Buffer.of(tag, bytes.length), bytes])
}
const seq = (...content: ReadonlyArray<Uint8Array>): Buffer => tlv(0x30, ...content)

const opening = async (signature: Uint8Array | string): Promise<string> => {
  const text = typeof signature === "string" ? signature : Buffer.from(signature).toString("base64")
  const headers = { "x-circle-signature": text, "x-circle-key-id": keyId }
  const opened = await openCircle({ headers, payload }, { keys, nowMs })
  return Result.isSuccess(opened) ? "opened" : opened.failure._tag
}

describe("a signature in DER", () => {
  it("is opened as it should be written", async () => {
    expect(await opening(seq(int(r), int(s)))).toBe("opened")
  })

  it("has a second one with the same meaning, so notifications are told apart by their id", async () => {
    expect(await opening(seq(int(r), int(order - s)))).toBe("opened")
  })

  const zeroPadded = (number: bigint): Buffer => tlv(0x02, Buffer.of(0), bytesOf(number))
  const plain = seq(int(r), int(s))
  it.each<[string, Uint8Array]>([
    ["r is 0", seq(int(0n), int(s))],
    ["s is 0", seq(int(r), int(0n))],
    ["both are 0", seq(int(0n), int(0n))],
    ["r is the order", seq(int(order), int(s))],
    ["s is the order", seq(int(r), int(order))],
    ["r + order", seq(int(r + order), int(s))],
    ["s + order", seq(int(r), int(s + order))],
    ["r and s of all ones", seq(int(2n ** 256n - 1n), int(2n ** 256n - 1n))],
    ["numbers of 33 bytes", seq(int(r + 2n ** 256n), int(s))],
    ["r is negative", seq(tlv(0x02, bytesOf(2n ** 256n - r)), int(s))],
    ["s is negative", seq(int(r), tlv(0x02, bytesOf(2n ** 256n - s)))],
    ["r is -1", seq(tlv(0x02, Buffer.of(0xff)), int(s))],
    ["r is padded", seq(zeroPadded(r), int(s))],
    ["s is padded", seq(int(r), zeroPadded(s))],
    ["s is padded twice", seq(int(r), tlv(0x02, Buffer.of(0, 0), bytesOf(s)))],
    ["r is empty", seq(tlv(0x02), int(s))],
    ["s is missing", seq(int(r))],
    ["a third number", seq(int(r), int(s), int(1n))],
    ["an empty sequence", seq()],
    ["bytes after it", Buffer.concat([plain, Buffer.of(0)])],
    ["bytes after its numbers", seq(int(r), int(s), Buffer.of(0))],
    ["an element after its numbers", seq(int(r), int(s), Buffer.of(0x05, 0x00))],
    ["bytes before it", Buffer.concat([Buffer.of(0), plain])],
    ["cut short", plain.subarray(0, -1)],
    ["a length in the long form", Buffer.concat([Buffer.of(0x30, 0x81, plain.length - 2), plain.subarray(2)])],
    ["a length in two bytes", Buffer.concat([Buffer.of(0x30, 0x82, 0, plain.length - 2), plain.subarray(2)])],
    ["a number's length in the long form", seq(Buffer.concat([Buffer.of(0x02, 0x81, 32), bytesOf(r)]), int(s))],
    ["no length (BER)", Buffer.concat([Buffer.of(0x30, 0x80), plain.subarray(2), Buffer.of(0, 0)])],
    ["a length too long", Buffer.concat([Buffer.of(0x30, plain.length - 1), plain.subarray(2)])],
    ["a length too short", Buffer.concat([Buffer.of(0x30, plain.length - 3), plain.subarray(2)])],
    ["a length of gigabytes", Buffer.concat([Buffer.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff), plain.subarray(2)])],
    ["a length of four bytes that is right", Buffer.concat([Buffer.of(0x30, 0x84, 0, 0, 0, 68), plain.subarray(2)])],
    ["a set", tlv(0x31, int(r), int(s))],
    ["texts instead of numbers", seq(tlv(0x04, bytesOf(r)), tlv(0x04, bytesOf(s)))],
    ["a number of another class", seq(tlv(0x82, bytesOf(r)), int(s))],
    ["a tag of several bytes", Buffer.concat([Buffer.of(0x3f, 0x30), plain.subarray(1)])],
    ["a sequence in a sequence", seq(plain)],
    ["P1363", Buffer.concat([bytesOf(r), bytesOf(s)])],
    ["too few bytes", Buffer.of(0x30, 0x06, 0x02, 0x01)],
    ["null", Buffer.of(0x05, 0x00)]
  ])("is none: %s", async (_, signature) => {
    expect(await opening(signature)).toBe("HeaderMalformed")
  })

  it.each<[string, Uint8Array]>([
    ["r is 1", seq(int(1n), int(s))],
    ["s is 1", seq(int(r), int(1n))],
    ["both are 1", seq(int(1n), int(1n))],
    ["r is order - 1", seq(int(order - 1n), int(s))],
    ["s is order - 1", seq(int(r), int(order - 1n))],
    ["the two exchanged", seq(int(s), int(r))]
  ])("is one, of something else: %s", async (_, signature) => {
    expect(await opening(signature)).toBe("SignatureMismatch")
  })

  it("is written in one base64, of its one alphabet", async () => {
    const text = plain.toString("base64")
    const spare = `${text.replaceAll("=", "").slice(0, -1)}${text.includes("==") ? "B" : "D"}${"=".repeat(text.split("=").length - 1)}`
    for (const changed of [text.replaceAll("=", ""), ` ${text}`, `${text}\n`, text.replaceAll("+", "-"), spare, ""]) {
      if (changed !== text) expect(await opening(changed), changed).toBe("HeaderMalformed")
    }
  })
})

describe("keys as text", () => {
  it("are read as what they are, and refused without being shown", async () => {
    const { signing, verifying } = await generateEcdsaKeyPair()
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 })
    const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" })
    const pkcs8 = { format: "der", type: "pkcs8" } as const
    const others = [rsa, p384].map((pair) => pair.privateKey.export(pkcs8).toString("base64"))
    for (const text of ["", "!", verifying, `${signing} `, signing.slice(4), ...others]) {
      const error: unknown = await ecdsaSigningKey(text).catch((cause: unknown) => cause)
      expect(error).toMatchObject({ _tag: "WebhookKeyInvalid" })
      if (text.length > 8) expect(JSON.stringify(error) + String(error)).not.toContain(text.slice(0, 8))
    }
    for (const text of ["", signing, others[0] ?? "", verifying.slice(4)]) {
      await expect(ecdsaVerifyingKey(text)).rejects.toMatchObject({ _tag: "WebhookKeyInvalid" })
    }
    const key = await ecdsaSigningKey(signing)
    await expect(crypto.subtle.exportKey("pkcs8", key.ecdsaSigning)).rejects.toThrow()
  })
})
