/**
 * The controls of the sandbox: the test clock, settlement on demand, the simulated bank's journal and its misbehaviour,
 * the simulated chains, and the simulated payout network.
 * They stand beside the API, under the same keys, and answer in its shapes.
 */
import type { ApiKeyVerifier } from "@paykernel/adapters-http"
import type { Kernel } from "@paykernel/core"
import { gatewayModes, type SandboxGateway } from "@paykernel/core/simulator"
import * as Result from "effect/Result"
import { invalid, json, refusal } from "./sandbox-answers.ts"
import { type ChainControls, chainControls } from "./sandbox-chain.ts"
import { type PayoutControls, payoutControls } from "./sandbox-payout.ts"
import type { TimeMachine } from "./time-machine.ts"

export type SandboxOptions = {
  readonly kernel: Kernel
  readonly bank: SandboxGateway
  readonly chains: ChainControls["chains"]
  readonly payout: PayoutControls["payout"]
  readonly timeMachine: TimeMachine
  readonly verifier: ApiKeyVerifier
}

/** Answers requests under `/sandbox`. The bank's pages for payers need no key. */
export const sandboxControls =
  (options: SandboxOptions) =>
  async (request: Request): Promise<Response> => {
    const { pathname, searchParams } = new URL(request.url)
    if (challengePath.test(pathname)) return options.bank.challenges.handle(request)
    const control = controls[pathname]
    if (control === undefined) return refusal(404, 404, "Not found.")
    if (request.method !== control.method) {
      return refusal(405, 405, "Method not allowed.", undefined, { allow: control.method })
    }
    const caller = await options.verifier.authenticate(request.headers.get("authorization"))
    if (caller._tag === "Busy") return refusal(503, -1, "Temporarily unavailable.", undefined, { "retry-after": "1" })
    if (caller._tag !== "Authenticated") {
      return refusal(401, 401, "Malformed authorization. Are the credentials properly encoded?")
    }
    if (control.method === "GET") return control.answer(options, Object.fromEntries(searchParams), caller.merchantId)
    const body = await readBody(request)
    return body === undefined
      ? refusal(400, 2, `Invalid entity.\nThe body must be a JSON object of at most ${bodyBytesMax} bytes.`)
      : control.answer(options, body, caller.merchantId)
  }

const challengePath = /^\/sandbox\/3ds\/[^/]+$/u

type Body = { readonly [field: string]: unknown }

type Control = {
  readonly method: "GET" | "POST"
  readonly answer: (options: SandboxOptions, body: Body, merchantId: string) => Promise<Response>
}

const advanceClock: Control["answer"] = async ({ timeMachine }, { seconds }) => {
  if (typeof seconds !== "number" || !(seconds > 0)) return invalid("seconds", "must be a number greater than 0")
  const moved = await timeMachine.advance(Math.round(seconds * 1000))
  switch (moved) {
    case "advanced":
      return json(200, { data: { now: new Date(timeMachine.nowMs()).toISOString() } })
    case "too far":
      return invalid("seconds", "would put the clock more than ten years ahead")
    case "busy":
      return refusal(503, -1, "Work is still under way. The clock was not moved.", undefined, { "retry-after": "1" })
  }
}

const settleNow: Control["answer"] = async ({ kernel }, _body, merchantId) => {
  const settled = await kernel.settlements.run(merchantId)
  if (!settled.ok) return refusal(503, -1, "Temporarily unavailable.", undefined, { "retry-after": "1" })
  return json(200, { data: settled.value.map(({ id }) => id) })
}

const showJournal: Control["answer"] = async ({ bank }) => json(200, { data: bank.journal() })

const setMode: Control["answer"] = async ({ bank }, { mode, rate = 1 }) => {
  if (typeof mode !== "string") return invalid("mode", modesHint)
  if (typeof rate !== "number") return invalid("rate", rateHint)
  const set = bank.setMode(mode, rate)
  if (Result.isSuccess(set)) return json(200, { data: set.success })
  return set.failure._tag === "ModeUnknown" ? invalid("mode", modesHint) : invalid("rate", rateHint)
}

const modesHint = `must be one of ${gatewayModes.join(", ")}`
const rateHint = "must be a number from 0 to 1"

const controls: { readonly [path: string]: Control | undefined } = {
  "/sandbox/clock/advance": { method: "POST", answer: advanceClock },
  "/sandbox/settle": { method: "POST", answer: settleNow },
  "/sandbox/gateway/journal": { method: "GET", answer: showJournal },
  "/sandbox/gateway/mode": { method: "POST", answer: setMode },
  ...chainControls,
  ...payoutControls
}

const bodyBytesMax = 4096

/** The object in the body; an empty body is one without members. */
const readBody = async (request: Request): Promise<Body | undefined> => {
  let text = ""
  let bytes = 0
  const decoder = new TextDecoder("utf-8", { fatal: true })
  try {
    for await (const chunk of request.body ?? []) {
      bytes += chunk.byteLength
      if (bytes > bodyBytesMax) return undefined
      text += decoder.decode(chunk, { stream: true })
    }
    const value: unknown = text.trim() === "" ? {} : JSON.parse(text + decoder.decode())
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Body => typeof value === "object" && value !== null && !Array.isArray(value)
