import { createHmac } from "node:crypto"
import { inspect } from "node:util"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { HmacSecret } from "./hmac-secret.ts"

const ofHex = (text: string): Buffer => Buffer.from(text, "hex")

describe("HMAC-SHA-256 out of two hashes", () => {
  it.each([
    ["0b".repeat(20), "4869205468657265", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
    [
      "4a656665",
      "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ],
    ["aa".repeat(20), "dd".repeat(50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"],
    [
      "0102030405060708090a0b0c0d0e0f10111213141516171819",
      "cd".repeat(50),
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
    ],
    [
      "aa".repeat(131),
      Buffer.from("Test Using Larger Than Block-Size Key - Hash Key First").toString("hex"),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ]
  ])("gives the values of RFC 4231: key %s", (key, data, mac) => {
    expect(new HmacSecret(ofHex(key)).of("", ofHex(data), "hex")).toBe(mac)
  })

  it("agrees with the one that Node has, for keys, heads and bodies of every kind", () => {
    const anyBody = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.string({ unit: "grapheme", maxLength: 30 }),
      fc.uint8Array({ maxLength: 150 })
    )
    const ascii = fc.string({ unit: "grapheme-ascii", maxLength: 20 })
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 150 }), ascii, anyBody, (key, head, body) => {
        const expected = createHmac("sha256", key).update(head).update(body).digest("base64")
        expect(new HmacSecret(key).of(head, body, "base64")).toBe(expected)
      }),
      { numRuns: 10_000 }
    )
  })

  it("agrees around the size from which Node's own is used", () => {
    const secret = new HmacSecret(ofHex("0b".repeat(32)))
    for (const size of [21_000, 21_823, 21_824, 21_830, 65_460, 65_471, 65_472, 65_473, 65_536, 300_000]) {
      for (const body of ["x".repeat(size), "ü€𝄞".repeat(size / 4), new Uint8Array(size).fill(7)]) {
        const expected = createHmac("sha256", ofHex("0b".repeat(32)))
          .update("a.1.")
          .update(body)
          .digest("hex")
        expect(secret.of("a.1.", body, "hex")).toBe(expected)
      }
    }
  })

  it("shows its bytes to nobody", () => {
    const secret = new HmacSecret(Buffer.from("a secret that is not to be seen"))
    const shown = [inspect(secret, { depth: 9, showHidden: true }), JSON.stringify(secret), String(secret)].join()
    expect(shown).not.toMatch(/secret that|36|5c|61 20|buffer/iu)
  })
})
