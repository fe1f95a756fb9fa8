/**
 * Signing and verifying one message of 700 bytes, beside what npm has for it. The message is the same for all, and each
 * is given its key and instance beforehand, and headers in the form in which Node's server has them. Who can verify
 * without parsing the body is measured like that, and then with it.
 */
import { generateSecret, open, sign, signingKey, verifyingKey } from "@paykernel/webhooks"
import { openSync, signingKeySync, signSync, verifyingKeySync } from "@paykernel/webhooks/node"
import * as Result from "effect/Result"
import { Webhook as StandardWebhook } from "standardwebhooks"
import Stripe from "stripe"
import { Webhook as Svix } from "svix"
import { type Contender, compare, printTable } from "./measure.ts"

/** Many short rounds: within a few milliseconds, nobody else gets the processor. */
const operations = 2_000
const rounds = { rounds: 40, baselines: 3 }

const fields = { event: "payment.succeeded", timestamp: "2026-11-21T10:00:00.000Z" }
const amounts = Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`field_${at}`, `value ${at} of a payment`]))
const unpadded = JSON.stringify({ ...fields, data: { ...amounts, text: "" } })
const body = unpadded.replace('"text":""', `"text":"${"x".repeat(700 - unpadded.length)}"`)

const secret = generateSecret()
const id = "msg_2xV9RkQm0b3T7yW1cZ5dF8gHj4K"

const times = (work: (nowMs: number) => unknown) => (): number => {
  const nowMs = Date.now()
  for (let at = 0; at < operations; at++) work(nowMs)
  return operations
}

const timesAwaited = (work: (nowMs: number) => Promise<unknown>) => async (): Promise<number> => {
  const nowMs = Date.now()
  for (let at = 0; at < operations; at++) await work(nowMs)
  return operations
}

export const benchWebhooks = async (): Promise<void> => {
  if (Buffer.byteLength(body) !== 700) throw new Error("the message is to be of 700 bytes")
  printTable("Webhooks: sign 700 bytes", await compare(await signers(), rounds))
  printTable("Webhooks: verify 700 bytes", await compare(await verifiers(), rounds))
  printTable("Webhooks: verify 700 bytes and parse them", await compare(await readers(), rounds))
}

const signers = async (): Promise<ReadonlyArray<Contender>> => {
  const [reference, svix, stripe] = [new StandardWebhook(secret), new Svix(secret), new Stripe("sk_test").webhooks]
  const [syncKeys, keys] = [[signingKeySync(secret)], [await signingKey(secret)]]
  const message = (nowMs: number) => ({ id, atMs: nowMs, payload: body })
  return [
    { name: "standardwebhooks", run: times((nowMs) => reference.sign(id, new Date(nowMs), body)) },
    { name: "svix", run: times((nowMs) => svix.sign(id, new Date(nowMs), body)) },
    {
      name: "stripe, generateTestHeaderString",
      run: times((nowMs) =>
        stripe.generateTestHeaderString({ payload: body, secret, timestamp: Math.floor(nowMs / 1000) })
      )
    },
    { name: "signSync", run: times((nowMs) => signSync(message(nowMs), syncKeys)) },
    { name: "sign (Web Crypto)", run: timesAwaited((nowMs) => sign(message(nowMs), keys)) }
  ]
}

/** Everything that verifying takes, ready. */
const received = async () => {
  const signed = signSync({ id, atMs: Date.now(), payload: body }, [signingKeySync(secret)])
  // As a server behind a proxy has them.
  const headers: { [name: string]: string } = {
    host: "shop.example",
    "user-agent": "paykernel",
    "content-type": "application/json",
    "content-length": "700",
    "x-forwarded-for": "192.0.2.1",
    ...signed
  }
  const stripe = new Stripe("sk_test").webhooks
  const message = { headers, payload: body }
  const [syncKeys, keys] = [[verifyingKeySync(secret)], [await verifyingKey(secret)]]
  return {
    headers,
    stripe,
    stripeHeader: stripe.generateTestHeaderString({ payload: body, secret }),
    reference: new StandardWebhook(secret),
    svix: new Svix(secret),
    openedSync: (nowMs: number) => Result.getOrThrow(openSync(message, { keys: syncKeys, nowMs })).payload,
    opened: async (nowMs: number) => Result.getOrThrow(await open(message, { keys, nowMs })).payload
  }
}

const verifiers = async (): Promise<ReadonlyArray<Contender>> => {
  const { headers, reference, svix, stripe, stripeHeader, openedSync, opened } = await received()
  return [
    { name: "standardwebhooks", run: times(() => reference.verify(body, headers, { jsonParse: false })) },
    { name: "svix", run: times(() => svix.verify(body, headers)) },
    {
      name: "stripe, verifyHeader",
      run: times(() => stripe.signature?.verifyHeader(body, stripeHeader, secret))
    },
    { name: "openSync", run: times(openedSync) },
    { name: "open (Web Crypto)", run: timesAwaited(opened) }
  ]
}

const readers = async (): Promise<ReadonlyArray<Contender>> => {
  const { headers, reference, svix, stripe, stripeHeader, openedSync, opened } = await received()
  return [
    { name: "standardwebhooks", run: times(() => reference.verify(body, headers)) },
    {
      name: "svix",
      run: times(() => {
        svix.verify(body, headers)
        JSON.parse(body)
      })
    },
    { name: "stripe, constructEvent", run: times(() => stripe.constructEvent(body, stripeHeader, secret)) },
    { name: "openSync", run: times((nowMs) => JSON.parse(openedSync(nowMs))) },
    { name: "open (Web Crypto)", run: timesAwaited(async (nowMs) => JSON.parse(await opened(nowMs))) }
  ]
}
