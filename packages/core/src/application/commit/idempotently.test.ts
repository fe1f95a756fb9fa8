/** Requests under a key: what is asked of the store for them, and when somebody is told to come back. */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { memoryStore } from "../../memory/index.ts"
import { Clock } from "../../ports/clock.ts"
import { Digest } from "../../ports/digest.ts"
import { Store } from "../../ports/store.ts"
import { type IdempotentCall, idempotently } from "./idempotently.ts"

class KeyTaken extends Data.TaggedError("KeyTaken")<{ readonly key: string }> {}

type Call = IdempotentCall<string, never, KeyTaken, never>

const request = {
  ...{ scope: "host", key: "k", meaning: "ten dollars" },
  answer: (view: string) => ({ status: 201, body: view })
}

/** A desk that counts how often it looks for what was kept under a key. */
const desk = () => {
  const own = memoryStore()
  const seen = { reads: 0 }
  const store: Store["Service"] = {
    ...own,
    idempotencyRecord: (about) => {
      seen.reads++
      return own.idempotencyRecord(about)
    }
  }
  const ports = Context.mergeAll(
    Context.make(Store, store),
    Context.make(Clock, { nowMs: () => 0 }),
    Context.make(Digest, { of: (purpose, text) => `${purpose} ${text}` })
  )
  const ask = (call: Partial<Call>) => {
    const perform = () => Effect.succeed(Result.succeed("done"))
    const current = () => Effect.succeed(Result.succeed("now"))
    return Effect.runPromiseExitWith(ports)(
      Effect.result(
        idempotently<string, never, KeyTaken, never>({ merchantId: "m", request, perform, current, ...call })
      )
    )
  }
  return { ask, seen }
}

describe("a request under a key", () => {
  it("costs no look at what was kept, if its work goes through", async () => {
    const { ask, seen } = desk()
    expect(await ask({})).toMatchObject({ value: { success: { success: { view: "done", replayed: false } } } })
    expect(seen.reads).toBe(0)
  })

  it("costs a look before its work if that reaches outside", async () => {
    const { ask, seen } = desk()
    await ask({ reachesOutside: true })
    expect(seen.reads).toBe(1)
  })

  it("has no answer that was kept, if its work bound no key", async () => {
    const { ask } = desk()
    expect(await ask({})).toMatchObject({ value: { success: { success: { answer: null } } } })
  })

  it("is to be made again later, if the key stays taken and nothing shows for it", async () => {
    const { ask, seen } = desk()
    let times = 0
    const perform = () => {
      times++
      return times < 10 ? Effect.fail(new KeyTaken({ key: "k" })) : Effect.succeed(Result.succeed("done"))
    }
    expect(await ask({ perform })).toMatchObject({
      value: { failure: { _tag: "StoreUnavailable", reason: "contended", outcomeUnknown: false } }
    })
    expect({ times, reads: seen.reads }).toEqual({ times: 3, reads: 3 })
  })

  it("is a defect of the caller, if what it means cannot be compared later", async () => {
    const { ask, seen } = desk()
    const asked = await ask({ request: { ...request, meaning: Number.NaN } })
    expect(String(asked)).toContain("the meaning of a request is MeaningNotPlain")
    expect(seen.reads).toBe(0)
  })
})
