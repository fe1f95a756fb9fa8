import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { fromBase64Url, toBase64Url } from "../base64-url.ts"
import { Pan } from "../card/pan.ts"
import { describeVault } from "../testing/vault.suite.ts"
import { decrypt, encrypt } from "./aes-gcm.ts"
import { framed } from "./byte-text.ts"
import { envelopeVault, keyRingFromValues, open, openPan, type Place, rewrap, seal, Vault } from "./index.ts"
import { envelopeVaultLayer } from "./vault.ts"

const key = (fill: number): string => toBase64Url(new Uint8Array(32).fill(fill))
const k1 = { id: "k1", key: key(1) }
const k2 = { id: "k2", key: key(2) }
const place: Place = { merchantId: "m1", recordId: "c1", field: "pan" }
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const hex = (digits: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(digits.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16))

describeVault("the envelope vault", async () => ({
  vault: envelopeVault(await keyRingFromValues([k1])),
  rotate: async () => envelopeVault(await keyRingFromValues([k1, k2]))
}))

/** The text with the binary content of one of its two boxes replaced. */
const withBox = (sealed: string, index: 2 | 3, change: (bytes: Uint8Array) => Uint8Array): string => {
  const parts = sealed.split(".")
  const bytes = fromBase64Url(parts[index] ?? "")
  if (bytes === undefined) throw new Error("not a sealed text")
  parts[index] = toBase64Url(change(bytes))
  return parts.join(".")
}

const outcome = async (ring: Awaited<ReturnType<typeof keyRingFromValues>>, sealed: string, at = place) => {
  const result = await open(ring, sealed, at)
  return Result.isFailure(result) ? result.failure._tag : text(result.success)
}

/** What was sealed once stays readable, and a card keeps its fingerprint, whatever becomes of this code. */
describe("what was sealed long ago", () => {
  const sealed =
    "pkv1.k1.vzJ0LOARjVw-fas8mFlOc9S4ICRpuj3SLGzhtIuoArVc7krOrIjlMTH17LqkyY7AdiilmE4adjlt1Yuo." +
    "GUXiwkBp9d6MIb6fV87ZjQPJyOGx_jh7MQ2aNEDFDOYl-vhc-djC7gzqX0Q"

  it("opens today, and re-wraps", async () => {
    expect(await outcome(await keyRingFromValues([k1]), sealed)).toBe("4007400000000007")
    const rewrapped = Result.getOrThrow(await rewrap(await keyRingFromValues([k1, k2]), sealed, place))
    expect(await outcome(await keyRingFromValues([k2]), rewrapped)).toBe("4007400000000007")
  })

  it("has the fingerprint that it had", async () => {
    const vault = envelopeVault(await keyRingFromValues([k1]))
    const pan = Result.getOrThrow(Pan.parse("4007400000000007"))
    expect(await Effect.runPromise(vault.fingerprint(pan, "m1"))).toBe("a4f0ca2f-dd66-8b85-ab9f-57028e381bd8")
  })
})

describe("what is sealed", () => {
  it("may be bytes, which are left as they are", async () => {
    const ring = await keyRingFromValues([k1])
    const secret = Uint8Array.of(0, 255, 128)
    const opened = await open(ring, await seal(ring, secret, place), place)
    expect(Result.getOrThrow(opened)).toEqual(Uint8Array.of(0, 255, 128))
    expect(secret).toEqual(Uint8Array.of(0, 255, 128))
  })

  it("is not opened as text where it is none", async () => {
    const ring = await keyRingFromValues([k1])
    const sealed = await seal(ring, Uint8Array.of(0xff, 0xfe), place)
    const broken = await Effect.runPromise(Effect.flip(envelopeVault(ring).open(sealed, place)))
    expect(broken).toMatchObject({ _tag: "SealBroken", place })
  })
})

describe("fingerprints", () => {
  it("are UUIDs of version 8 of any variant bits, whatever the bytes of the digest", async () => {
    const vault = envelopeVault(await keyRingFromValues([k1]))
    const pan = Result.getOrThrow(Pan.parse("4007400000000007"))
    const merchants = Array.from({ length: 64 }, (_, number) => `m${number}`)
    const prints = await Promise.all(merchants.map((id) => Effect.runPromise(vault.fingerprint(pan, id))))
    for (const print of prints) {
      expect(print).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u)
    }
    expect(new Set(prints.map((print) => print.charAt(19)))).toEqual(new Set("89ab"))
  })
})

describe("a sealed record that was altered", () => {
  it("never opens: every byte of many records flipped, 20 000 flips and more", async () => {
    const ring = await keyRingFromValues([k1, k2])
    let flips = 0
    for (let record = 0; flips < 20_000; record++) {
      const at = { ...place, recordId: `c${record}` }
      const sealed = await seal(ring, `40074000000${record}`, at)
      const altered: Array<string> = []
      for (const index of [2, 3] as const) {
        const length = fromBase64Url(sealed.split(".")[index] ?? "")?.length ?? 0
        for (let byte = 0; byte < length; byte++) {
          const bit = 1 << ((byte + record) % 8)
          altered.push(withBox(sealed, index, (bytes) => bytes.with(byte, (bytes[byte] ?? 0) ^ bit)))
        }
      }
      for (let char = 0; char < sealed.length; char++) {
        const flipped = String.fromCharCode(sealed.charCodeAt(char) ^ (1 << (record % 7)))
        altered.push(`${sealed.slice(0, char)}${flipped}${sealed.slice(char + 1)}`)
      }
      const outcomes = await Promise.all(altered.map((each) => outcome(ring, each, at)))
      expect(outcomes.filter((each) => each !== "SealBroken" && each !== "KeyUnknown")).toEqual([])
      flips += altered.length
      expect(await outcome(ring, sealed, at)).toBe(`40074000000${record}`)
    }
  })

  it("regression: a tag cut to 15, 12, 8 or 4 bytes is refused", async () => {
    const ring = await keyRingFromValues([k1])
    const sealed = await seal(ring, "4007400000000007", place)
    for (const tag of [15, 12, 8, 4, 0]) {
      for (const index of [2, 3] as const) {
        const cut = withBox(sealed, index, (bytes) => bytes.subarray(0, bytes.length - 16 + tag))
        expect(await outcome(ring, cut)).toBe("SealBroken")
      }
    }
  })

  it("is refused with a part too many, or under an id that no key may have", async () => {
    const ring = await keyRingFromValues([k1])
    const sealed = await seal(ring, "secret", place)
    for (const altered of [`${sealed}.`, `${sealed}.AAAA`, sealed.replace(".k1.", ".k 1."), sealed.replace("k1", "")]) {
      expect(await outcome(ring, altered)).toBe("SealBroken")
    }
  })

  it("says which place it was not sealed for, and which key it is under", async () => {
    const sealed = await seal(await keyRingFromValues([k1]), "secret", place)
    const ring = await keyRingFromValues([k1])
    const failure = async (text: string, keys = ring) => Result.getFailure(await open(keys, text, place))
    const damaged = ([2, 3] as const).map((index) =>
      withBox(sealed, index, (bytes) => bytes.with(20, (bytes[20] ?? 0) ^ 1))
    )
    for (const text of ["no seal", ...damaged]) {
      expect(await failure(text)).toMatchObject({ value: { _tag: "SealBroken", place } })
    }
    expect(await failure(sealed, await keyRingFromValues([k2]))).toMatchObject({
      value: { _tag: "KeyUnknown", keyId: "k1" }
    })
  })

  it("does not open with the data key of another record, of the same or another place", async () => {
    const ring = await keyRingFromValues([k1])
    const mine = (await seal(ring, "mine", place)).split(".")
    const twin = (await seal(ring, "twin", place)).split(".")
    const theirs = (await seal(ring, "theirs", { ...place, recordId: "c2" })).split(".")
    for (const other of [twin, theirs]) {
      expect(await outcome(ring, [...mine.slice(0, 3), other[3]].join("."))).toBe("SealBroken")
      expect(await outcome(ring, [...other.slice(0, 3), mine[3]].join("."))).toBe("SealBroken")
    }
  })

  it("does not open under another key of the ring, whatever id it is given", async () => {
    const ring = await keyRingFromValues([k1, k2])
    const sealed = await seal(ring, "secret", place)
    expect(sealed.startsWith("pkv1.k2.")).toBe(true)
    expect(await outcome(ring, sealed.replace(".k2.", ".k1."))).toBe("SealBroken")
    expect(await outcome(ring, sealed.replace(".k2.", ".k3."))).toBe("KeyUnknown")
    expect(await outcome(ring, sealed.replace("pkv1", "pkv2"))).toBe("SealBroken")
    expect(await outcome(await keyRingFromValues([k1]), sealed)).toBe("KeyUnknown")
    expect(await outcome(await keyRingFromValues([{ id: "k2", key: key(9) }]), sealed)).toBe("SealBroken")
  })
})

describe("places", () => {
  it("are told apart whatever characters they are made of", () => {
    const field = fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom("a", "b", "|", "\u0000", "é") })
    const fields = fc.array(field, { maxLength: 4 })
    fc.assert(
      fc.property(fields, fields, (a, b) => {
        expect(toBase64Url(framed(a)) === toBase64Url(framed(b))).toBe(JSON.stringify(a) === JSON.stringify(b))
      }),
      { numRuns: 10_000 }
    )
  })

  it("are told apart even where the bytes between them look like a length", () => {
    expect(toBase64Url(framed(["a\u0000\u0000\u0000\u0000b"]))).not.toBe(toBase64Url(framed(["a", "b"])))
  })

  it("with an empty or ill-formed part are a defect of the program", async () => {
    const ring = await keyRingFromValues([k1])
    const notAPlace = "a field of the place is empty or not well-formed"
    await expect(seal(ring, "x", { ...place, merchantId: "" })).rejects.toThrow(notAPlace)
    await expect(seal(ring, "x", { ...place, field: "\ud800" })).rejects.toThrow(notAPlace)
    await expect(seal(ring, "\ud800", place)).rejects.toThrow("lone surrogates cannot be sealed")
  })
})

describe("rotation", () => {
  it("re-wraps under the new key, after which the old one may go, and leaves current seals as they are", async () => {
    const before = await keyRingFromValues([k1])
    const both = await keyRingFromValues([k1, k2])
    const sealed = await seal(before, "4007400000000007", place)
    const rewrapped = Result.getOrThrow(await rewrap(both, sealed, place))
    expect(rewrapped.split(".")[3]).toBe(sealed.split(".")[3])
    expect(await outcome(await keyRingFromValues([k2]), rewrapped)).toBe("4007400000000007")
    expect(Result.getOrThrow(await rewrap(both, rewrapped, place))).toBe(rewrapped)
  })

  it("finds damage in the secret itself instead of sealing it in under a fresh key", async () => {
    const sealed = await seal(await keyRingFromValues([k1]), "4007400000000007", place)
    const damaged = withBox(sealed, 3, (bytes) => bytes.with(20, (bytes[20] ?? 0) ^ 1))
    const result = await rewrap(await keyRingFromValues([k1, k2]), damaged, place)
    expect(Result.isFailure(result) && result.failure._tag).toBe("SealBroken")
  })
})

describe("a key ring", () => {
  const bad = (entries: ReadonlyArray<{ id: string; key: string }>, options = {}) =>
    expect(keyRingFromValues(entries, options)).rejects

  it("refuses values that make none, without repeating them", async () => {
    await bad([]).toMatchObject({ _tag: "KeyRingInvalid", reason: "empty" })
    await bad([k1, k1]).toMatchObject({ reason: "key id repeated", keyId: "k1" })
    await bad([{ id: "a.b", key: key(1) }]).toMatchObject({ reason: "key id malformed" })
    await bad([{ id: "k1", key: key(1).slice(1) }]).toMatchObject({ reason: "key is not 32 bytes of base64url" })
    await bad([{ id: "k1", key: `${key(1)}=` }]).toMatchObject({ reason: "key is not 32 bytes of base64url" })
    await bad([k1], { current: "k9" }).toMatchObject({ reason: "no such key" })
    await bad([k1], { anchor: "k9" }).toMatchObject({ reason: "no such key" })
  })

  it("gives no key's bytes away", async () => {
    const ring = await keyRingFromValues([k1])
    const wrappingKey = ring.wrappingKey("k1")
    if (wrappingKey === undefined) throw new Error("the ring has no k1")
    for (const secret of [wrappingKey, await ring.derivedKey("purpose")]) {
      await expect(crypto.subtle.exportKey("raw", secret)).rejects.toThrow()
    }
  })

  it("derives another key for each purpose, and the same one after a rotation", async () => {
    const mac = async (derived: CryptoKey) =>
      toBase64Url(new Uint8Array(await crypto.subtle.sign("HMAC", derived, hex("00"))))
    const ring = await keyRingFromValues([k1])
    const rotated = await keyRingFromValues([k1, k2])
    const other = await keyRingFromValues([k2])
    const expected = await mac(await ring.derivedKey("a"))
    expect(await mac(await rotated.derivedKey("a"))).toBe(expected)
    expect(await mac(await ring.derivedKey("b"))).not.toBe(expected)
    expect(await mac(await other.derivedKey("a"))).not.toBe(expected)
  })
})

describe("the vault service", () => {
  it("opens card numbers as card numbers, and refuses sealed text that is none", async () => {
    const program = Effect.gen(function* () {
      const vault = yield* Vault
      const pan = yield* openPan(vault, yield* vault.seal("4007400000000007", place), place)
      const note = yield* vault.seal("a note", place)
      return { pan: pan.reveal(), note: yield* Effect.flip(openPan(vault, note, place)) }
    })
    const ring = await keyRingFromValues([k1])
    const { pan, note } = await Effect.runPromise(Effect.provide(program, envelopeVaultLayer(ring)))
    expect(pan).toBe("4007400000000007")
    expect(note._tag).toBe("SealBroken")
  })
})

describe("AES-256-GCM boxes against published vectors (McGrew and Viega, cases 13 to 16)", () => {
  const longKey = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
  const longText =
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72" +
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"
  const longCipher =
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa" +
    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
  const zeroKey = "00".repeat(32)
  it.each([
    { key: zeroKey, iv: "00".repeat(12), aad: "", plain: "", cipher: "", tag: "530f8afbc74536b9a963b4f1c4cb738b" },
    {
      key: zeroKey,
      iv: "00".repeat(12),
      aad: "",
      plain: "00".repeat(16),
      cipher: "cea7403d4d606b6e074ec5d3baf39d18",
      tag: "d0d1c8a799996bf0265b98b5d48ab919"
    },
    {
      key: longKey,
      iv: "cafebabefacedbaddecaf888",
      aad: "",
      plain: longText,
      cipher: longCipher,
      tag: "b094dac5d93471bdec1a502270e3cc6c"
    },
    {
      key: longKey,
      iv: "cafebabefacedbaddecaf888",
      aad: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      plain: longText.slice(0, 120),
      cipher: longCipher.slice(0, 120),
      tag: "76fc6ece0f4e1768cddf8853bb2d551b"
    }
  ])("opens the box of tag $tag, and no other tag", async ({ key: raw, iv, aad, plain, cipher, tag }) => {
    const secret = await crypto.subtle.importKey("raw", hex(raw), "AES-GCM", false, ["encrypt", "decrypt"])
    const box = hex(`${iv}${cipher}${tag}`)
    expect(await decrypt(secret, box, hex(aad))).toEqual(hex(plain))
    expect(await decrypt(secret, box.with(-1, (box.at(-1) ?? 0) ^ 1), hex(aad))).toBeUndefined()
    expect(await decrypt(secret, await encrypt(secret, hex(plain), hex(aad)), hex(aad))).toEqual(hex(plain))
  })
})
