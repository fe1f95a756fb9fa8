/** Messages spelled otherwise or altered on their way: none opens, and none says why. */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { createMessage, generateKey } from "openpgp"
import { describe, expect, it } from "vitest"
import { armored, type Bytes, encoded, knock, publicKeyOf, sealedTo } from "../../test/card-message.ts"
import { toBase64 } from "../base64.ts"
import { type CardKey, generateCardKey, openCardDoor } from "./index.ts"

const nowMs = Date.UTC(2026, 0, 2)
const unreadable = Result.fail({ _tag: "CardDataUnreadable" })
const openTo = async (cardKey: CardKey) => {
  const door = await openCardDoor({ keys: [cardKey], answerAfterMs: 0, waiting: 10_000 })
  return { door, key: await publicKeyOf(door) }
}
const { door, key } = await openTo(await generateCardKey({ nowMs }))

describe("encodings", () => {
  it("other than base64 over one armored message are refused", async () => {
    const message = await sealedTo(key)
    const good = armored(message)
    const armorTricks = [
      "",
      "\n",
      ` ${good}`,
      `x\n${good}`,
      `${good}x`,
      `${good}\n\n`,
      good + good,
      good.replace("\n\n", "\n"),
      good.replace("\n\n", "\n\n\n"),
      good.replaceAll("PGP MESSAGE", "PGP PUBLIC KEY BLOCK"),
      good.replaceAll("PGP MESSAGE", "PGP MESSAGE, PART 1/1"),
      good.replace("END PGP MESSAGE", "END PGP SIGNATURE"),
      good.replace("\n\n", `\n${"Comment: x\n".repeat(9)}\n`),
      good.replace("\n\n", "\nComment: \u0000\n\n"),
      good.replace("\n\n", "\nCharset: ü\n\n"),
      good.replace("\n\n", "\n\n\u00a0"),
      good.replaceAll("\n", "\r"),
      good.toLowerCase()
    ]
    for (const trick of armorTricks) expect(await door.decryptCard("key1", encoded(trick))).toEqual(unreadable)
    const once = encoded(good)
    const encodings = [
      good,
      toBase64(message),
      encoded(once),
      `${once}=`,
      `${once}\n`,
      ` ${once}`,
      once.slice(0, -1),
      once.replace(/.{4}/u, "$&\r\n"),
      `data:text/plain;base64,${once}`,
      once.replace(/^./u, "-"),
      once.replace(/^./u, "\u{1f4b3}"),
      "=".repeat(8),
      "A".repeat(8192),
      "A".repeat(5_000_000)
    ]
    for (const text of encodings) expect(await door.decryptCard("key1", text)).toEqual(unreadable)
    expect(Result.isSuccess(await door.decryptCard("key1", once))).toBe(true)
  })

  it("of a message above 4 KiB are refused, whatever is in it", async () => {
    const large = await sealedTo(key, await createMessage({ binary: crypto.getRandomValues(new Uint8Array(4096)) }))
    expect(await knock(door, large)).toEqual(unreadable)
  })
})

describe("altered messages", () => {
  /** Flips bits of a message, one at a time, and counts the flips. */
  const flips = async ({ door, key }: Awaited<ReturnType<typeof openTo>>, everyBits: number): Promise<number> => {
    const message: Bytes = await sealedTo(key)
    expect(Result.isSuccess(await knock(door, message))).toBe(true)
    const answers: Array<Promise<unknown>> = []
    for (let bit = 0; bit < message.length * 8; bit += everyBits) {
      const index = bit >> 3
      answers.push(knock(door, message.with(index, (message[index] ?? 0) ^ (1 << (bit & 7)))))
    }
    for (const answer of await Promise.all(answers)) expect(answer).toEqual(unreadable)
    return answers.length
  }

  it("never open: every bit of a message to a Curve25519 key", async () => {
    expect(await flips({ door, key }, 1)).toBeGreaterThan(1400)
  })

  it("never open: every bit of an authenticated message to a version 6 key", async () => {
    const config = { v6Keys: true, aeadProtect: true }
    const { privateKey } = await generateKey({ type: "curve25519", userIDs: [{ name: "x" }], config })
    const modern = await openTo({ keyId: "key1", armoredPrivateKey: Redacted.make(privateKey) })
    expect(await flips(modern, 1)).toBeGreaterThan(1600)
  })

  it("never open: bits all over a message to an RSA key", async () => {
    expect(await flips(await openTo(await generateCardKey({ nowMs, algorithm: "rsa2048" })), 29)).toBeGreaterThan(90)
  })
})
