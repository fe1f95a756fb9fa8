import { createHash, X509Certificate } from "node:crypto"
import { describe, expect, it } from "vitest"
import { generateNetworkKey, openNetworkKey } from "./network-key.ts"

const nowMs = 1_795_000_000_000
const domain = "institution.example"

describe("the certificate of a network", () => {
  it("is one that others read: for its domain and time, of its key, and signed by it", async () => {
    const material = await generateNetworkKey()
    const { certificate } = await openNetworkKey(material, { domain, nowMs })
    const read = new X509Certificate(certificate.certificatePem)
    expect([read.subject, read.issuer]).toEqual([`CN=${domain}`, `CN=${domain}`])
    expect(Date.parse(read.validFrom)).toBe(nowMs)
    expect(Date.parse(read.validTo)).toBe(nowMs + 5 * 365 * 86_400_000)
    expect(read.verify(read.publicKey)).toBe(true)
    const { x, y, crv } = read.publicKey.export({ format: "jwk" })
    expect(certificate.jwk).toMatchObject({ kty: "EC", crv, x, y })
    expect(BigInt(`0x${read.serialNumber}`).toString()).toBe(certificate.jwk.kid)
  })

  it("keeps its names from one start to the next, and differs from key to key", async () => {
    const material = await generateNetworkKey()
    const [first, second] = await Promise.all([1, 2].map(() => openNetworkKey(material, { domain, nowMs })))
    expect(second?.certificate).toMatchObject({ id: first?.certificate.id, jwk: first?.certificate.jwk })
    const other = await openNetworkKey(await generateNetworkKey(), { domain, nowMs })
    expect(other.certificate.id).not.toBe(first?.certificate.id)
    expect(first?.certificate.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u)
  })

  it("has all of its names from the key: the serial number and, but for what marks it as one, the id", async () => {
    const { certificate } = await openNetworkKey(await generateNetworkKey(), { domain, nowMs })
    const { publicKey } = new X509Certificate(certificate.certificatePem)
    const digest = createHash("sha256")
      .update(publicKey.export({ type: "spki", format: "der" }))
      .digest("hex")
    expect(certificate.jwk.kid).toBe(BigInt(`0x${digest.slice(0, 32)}`).toString())
    const [id, named] = [certificate.id.replaceAll("-", ""), digest.slice(32)]
    for (const [from, to] of [
      [0, 12],
      [13, 16],
      [17, 32]
    ])
      expect(id.slice(from, to)).toBe(named.slice(from, to))
    // Of the letter that begins the second half, the first two bits are the mark.
    expect(Number.parseInt(id.slice(16, 17), 16)).toBe(8 + (Number.parseInt(named.slice(16, 17), 16) % 4))
  })

  it("tells nothing of the private key", async () => {
    const material = await generateNetworkKey()
    const { certificate } = await openNetworkKey(material, { domain, nowMs })
    expect(JSON.stringify(certificate)).not.toContain(material.d)
  })
})
