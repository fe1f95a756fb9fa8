/** Nothing that differs by as little as a bit from what was signed is opened. */
import {
  circleKeys,
  ecdsaSigningKey,
  generateEcdsaKeyPair,
  generateKeyPair,
  generateSecret,
  hexKey,
  open,
  openCircle,
  openHex,
  openSns,
  sign,
  signCircle,
  signHex,
  signingKey,
  signSns,
  snsSigningKey,
  verifyingKey
} from "@paykernel/webhooks"
import { hexKeySync, openHexSync, openSync, verifyingKeySync } from "@paykernel/webhooks/node"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { certificateUrl, nowMs, ownCertificates, ownKey, topicArn } from "./self-signed.ts"

const mutationsCount = process.env["PAYKERNEL_DEEP"] === "1" ? 100_000 : 10_000
/** Where one verification takes as long as fifty of the others. */
const fewer = mutationsCount / 5
const payload = JSON.stringify({ notificationId: "n-1", type: "payment.paid", data: { id: "pay_1", text: "grüße" } })

/** The same numbers in every run (mulberry32). */
const randomOf = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

type Sent = { readonly headers: { readonly [name: string]: string }; readonly payload: Uint8Array }

const alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/=,.-_"

type Random = (below: number) => number

/** Changes one thing: a character of a header, or a bit, the length or the order of the body. */
const mutated = ({ headers, payload: body }: Sent, random: Random): Sent => {
  const names = Object.keys(headers)
  const name = names[random(names.length + 1)]
  const value = name === undefined ? undefined : headers[name]
  if (name === undefined || value === undefined) return { headers, payload: mutatedBytes(body, random) }
  const changed = mutatedText(value, random)
  return changed === value
    ? mutated({ headers, payload: body }, random)
    : { headers: { ...headers, [name]: changed }, payload: body }
}

const mutatedText = (text: string, random: Random): string => {
  const at = random(text.length)
  const letter = alphabet[random(alphabet.length)] ?? ""
  const [before, here, after] = [text.slice(0, at), text[at] ?? "", text.slice(at + 1)]
  const changes = [before + letter + after, before + after, before + letter + here + after]
  return changes[random(4)] ?? before + after.slice(0, 1) + here + after.slice(1)
}

const mutatedBytes = (body: Uint8Array, random: Random): Uint8Array => {
  const at = random(body.length)
  const changes = [
    body.with(at, (body[at] ?? 0) ^ (1 << random(8))),
    body.filter((_, place) => place !== at),
    Uint8Array.of(...body.subarray(0, at), random(256), ...body.subarray(at))
  ]
  return changes[random(4)] ?? Uint8Array.of(...body, random(256))
}

/** How many mutations are opened, those left out that mean the same. The original has to be. */
const openedOf = async (
  count: number,
  sent: Sent,
  isOpened: (mutation: Sent) => boolean | Promise<boolean>,
  isSame: (mutation: Sent) => boolean = () => false
): Promise<number> => {
  const random = randomOf(count)
  expect(await isOpened(sent)).toBe(true)
  let opened = 0
  for (let at = 0; at < count; at++) {
    const mutation = mutated(sent, random)
    if ((await isOpened(mutation)) && !isSame(mutation)) opened++
  }
  return opened
}

const bytes = new TextEncoder().encode(payload)
const message = { id: "msg_1", atMs: nowMs, payload }

describe(`of ${mutationsCount} mutations of id, time, body and signature, or a fifth of them, none is opened`, () => {
  it("v1, at once", async () => {
    const secret = generateSecret()
    const headers = { ...(await sign(message, [await signingKey(secret)])) }
    const keys = [verifyingKeySync(secret)]
    const isOpened = (sent: Sent) => Result.isSuccess(openSync(sent, { keys, nowMs }))
    expect(await openedOf(mutationsCount, { headers, payload: bytes }, isOpened)).toBe(0)
  })

  it("v1, with Web Crypto", async () => {
    const secret = generateSecret()
    const headers = { ...(await sign(message, [await signingKey(secret)])) }
    const keys = [await verifyingKey(secret)]
    const isOpened = async (sent: Sent) => Result.isSuccess(await open(sent, { keys, nowMs }))
    expect(await openedOf(fewer, { headers, payload: bytes }, isOpened)).toBe(0)
  })

  it("v1a", async () => {
    const pair = await generateKeyPair()
    const headers = { ...(await sign(message, [await signingKey(pair.signing)])) }
    const [keys, slowKeys] = [[verifyingKeySync(pair.verifying)], [await verifyingKey(pair.verifying)]]
    const isOpened = (sent: Sent) => Result.isSuccess(openSync(sent, { keys, nowMs }))
    const isOpenedSlowly = async (sent: Sent) => Result.isSuccess(await open(sent, { keys: slowKeys, nowMs }))
    expect(await openedOf(fewer, { headers, payload: bytes }, isOpened)).toBe(0)
    expect(await openedOf(fewer / 10, { headers, payload: bytes }, isOpenedSlowly)).toBe(0)
  })

  it("the plain signature", async () => {
    const secret = generateSecret()
    const headers = { ...(await signHex(payload, await hexKey(secret))) }
    const [keys, slowKeys] = [[hexKeySync(secret)], [await hexKey(secret)]]
    const isOpened = (sent: Sent) => Result.isSuccess(openHexSync(sent, { keys }))
    const isOpenedSlowly = async (sent: Sent) => Result.isSuccess(await openHex(sent, { keys: slowKeys }))
    expect(await openedOf(mutationsCount, { headers, payload: bytes }, isOpened)).toBe(0)
    expect(await openedOf(mutationsCount / 10, { headers, payload: bytes }, isOpenedSlowly)).toBe(0)
  })

  it("Circle's", async () => {
    const keyId = "879dc113-5ca4-4ff7-a6b7-54652083fcf8"
    const { signing, verifying } = await generateEcdsaKeyPair()
    const stranger = await generateEcdsaKeyPair()
    // Under every other id there is a key too, of somebody else.
    const publicKeyOf = (id: string) => (id === keyId ? verifying : stranger.verifying)
    const keys = circleKeys({ lookUp: async (id) => ({ id, algorithm: "ECDSA_SHA_256", publicKey: publicKeyOf(id) }) })
    const headers = { ...(await signCircle(payload, { ...(await ecdsaSigningKey(signing)), keyId })) }
    const isOpened = async (sent: Sent) => Result.isSuccess(await openCircle(sent, { keys, nowMs }))
    // The id of a key may be written in capitals.
    const isSame = ({ headers: changed, payload: body }: Sent) =>
      body === bytes &&
      changed["x-circle-signature"] === headers["x-circle-signature"] &&
      changed["x-circle-key-id"]?.toLowerCase() === keyId
    expect(await openedOf(fewer, { headers, payload: bytes }, isOpened, isSame)).toBe(0)
  })

  it.each(["1", "2"] as const)("those of SNS, version %s", async (version) => {
    const { signing } = await ownKey()
    const key = await snsSigningKey(signing, { certificateUrl, version })
    const content = { type: "Notification", id: crypto.randomUUID(), topicArn, message: payload, atMs: nowMs } as const
    const { body } = await signSns({ ...content, subject: "Paid" }, key)
    const options = { certificates: await ownCertificates(), allowTopic: () => true, nowMs }
    const isOpened = async (sent: Sent) => Result.isSuccess(await openSns(sent, options))
    // Blanks between the members of JSON mean nothing, and hosts are the same in capitals.
    const meaning = (text: string): string => {
      const { SigningCertURL: url, ...members } = JSON.parse(text)
      return JSON.stringify({ ...members, url: new URL(url).href })
    }
    const isSame = (sent: Sent) => meaning(new TextDecoder().decode(sent.payload)) === meaning(body)
    const sent = { headers: {}, payload: new TextEncoder().encode(body) }
    expect(await openedOf(fewer, sent, isOpened, isSame)).toBe(0)
  })
})
