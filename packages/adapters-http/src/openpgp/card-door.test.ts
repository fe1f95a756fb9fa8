import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { createMessage, encrypt, enums, generateKey, type KeyOptions, readKey } from "openpgp"
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest"
import { fromBase64, toBase64 } from "../base64.ts"
import { encryptCardData } from "../browser/index.ts"
import { type CardDoor, type CardKey, generateCardKey, openCardDoor } from "./index.ts"

const nowMs = Date.UTC(2026, 0, 2)
const card = { number: "4007400000000007", cvv: "123" }
const published = (door: CardDoor) => ({ keyId: door.keyId, publicKey: door.publicKeyBase64 })
const keyOf = async (options: Omit<KeyOptions, "userIDs">): Promise<CardKey> => {
  const { privateKey } = await generateKey({ ...options, userIDs: [{ name: "test" }], format: "armored" })
  return { keyId: "key1", armoredPrivateKey: Redacted.make(privateKey) }
}

/** Encrypts any text to the door's published key, with the sender's settings. */
const send = async (door: CardDoor, text: string, config = {}): Promise<string> => {
  const armoredKey = new TextDecoder().decode(fromBase64(door.publicKeyBase64))
  const encryptionKeys = await readKey({ armoredKey })
  const message = await encrypt({ message: await createMessage({ text }), encryptionKeys, config })
  return toBase64(new TextEncoder().encode(message))
}

describe("card data encrypted by the browser helper", () => {
  it.each(["curve25519", "rsa2048"] as const)("opens with a %s key", async (algorithm) => {
    const door = await openCardDoor({ keys: [await generateCardKey({ nowMs, algorithm })] })
    const sent = await encryptCardData(card, published(door))
    expect(sent.keyId).toBe("key1")
    expect(atob(sent.encryptedData)).toMatch(/^-----BEGIN PGP MESSAGE-----\n/u)
    const opened = Result.getOrThrow(await door.decryptCard("key1", sent.encryptedData))
    expect([opened.pan.reveal(), opened.cvv.reveal()]).toEqual([card.number, card.cvv])
    const cvvOnly = await encryptCardData({ cvv: "0123" }, published(door))
    expect(Result.getOrThrow(await door.decryptCvv("key1", cvvOnly.encryptedData)).cvv.reveal()).toBe("0123")
  })

  it("opens with keys that ask for authenticated encryption, and with keys of version 6", async () => {
    for (const key of [
      await keyOf({ type: "ecc", curve: "curve25519Legacy", config: { aeadProtect: true } }),
      await keyOf({ type: "ecc", curve: "nistP256" }),
      await keyOf({ type: "curve25519" }),
      await keyOf({ type: "curve25519", config: { v6Keys: true, aeadProtect: true } })
    ]) {
      const door = await openCardDoor({ keys: [key], answerAfterMs: 0 })
      const { encryptedData } = await encryptCardData(card, published(door))
      expect(Result.isSuccess(await door.decryptCard("key1", encryptedData))).toBe(true)
    }
  })

  it.each([enums.compression.uncompressed, enums.compression.zip, enums.compression.zlib])(
    "opens with compression %s",
    async (preferredCompressionAlgorithm) => {
      const door = await openCardDoor({ keys: [await generateCardKey({ nowMs })], answerAfterMs: 0 })
      const encryptedData = await send(door, JSON.stringify(card), { preferredCompressionAlgorithm })
      expect(Result.isSuccess(await door.decryptCard("key1", encryptedData))).toBe(true)
    }
  )
})

describe("keys", () => {
  it("given a new key is published, then messages to the older one still open, by its name", async () => {
    const old = await generateCardKey({ nowMs, keyId: "key1" })
    const before = await openCardDoor({ keys: [old] })
    const { encryptedData } = await encryptCardData(card, published(before))
    const door = await openCardDoor({ keys: [old, await generateCardKey({ nowMs, keyId: "key2" })], answerAfterMs: 0 })
    expect(door.keyId).toBe("key2")
    expect(Result.isSuccess(await door.decryptCard("key1", encryptedData))).toBe(true)
    expect(await door.decryptCard("key2", encryptedData)).toEqual(Result.fail({ _tag: "CardDataUnreadable" }))
    expect(await door.decryptCard("key3", encryptedData)).toEqual(Result.fail({ _tag: "EncryptionKeyUnknown" }))
  })

  it("that cannot serve are refused when the door is opened, without showing them", async () => {
    const good = await generateCardKey({ nowMs })
    const { publicKey } = await generateKey({ userIDs: [{ name: "test" }] })
    const locked = await keyOf({ passphrase: "secret" })
    const signingOnly = await keyOf({ subkeys: [] })
    const twoSubkeys = await keyOf({ subkeys: [{}, {}] })
    const named = (text: string): CardKey => ({ keyId: "key1", armoredPrivateKey: Redacted.make(text) })
    await expect(openCardDoor({ keys: [] })).rejects.toThrow(TypeError)
    for (const keys of [[good, good], [named(publicKey)], [named("")], [locked], [signingOnly], [twoSubkeys]]) {
      await expect(openCardDoor({ keys })).rejects.toMatchObject({ _tag: "CardKeyUnusable", keyId: "key1" })
    }
    expect(JSON.stringify(good)).not.toContain("PRIVATE KEY")
  })

  it("publish no private part, and are dated a day back", async () => {
    const door = await openCardDoor({ keys: [await generateCardKey({ nowMs })] })
    const text = new TextDecoder().decode(fromBase64(door.publicKeyBase64))
    expect(text).toMatch(/^-----BEGIN PGP PUBLIC KEY BLOCK-----\n/u)
    const key = await readKey({ armoredKey: text })
    expect([key.isPrivate(), key.getCreationTime().getTime()]).toEqual([false, nowMs - 24 * 60 * 60 * 1000])
  })
})

describe("what is inside a message", () => {
  let door: CardDoor
  beforeAll(async () => {
    door = await openCardDoor({ keys: [await generateCardKey({ nowMs })], answerAfterMs: 0 })
  })
  const tagOf = <A, E extends { readonly _tag: string }>(result: Result.Result<A, E>): string =>
    Result.isFailure(result) ? result.failure._tag : "opened"

  it.each([
    ["opened", ' { "cvv" : "123" ,\n"number":"4007400000000007" }\n'],
    ["opened", '{"number":"\\u0034007400000000007","cvv":"123"}'],
    ["PanMalformed", '{"number":"4007 4000 0000 0007","cvv":"123"}'],
    ["PanMalformed", '{"number":"","cvv":"123"}'],
    ["PanChecksumFailed", '{"number":"4007400000000008","cvv":"123"}'],
    ["CvvMalformed", '{"number":"4007400000000007","cvv":"12"}'],
    ["CardDataUnreadable", '{"number":4007400000000007,"cvv":"123"}'],
    ["CardDataUnreadable", '{"number":"4007400000000007","cvv":null}'],
    ["CardDataUnreadable", '{"number":"4007400000000007"}'],
    ["CardDataUnreadable", '{"cvv":"123"}'],
    ["CardDataUnreadable", '{"number":"4007400000000007","cvv":"123","x":"1"}'],
    ["CardDataUnreadable", '{"number":"4007400000000007","cvv":"123","cvv":"123"}'],
    ["CardDataUnreadable", '{"number":"4007400000000007","cvv":"999","\\u0063vv":"123"}'],
    ["CardDataUnreadable", '{"number":"4007400000000007","cvv":"123","__proto__":"1"}'],
    ["CardDataUnreadable", '{"__proto__":{"number":"4007400000000007","cvv":"123"}}'],
    ["CardDataUnreadable", '[{"number":"4007400000000007","cvv":"123"}]'],
    ["CardDataUnreadable", '["4007400000000007","123"]'],
    ["CardDataUnreadable", "null"],
    ["CardDataUnreadable", ""],
    ["CardDataUnreadable", '{"number":"4007400000000007","cvv":"123"'],
    ["CardDataUnreadable", '{"number":"4007400000000007","cvv":"123"}}'],
    ["CardDataUnreadable", '\ufeff{"number":"4007400000000007","cvv":"123"}'],
    ["CardDataUnreadable", `{"number":"4007400000000007","cvv":"123"}${" ".repeat(216)}`]
  ])("of a card: %s for %j", async (expected, text) => {
    expect(tagOf(await door.decryptCard("key1", await send(door, text)))).toBe(expected)
  })

  it.each([
    ["opened", '{"cvv":"1234"}'],
    ["CvvMalformed", '{"cvv":"12a"}'],
    ["CardDataUnreadable", '{"number":"4007400000000007","cvv":"123"}'],
    ["CardDataUnreadable", '{"cvv":"123","cvv":"456"}'],
    ["CardDataUnreadable", '{"cvv":123}'],
    ["CardDataUnreadable", "{}"]
  ])("of a CVV: %s for %j", async (expected, text) => {
    expect(tagOf(await door.decryptCvv("key1", await send(door, text)))).toBe(expected)
  })
})

describe("a flood", () => {
  it("finds a bounded queue: those beyond it are turned away, the others are served", async () => {
    const door = await openCardDoor({ keys: [await generateCardKey({ nowMs })], concurrent: 1, waiting: 3 })
    const { encryptedData } = await encryptCardData(card, published(door))
    const results = await Promise.all(Array.from({ length: 10 }, () => door.decryptCard("key1", encryptedData)))
    expect(results.filter(Result.isSuccess)).toHaveLength(4)
    expect(results.slice(4)).toEqual(Array.from({ length: 6 }, () => Result.fail({ _tag: "DoorBusy" })))
    expect(Result.isSuccess(await door.decryptCard("key1", encryptedData))).toBe(true)
  })
})

describe("an answer", () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it("takes the same least time, whether the message is good, broken inside or refused on sight", async () => {
    const door = await openCardDoor({ keys: [await generateCardKey({ nowMs })], answerAfterMs: 40 })
    const good = await send(door, JSON.stringify(card))
    const notJson = await send(door, "not json")
    vi.useFakeTimers({ toFake: ["setTimeout"] })
    for (const message of [good, notJson, "", "A".repeat(9000)]) {
      let answered = false
      const answer = door.decryptCard("key1", message).finally(() => {
        answered = true
      })
      await vi.advanceTimersByTimeAsync(39)
      for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve))
      expect(answered).toBe(false)
      await vi.advanceTimersByTimeAsync(1)
      await answer
    }
  })
})
