/** Messages by the clients that are out there, kept as they made them, to a key kept with them. */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { toBase64 } from "../base64.ts"
import { openCardDoor } from "./index.ts"

const armored = (text: string): string => `${text.trim().replace(/^ +/gmu, "")}\n`

// A key for this test and nothing else.
const testKey = armored(`
  -----BEGIN PGP PRIVATE KEY BLOCK-----

  xVgEaVW5ABYJKwYBBAHaRw8BAQdAodo6XoT3LrjVl8QZre4l/vQi91a+XzNo
  GdQehRLhYqMAAP49g7usgxsdGgeP71aSIUvplLjAylbHdgxbFtiD4Kr3yRFH
  zRlwYXlrZXJuZWwgY2FyZCBlbmNyeXB0aW9uwsATBBMWCgCFBYJpVbkAAwsJ
  BwkQTOrFK6PGFm9FFAAAAAAAHAAgc2FsdEBub3RhdGlvbnMub3BlbnBncGpz
  Lm9yZ7wDoIUgKektUPq8HK0bXjTrqQWgwPQKeP1meVEDerbbBRUKCA4MBBYA
  AgECGQECmwMCHgEWIQTJKmqTc1WXw51ps6FM6sUro8YWbwAATRAA/0XJDyyz
  iZd1GhnZtNK41yUdSBYpC8QnmJnivotQWII6AQClxvFipbOlAEOQJX6XyYYQ
  0e3wQB/zTgYwK4FUvPLlAMddBGlVuQASCisGAQQBl1UBBQEBB0CFJeTWZZsN
  /atgMPQKUVvqZxvB0RfFLqzQDN4A4aegAAMBCAcAAP9L9hcP9wcei6HlJv0M
  rYkmKtapADiGWBQ9/QVImF2tYA56wr4EGBYKAHAFgmlVuQAJEEzqxSujxhZv
  RRQAAAAAABwAIHNhbHRAbm90YXRpb25zLm9wZW5wZ3Bqcy5vcmd3TO8rX6VP
  5Rfsddhf3ThGMtLwy74asbKtApvcGqSIogKbDBYhBMkqapNzVZfDnWmzoUzq
  xSujxhZvAADEhwD/c0sJj7yBCavCFfjdKvuXyZNpXxRJWAZTE/jnj6IeTdwA
  /16mj2XwOST0NR6lFGZL+wmSPWcLr5uWiaglLjF1bW4H
  =k/1E
  -----END PGP PRIVATE KEY BLOCK-----
`)

const openPgpJs5 = armored(`
  -----BEGIN PGP MESSAGE-----

  wV4DhEbPOQ9kPAcSAQdAUmA2IzEgS1LY/vDla2/EgiPdtCgKZMXHXykDxZl3
  8iYwy0gCx2oBFj6ZWaQXh345gEpibGdiShEXRevbmZR2FJ17FA1iHSeryZo/
  zp0Witum0loBOuqTeVFnO9dQtYW4zUqyEGfc7Hcs/MsI81Tl0UQbkn/HUMGs
  Jo7QRPKJCQ10QWNXe1Y0IGDvsoiRx/AG/K8ifMD/vFI5HMQ29NJsDO25miAe
  wybWfKxNCvE=
  =pH/f
  -----END PGP MESSAGE-----
`)

const gnuPg = armored(`
  -----BEGIN PGP MESSAGE-----

  hF4DhEbPOQ9kPAcSAQdAFY96NPFczgI5+ln9Lr9zmjU+r0kIv18xqtQNVmI0aGgw
  FQHd4FNrTIf+HIqkUzqTcpXDAXRBAN4JH5iV45vKdEtSlKPgPb69yZNL0VLy2M9D
  0loB/NspAr+Uo+wY9J9TEN/3qzHSEDq7hdLdSmIPabB9gmGjUSPrU8GEG5YCFiJ8
  vO6KSCNsuyLu6rc8IzLMA/p1sXH+HVPZeRSw8lhZ3xCFI3ntQb7KNNhKw9E=
  =YGq4
  -----END PGP MESSAGE-----
`)

const gnuPgZip = armored(`
  -----BEGIN PGP MESSAGE-----

  hF4DhEbPOQ9kPAcSAQdAbcFdQMyDlOLAKZEKuaIPRp+qbuMXsmi+uF+rKypYjW0w
  PoL4a9f2iXLfYNuSCb+QF09LwZT4bY5f8q/xSmkZ2ARxmSWGrav68NoSYAILaCgZ
  0lUBts+5tOU4U4hFh1BtEYMMW+6pfH1LWtj83MnDL4GoG1BBVnZj+j6TM0e7lhyR
  hsahUEY47aBQETsheuzWcdp3fS3AMZmE37r4EHCgKvjFa9u/GJsa
  =LfTS
  -----END PGP MESSAGE-----
`)

const gnuPgZlib = armored(`
  -----BEGIN PGP MESSAGE-----

  hF4DhEbPOQ9kPAcSAQdAffem3ciZWEgjFNpjAn54mSiwrjQzaqD5UrCJu0f8S00w
  KXQ1hfXF0n4iFDuFMemrgwop1EZYjQlyy/YD68gASIT04sC35wpxbKjrgf18mnoE
  0kgBW+mNDZJ+cHA8no7C6+1r/FQIApzJ/oFq3UzrjzoQaT+O7lBVWvrOMInFJprj
  GLakvf/4MTA7ipmkyfLkOsy+WSb5hTy8A+8=
  =CSfy
  -----END PGP MESSAGE-----
`)

const door = await openCardDoor({
  keys: [{ keyId: "key1", armoredPrivateKey: Redacted.make(testKey) }],
  answerAfterMs: 0
})

const encoded = (text: string): string => toBase64(new TextEncoder().encode(text))

describe("card data of clients that are out there", () => {
  it.each([
    ["OpenPGP.js 5.0.1", openPgpJs5],
    ["OpenPGP.js 5.0.1 with CRLF line ends", openPgpJs5.replaceAll("\n", "\r\n")],
    ["OpenPGP.js 5.0.1 without the checksum line", openPgpJs5.replace(/=[^=\n]{4}\n/u, "")],
    ["OpenPGP.js 5.0.1 with armor headers", openPgpJs5.replace("\n\n", "\nVersion: OpenPGP.js v5.0.1\nComment: x\n\n")],
    ["OpenPGP.js 5.0.1 with the end trimmed", openPgpJs5.trim()],
    ["GnuPG 2.2.40", gnuPg],
    ["GnuPG 2.2.40, zip, text mode", gnuPgZip]
  ])("%s", async (_client, message) => {
    const { pan, cvv } = Result.getOrThrow(await door.decryptCard("key1", encoded(message)))
    expect([pan.reveal(), cvv.reveal()]).toEqual(["4007400000000007", "123"])
  })

  it("GnuPG 2.2.40, zlib, a CVV only", async () => {
    const { cvv } = Result.getOrThrow(await door.decryptCvv("key1", encoded(gnuPgZlib)))
    expect(cvv.reveal()).toBe("123")
  })
})
