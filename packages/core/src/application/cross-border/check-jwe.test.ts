import { CompactEncrypt, generateKeyPair } from "jose"
import { describe, expect, it } from "vitest"
import { jweFault, jweLengthMax } from "./check-jwe.ts"

const base64url = (text: string): string => Buffer.from(text).toString("base64url")
const epk = { kty: "EC", crv: "P-256", x: "x", y: "y" }
const published = { alg: "ECDH-ES+A128KW", enc: "A128GCM", epk }
const withHeader = (header: unknown): string => `${base64url(JSON.stringify(header))}.a2V5.bm9uY2U.Y2lwaGVy.dGFn`

describe("a JWE, seen from outside", () => {
  it("is taken as a well-kept library writes it", async () => {
    const { publicKey } = await generateKeyPair("ECDH-ES+A128KW")
    const jwe = await new CompactEncrypt(new TextEncoder().encode("[]"))
      .setProtectedHeader({ alg: "ECDH-ES+A128KW", enc: "A128GCM", kid: "7" })
      .encrypt(publicKey)
    expect(jweFault(jwe)).toBeUndefined()
    expect(jweFault(jwe.slice(0, jwe.lastIndexOf(".")))).toBe("jwe_malformed")
  })

  it.each([
    ["", "jwe_malformed"],
    ["a.b.c.d", "jwe_malformed"],
    ["a.b.c.d.e.f", "jwe_malformed"],
    ["....", "jwe_malformed"],
    [`${withHeader(published)}=`, "jwe_malformed"],
    [`${withHeader(published)}\n`, "jwe_malformed"],
    [` ${withHeader(published)}`, "jwe_malformed"],
    [`${base64url("no JSON")}.a.b.c.d`, "jwe_malformed"],
    [`${base64url("[1]")}.a.b.c.d`, "jwe_malformed"],
    [`${base64url("null")}.a.b.c.d`, "jwe_malformed"],
    [`${Buffer.from([0xff, 0xfe]).toString("base64url")}.a.b.c.d`, "jwe_malformed"],
    [
      `${Buffer.from(JSON.stringify({ ...published, kid: "\xff" }), "latin1").toString("base64url")}.a.b.c.d`,
      "jwe_malformed"
    ],
    [`A.a.b.c.d`, "jwe_malformed"],
    [withHeader({ ...published, epk: undefined }), "jwe_malformed"],
    [withHeader({ ...published, epk: "x" }), "jwe_malformed"],
    [withHeader({ ...published, alg: "ECDH-ES" }), "encryption_unsupported"],
    [withHeader({ ...published, alg: "dir", epk: undefined }), "encryption_unsupported"],
    [withHeader({ ...published, alg: "RSA-OAEP-256" }), "encryption_unsupported"],
    [withHeader({ ...published, enc: "A256GCM" }), "encryption_unsupported"],
    [withHeader({ ...published, enc: "A128CBC-HS256" }), "encryption_unsupported"],
    [withHeader({ ...published, zip: "DEF" }), "encryption_unsupported"],
    [withHeader({ ...published, crit: ["exp"], exp: 1 }), "encryption_unsupported"],
    [withHeader({}), "encryption_unsupported"]
  ] as const)("%s is %s", (jwe, fault) => {
    expect(jweFault(jwe)).toBe(fault)
  })

  it("is read whatever its header is made of", () => {
    const header = { ...published, kid: "???>>>~~~" }
    expect(withHeader(header)).toMatch(/_.*-|-.*_/u)
    expect(jweFault(withHeader(header))).toBeUndefined()
  })

  it("is judged at once, however long it is", () => {
    const long = "A".repeat(1_000_000)
    expect(jweFault(long)).toBe("jwe_malformed")
    expect(jweFault(`${long}.a.b.c.d`)).toBe("jwe_malformed")
    expect(jweFault(`${withHeader(published)}${long}`)).toBe("jwe_malformed")
    const whole = withHeader(published)
    expect(jweFault(`${whole}${"A".repeat(jweLengthMax - whole.length)}`)).toBeUndefined()
    expect(jweFault(`a.${long}.${long}.${long}`)).toBe("jwe_malformed")
  })
})
