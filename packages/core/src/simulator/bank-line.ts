/**
 * The line between the kernel's side and the simulated bank: it takes time, and it loses, repeats, delays and garbles
 * what it carries, as the mode says. What travels goes on by itself: a caller who hangs up does not stop the bank.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { GatewayMode } from "./gateway-mode.ts"
import type { BankReply } from "./wire.ts"

export type BankLineOptions = {
  /** The bank. Never rejects. */
  readonly answer: (request: string, lagMs: number) => Promise<BankReply>
  /** A number from 0 up to 1, excluding 1. */
  readonly random: () => number
  /** Both ways together, on average; each way takes between half and one and a half times its share. */
  readonly latencyMs: number
  /** How long a caller waits for a reply that was lost. */
  readonly dropDelayMs: number
  /** When a late request executes. */
  readonly lateMs: number
  readonly lookupLagMs: number
}

/** What a caller sees: a reply, nothing in time, or a refused connection before a byte was sent. */
export type Arrival =
  | { readonly _tag: "Arrived"; readonly reply: BankReply }
  | { readonly _tag: "Silence"; readonly afterMs: number }
  | { readonly _tag: "Refused" }

export type BankLine = {
  /** `onRepeat` gets a reply that the line delivers for a second time. */
  readonly exchange: (
    request: string,
    fault: GatewayMode,
    timeoutMs: number,
    onRepeat?: (reply: BankReply) => void
  ) => Effect.Effect<Arrival>
  /** Waits until nothing is on its way any more. */
  readonly drain: Effect.Effect<void>
  /** From now on connections are refused; then drains. */
  readonly close: Effect.Effect<void>
}

export const bankLine = (options: BankLineOptions): BankLine => {
  const underway = new Set<Fiber.Fiber<void>>()
  let isClosed = false

  const launch = Effect.fnUntraced(function* (journey: Effect.Effect<void>) {
    const fiber = yield* Effect.forkDetach(journey)
    underway.add(fiber)
    fiber.addObserver(() => underway.delete(fiber))
  })

  const drain: Effect.Effect<void> = Effect.suspend(() =>
    underway.size === 0 ? Effect.void : Effect.andThen(Fiber.awaitAll([...underway]), drain)
  )

  const exchange: BankLine["exchange"] = Effect.fnUntraced(function* (request, fault, timeoutMs, onRepeat) {
    if (isClosed) return { _tag: "Refused" } as const
    const reply = Deferred.makeUnsafe<BankReply>()
    const deliver = (arrived: BankReply) => Deferred.succeed(reply, arrived)
    // A bug at the bank is not weather: it reaches the caller as the defect it is.
    yield* launch(
      journey(options, request, fault, deliver, onRepeat).pipe(
        Effect.catchCause((cause) => Deferred.failCause(reply, cause)),
        Effect.asVoid
      )
    )
    const waitMs = isSilent(fault) ? Math.min(timeoutMs, options.dropDelayMs) : timeoutMs
    return yield* Deferred.await(reply).pipe(
      Effect.map((arrived): Arrival => ({ _tag: "Arrived", reply: arrived })),
      Effect.timeoutOrElse({
        duration: waitMs,
        orElse: () => Effect.succeed<Arrival>({ _tag: "Silence", afterMs: waitMs })
      })
    )
  })

  const close = Effect.suspend(() => {
    isClosed = true
    return drain
  })

  return { exchange, drain, close }
}

/** Faults after which no reply will come, however long one waits. */
const isSilent = (fault: GatewayMode): boolean =>
  fault === "drop-before" || fault === "execute-drop" || fault === "late"

const journey = Effect.fnUntraced(function* (
  options: BankLineOptions,
  request: string,
  fault: GatewayMode,
  deliver: (reply: BankReply) => Effect.Effect<unknown>,
  onRepeat: ((reply: BankReply) => void) | undefined
) {
  const oneWay = Effect.suspend(() => {
    const ms = (options.latencyMs / 2) * (0.5 + options.random())
    return ms > 0 ? Effect.sleep(ms) : Effect.void
  })
  const lagMs = fault === "lookup-stale" ? options.lookupLagMs : 0
  const execute = Effect.promise(() => options.answer(request, lagMs))

  if (fault === "drop-before") return
  yield* fault === "late" ? Effect.sleep(options.lateMs) : oneWay
  if (fault === "error-before" || fault === "lookup-down") return yield* deliver({ status: 503, body: "" })
  const isLostInGarbage = fault === "garbage" && options.random() < 0.5
  const reply = isLostInGarbage ? notFromTheBank : yield* execute
  if (fault === "execute-drop" || fault === "late") return
  yield* oneWay
  // A notification on another connection overtakes the reply as often as not.
  const repeat = fault === "duplicate-reply" ? onRepeat : undefined
  const overtakes = repeat !== undefined && options.random() < 0.5
  if (overtakes) repeat(reply)
  yield* deliver(spoilt(reply, fault, options.random))
  if (repeat !== undefined && !overtakes) {
    yield* oneWay
    repeat(reply)
  }
}, Effect.asVoid)

const notFromTheBank: BankReply = { status: 200, body: "<html><body>The page you are looking for" }

const spoilt = (reply: BankReply, fault: GatewayMode, random: () => number): BankReply => {
  if (reply.body === "") return reply
  if (fault === "error-after") return { status: 500, body: "" }
  // A proper prefix of a JSON object is never JSON.
  if (fault === "garbage") return { ...reply, body: reply.body.slice(0, Math.floor(random() * reply.body.length)) }
  return fault === "wrong-echo" ? { ...reply, body: withOtherEcho(reply.body) } : reply
}

/** The same reply about another amount; where it names no amount, about another key. */
const withOtherEcho = (body: string): string => {
  const message: unknown = JSON.parse(body)
  if (typeof message !== "object" || message === null) return body
  if ("amount" in message && typeof message.amount === "string") {
    const amount = message.amount.replace(/[0-9]$/u, (digit) => (digit === "1" ? "2" : "1"))
    return JSON.stringify({ ...message, amount })
  }
  return JSON.stringify({ ...message, key: "another" })
}
