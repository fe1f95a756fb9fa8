/** The scripted receivers meet the suite, as far as they go without a network; and the suite notices senders that do not. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import type { WebhookAnswer, WebhookPost, WebhookSender } from "../ports/webhook-sender.ts"
import { type Reaction, scriptedReceivers } from "./scripted-receivers.ts"
import { NotApplicable } from "./suite.ts"
import { describeWebhookSender } from "./webhook-sender.suite.ts"
import { type ReceiverScript, type WebhookSenderUnderTest, webhookSenderCases } from "./webhook-sender-cases.ts"

type Sender = WebhookSender["Service"]

const reactionOf = (script: ReceiverScript): Reaction | undefined => {
  if (script.does === "hang") return { hangs: true }
  if (script.does === "reset") return { unanswered: "connection_lost" }
  if (script.does !== "answer") return undefined
  const { status, headers = [], body = "" } = script
  const seconds = headers.find(([name]) => name === "retry-after")?.[1]
  const patience = seconds === undefined ? {} : { retryAfterMs: Number.parseInt(seconds, 10) * 1000 }
  return { status, bodyStart: body.slice(0, 1024), ...patience }
}

/** `change` makes another sender of the sound one. */
const scripted = (change: (own: Sender) => Sender = (own) => own): WebhookSenderUnderTest => {
  const receivers = scriptedReceivers(() => 0)
  let opened = 0
  return {
    sender: change(receivers.sender),
    sendsAnywhere: true,
    open: async (script) => {
      const reaction = reactionOf(script)
      if (reaction === undefined) return undefined
      const url = `https://receiver-${++opened}.example/hook`
      receivers.script(url, reaction)
      return { url, requestsCount: () => receivers.receivedAt(url).length }
    }
  }
}

describeWebhookSender("the scripted receivers", () => scripted())

const answering = (change: (answer: WebhookAnswer, post: WebhookPost) => WebhookAnswer) => (own: Sender) => ({
  ...own,
  post: (post: WebhookPost) => Effect.map(own.post(post), (answer) => change(answer, post))
})

const ifAnswered = (change: object) =>
  answering((answer) => (answer._tag === "Answered" ? { ...answer, ...change } : answer))

const defects: { readonly [title: string]: (own: Sender) => Sender } = {
  "takes a 500 for a failed connection": answering((answer) =>
    answer._tag === "Answered" && answer.status >= 500 ? { _tag: "Unanswered", why: "connection_failed" } : answer
  ),
  "knows no patience": ifAnswered({ retryAfterMs: null }),
  "tells all of a body": ifAnswered({ bodyStart: "ü".repeat(3_000) }),
  "tells all headers": ifAnswered({ headers: Array.from({ length: 50 }, () => ["x", "y"]) }),
  "sends twice": (own) => ({ ...own, post: (post) => Effect.andThen(own.post(post), own.post(post)) }),
  "follows redirects": (own) => ({
    ...own,
    post: (post) =>
      Effect.flatMap(own.post(post), (answer) =>
        answer._tag === "Answered" && answer.status >= 300 && answer.status < 400
          ? own.post({ ...post, url: post.url.replace(/\d+/u, (n) => String(Number(n) - 1)) })
          : Effect.succeed(answer)
      )
  }),
  "waits for longer than it may": (own) => ({
    ...own,
    post: (post) => own.post({ ...post, timeoutMs: post.timeoutMs * 20 })
  }),
  "takes one message after the other": (own) => {
    let before: Promise<unknown> = Promise.resolve()
    const post = (message: WebhookPost) =>
      Effect.promise(() => {
        const mine = before.then(() => Effect.runPromise(own.post(message)))
        before = mine
        return mine
      })
    return { ...own, post }
  },
  "cannot be called off": (own) => ({ ...own, post: (post) => Effect.uninterruptible(own.post(post)) }),
  "tells where it could not get through": answering((answer, { url }) =>
    answer._tag === "Answered" ? answer : { ...answer, ...{ url } }
  ),
  "refuses everything": (own) => ({ ...own, vet: () => "address_not_public" })
}

/** As soon as one case fails, nobody waits for the others. */
const noticed = (change: (own: Sender) => Sender): Promise<boolean> => {
  const cases = Object.values(webhookSenderCases).map(async (holds) => {
    try {
      await holds(scripted(change))
    } catch (error) {
      if (!(error instanceof NotApplicable)) return true
    }
    throw new Error("it holds")
  })
  return Promise.any(cases).catch(() => false)
}

describe.concurrent("the suite of senders notices one that", () => {
  it.each(Object.entries(defects))("%s", async (_, change) => {
    expect(await noticed(change)).toBe(true)
  })

  it("has nothing against one that does what it should", async () => {
    expect(await noticed((own) => own)).toBe(false)
  })
})

it("notices one that sends to private addresses, where it is not a test's own", async () => {
  const holds = webhookSenderCases["refuses addresses by their text, when they are given and at every attempt"]
  const { sendsAnywhere: _, ...subject } = scripted()
  await expect(holds?.(subject)).rejects.toThrow()
})
