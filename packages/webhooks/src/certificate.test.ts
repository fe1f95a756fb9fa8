import { generateKeyPairSync, X509Certificate } from "node:crypto"
import { rootCertificates } from "node:tls"
import { describe, expect, it } from "vitest"
import { readCertificate, selfSignedCertificate } from "./certificate.ts"

describe("reading a certificate", () => {
  it("finds what Node finds in every certificate that Node trusts", () => {
    expect(rootCertificates.length).toBeGreaterThan(100)
    for (const pem of rootCertificates) {
      const known = new X509Certificate(pem)
      const read = readCertificate(pem)
      const spki = known.publicKey.export({ format: "der", type: "spki" })
      expect(Buffer.from(read?.publicKey ?? []).equals(spki), known.subject).toBe(true)
      expect(read?.notBeforeMs).toBe(Date.parse(known.validFrom))
      expect(read?.notAfterMs).toBe(Date.parse(known.validTo))
    }
  })

  it("takes the first of several, and lines of either kind", () => {
    const [one = "", two = ""] = rootCertificates
    expect(readCertificate(`${one}\n${two}`)).toEqual(readCertificate(one))
    expect(readCertificate(one.replaceAll("\n", "\r\n"))).toEqual(readCertificate(one))
  })

  it("finds nothing in what is none, nor in one that is cut, lengthened or emptied", () => {
    const [pem = ""] = rootCertificates
    const { privateKey } = generateKeyPairSync("ed25519")
    const key = privateKey.export({ format: "pem", type: "pkcs8" }).toString()
    const asCertificate = key.replaceAll("PRIVATE KEY", "CERTIFICATE")
    const bytes = Buffer.from(pem.replaceAll(/-----.*-----|\n/gu, ""), "base64")
    const pemOf = (der: Uint8Array) =>
      `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString("base64")}\n-----END CERTIFICATE-----`
    expect(readCertificate(pemOf(bytes))).toEqual(readCertificate(pem))
    for (const text of ["", "-----BEGIN CERTIFICATE-----", key, asCertificate, pemOf(Buffer.from("3000", "hex"))]) {
      expect(readCertificate(text)).toBeUndefined()
    }
    for (let length = 0; length < bytes.length; length++) {
      expect(readCertificate(pemOf(bytes.subarray(0, length)))).toBeUndefined()
    }
    expect(readCertificate(pemOf(Buffer.concat([bytes, Buffer.of(0)])))).toBeUndefined()
  })
})

describe("a certificate that a key gives itself", () => {
  it.each([
    [Date.UTC(2026, 0, 1, 0, 0, 7), Date.UTC(2027, 11, 31, 23, 59, 59)],
    // From 2050 on, years have four digits.
    [Date.UTC(2049, 11, 31, 23, 59, 59), Date.UTC(2050, 0, 1)]
  ])("from %i to %i is one to Node, and of that key", async (notBeforeMs, notAfterMs) => {
    const parameters = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 2048 }
    const keys = { ...parameters, publicExponent: Uint8Array.of(1, 0, 1) }
    const pair = await crypto.subtle.generateKey(keys, true, ["sign", "verify"])
    const pem = await selfSignedCertificate(pair, { commonName: "hooks.example", notBeforeMs, notAfterMs })
    const known = new X509Certificate(pem)
    expect(known.verify(known.publicKey)).toBe(true)
    expect(known.checkIssued(known)).toBe(true)
    expect([known.subject, known.issuer]).toEqual(["CN=hooks.example", "CN=hooks.example"])
    expect([Date.parse(known.validFrom), Date.parse(known.validTo)]).toEqual([notBeforeMs, notAfterMs])
    expect(readCertificate(pem)).toMatchObject({ notBeforeMs, notAfterMs })
    const spki = Buffer.from(await crypto.subtle.exportKey("spki", pair.publicKey))
    expect(known.publicKey.export({ format: "der", type: "spki" }).equals(spki)).toBe(true)
  })
})
