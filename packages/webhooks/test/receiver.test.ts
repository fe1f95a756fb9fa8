import {
  generateSecret,
  memoryReplayStore,
  open,
  type ReceiverOptions,
  receiver,
  sign,
  signingKey,
  verifyingKey
} from "@paykernel/webhooks"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"

const nowMs = Date.UTC(2026, 10, 21, 12, 0, 0)
const secret = generateSecret()

type Message = { readonly id: string; readonly payload: Uint8Array }
type Options = ReceiverOptions<Message, { readonly _tag: string }>

/** A receiver and what it was given. */
const receiving = (change: Partial<Options> = {}) => {
  const taken: Array<string> = []
  const rejections: Array<string> = []
  const receive = receiver<Message, { readonly _tag: string }>({
    open: async (received, atMs) => open(received, { keys: [await verifyingKey(secret)], nowMs: atMs }),
    onMessage: ({ payload }) => taken.push(new TextDecoder().decode(payload)),
    onRejected: ({ _tag }) => rejections.push(_tag),
    now: () => nowMs,
    ...change
  })
  return { receive, taken, rejections }
}

const requestOf = (body: BodyInit | null, headers: object = {}, method = "POST"): Request => {
  // A stream is sent while it is made, which has to be said.
  const init = { method, body, headers: { ...headers }, duplex: "half" }
  return new Request("https://shop.example/hooks", init)
}

const signedRequest = async (payload: string, id = "msg_1"): Promise<Request> =>
  requestOf(payload, await sign({ id, atMs: nowMs, payload }, [await signingKey(secret)]))

const summary = async (answer: Response) => ({
  status: answer.status,
  headers: Object.fromEntries(answer.headers),
  body: await answer.text()
})

const silent = { "cache-control": "no-store" }

describe("a receiver", () => {
  it("takes a message, and says so when it has been handled", async () => {
    let handled = false
    const { receive } = receiving({
      onMessage: async () => {
        await new Promise((resolve) => setTimeout(resolve, 10))
        handled = true
      }
    })
    expect(await summary(await receive(await signedRequest("{}")))).toEqual({ status: 204, headers: silent, body: "" })
    expect(handled).toBe(true)
  })

  it("hands on the body byte for byte", async () => {
    const { receive, taken } = receiving()
    await receive(await signedRequest('{ "a" : "grüße" }\n'))
    expect(taken).toEqual(['{ "a" : "grüße" }\n'])
  })

  it("says that it is there, and what it takes", async () => {
    const { receive, taken } = receiving()
    expect((await receive(requestOf(null, {}, "HEAD"))).status).toBe(200)
    for (const method of ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const answer = await summary(await receive(requestOf(null, {}, method)))
      expect(answer).toEqual({ status: 405, headers: { ...silent, allow: "POST, HEAD" }, body: "" })
    }
    expect(taken).toEqual([])
  })

  it("tells nobody what was wrong, except the host", async () => {
    const { receive, taken, rejections } = receiving()
    const { headers } = await signedRequest("{}")
    const without = (name: string) => {
      const left = new Headers(headers)
      left.delete(name)
      return left
    }
    const other = { ...Object.fromEntries(headers), "webhook-timestamp": "1" }
    const answers = [
      await receive(requestOf("{} ", Object.fromEntries(headers))),
      await receive(requestOf("{}", Object.fromEntries(without("webhook-id")))),
      await receive(requestOf("{}", Object.fromEntries(without("webhook-signature")))),
      await receive(requestOf("{}", other)),
      await receive(requestOf(null))
    ]
    const summaries = await Promise.all(answers.map(summary))
    expect(new Set(summaries.map((one) => JSON.stringify(one))).size).toBe(1)
    expect(summaries[0]).toEqual({ status: 401, headers: silent, body: "" })
    expect(rejections).toEqual([
      ...["SignatureMismatch", "HeaderMissing", "HeaderMissing", "TimestampTooOld", "HeaderMissing"]
    ])
    expect(taken).toEqual([])
  })

  it("reads no more than it was told to, whatever length was declared", async () => {
    const { receive } = receiving({ bodyBytesMax: 1_000 })
    expect((await receive(await signedRequest("x".repeat(1_000)))).status).toBe(204)
    expect((await receive(await signedRequest("x".repeat(1_001)))).status).toBe(413)
    expect((await receive(requestOf("", { "content-length": "1001" }))).status).toBe(413)
    expect((await receive(requestOf("", { "content-length": "many" }))).status).toBe(413)
    let given = 0
    const endless = new ReadableStream({
      pull: (controller) => {
        given += 500
        controller.enqueue(new Uint8Array(500))
      }
    })
    expect((await receive(requestOf(endless, { "content-length": "10" }))).status).toBe(413)
    expect(given).toBeLessThan(5_000)
  })

  it("does not take a body that broke off", async () => {
    const { receive, taken } = receiving()
    const broken = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(5)),
      pull: (controller) => controller.error(new Error("reset"))
    })
    expect((await receive(requestOf(broken))).status).toBe(400)
    expect(taken).toEqual([])
  })

  it("leaves an error of the host to the server: the sender is not told that its message was taken", async () => {
    const error = new Error("no database")
    const { receive } = receiving({ onMessage: () => Promise.reject(error) })
    await expect(receive(await signedRequest("{}"))).rejects.toBe(error)
  })
})

describe("a message that comes more than once", () => {
  const once = () => ({ store: memoryReplayStore(), idOf: ({ id }: Message) => id })

  it("is handled once, and taken every time", async () => {
    const { receive, taken } = receiving({ replay: once() })
    for (let at = 0; at < 3; at++) expect((await receive(await signedRequest('"a"'))).status).toBe(204)
    expect((await receive(await signedRequest('"b"', "msg_2"))).status).toBe(204)
    expect(taken).toEqual(['"a"', '"b"'])
  })

  it("is handled once when it comes at the same time, and all are told of the outcome of that", async () => {
    let fail: (error: Error) => void = () => undefined
    let handled = 0
    const onMessage = () => {
      handled++
      return new Promise((_, reject) => {
        fail = reject
      })
    }
    const { receive } = receiving({ replay: once(), onMessage })
    const answers = [receive(await signedRequest("{}")), receive(await signedRequest("{}"))]
    const settled = Promise.allSettled(answers)
    await new Promise((resolve) => setTimeout(resolve, 20))
    fail(new Error("no database"))
    expect((await settled).map(({ status }) => status)).toEqual(["rejected", "rejected"])
    expect(handled).toBe(1)
  })

  it("is handled again after that failed", async () => {
    let turn = 0
    const onMessage = () => {
      if (++turn === 1) throw new Error("no database")
    }
    const { receive } = receiving({ replay: once(), onMessage })
    await expect(receive(await signedRequest("{}"))).rejects.toThrow("no database")
    expect((await receive(await signedRequest("{}"))).status).toBe(204)
    expect((await receive(await signedRequest("{}"))).status).toBe(204)
    expect(turn).toBe(2)
  })

  it("is remembered for four days", async () => {
    let atMs = nowMs
    const replay = { ...once(), keepMs: 1_000 }
    const opened = { id: "msg_1", payload: new Uint8Array() }
    let handled = 0
    const options = { replay, now: () => atMs, open: () => Result.succeed(opened), onMessage: () => ++handled }
    const { receive } = receiving(options)
    for (const laterMs of [0, 1_000, 1_001]) {
      atMs = nowMs + laterMs
      await receive(requestOf("{}"))
    }
    expect(handled).toBe(2)
  })
})

describe("a replay store in memory", () => {
  it("remembers until then, and not longer", () => {
    const store = memoryReplayStore()
    const outcomes = [0, 500, 1_000, 1_001, 1_002].map((atMs) => store.remember("a", 1_000, atMs))
    expect(outcomes).toEqual(["new", "seen", "seen", "new", "new"])
    store.forget("b")
    expect(store.remember("b", 10, 0)).toBe("new")
    store.forget("b")
    expect(store.remember("b", 10, 0)).toBe("new")
  })

  it("is bounded: what is over goes first, then what is over soonest", () => {
    const store = memoryReplayStore({ idsMax: 8 })
    for (let at = 0; at < 4; at++) store.remember(`old-${at}`, 10, 0)
    for (let at = 0; at < 100; at++) {
      expect(store.remember(`id-${at}`, 1_000 + at, 20)).toBe("new")
      expect(store.remember(`id-${at}`, 1_000 + at, 20)).toBe("seen")
    }
    expect(store.remember("id-0", 5_000, 20)).toBe("new")
    expect(store.remember("id-99", 5_000, 20)).toBe("seen")
    expect(() => memoryReplayStore({ idsMax: 0 })).toThrow(TypeError)
  })

  it("refuses in open what was opened before, for as long as its time would be accepted", async () => {
    const replay = memoryReplayStore()
    const { headers } = await signedRequest("{}")
    const keys = [await verifyingKey(secret)]
    const opening = async (atMs: number, payload = "{}") => {
      const opened = await open({ headers, payload }, { keys, nowMs: atMs, replay })
      return Result.isSuccess(opened) ? "opened" : opened.failure._tag
    }
    // A forgery must not use up the id.
    expect(await opening(nowMs, "{} ")).toBe("SignatureMismatch")
    expect(await opening(nowMs - 300_000)).toBe("opened")
    expect(await opening(nowMs + 300_999)).toBe("MessageRepeated")
    expect(await opening(nowMs + 301_000)).toBe("TimestampTooOld")
    const both = memoryReplayStore()
    const twice = [1, 2].map(() => open({ headers, payload: "{}" }, { keys, nowMs, replay: both }))
    expect((await Promise.all(twice)).filter(Result.isSuccess)).toHaveLength(1)
  })
})
