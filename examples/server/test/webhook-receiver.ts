/**
 * A merchant's receivers, in a server of their own that is never killed: they write down every message, after it has been
 * checked by libraries and published procedures that are none of ours.
 */
import { createHmac, createPublicKey, createVerify, X509Certificate } from "node:crypto"
import { once } from "node:events"
import { createServer, type IncomingHttpHeaders } from "node:http"
import { text } from "node:stream/consumers"
import { parseJson, textAt, valueAt } from "@paykernel/four-books/json-reading"
import { Webhook as StandardWebhook } from "standardwebhooks"
import { Webhook as Svix } from "svix"
import { vi } from "vitest"

/** What a message is checked by: one kind for each dialect. */
export type Check =
  | { readonly _tag: "Standard"; readonly secret: string; readonly isPlainToo: boolean }
  | { readonly _tag: "Circle"; readonly secret: string }
  | { readonly _tag: "Sns" }

export type Told = { readonly path: string; readonly id: string; readonly body: string; readonly json: unknown }

export type WebhookReceiver = {
  /** `127.0.0.1:9000`. */
  readonly host: string
  readonly url: (path: string) => string
  /** From then on what comes to the path is checked, and what does not hold is a fault. */
  readonly expect: (path: string, check: Check) => void
  readonly told: (path: string) => ReadonlyArray<Told>
  /** What did not hold, in words. */
  readonly faults: () => ReadonlyArray<string>
  readonly close: () => void
}

export type ReceiverOptions = {
  /** Answers what the sender publishes: its keys and certificates. */
  readonly read: (path: string) => Promise<string>
  /** Whether to answer a message with a failure this once. */
  readonly stumbles: () => boolean
}

export const openReceiver = async ({ read, stumbles }: ReceiverOptions): Promise<WebhookReceiver> => {
  const told: Array<Told> = []
  const faults: Array<string> = []
  const checks = new Map<string, Check>()
  const published = new Map<string, Promise<string>>()
  const look = (path: string): Promise<string> => {
    const found = published.get(path) ?? read(path)
    published.set(path, found)
    // A sender that is dead just now is asked again by the next message.
    found.catch(() => published.delete(path))
    return found
  }
  const server = createServer(async (request, response) => {
    const path = request.url ?? ""
    const body = await text(request).catch(() => undefined)
    // Killed in the middle of sending it.
    if (body === undefined || !request.complete) return
    const check = checks.get(path)
    try {
      if (check !== undefined) await verify(check, request.headers, body, look)
      told.push({ path, id: idOf(request.headers), body, json: parseJson(body) })
      response.writeHead(stumbles() ? 500 : 204).end()
    } catch (cause) {
      const isAway = cause instanceof TypeError && cause.message === "fetch failed"
      if (!isAway) faults.push(`${path}: ${cause instanceof Error ? cause.message : cause}: ${body.slice(0, 300)}`)
      response.writeHead(503).end()
    }
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("no port")
  const host = `127.0.0.1:${address.port}`
  return {
    host,
    url: (path) => `http://${host}${path}`,
    expect: (path, check) => void checks.set(path, check),
    told: (path) => told.filter((one) => one.path === path),
    faults: () => faults,
    close: () => {
      server.closeAllConnections()
      server.close()
    }
  }
}

const headerOf = (headers: IncomingHttpHeaders, name: string): string => {
  const value = headers[name]
  if (typeof value !== "string") throw new Error(`no header ${name}`)
  return value
}

const idOf = (headers: IncomingHttpHeaders): string =>
  headerOf(headers, "webhook-id" in headers ? "webhook-id" : "x-amz-sns-message-id")

type Look = (path: string) => Promise<string>

const verify = async (check: Check, headers: IncomingHttpHeaders, body: string, look: Look): Promise<void> => {
  switch (check._tag) {
    case "Standard":
      verifyStandard(check.secret, headers, body)
      if (check.isPlainToo) verifyPlain(check.secret, headers, body)
      return
    case "Circle":
      verifyStandard(check.secret, headers, body)
      return verifyCircle(headers, body, look)
    case "Sns":
      return verifySns(body, look)
  }
}

/** By both reference libraries, at the time that the sender has: its sandbox may be ahead of this machine. */
const verifyStandard = (secret: string, headers: IncomingHttpHeaders, body: string): void => {
  const [id, timestamp, signature] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) =>
    headerOf(headers, name)
  )
  const signed = { "webhook-id": id ?? "", "webhook-timestamp": timestamp ?? "", "webhook-signature": signature ?? "" }
  vi.useFakeTimers({ toFake: ["Date"], now: Number(timestamp) * 1000 })
  try {
    new StandardWebhook(secret).verify(body, signed)
    new Svix(secret).verify(body, signed)
  } finally {
    vi.useRealTimers()
  }
}

const verifyPlain = (secret: string, headers: IncomingHttpHeaders, body: string): void => {
  const digest = createHmac("sha256", secret).update(body).digest("hex")
  if (headerOf(headers, "x-webhook-signature") !== digest) throw new Error("the plain signature does not hold")
}

/** Circle's procedure: the key that the header names, ECDSA with SHA-256 over the body as it came. */
const verifyCircle = async (headers: IncomingHttpHeaders, body: string, look: Look): Promise<void> => {
  const answer = parseJson(await look(`/v2/cpn/notifications/publicKey/${headerOf(headers, "x-circle-key-id")}`))
  if (valueAt(answer, "data", "algorithm") !== "ECDSA_SHA_256") throw new Error("another algorithm")
  const der = Buffer.from(textAt(answer, "data", "publicKey"), "base64")
  const key = createPublicKey({ key: der, format: "der", type: "spki" })
  const signature = Buffer.from(headerOf(headers, "x-circle-signature"), "base64")
  if (!createVerify("SHA256").update(body).verify(key, signature)) throw new Error("Circle's signature does not hold")
}

const signedNames = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]

/** Amazon's procedure: the members by name, each on lines of their own, under the certificate that the message names. */
const verifySns = async (body: string, look: Look): Promise<void> => {
  const envelope = parseJson(body)
  const names = signedNames.filter((name) => valueAt(envelope, name) !== undefined)
  const signed = names.map((name) => `${name}\n${textAt(envelope, name)}\n`).join("")
  const { publicKey } = new X509Certificate(await look(new URL(textAt(envelope, "SigningCertURL")).pathname))
  const signature = Buffer.from(textAt(envelope, "Signature"), "base64")
  if (!createVerify("SHA1").update(signed).verify(publicKey, signature))
    throw new Error("the SNS signature does not hold")
}
