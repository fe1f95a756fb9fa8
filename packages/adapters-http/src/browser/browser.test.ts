import { decrypt, generateKey, readMessage } from "openpgp"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { toBase64 } from "../base64.ts"
import { EncryptionKeyUnavailable, encryptCardData, fetchEncryptionKey } from "./index.ts"

const dayMs = 24 * 60 * 60 * 1000
const reply = (status: number, body: unknown) => vi.fn(async () => Response.json(body, { status }))
const keyReply = () => reply(200, { data: { keyId: "key1", publicKey: "AAAA" } })

describe("the encryption key", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["performance"] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it("is asked for with the API key, once a day", async () => {
    const fetchWith = keyReply()
    for (const base of ["https://a.example", "https://a.example/"]) {
      expect(await fetchEncryptionKey(base, "demo-key-1", fetchWith)).toEqual({ keyId: "key1", publicKey: "AAAA" })
    }
    const request = [
      "https://a.example/v1/encryption/public",
      { headers: { Accept: "application/json", Authorization: "Bearer demo-key-1" } }
    ]
    expect(fetchWith.mock.calls).toEqual([request, request])
    vi.advanceTimersByTime(dayMs - 1)
    await fetchEncryptionKey("https://a.example", "demo-key-1", fetchWith)
    expect(fetchWith).toHaveBeenCalledTimes(2)
    vi.advanceTimersByTime(1)
    await fetchEncryptionKey("https://a.example", "demo-key-1", fetchWith)
    expect(fetchWith).toHaveBeenCalledTimes(3)
  })

  it("is asked for once by calls at the same time, and apart for each API key", async () => {
    const fetchWith = keyReply()
    await Promise.all(Array.from({ length: 9 }, () => fetchEncryptionKey("https://b.example", "demo-key-1", fetchWith)))
    await fetchEncryptionKey("https://b.example", "demo-key-2", fetchWith)
    expect(fetchWith).toHaveBeenCalledTimes(2)
  })

  it("given the server fails, then that is told, and not kept", async () => {
    const failing = [reply(401, { code: 401 }), reply(500, {}), reply(200, {}), reply(200, { data: { keyId: 1 } })]
    for (const fetchWith of failing) {
      const asked = fetchEncryptionKey("https://c.example", "demo-key-1", fetchWith)
      await expect(asked).rejects.toThrow(EncryptionKeyUnavailable)
    }
    const unreachable = vi.fn(async () => Promise.reject(new TypeError("refused")))
    const asked = fetchEncryptionKey("https://c.example", "demo-key-1", unreachable)
    await expect(asked).rejects.toMatchObject({ status: undefined })
    const good = keyReply()
    expect((await fetchEncryptionKey("https://c.example", "demo-key-1", good)).keyId).toBe("key1")
  })
})

describe("card data", () => {
  it.each([-30, 0, 30])("is encrypted by a client whose clock is %d years off", async (years) => {
    const made = new Date("2026-01-01T00:00:00Z")
    const { publicKey, privateKey } = await generateKey({ userIDs: [{ name: "test" }], date: made, format: "object" })
    const armored = toBase64(new TextEncoder().encode(publicKey.armor()))
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026 + years, 0, 1, 1) })
    const sealed = await encryptCardData({ cvv: "123" }, { keyId: "key1", publicKey: armored }).finally(
      vi.useRealTimers
    )
    const message = await readMessage({ armoredMessage: atob(sealed.encryptedData) })
    const { data } = await decrypt({ message, decryptionKeys: privateKey })
    expect(data).toBe('{"cvv":"123"}')
  })

  it("is not encrypted to what is no key", async () => {
    const { privateKey } = await generateKey({ userIDs: [{ name: "test" }] })
    const armored = toBase64(new TextEncoder().encode("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n"))
    for (const publicKey of ["", "not base64", "AAAA", armored, privateKey]) {
      await expect(encryptCardData({ cvv: "123" }, { keyId: "key1", publicKey })).rejects.toThrow(TypeError)
    }
  })
})
