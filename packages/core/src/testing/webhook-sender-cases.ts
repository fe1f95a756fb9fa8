/**
 * What every sender of webhooks promises, case by case. Receivers do as a script says, which whoever runs the suite plays
 * over sockets of the own runtime: a stranger may be slow, endless or rude, and none of that is the sender's failure.
 */
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import type { WebhookAnswer, WebhookPost, WebhookSender } from "../ports/webhook-sender.ts"
import { NotApplicable, type SuiteCases } from "./suite.ts"

/** What a receiver does once a request is there, head and body. */
export type ReceiverScript =
  | {
      readonly does: "answer"
      readonly status: number
      readonly headers?: ReadonlyArray<readonly [name: string, value: string]>
      readonly body?: string
    }
  /** `hang`: nothing. `drip`: a head that never ends, a byte now and then. `flood`: a body that never ends. */
  | { readonly does: "hang" | "drip" | "flood" | "reset" }

export type OpenReceiver = {
  /** An address that the sender under test may be told to send to. */
  readonly url: string
  /** Everything that came in, byte for byte. Without it what was sent is not looked at. */
  readonly received?: () => string
  /** Requests that were made. */
  readonly requestsCount: () => number
  /** Connections that are open. Without it nobody looks whether they are closed. */
  readonly openCount?: () => number
}

export type WebhookSenderUnderTest = {
  readonly sender: WebhookSender["Service"]
  /** A receiver that plays the script; `undefined` where that cannot be played. */
  readonly open: (script: ReceiverScript) => Promise<OpenReceiver | undefined>
  /** It is a test's own, and sends wherever it is told. */
  readonly sendsAnywhere?: true
  readonly close?: () => Promise<void> | void
}

const secrets = { signature: "v1,c2VjcmV0LXNpZ25hdHVyZQ==", body: '{"note":"grüße from the till"}' }
const post = (url: string, timeoutMs = 5_000): WebhookPost => ({
  url,
  headers: { "content-type": "application/json", "webhook-id": "msg_1", "webhook-signature": secrets.signature },
  body: secrets.body,
  timeoutMs
})

const sent = ({ sender }: WebhookSenderUnderTest, url: string, timeoutMs?: number): Promise<WebhookAnswer> =>
  Effect.runPromise(sender.post(post(url, timeoutMs)))

const opened = async (subject: WebhookSenderUnderTest, script: ReceiverScript): Promise<OpenReceiver> => {
  const receiver = await subject.open(script)
  if (receiver === undefined) throw new NotApplicable(`its receivers cannot ${script.does}`)
  return receiver
}

/** What became of one message to a receiver with this script. */
const told = async (subject: WebhookSenderUnderTest, script: ReceiverScript, timeoutMs?: number) => {
  const receiver = await opened(subject, script)
  return { receiver, answer: await sent(subject, receiver.url, timeoutMs) }
}

const shortMs = 300
/** How much later than its deadline an attempt may end, on a busy machine. */
const graceMs = 5_000
/** How long it may take until what happens at once is seen, likewise. */
const patience = { timeout: 10_000 }

const within = async <A>(promise: Promise<A>, timeMs: number): Promise<A> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it has not ended after ${timeMs} ms`)), timeMs)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

const endsInTime = async (subject: WebhookSenderUnderTest, script: ReceiverScript): Promise<void> => {
  const { url, openCount } = await opened(subject, script)
  const answer = await within(sent(subject, url, shortMs), shortMs + graceMs)
  expect(answer).toEqual({ _tag: "Unanswered", why: "timed_out" })
  if (openCount !== undefined) await expect.poll(openCount, patience).toBe(0)
}

const answerCases: SuiteCases<WebhookSenderUnderTest> = {
  "takes whatever a receiver answers for an answer: 200, 204, 400, 410, 500, 503": async (subject) => {
    for (const status of [200, 204, 400, 410, 500, 503]) {
      const { answer } = await told(subject, { does: "answer", status })
      expect(answer).toMatchObject({ _tag: "Answered", status, retryAfterMs: null })
    }
  },
  "tells for how long a 429 wants to be left alone": async (subject) => {
    const headers = [["retry-after", "120"]] as const
    const { answer } = await told(subject, { does: "answer", status: 429, headers })
    expect(answer).toMatchObject({ _tag: "Answered", status: 429, retryAfterMs: 120_000 })
  },
  "tells the beginning of a body, and no more of it or of the head than is bounded": async (subject) => {
    const headers = Array.from({ length: 50 }, (_, at) => [`x-${at}`, "v".repeat(at < 2 ? 300 : 1)] as const)
    const { answer } = await told(subject, { does: "answer", status: 500, headers, body: "ü".repeat(3_000) })
    if (answer._tag !== "Answered") throw new Error(`not answered: ${answer.why}`)
    expect(answer.bodyStart).toBe("ü".repeat(1024))
    expect(answer.headers.length).toBeLessThanOrEqual(32)
    for (const [name, value] of answer.headers) expect(Math.max(name.length, value.length)).toBeLessThanOrEqual(256)
  },
  "posts the body byte for byte, once, with the headers that it was given": async (subject) => {
    const { receiver } = await told(subject, { does: "answer", status: 204 })
    expect(receiver.requestsCount()).toBe(1)
    if (receiver.received === undefined) throw new NotApplicable("what its receivers get cannot be seen")
    const [head = "", body] = receiver.received().split("\r\n\r\n")
    expect(head).toMatch(/^POST /u)
    expect(head.toLowerCase()).toContain("\r\nwebhook-id: msg_1")
    expect(head).toContain(secrets.signature)
    expect(body).toBe(secrets.body)
  },
  "follows no redirect, wherever it leads": async (subject) => {
    for (const status of [301, 302, 303, 307, 308]) {
      const inside = await opened(subject, { does: "answer", status: 200 })
      const headers = [["location", inside.url]] as const
      const { answer } = await told(subject, { does: "answer", status, headers })
      expect(answer).toMatchObject({ _tag: "Answered", status })
      expect(inside.requestsCount()).toBe(0)
    }
  }
}

const silenceCases: SuiteCases<WebhookSenderUnderTest> = {
  "ends with the deadline where a receiver hangs": (subject) => endsInTime(subject, { does: "hang" }),
  "ends with the deadline where an answer drips": (subject) => endsInTime(subject, { does: "drip" }),
  "reads of an endless body what it may, and hangs up": async (subject) => {
    const { receiver, answer } = await told(subject, { does: "flood" })
    if (answer._tag === "Answered") expect(answer.bodyStart.length).toBeLessThanOrEqual(1024)
    else expect(answer.why).toBe("timed_out")
    if (receiver.openCount !== undefined) await expect.poll(receiver.openCount, patience).toBe(0)
  },
  "tells of a connection that is reset": async (subject) => {
    const { answer } = await told(subject, { does: "reset" })
    expect(answer).toEqual({ _tag: "Unanswered", why: "connection_lost" })
  },
  "keeps nobody waiting for one that hangs": async (subject) => {
    const { url } = await opened(subject, { does: "hang" })
    const { url: quick } = await opened(subject, { does: "answer", status: 204 })
    const hanging = Array.from({ length: 20 }, () => sent(subject, url, shortMs * 3))
    const first = await Promise.race([sent(subject, quick), ...hanging])
    expect(first).toMatchObject({ _tag: "Answered", status: 204 })
    await Promise.all(hanging)
  },
  "hangs up when it is called off": async (subject) => {
    const { url, requestsCount, openCount } = await opened(subject, { does: "hang" })
    const calledOff = new AbortController()
    const attempt = Effect.runPromise(subject.sender.post(post(url, graceMs * 2)), { signal: calledOff.signal })
    const ended = expect(attempt).rejects.toThrow()
    await expect.poll(requestsCount, patience).toBe(1)
    calledOff.abort()
    await within(ended, graceMs)
    if (openCount !== undefined) await expect.poll(openCount, patience).toBe(0)
  }
}

/** By what is wrong with them, and what a refusal may call that. */
const refused = {
  not_a_url: ["", "receiver", "//shop.example/", "https://"],
  scheme_not_allowed: ["http://shop.example/", "ftp://shop.example/", "ws://shop.example/"],
  port_not_allowed: ["https://shop.example:22/", "https://shop.example:6379/"],
  credentials_not_allowed: ["https://user@shop.example/", "https://shop.example:secret@10.0.0.7/"],
  address_not_public: [
    ...["127.0.0.1", "127.1", "2130706433", "0x7f.1", "0", "10.0.0.7", "172.16.0.1", "192.168.0.1"],
    ...["169.254.169.254", "100.64.0.1", "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[fd00::1]", "[fe80::1]"]
  ].map((host) => `https://${host}/`),
  too_long: [`https://shop.example/${"x".repeat(10_000)}`]
} as const

const addressCases: SuiteCases<WebhookSenderUnderTest> = {
  "takes an ordinary address": ({ sender }) => {
    expect(sender.vet("https://shop.example/hooks?shop=1")).toBeNull()
  },
  "refuses addresses by their text, when they are given and at every attempt": async (subject) => {
    if (subject.sendsAnywhere) throw new NotApplicable("it sends wherever it is told")
    for (const [why, urls] of Object.entries(refused)) {
      for (const url of urls) {
        expect(subject.sender.vet(url), url.slice(0, 80)).toBe(why)
        expect(await sent(subject, url), url.slice(0, 80)).toEqual({ _tag: "Unanswered", why: "address_refused" })
      }
    }
  },
  "says of a failure what kind it was, and nothing of addresses, signatures or messages": async (subject) => {
    const scripts: ReadonlyArray<ReceiverScript> = (["hang", "drip", "reset"] as const).map((does) => ({ does }))
    for (const script of scripts) {
      const receiver = await subject.open(script)
      if (receiver === undefined) continue
      const answer = await sent(subject, receiver.url, shortMs)
      expect(Object.keys(answer).toSorted()).toEqual(["_tag", "why"])
      const { hostname, port } = new URL(receiver.url)
      for (const secret of [hostname, port || hostname, secrets.signature, "grüße"]) {
        expect(JSON.stringify(answer)).not.toContain(secret)
      }
    }
  }
}

/** Every case by its title. */
export const webhookSenderCases: SuiteCases<WebhookSenderUnderTest> = {
  ...answerCases,
  ...silenceCases,
  ...addressCases
}
