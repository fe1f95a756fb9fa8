import { createSign, createVerify, generateKeyPairSync, X509Certificate } from "node:crypto"
import {
  generateSnsKey,
  type OpenSnsOptions,
  type OutgoingSns,
  openSns,
  type SnsEnvelope,
  signSns,
  snsCertificates,
  snsSigningKey
} from "@paykernel/webhooks"
import * as Result from "effect/Result"
import { beforeAll, describe, expect, it } from "vitest"
import { certificateUrl, nowMs, ownCertificates, ownKey, topicArn } from "./self-signed.ts"

const messageId = "6f3a8c1e-0b0d-5c5e-9d5a-d6c0f3a4b2c1"
const notification = {
  type: "Notification",
  id: messageId,
  topicArn,
  message: '{"clientId":"c-1","notificationType":"payments","version":1}',
  atMs: nowMs
} as const
const confirmation = {
  ...notification,
  type: "SubscriptionConfirmation",
  token: "2336412f37",
  subscribeUrl: "https://hooks.paykernel.example/subscriptions/confirm?token=2336412f37"
} as const

let options: OpenSnsOptions
let certificate = ""
let signing = ""
beforeAll(async () => {
  options = { certificates: await ownCertificates(), allowTopic: (arn) => arn === topicArn, nowMs }
  const key = await ownKey()
  certificate = key.certificate
  signing = key.signing
})

const signed = async (message: OutgoingSns, version: "1" | "2" = "1") =>
  signSns(message, await snsSigningKey(signing, { certificateUrl, version }))

const opening = async (payload: string | Uint8Array, change: Partial<OpenSnsOptions> = {}): Promise<string> => {
  const opened = await openSns({ payload }, { ...options, ...change })
  return Result.isSuccess(opened) ? opened.success.type : opened.failure._tag
}

const envelopeOf = (body: string): SnsEnvelope => JSON.parse(body)

/** The text that Amazon documents, written out: names and values of these members, each on a line. */
const documented = (envelope: { readonly [name: string]: unknown }): string => {
  const names =
    envelope["Type"] === "Notification"
      ? ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
      : ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
  return names.map((name) => (envelope[name] === undefined ? "" : `${name}\n${envelope[name]}\n`)).join("")
}

describe("an envelope that is signed here", () => {
  it.each<[string, OutgoingSns, "1" | "2"]>([
    ["a notification, SHA-1", notification, "1"],
    ["a notification, SHA-256", notification, "2"],
    ["a notification with a subject", { ...notification, subject: "A payment" }, "1"],
    ["a message of several lines", { ...notification, message: "a\nSubject\nb\n\n" }, "1"],
    ["a subscription", confirmation, "1"],
    ["the end of one", { ...confirmation, type: "UnsubscribeConfirmation" }, "2"]
  ])("holds by Amazon's procedure, under the certificate as Node reads it: %s", async (_, message, version) => {
    const { body } = await signed(message, version)
    const envelope = envelopeOf(body)
    const algorithm = version === "1" ? "RSA-SHA1" : "RSA-SHA256"
    const { publicKey } = new X509Certificate(certificate)
    const verifier = createVerify(algorithm).update(documented({ ...envelope }))
    expect(verifier.verify(publicKey, envelope.Signature, "base64")).toBe(true)
    expect(await opening(body)).toBe(message.type)
  })

  it("has the members and headers of SNS", async () => {
    const { headers, body } = await signed({ ...notification, subject: "Paid" })
    expect(Object.keys(envelopeOf(body))).toEqual([
      ...["Type", "MessageId", "TopicArn", "Subject", "Message", "Timestamp"],
      ...["SignatureVersion", "Signature", "SigningCertURL"]
    ])
    expect(headers).toEqual({
      "content-type": "text/plain; charset=UTF-8",
      "x-amz-sns-message-type": "Notification",
      "x-amz-sns-message-id": messageId,
      "x-amz-sns-topic-arn": topicArn
    })
  })
})

describe("an envelope that is opened", () => {
  it("gives its message, and nothing of a subject that there is not", async () => {
    const { body } = await signed(notification)
    const { message } = notification
    const expected = { type: "Notification", id: messageId, topicArn, timestampMs: nowMs, message, subject: null }
    expect(await openSns({ payload: body }, options)).toEqual(Result.succeed(expected))
    // As SNS writes it.
    const withNull = JSON.stringify({ ...envelopeOf(body), Subject: null, UnsubscribeURL: "https://x.example/" })
    expect(await openSns({ payload: new TextEncoder().encode(withNull) }, options)).toEqual(Result.succeed(expected))
  })

  it("gives the address to visit, once it is verified", async () => {
    const { body } = await signed(confirmation)
    const opened = Result.getOrThrow(await openSns({ payload: body }, options))
    expect(opened).toMatchObject({ subscribeUrl: confirmation.subscribeUrl, token: confirmation.token })
    const elsewhere = { ...envelopeOf(body), SubscribeURL: "https://evil.example/" }
    expect(await opening(JSON.stringify(elsewhere))).toBe("SignatureMismatch")
  })

  it("may be signed by Node, of the documented text", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 })
    const text = privateKey.export({ format: "der", type: "pkcs8" }).toString("base64")
    const { body } = await signSns(notification, await snsSigningKey(text, { certificateUrl }))
    expect(await opening(body)).toBe("SignatureMismatch")

    const own = `-----BEGIN PRIVATE KEY-----\n${signing}\n-----END PRIVATE KEY-----`
    const content = documented({ ...envelopeOf(body) })
    const Signature = createSign("RSA-SHA1").update(content).sign(own, "base64")
    expect(await opening(JSON.stringify({ ...envelopeOf(body), Signature }))).toBe("Notification")
  })
})

describe("an envelope that is refused", () => {
  const changed = async (change: object, message: OutgoingSns = notification): Promise<string> =>
    opening(JSON.stringify({ ...envelopeOf((await signed(message)).body), ...change }))

  it.each<[string, object]>([
    ["no type", { Type: undefined }],
    ["another type", { Type: "Other" }],
    ["an id that is none", { MessageId: "1" }],
    ["an id of two lines", { MessageId: `${messageId}\n${messageId}` }],
    ["a message that is no text", { Message: {} }],
    ["no message", { Message: undefined }],
    ["a time that is none", { Timestamp: "yesterday" }],
    ["a day that is none", { Timestamp: "2026-02-31T25:00:00.000Z" }],
    ["a topic of two lines", { TopicArn: `${topicArn}\nx` }],
    ["a subject of two lines", { Subject: "a\nb" }],
    ["another version", { SignatureVersion: "3" }],
    ["a version that is a number", { SignatureVersion: 1 }],
    ["no signature", { Signature: "" }],
    ["an address of http", { SigningCertURL: certificateUrl.replace("https", "http") }],
    ["no address", { SigningCertURL: undefined }]
  ])("has %s", async (_, change) => {
    expect(await changed(change)).toBe("EnvelopeMalformed")
  })

  it("is a subscription without a token, or without an address", async () => {
    for (const change of [{ Token: undefined }, { SubscribeURL: undefined }, { SubscribeURL: "javascript:1" }]) {
      expect(await changed(change, confirmation)).toBe("EnvelopeMalformed")
    }
  })

  it.each([["no JSON"], ["null"], ["[]"], ["7"], [`"${"x".repeat(1_700_000)}"`], ["\ud800"]])(
    "is %.20s",
    async (text) => {
      expect(await opening(text)).toBe("EnvelopeMalformed")
      expect(await opening(Uint8Array.of(0xff, 0xfe))).toBe("EnvelopeMalformed")
    }
  )

  it.each<[string, object]>([
    ["message", { Message: "{}" }],
    ["id", { MessageId: "00000000-0000-4000-8000-000000000000" }],
    ["subject", { Subject: "x" }],
    ["time", { Timestamp: new Date(nowMs + 1).toISOString() }],
    ["version", { SignatureVersion: "2" }],
    ["signature", { Signature: "AAAA" }]
  ])("has another %s than was signed", async (_, change) => {
    expect(await changed(change)).toBe("SignatureMismatch")
  })

  it("cannot be cut up otherwise than it was signed, at lines of its message", async () => {
    const other = "00000000-0000-4000-8000-000000000000"
    const message = `paid\nMessageId\n${other}\nSubject\nharmless`
    const { body } = await signed({ ...notification, message })
    // The same text is signed, with the boundaries elsewhere.
    const forged = {
      ...envelopeOf(body),
      Message: "paid",
      MessageId: other,
      Subject: `harmless\nMessageId\n${messageId}`
    }
    expect(documented(forged)).toBe(documented({ ...envelopeOf(body) }))
    expect(await opening(body)).toBe("Notification")
    expect(await opening(JSON.stringify(forged))).toBe("EnvelopeMalformed")
  })

  it("is of a topic that nobody expects: Amazon signs for everybody", async () => {
    const { body } = await signed({ ...notification, topicArn: "arn:aws:sns:us-east-1:1:evil" })
    expect(await opening(body)).toBe("TopicNotAllowed")
  })

  it("is too old, or of the future", async () => {
    const { body } = await signed(notification)
    const hourMs = 3_600_000
    expect(await opening(body, { nowMs: nowMs + 2 * hourMs })).toBe("Notification")
    expect(await opening(body, { nowMs: nowMs + 2 * hourMs + 1 })).toBe("TimestampTooOld")
    expect(await opening(body, { nowMs: nowMs - 2 * hourMs - 1 })).toBe("TimestampTooNew")
    expect(await opening(body, { nowMs: nowMs + 1_001, toleranceMs: 1_000 })).toBe("TimestampTooOld")
  })
})

describe("the certificate", () => {
  const opened = async (url: string, lookUp: (url: string) => Promise<string | undefined>, allowAll = false) => {
    const asked: Array<string> = []
    const certificates = snsCertificates({
      lookUp: (one) => {
        asked.push(one)
        return lookUp(one)
      },
      ...(allowAll ? { allowHost: () => true } : {})
    })
    const key = await snsSigningKey(signing, { certificateUrl: url })
    const { body } = await signSns(notification, key)
    return { outcome: await opening(body, { certificates }), asked }
  }

  it.each([
    "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0000.pem",
    "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-0000.pem",
    "https://sns.us-gov-west-1.amazonaws.com:443/x.pem"
  ])("comes from Amazon: %s", async (url) => {
    expect(await opened(url, async () => certificate)).toEqual({ outcome: "Notification", asked: [new URL(url).href] })
  })

  it.each([
    "https://evil.example/x.pem",
    "https://sns.us-east-1.amazonaws.com.evil.example/x.pem",
    "https://sns.us-east-1.amazonaws.com@evil.example/x.pem",
    "https://user@sns.us-east-1.amazonaws.com/x.pem",
    "https://sns.us-east-1.amazonaws.com:8443/x.pem",
    "https://sns.us-east-1.amazonaws.com/x.pem?y",
    "https://sns.us-east-1.amazonaws.com/x.pem#.pem",
    "https://sns.us-east-1.amazonaws.com/x.txt",
    "https://evil-sns.us-east-1.amazonaws.com/x.pem",
    "https://sns.us.east.amazonaws.com/x.pem",
    "https://s3.us-east-1.amazonaws.com/x.pem",
    "https://bucket.s3.amazonaws.com/sns.us-east-1.amazonaws.com/x.pem",
    "https://sns..amazonaws.com/x.pem",
    "https://127.0.0.1/x.pem",
    "https://[::1]/x.pem"
  ])("does not come from %s", async (url) => {
    expect(await opened(url, async () => certificate)).toEqual({ outcome: "CertificateUrlNotAllowed", asked: [] })
  })

  it("may not be there, not be one, or not be had", async () => {
    const url = "https://sns.us-east-1.amazonaws.com/x.pem"
    expect((await opened(url, async () => undefined)).outcome).toBe("CertificateUnknown")
    expect((await opened(url, async () => "<html>")).outcome).toBe("CertificateUnusable")
    expect((await opened(url, () => Promise.reject(new Error("down")))).outcome).toBe("CertificateUnavailable")
  })

  it("holds for its time only", async () => {
    const { certificate: past } = await generateSnsKey({ commonName: "x", nowMs: nowMs - 10_000, validMs: 5_000 })
    const { certificate: future } = await generateSnsKey({ commonName: "x", nowMs: nowMs + 5_000, validMs: 5_000 })
    for (const pem of [past, future]) {
      expect((await opened(certificateUrl, async () => pem, true)).outcome).toBe("CertificateUnusable")
    }
  })

  it("is fetched once, and its key is one that signs", async () => {
    let fetched = 0
    const lookUp = async () => {
      fetched++
      return certificate
    }
    const certificates = snsCertificates({ lookUp, allowHost: () => true })
    const { body } = await signed(notification)
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => opening(body, { certificates })))
    expect(new Set(outcomes)).toEqual(new Set(["Notification"]))
    expect(fetched).toBe(1)
    for (const text of ["", "!", "AAAA"]) {
      await expect(snsSigningKey(text, { certificateUrl })).rejects.toMatchObject({ _tag: "WebhookKeyInvalid" })
    }
  })
})
