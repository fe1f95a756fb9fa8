/**
 * Ways in which outboxes and deliveries really go wrong, each planted alone: the programmes that find nothing in the
 * sound kernel must find every one of them.
 */

import { type Commit, laneOf, type Store, type WebhookAnswer, type WebhookSender } from "@paykernel/core/effect"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { type Plant, runProgramme } from "./webhook-programme.ts"

type Stores = Store["Service"]

const isNews = ({ kind }: Commit["tasks"][number]): boolean => laneOf(kind) === "news"

/** The task that tells of a change is filed after the change, by a write of its own, which now and then does not come. */
const toldInAnotherWrite = (): Plant => {
  let writes = 0
  return {
    store: (own: Stores) => ({
      ...own,
      commit: (commit) => {
        const tasks = commit.tasks.filter(isNews)
        if (tasks.length === 0 || commit.lease !== null) return own.commit(commit)
        const rest = { ...commit, tasks: commit.tasks.filter((task) => !isNews(task)) }
        const alone = { ...rest, idempotency: null, aggregates: [], ledger: [], sealed: [], erased: [], tasks }
        return Effect.andThen(own.commit(rest), ++writes % 5 === 0 ? Effect.void : own.commit(alone))
      }
    })
  }
}

/** Looks for what is due from the last thing that it found on: what comes due before that is never seen. */
const cursorOutbox = (): Plant => {
  let seenToMs = 0
  return {
    store: (own: Stores) => ({
      ...own,
      claim: (request) =>
        Effect.map(own.claim(request), (tasks) => {
          if (request.lane !== "news") return tasks
          const fresh = tasks.filter(({ dueAtMs }) => dueAtMs >= seenToMs)
          for (const { dueAtMs } of fresh) seenToMs = Math.max(seenToMs, dueAtMs)
          return fresh
        })
    })
  }
}

type Sender = WebhookSender["Service"]

const taken: WebhookAnswer = { _tag: "Answered", status: 200, headers: [], bodyStart: "", retryAfterMs: null }

/** Remembers a message as sent before it is sent, and sends none twice. */
const dedupeBeforeDelivery = (): Plant => {
  const seen = new Set<string>()
  return {
    sender: (own: Sender) => ({
      ...own,
      post: (post) =>
        Effect.suspend(() => {
          const name = `${post.url} ${post.headers["webhook-id"]}`
          if (seen.has(name)) return Effect.succeed(taken)
          seen.add(name)
          return own.post(post)
        })
    })
  }
}

/** Writes down that a message was taken, and sends it when it has a moment. */
const markedBeforeSent = (): Plant => ({
  sender: (own: Sender) => ({
    ...own,
    post: (post) => {
      Effect.runFork(Effect.andThen(Effect.sleep(1), own.post(post)))
      return Effect.succeed(taken)
    }
  })
})

/** A new id for every attempt. */
const freshIds = (): Plant => {
  let count = 0
  return {
    sender: (own: Sender) => ({
      ...own,
      post: (post) => own.post({ ...post, headers: { ...post.headers, "webhook-id": `id-${++count}` } })
    })
  }
}

const programmesMax = 15

describe("a defect of telling is found", () => {
  it.each([
    ["the task is filed after the change", toldInAnotherWrite],
    ["an outbox that is read from a cursor on", cursorOutbox],
    ["deduplicated before it is delivered", dedupeBeforeDelivery],
    ["marked as delivered before it is sent", markedBeforeSent],
    ["another id for each attempt", freshIds]
  ])("%s", async (_, plant) => {
    const problems: Array<string> = []
    for (let seed = 1; seed <= programmesMax && problems.length === 0; seed++) {
      const found = await runProgramme(seed, plant()).catch((error: Error) => ({
        problems: [`broke: ${error.message}`]
      }))
      problems.push(...found.problems)
    }
    expect(problems.some((problem) => /was not taken|two ids|is waiting/u.test(problem))).toBe(true)
  })
})
