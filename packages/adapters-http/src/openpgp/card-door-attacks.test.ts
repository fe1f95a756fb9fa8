/** What an attacker may send to the door. Every answer must be the one value that tells nothing. */
import * as Result from "effect/Result"
import type * as openpgp from "openpgp"
import { createMessage, encrypt, enums, generateKey, Message, PacketList, readMessage } from "openpgp"
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest"
import { cardText, halves, joined, knock, packet, publicKeyOf, sealedTo } from "../../test/card-message.ts"
import { type CardDoor, generateCardKey, openCardDoor } from "./index.ts"

// The door reads a message with the library only to decrypt it: each call stands for one private key operation.
vi.mock("openpgp", async (original) => {
  const library = await original<typeof openpgp>()
  return { ...library, readMessage: vi.fn(library.readMessage) }
})
const privateKeyOperations = (): number => vi.mocked(readMessage).mock.calls.length
const forgetOperations = (): void => {
  vi.mocked(readMessage).mockClear()
}

const unreadable = Result.fail({ _tag: "CardDataUnreadable" })

let door: CardDoor
let key: openpgp.PublicKey
let stranger: openpgp.PrivateKey

beforeAll(async () => {
  door = await openCardDoor({ keys: [await generateCardKey({ nowMs: Date.UTC(2026, 0, 2) })], answerAfterMs: 0 })
  key = await publicKeyOf(door)
  const other = await generateKey({ userIDs: [{ name: "stranger" }], format: "object" })
  stranger = other.privateKey
})
beforeEach(forgetOperations)

describe("floods of session keys", () => {
  it.each([2, 3, 20, 100, 1000])("%i copies are refused without a private key operation", async (copies) => {
    const [sessionKey, sealed] = halves(await sealedTo(key))
    const message = joined(...Array.from({ length: copies }, () => sessionKey), sealed)
    forgetOperations()
    expect(await knock(door, message)).toEqual(unreadable)
    expect(privateKeyOperations()).toBe(0)
  })

  it("are refused when the others are for strangers, garbage, or nobody by name", async () => {
    const message = await sealedTo(key)
    const [mine, sealed] = halves(message)
    const [theirs] = halves(await sealedTo(stranger.toPublic()))
    forgetOperations()
    const wildcard = Uint8Array.from(mine).fill(0, 3, 11)
    const garbage = packet(1, crypto.getRandomValues(new Uint8Array(94)))
    for (const other of [theirs, wildcard, garbage, packet(1, new Uint8Array(0))]) {
      expect(await knock(door, joined(mine, other, sealed))).toEqual(unreadable)
      expect(await knock(door, joined(other, mine, sealed))).toEqual(unreadable)
      expect(await knock(door, joined(other, sealed))).toEqual(unreadable)
    }
    expect(await knock(door, await sealedTo([key, stranger.toPublic()]))).toEqual(unreadable)
    expect(await knock(door, await sealedTo(key, undefined, { wildcard: true }))).toEqual(unreadable)
    expect(privateKeyOperations()).toBe(0)
    expect(Result.isSuccess(await knock(door, message))).toBe(true)
    expect(privateKeyOperations()).toBe(1)
  })
})

describe("bombs", () => {
  it.each([enums.compression.zip, enums.compression.zlib])("of compression %s are refused", async (algorithm) => {
    const zeros = await createMessage({ binary: new Uint8Array(3_000_000) })
    const bomb = await sealedTo(key, zeros, { config: { preferredCompressionAlgorithm: algorithm } })
    expect(bomb.length).toBeLessThan(4096)
    expect(await knock(door, bomb)).toEqual(unreadable)
    expect(privateKeyOperations()).toBe(1)
  })

  it("are not inflated to the end", async () => {
    let inflated = 0
    class Counting extends DecompressionStream {
      override readonly readable = super.readable.pipeThrough(
        new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
          transform: (chunk, controller) => {
            inflated += chunk.length
            controller.enqueue(chunk)
          }
        })
      )
    }
    const zeros = await createMessage({ binary: new Uint8Array(3_000_000) })
    const config = { preferredCompressionAlgorithm: enums.compression.zip }
    const bomb = await sealedTo(key, zeros, { config })
    vi.stubGlobal("DecompressionStream", Counting)
    expect(await knock(door, bomb)).toEqual(unreadable)
    vi.unstubAllGlobals()
    expect(inflated).toBeGreaterThan(0)
    expect(inflated).toBeLessThan(1_000_000)
  })

  it("of Argon2 passwords are refused before a password is tried", async () => {
    const config: openpgp.PartialConfig = {
      s2kType: enums.s2k.argon2,
      s2kArgon2Params: { passes: 1, parallelism: 1, memoryExponent: 10 }
    }
    const message = await createMessage({ text: cardText })
    const both = { message, encryptionKeys: key, passwords: ["x"], format: "binary" as const, config }
    const mixed = await encrypt(both)
    const onlyPassword = await encrypt({ message, passwords: ["x"], format: "binary", config })
    expect(await knock(door, mixed)).toEqual(unreadable)
    expect(await knock(door, onlyPassword)).toEqual(unreadable)
    expect(privateKeyOperations()).toBe(0)
  })
})

describe("messages of another kind", () => {
  it("to another key are refused, also under our key's id", async () => {
    const foreign = await sealedTo(stranger.toPublic())
    expect(await knock(door, foreign)).toEqual(unreadable)
    expect(privateKeyOperations()).toBe(0)
    const [mine] = halves(await sealedTo(key))
    foreign.set(mine.subarray(3, 11), 3)
    expect(await knock(door, foreign)).toEqual(unreadable)
    expect(privateKeyOperations()).toBe(1)
  })

  it("that hide a message, a signature or nothing inside are refused", async () => {
    const inner = await readMessage({ binaryMessage: await sealedTo(key) })
    expect(await knock(door, await sealedTo(key, inner))).toEqual(unreadable)
    const message = await createMessage({ text: cardText })
    const signed = await encrypt({ message, encryptionKeys: key, signingKeys: stranger, format: "binary" })
    expect(await knock(door, signed)).toEqual(unreadable)
    expect(await knock(door, await sealedTo(key, new Message(new PacketList())))).toEqual(unreadable)
    const long = await createMessage({ binary: new Uint8Array(2000).fill(0x20) })
    expect(await knock(door, await sealedTo(key, long))).toEqual(unreadable)
  })

  it("made of the wrong packets are refused without a private key operation", async () => {
    const [sessionKey, sealed] = halves(await sealedTo(key))
    const body = sealed.subarray(2)
    const literal = packet(11, new TextEncoder().encode(`b\u0000\u0000\u0000\u0000\u0000${cardText}`))
    forgetOperations()
    for (const message of [
      sessionKey,
      sealed,
      literal,
      joined(sealed, sessionKey),
      joined(sessionKey, sealed, sealed),
      joined(sessionKey, literal),
      joined(sessionKey, sealed, literal),
      joined(packet(10, new TextEncoder().encode("PGP")), sessionKey, sealed),
      joined(packet(21, new Uint8Array(10)), sessionKey, sealed),
      joined(packet(60, new Uint8Array(10)), sessionKey, sealed),
      joined(sessionKey, packet(9, body)),
      joined(sessionKey, packet(20, body)),
      joined(sessionKey, packet(18, joined(Uint8Array.of(2), body.subarray(1)))),
      joined(sessionKey, packet(18, new Uint8Array(0))),
      joined(sessionKey, sealed, Uint8Array.of(0)),
      joined(Uint8Array.of(0), sessionKey, sealed),
      joined(sessionKey, sealed).subarray(0, -1)
    ]) {
      expect(await knock(door, message)).toEqual(unreadable)
    }
    expect(privateKeyOperations()).toBe(0)
  })
})

describe("packet lengths", () => {
  it("in every form that clients write open, and lengths that lie do not", async () => {
    const [sessionKey, sealed] = halves(await sealedTo(key))
    const [keyBody, body] = [sessionKey.subarray(2), sealed.subarray(2)]
    const old = (octets: ReadonlyArray<number>, type: number) => joined(Uint8Array.of(0x84 | type, ...octets), keyBody)
    for (const header of [
      old([keyBody.length], 0),
      old([0, keyBody.length], 1),
      old([0, 0, 0, keyBody.length], 2),
      packet(1, keyBody)
    ]) {
      expect(Result.isSuccess(await knock(door, joined(header, packet(18, body))))).toBe(true)
    }
    forgetOperations()
    const lies = [
      joined(old([], 3), packet(18, body)),
      joined(sessionKey, Uint8Array.of(0xd2, 255, 255, 255, 255, 255), body),
      joined(
        sessionKey,
        Uint8Array.of(0xd2, 0xe6),
        body.subarray(0, 64),
        Uint8Array.of(body.length - 64),
        body.subarray(64)
      ),
      joined(sessionKey, Uint8Array.of(0xd2, 0xfe), body),
      joined(
        Uint8Array.of(0xc1, 0xe6),
        keyBody.subarray(0, 64),
        Uint8Array.of(keyBody.length - 64),
        keyBody.subarray(64),
        sealed
      )
    ]
    for (const message of lies) expect(await knock(door, message)).toEqual(unreadable)
    expect(privateKeyOperations()).toBe(0)
  })

  it("in parts are read for the sealed body, the first part of 512 octets or more", async () => {
    const padded = await createMessage({ text: cardText.padEnd(250), filename: "f".repeat(250) })
    const [sessionKey, sealed] = halves(await sealedTo(key, padded))
    const body = sealed.subarray(3)
    const rest = body.subarray(512)
    const parts = joined(Uint8Array.of(0xd2, 0xe9), body.subarray(0, 512), Uint8Array.of(rest.length), rest)
    expect(rest.length).toBeLessThan(192)
    expect(Result.isSuccess(await knock(door, joined(sessionKey, parts)))).toBe(true)
    expect(await knock(door, joined(sessionKey, parts.subarray(0, 514)))).toEqual(unreadable)
  })
})
