/** The values that the reference libraries of Standard Webhooks test themselves with. */
import { open, sign, signingKey, verifyingKey } from "@paykernel/webhooks"
import { openSync, signingKeySync, signSync, verifyingKeySync } from "@paykernel/webhooks/node"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
const id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
const payload = '{"test": 2432232314}'
const nowMs = 1_614_265_330_000
const signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
const stranger = "Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="

/** Both ways to open, which have to agree. */
const opening = async (change: object = {}, { atMs = nowMs, body = payload, text = secret } = {}): Promise<string> => {
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": `${nowMs / 1000}`,
    "webhook-signature": signature,
    ...change
  }
  const received = { headers, payload: body }
  const slow = await open(received, { keys: [await verifyingKey(text)], nowMs: atMs })
  const fast = openSync(received, { keys: [verifyingKeySync(text)], nowMs: atMs })
  expect(fast).toEqual(slow)
  return Result.isSuccess(fast) ? "opened" : fast.failure._tag
}

describe("the reference libraries' own tests", () => {
  it("sign function works", async () => {
    const message = { id, atMs: nowMs, payload }
    const expected = { "webhook-id": id, "webhook-timestamp": "1614265330", "webhook-signature": signature }
    expect(await sign(message, [await signingKey(secret)])).toEqual(expected)
    expect(signSync(message, [signingKeySync(secret)])).toEqual(expected)
  })

  it.each<[string, object, string]>([
    ["valid signature is valid", {}, "opened"],
    ["missing id", { "webhook-id": undefined }, "HeaderMissing"],
    ["missing timestamp", { "webhook-timestamp": undefined }, "HeaderMissing"],
    ["missing signature", { "webhook-signature": undefined }, "HeaderMissing"],
    ["invalid timestamp", { "webhook-timestamp": "hello" }, "HeaderMalformed"],
    ["invalid signature", { "webhook-signature": "v1,dawfeoifkpqwoekfpqoekf" }, "SignatureUnsupported"],
    ["another signature", { "webhook-signature": `v1,${stranger}` }, "SignatureMismatch"],
    ["partial signature", { "webhook-signature": signature.slice(0, 8) }, "SignatureUnsupported"],
    ["empty signature", { "webhook-signature": "v1," }, "SignatureUnsupported"],
    ["missing parts", { "webhook-signature": stranger }, "SignatureUnsupported"],
    ["another time", { "webhook-timestamp": `${nowMs / 1000 - 1}` }, "SignatureMismatch"],
    ["multi sig", { "webhook-signature": `v1,${stranger} v2,${stranger} ${signature} v1,${stranger}` }, "opened"]
  ])("%s", async (_, change, outcome) => {
    expect(await opening(change)).toBe(outcome)
  })

  it("old and new timestamps fail, five minutes and a second away", async () => {
    expect(await opening({}, { atMs: nowMs + 301_000 })).toBe("TimestampTooOld")
    expect(await opening({}, { atMs: nowMs - 301_000 })).toBe("TimestampTooNew")
    expect(await opening({}, { atMs: nowMs + 300_000 })).toBe("opened")
  })

  it("headers in mixed case", async () => {
    const mixed = { "Webhook-Id": id, "WEBHOOK-TIMESTAMP": `${nowMs / 1000}`, "webhook-Signature": signature }
    const received = { headers: mixed, payload }
    expect(Result.isSuccess(openSync(received, { keys: [verifyingKeySync(secret)], nowMs }))).toBe(true)
    expect(Result.isSuccess(await open(received, { keys: [await verifyingKey(secret)], nowMs }))).toBe(true)
  })

  it("empty and unprefixed secrets are none: what the references guess at is written out here", async () => {
    for (const text of ["", "whsec_", secret.slice("whsec_".length)]) {
      expect(() => signingKeySync(text), text).toThrow("webhook key")
      expect(() => verifyingKeySync(text), text).toThrow("webhook key")
      await expect(signingKey(text)).rejects.toThrow("webhook key")
    }
  })
})
