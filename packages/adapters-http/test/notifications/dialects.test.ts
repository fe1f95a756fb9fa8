/** What merchants are told in each dialect, checked by libraries and procedures that are none of ours. */
import { createHmac, createPublicKey, createVerify, randomUUID, X509Certificate } from "node:crypto"
import { inspect } from "node:util"
import type { Change, RenderedMessage } from "@paykernel/core"
import { Payment as PaymentRoom } from "@paykernel/core/domain"
import { PaymentExamples, paymentHistory, playHistory } from "@paykernel/core/testing"
import { open, verifyingKey } from "@paykernel/webhooks"
import { Ajv2020 } from "ajv/dist/2020.js"
import addFormats from "ajv-formats"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { Webhook as StandardWebhook } from "standardwebhooks"
import { Webhook as Svix } from "svix"
import { beforeAll, describe, expect, it } from "vitest"
import { kernelMessageSchema } from "../../src/docs/webhooks-schema.ts"
import {
  generateNotificationKeys,
  type Notifications,
  openNotificationKeys,
  openNotifications
} from "../../src/index.ts"
import {
  cardChanges,
  endpoint,
  endpointChange,
  hostedHistory,
  merchantId,
  messageOf,
  paymentChanges,
  payments,
  paymentsOfHistory,
  secret,
  secretBefore,
  startMs,
  typesOf,
  usd,
  walletId
} from "./changes.ts"

const publicUrl = "https://pay.example"
let notifications: Notifications

beforeAll(async () => {
  const keys = await generateNotificationKeys({ newKeyId: randomUUID(), nowMs: Date.now() })
  notifications = await openNotifications({ keys, publicUrl })
})

const dialect = (name: string) => {
  const found = notifications.dialects.find((one) => one.name === name)
  if (found === undefined) throw new Error(`there is no dialect ${name}`)
  return found
}

const stored = { payments: paymentsOfHistory }
const bodyOf = ({ body }: RenderedMessage) => JSON.parse(body)

/** Renders everything that the changes give rise to. */
const renderAll = async (name: string, changes: ReadonlyArray<Change>, nowMs = Date.now()) => {
  const rendered: Array<RenderedMessage & { readonly type: string }> = []
  for (const change of changes) {
    for (const { type } of dialect(name).messagesOf(change)) {
      const message = await dialect(name).render(messageOf(type, change, { stored, nowMs }))
      rendered.push({ ...message, type })
    }
  }
  return rendered
}

/** Both reference libraries take it, and neither takes it with another body. */
const expectStandardSignatures = ({ headers, body }: RenderedMessage, key = secret): void => {
  for (const library of [new StandardWebhook(key), new Svix(key)]) {
    library.verify(body, headers)
    expect(() => library.verify(`${body} `, headers)).toThrow()
  }
}

const { approved, capturePayment, recordReply, refundPayment, requestPayment } = PaymentExamples
const paid = paymentChanges(
  playHistory(payments, [
    requestPayment({ autoCapture: false }),
    recordReply("authorize-1", approved()),
    capturePayment(),
    recordReply("capture-1", approved()),
    refundPayment(),
    recordReply("refund-attempt-1", approved(usd(400n))),
    { _tag: "SettlePayment", settlementId: "settlement-1", nowMs: startMs }
  ]).events
)

describe("the dialect of /api", () => {
  it("tells what became of each transaction of a hosted payment", async () => {
    const told = await renderAll("api", hostedHistory())
    expect(told.map(({ type }) => type)).toEqual(["payment.failed", "payment.pending", "payment.succeeded"])
    expect(told.map(bodyOf)).toEqual([
      {
        event: "payment.failed",
        data: {
          transaction_id: "txn_AAAAAAAAAAAA",
          session_id: "sess_ABC123DEF456",
          session_status: "pending",
          amount: 25_000,
          currency: "USD",
          description: "Premium Subscription",
          status: "failed",
          gateway_transaction_id: expect.stringMatching(/^gw_[0-9A-Z]{12}$/u),
          created_at: "2023-11-14T22:13:20Z",
          processed_at: "2023-11-14T22:13:22Z",
          error: expect.objectContaining({ code: "insufficient_funds", type: "card_error" })
        },
        timestamp: "2023-11-14T22:13:22Z"
      },
      expect.objectContaining({ event: "payment.pending" }),
      expect.objectContaining({
        event: "payment.succeeded",
        data: expect.objectContaining({ transaction_id: "txn_BBBBBBBBBBBB", session_status: "completed" })
      })
    ])
    // The issuer asked for the payer: it is the same transaction at the gateway as before.
    const [, pending, succeeded] = told.map((message) => bodyOf(message).data)
    expect(pending).toMatchObject({ transaction_id: "txn_BBBBBBBBBBBB", status: "pending", session_status: "pending" })
    expect(pending).not.toHaveProperty("processed_at")
    expect(succeeded.gateway_transaction_id).toBe(pending.gateway_transaction_id)
  })

  it("names no session where the merchant has taken the card", async () => {
    const [told] = await renderAll("api", hostedHistory({ kind: "direct" }).slice(0, 3))
    expect(told && bodyOf(told).data).not.toHaveProperty("session_id")
  })

  it("is signed as published: the digest of the body under the secret as it is shown, and Standard Webhooks", async () => {
    for (const message of await renderAll("api", hostedHistory())) {
      const digest = createHmac("sha256", secret).update(message.body).digest("hex")
      expect(message.headers["x-webhook-signature"]).toBe(digest)
      expectStandardSignatures(message)
    }
  })

  it("is signed under both secrets during a rotation, and its plain digest under the new one", async () => {
    const [change] = hostedHistory().slice(-1)
    if (change === undefined) throw new Error("nothing happened")
    const secrets = [Redacted.make(secret), Redacted.make(secretBefore)]
    const given = { stored, secrets, nowMs: Date.now() }
    const message = await dialect("api").render(messageOf("payment.succeeded", change, given))
    expectStandardSignatures(message, secret)
    expectStandardSignatures(message, secretBefore)
    expect(message.headers["x-webhook-signature"]).toBe(createHmac("sha256", secret).update(message.body).digest("hex"))
  })

  it("says nothing of payments that belong to no checkout", () => {
    expect(paid.flatMap((change) => typesOf(dialect("api"), change))).toEqual([])
  })
})

describe("the kernel's own dialect", () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  const validate = ajv.compile(kernelMessageSchema())

  it("tells every step of a payment in order, with what it has come to", async () => {
    const told = await renderAll("paykernel.v1", paid)
    expect(told.map(({ type }) => type)).toEqual([
      "payment.requested",
      "payment.authorized",
      "payment.capture_requested",
      "payment.captured",
      "payment.refund_requested",
      "payment.refunded",
      "payment.settled"
    ])
    const bodies = told.map(bodyOf)
    const sequence = bodies.map((body) => body.sequence)
    expect(sequence).toEqual([...sequence].sort((a, b) => a - b))
    expect(bodies[5]).toMatchObject({
      type: "payment.refunded",
      schema: "paykernel.v1",
      merchantId,
      subject: { type: "payment", id: "payment-1" },
      data: {
        payment: { status: "confirmed", refunded: { amount: "4.00", currency: "USD" } },
        reversal: { id: "refund-1", type: "refund", status: "paid", amount: { amount: "4.00", currency: "USD" } }
      }
    })
  })

  it("is as its published schema says, in any life of a payment, and never names what the gateway is commanded by", async () => {
    await fc.assert(
      fc.asyncProperty(paymentHistory({ movesMax: 12 }), async ({ events }) => {
        for (const { body, type } of await renderAll("paykernel.v1", paymentChanges(events))) {
          expect(validate(JSON.parse(body)), `${type} ${JSON.stringify(validate.errors)}`).toBe(true)
          expect(body).not.toMatch(/key-|session-1|192\.0\.2\.1/u)
        }
      }),
      { numRuns: 150 }
    )
  })

  it("tells of checkouts and endpoints as its schema says", async () => {
    const disabled = endpointChange({ _tag: "EndpointDisabled", because: "failing", atMs: startMs })
    const told = await renderAll("paykernel.v1", [...hostedHistory({ metadata: '{"order":7}' }), disabled])
    for (const message of told) expect(validate(bodyOf(message)), JSON.stringify(validate.errors)).toBe(true)
    expect(told.map(({ type }) => type)).toEqual([
      "checkout.opened",
      "checkout.payment_started",
      "checkout.payment_declined",
      "checkout.payment_started",
      "checkout.stepped_up",
      "checkout.completed",
      "endpoint.disabled"
    ])
    expect(told[0] && bodyOf(told[0]).data.checkout.metadata).toEqual({ order: 7 })
  })

  it("is signed under the merchant's secret and under the host's pair of keys", async () => {
    const [message] = await renderAll("paykernel.v1", paid)
    if (message === undefined) throw new Error("nothing was told")
    expectStandardSignatures(message)
    const { headers, body: payload } = message
    const keys = [await verifyingKey(notifications.published.verifyingKey ?? "")]
    expect(Result.isSuccess(await open({ headers, payload }, { keys, nowMs: Date.now() }))).toBe(true)
  })
})

describe("the dialect of /v2", () => {
  /** The published procedure: fetch the key by its id, and verify the raw body with ECDSA and SHA-256. */
  const expectPublishedSignature = ({ headers, body }: RenderedMessage): void => {
    const key = notifications.published.publicKeys.find(({ id }) => id === headers["x-circle-key-id"])
    const der = Buffer.from(key?.publicKey ?? "", "base64")
    const publicKey = createPublicKey({ key: der, format: "der", type: "spki" })
    const signature = Buffer.from(headers["x-circle-signature"] ?? "", "base64")
    expect(createVerify("SHA256").update(body).verify(publicKey, signature)).toBe(true)
    expect(createVerify("SHA256").update(`${body} `).verify(publicKey, signature)).toBe(false)
  }

  it("tells what can be looked up, in its envelope", async () => {
    const told = await renderAll("v2", paid)
    expect(told.map(({ type }) => type)).toEqual([
      "payments.authorized",
      "payments.captured",
      "refunds.paid",
      "payments.paid"
    ])
    for (const message of told) {
      expectPublishedSignature(message)
      expectStandardSignatures(message)
    }
    expect(told.map(bodyOf)[2]).toEqual({
      subscriptionId: endpoint.id,
      notificationId: "2f1f6a52-1a06-4b37-9d70-43c9a4a1e0f7",
      notificationType: "refunds.paid",
      notification: expect.objectContaining({
        id: "refund-1",
        type: "refund",
        status: "paid",
        merchantWalletId: walletId,
        amount: { amount: "4.00", currency: "USD" },
        originalPayment: expect.objectContaining({ id: "payment-1", status: "confirmed" })
      }),
      timestamp: new Date(startMs).toISOString(),
      version: 2
    })
  })

  it("does not tell twice of a payment that captures itself", async () => {
    const authorized = [requestPayment(), recordReply("authorize-1", approved())]
    const { state } = playHistory(payments, authorized)
    const capture = state.attempts.find(({ kind }) => kind === "capture")
    const { events } = playHistory(payments, [
      ...authorized,
      ...(capture === undefined ? [] : [recordReply(capture.id, approved())])
    ])
    const types = (await renderAll("v2", paymentChanges(events))).map(({ type }) => type)
    expect(types).toEqual(["payments.captured"])
  })
})

describe("the dialect of /v1", () => {
  const signedNames = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]

  /** Amazon's published procedure: the signed members by name, each on lines of its own, under the certificate. */
  const expectSnsSignature = ({ body }: RenderedMessage): void => {
    const envelope = JSON.parse(body)
    const names = signedNames.filter((name) => name in envelope)
    const text = names.map((name) => `${name}\n${envelope[name]}\n`).join("")
    const pem = notifications.published.certificates.find(({ id }) =>
      envelope.SigningCertURL.endsWith(`/${id}.pem`)
    )?.pem
    const { publicKey } = new X509Certificate(pem ?? "")
    const signature = Buffer.from(envelope.Signature, "base64")
    expect(envelope.SignatureVersion).toBe("1")
    expect(createVerify("SHA1").update(text).verify(publicKey, signature)).toBe(true)
  }

  it("tells of payments, refunds and cancels under one type, as SNS does", async () => {
    const told = await renderAll("v1", paid)
    expect(told.map(({ type }) => type)).toEqual(["payments", "payments", "payments", "payments"])
    for (const message of told) expectSnsSignature(message)
    const [first] = told
    expect(first?.headers).toMatchObject({
      "content-type": "text/plain; charset=UTF-8",
      "x-amz-sns-message-type": "Notification"
    })
    expect(first && bodyOf(first)).toMatchObject({
      Type: "Notification",
      TopicArn: notifications.published.topicArn,
      Timestamp: new Date(startMs).toISOString(),
      UnsubscribeURL: `${publicUrl}/v1/notifications/subscriptions/${endpoint.id}`,
      MessageAttributes: { clientId: { Type: "String", Value: merchantId } }
    })
    expect(told.map((message) => JSON.parse(bodyOf(message).Message))).toEqual([
      expect.objectContaining({
        clientId: merchantId,
        notificationType: "payments",
        version: 1,
        customAttributes: { clientId: merchantId },
        payment: expect.objectContaining({ id: "payment-1", type: "payment", status: "confirmed", captured: false })
      }),
      expect.objectContaining({ payment: expect.objectContaining({ captured: true }) }),
      expect.objectContaining({ payment: expect.objectContaining({ type: "refund", status: "paid" }) }),
      expect.objectContaining({ payment: expect.objectContaining({ status: "paid" }) })
    ])
  })

  it("asks a new address to confirm itself before anything else", async () => {
    const created = endpointChange({
      ...{ _tag: "EndpointCreated", id: endpoint.id, merchantId, dialect: "v1", name: null, url: endpoint.url },
      ...{ types: [], secretId: "s", mustConfirm: true, atMs: startMs }
    })
    expect(dialect("v1").confirms).toBe(true)
    expect(dialect("v1").messagesOf(created)).toEqual([{ type: "SubscriptionConfirmation", to: "itself" }])
    const [message] = await renderAll("v1", [created])
    if (message === undefined) throw new Error("nothing was told")
    expectSnsSignature(message)
    const { SubscribeURL, Token } = bodyOf(message)
    const url = new URL(SubscribeURL)
    expect(`${url.origin}${url.pathname}`).toBe(`${publicUrl}/v1/notifications/subscriptions/${endpoint.id}/confirm`)
    expect(url.searchParams.get("Token")).toBe(Token)
    expect(url.searchParams.get("merchant")).toBe(merchantId)
  })
})

describe("in every dialect", () => {
  const names = ["api", "paykernel.v1", "v1", "v2"]

  it.each(names)("%s: a test of an endpoint is told to itself alone", (name) => {
    const tested = endpointChange({ _tag: "EndpointTested", atMs: startMs })
    expect(dialect(name).messagesOf(tested)).toEqual([{ type: expect.any(String), to: "itself" }])
  })

  it.each(names)(
    "%s: a message has the same body whenever it is sent, and says only types that are published",
    async (name) => {
      const changes = [...paid, ...hostedHistory()]
      const [now, later] = [
        await renderAll(name, changes, startMs),
        await renderAll(name, changes, startMs + 86_400_000)
      ]
      expect(later.map(({ body }) => body)).toEqual(now.map(({ body }) => body))
      expect(now.map(({ type }) => type).filter((type) => !dialect(name).types.includes(type))).toEqual([])
      expect(dialect(name).retryDelaysMs.slice(0, 1)).toEqual([0])
      expect(dialect(name).retryDelaysMs.length).toBeGreaterThanOrEqual(10)
    }
  )

  const long = '"'.repeat(1024)
  const euros = "€".repeat(1024)
  const longCard = cardChanges([
    {
      _tag: "CardSubmitted",
      id: "card-1",
      merchantId,
      billingDetails: {
        ...{ name: long, city: long, line1: euros, line2: long },
        ...{ country: "US", district: "MA", postalCode: "01234" }
      },
      ...{ expMonth: 1, expYear: 2035, network: "VISA", last4: "4242", bin: "424242", fingerprint: "f" },
      holder: { email: `${long}@example.com`, phoneNumber: null, sessionId: "", ipAddress: "" },
      atMs: startMs
    },
    { _tag: "CardVerified", avs: "Y", cvv: "pass", issuerCountry: "US", fundingType: "credit", atMs: startMs }
  ])
  const refunds = Array.from({ length: PaymentRoom.reversalsMax }, (_, place) => place)
  const muchRefunded = paymentChanges(
    playHistory(payments, [
      requestPayment({
        amount: usd(100_000n),
        payer: { email: `${euros}@example.com`, phoneNumber: null, sessionId: "", ipAddress: "" }
      }),
      recordReply("authorize-1", approved(usd(100_000n))),
      ...refunds.flatMap((place) => [
        refundPayment({ reversalId: randomUUID(), amount: usd(1n), attemptId: `r-${place}`, gatewayKey: `k-${place}` }),
        recordReply(`r-${place}`, approved(usd(1n)))
      ])
    ]).events
  )
  const muchSaid = hostedHistory({
    metadata: JSON.stringify({ note: "€".repeat(2700) }),
    customer: {
      ...{ name: "€".repeat(200), email: `${"€".repeat(240)}@example.com`, phone: "€".repeat(32) },
      address: { line1: "€".repeat(200), city: "€".repeat(100), state: "€".repeat(100), postalCode: "1", country: "US" }
    }
  })

  it.each(names)("%s: no message is longer than 20 000 bytes", async (name) => {
    const told = await renderAll(name, [...longCard, ...muchRefunded.slice(-6), ...muchSaid])
    for (const { body } of told) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(20_000)
  })

  it("leaves out the oldest refunds first", async () => {
    const told = await renderAll("v2", muchRefunded.slice(-1))
    const [notification] = told.map((message) => bodyOf(message).notification)
    const ids = notification.originalPayment.refunds.map((refund: { readonly id: string }) => refund.id)
    expect(ids.length).toBeGreaterThan(4)
    expect(ids.length).toBeLessThan(PaymentRoom.reversalsMax)
    expect(ids).toContain(notification.id)
  })
})

it("keys are read from what was kept, and nothing else is taken for keys or repeated", async () => {
  const kept = await generateNotificationKeys({ newKeyId: "879DC113-5CA4-4FF7-A6B7-54652083FCF8", nowMs: 7 })
  expect(inspect(kept)).toBe("<redacted:notification keys>")
  const { circle, sns, standard } = await openNotificationKeys(kept)
  expect([circle.keyId, circle.createdAtMs]).toEqual(["879dc113-5ca4-4ff7-a6b7-54652083fcf8", 7])
  expect([sns.certificateId.length, standard.verifying.slice(0, 5)]).toEqual([32, "whpk_"])
  const text = Redacted.value(kept)
  const wrong = [
    "",
    "{}",
    "[]",
    text.slice(1),
    text.replace('"keyId":"', '"keyId":"x'),
    text.replace('"signing":"', '"signing":"A')
  ]
  for (const other of wrong) {
    const opened = await openNotificationKeys(Redacted.make(other)).catch((error: unknown) => inspect(error))
    expect(opened).toEqual(expect.stringMatching(/these are no notification keys|WebhookKeyInvalid/u))
    expect(String(opened)).not.toContain(circle.publicKey.slice(0, 20))
  }
})
