import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { memoryStore } from "../../memory/index.ts"
import { Clock } from "../../ports/clock.ts"
import type { WebhookSender } from "../../ports/webhook-sender.ts"
import { watchedClock } from "../watched-clock.ts"
import { newsOf } from "../webhooks/news.ts"
import { announcing } from "./announce-changes.ts"

const sender: WebhookSender["Service"] = { vet: () => null, post: () => Effect.die("nothing is sent") }
const clock = watchedClock(Clock.of({ nowMs: () => 0 }))
const news = newsOf({ sender, dialects: [] }, clock, { owner: "test", leaseMs: 30_000 }, () => {})

describe("a store that announces changes", () => {
  it("asks the store itself whatever it is asked, in the same words", () => {
    const asked = ["a", "b", "c", "d"]
    const own = memoryStore()
    const echo = Object.keys(own).map((name) => [name, (...words: ReadonlyArray<string>) => [name, ...words]])
    const store = announcing(Object.assign(own, Object.fromEntries(echo)), news, clock)
    const { commit, ...rest } = store
    expect(Object.keys(store).toSorted()).toEqual(Object.keys(own).toSorted())
    for (const [name, method] of Object.entries(rest)) {
      expect(Reflect.apply(method, undefined, asked)).toEqual([name, ...asked.slice(0, method.length)])
    }
  })
})
