/**
 * A card gateway with a simulated bank behind it, for a system that runs on one machine. The bank is reached only
 * through messages, has its own memory in its own journal, and can be told to misbehave in the ways real ones do.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { GatewayCapabilities, GatewayVerdict } from "../attempt/attempt.ts"
import { type CurrencyTable, currencies as standardCurrencies } from "../money/index.ts"
import type { CardGateway } from "../ports/card-gateway.ts"
import type { Digest } from "../ports/digest.ts"
import { bankDesk } from "./bank-desk.ts"
import { type Arrival, bankLine } from "./bank-line.ts"
import { type Challenges, challengesOf } from "./challenges.ts"
import * as Messages from "./gateway-messages.ts"
import { checkMode, type GatewayMode, type ModeRejection, type ModeSetting, strikesLookups } from "./gateway-mode.ts"
import { type Journal, type JournalLine, publicLines } from "./journal.ts"
import { encodeRequest } from "./wire.schema.ts"
import type { BankReply, BankRequest } from "./wire.ts"

export type SandboxGatewayOptions = {
  /** The bank's own memory. It is read once, here. */
  readonly journal: Journal
  /** The bank's time, for what it writes down and what expires. Delays run on the Effect clock. */
  readonly clock: { readonly nowMs: () => number }
  /** A number from 0 up to 1, excluding 1: draws faults and jitter. */
  readonly random: () => number
  /** Where the payer meets a challenge; the last segment of its path must be the id. */
  readonly challengeUrl: (challengeId: string) => string
  /** What the payer's bank calls a merchant. Default: its id. */
  readonly merchantName?: (merchantId: string) => string | Promise<string>
  /** Makes challenge ids reproducible. Without it they come from Web Crypto. */
  readonly digest?: Digest["Service"]
  /** There and back, on average. Default 15. */
  readonly latencyMs?: number
  /** How long a caller waits in vain for a lost reply, if his own limit is not shorter. Default 200. */
  readonly dropDelayMs?: number
  /** When a late request executes. Default 1000; never more than `maxInFlightMs`. */
  readonly lateMs?: number
  /** Default 5000. */
  readonly maxInFlightMs?: number
  /** Default 2000. */
  readonly lookupLagMs?: number
  /** How long a challenge can be answered. Default 15 minutes. */
  readonly challengeTtlMs?: number
  /** How long a bank transfer takes to come, or not to. Default one minute. */
  readonly transferMs?: number
  /** Lets the modes also strike `verifyCard` and `authenticate`, which move no money. Default false. */
  readonly strikesQuestions?: boolean
  /** Gets the verdicts that arrive a second time, as `duplicate-reply` makes them. Must not throw. */
  readonly onMessage?: (message: BankMessage) => void
  readonly currencies?: CurrencyTable
}

/** What a bank says of an operation by itself, as its webhook would. */
export type BankMessage = {
  readonly gatewayKey: string
  readonly merchantId: string
  readonly paymentId: string
  readonly verdict: GatewayVerdict
}

export type SandboxGateway = {
  readonly gateway: CardGateway["Service"]
  /** What the bank really executed, oldest first. */
  readonly journal: () => ReadonlyArray<JournalLine>
  readonly mode: () => ModeSetting
  /** Changes how calls from now on are treated. What is on its way already is not affected. */
  readonly setMode: (mode: string, rate: number) => Result.Result<ModeSetting, ModeRejection>
  readonly challenges: Challenges
  /** Waits until nothing is on its way any more. */
  readonly drain: Effect.Effect<void>
  /** Refuses connections from now on and drains. The journal stays open: it belongs to whoever opened it. */
  readonly close: Effect.Effect<void>
}

/**
 * Opens the simulated bank as its journal left it, and a gateway to it. Throws a `RangeError` on times that contradict
 * each other.
 *
 * @example
 * const sandbox = sandboxGateway({ journal: memoryJournal(), clock, random, challengeUrl: (id) => `/challenge/${id}` })
 * sandbox.mode() // => { mode: "normal", rate: 1 }
 */
export const sandboxGateway = (options: SandboxGatewayOptions): SandboxGateway => {
  const times = timesOf(options)
  const currencies = options.currencies ?? standardCurrencies
  const desk = bankDesk({
    journal: options.journal,
    clock: options.clock,
    currencies,
    challengeUrl: options.challengeUrl,
    challengeTtlMs: times.challengeTtlMs,
    transferMs: times.transferMs,
    secretFor: secretsFrom(options.digest)
  })
  const line = bankLine({ answer: desk.answer, random: options.random, ...times })
  let setting: ModeSetting = { mode: "normal", rate: 1 }

  const ask: Ask = (sort, timeoutMs, request, onRepeat) =>
    Effect.suspend(() => {
      const isStruck = options.random() < setting.rate
      const fault = isStruck && strikes(setting.mode, sort, options.strikesQuestions) ? setting.mode : "normal"
      return line.exchange(encodeRequest(request), fault, timeoutMs, onRepeat)
    })

  return {
    gateway: gatewayOver(ask, capabilitiesOf(times), currencies, options.onMessage),
    journal: () => publicLines(options.journal.read()),
    mode: () => setting,
    setMode: (mode, rate) => {
      const checked = checkMode(mode, rate)
      if (Result.isSuccess(checked)) setting = checked.success
      return checked
    },
    challenges: challengesOf(desk, options.merchantName ?? ((merchantId) => merchantId)),
    drain: line.drain,
    close: line.close
  }
}

type Sort = "money" | "lookup" | "question"

type Ask = (
  sort: Sort,
  timeoutMs: number,
  request: BankRequest,
  onRepeat?: (reply: BankReply) => void
) => Effect.Effect<Arrival>

const strikes = (mode: GatewayMode, sort: Sort, strikesQuestions = false): boolean =>
  strikesLookups(mode) ? sort === "lookup" : sort === "money" || (sort === "question" && strikesQuestions)

const gatewayOver = (
  ask: Ask,
  capabilities: GatewayCapabilities,
  currencies: CurrencyTable,
  onMessage: SandboxGatewayOptions["onMessage"]
): CardGateway["Service"] => ({
  name: "sandbox",
  capabilities,
  send: (operation, timeoutMs) => {
    const { key, amount, merchantId, paymentId } = operation
    const onRepeat = (reply: BankReply): void => {
      const repeated = Messages.readVerdict(reply, key, amount, currencies)
      if (Result.isFailure(repeated)) return
      onMessage?.({ gatewayKey: key, merchantId, paymentId, verdict: repeated.success })
    }
    return Effect.suspend(() => ask("money", timeoutMs, Messages.operateRequest(operation, currencies), onRepeat)).pipe(
      Effect.map((arrival) => Messages.gatewayReply(arrival, key, amount, currencies))
    )
  },
  lookup: (key, timeoutMs) =>
    ask("lookup", timeoutMs, { call: "lookup", key }).pipe(
      Effect.map((arrival) => Messages.gatewayLookup(arrival, key, currencies))
    ),
  reverse: (key, timeoutMs) =>
    ask("money", timeoutMs, { call: "reverse", key }).pipe(
      Effect.map((arrival) => Messages.gatewayReversal(arrival, key))
    ),
  verifyCard: (card, timeoutMs) =>
    Effect.suspend(() => ask("question", timeoutMs, Messages.verifyRequest(card))).pipe(
      Effect.map((arrival) => Messages.cardVerification(arrival, card.cardId))
    ),
  authenticate: (request, timeoutMs) =>
    Effect.suspend(() => ask("question", timeoutMs, Messages.authenticateRequest(request, currencies))).pipe(
      Effect.map((arrival) => Messages.authenticationOutcome(arrival, request.key))
    )
})

type Times = ReturnType<typeof timesOf>

const timesOf = (options: SandboxGatewayOptions) => {
  const times = {
    latencyMs: options.latencyMs ?? 15,
    dropDelayMs: options.dropDelayMs ?? 200,
    lateMs: options.lateMs ?? 1000,
    maxInFlightMs: options.maxInFlightMs ?? 5000,
    lookupLagMs: options.lookupLagMs ?? 2000,
    challengeTtlMs: options.challengeTtlMs ?? 15 * 60_000,
    transferMs: options.transferMs ?? 60_000
  }
  if (!Object.values(times).every((ms) => ms >= 0)) throw new RangeError("a time of the sandbox gateway is negative")
  // The kernel trusts this bound: what has not executed by then never will.
  if (Math.max(times.lateMs, times.latencyMs) > times.maxInFlightMs) {
    throw new RangeError("lateMs and latencyMs must not be more than maxInFlightMs")
  }
  return times
}

/** The bank forgets no key; a day is what it promises, as gateways do. */
const capabilitiesOf = ({ lookupLagMs, maxInFlightMs }: Times): GatewayCapabilities => ({
  idempotentByKey: true,
  keyTtlMs: 24 * 60 * 60_000,
  lookupByKey: true,
  lookupLagMs,
  maxInFlightMs,
  reverseByKey: true,
  bankTransfers: true
})

/** Letters only: a search of files and logs for leaked digits of a card must not stumble over a random id. */
const secretLetters = "abcdefghijklmnop"

const secretsFrom =
  (digest: Digest["Service"] | undefined) =>
  (purpose: string): string => {
    if (digest !== undefined) return digest.of("return-state", purpose)
    const bytes = crypto.getRandomValues(new Uint8Array(16))
    return Array.from(bytes, (byte) => secretLetters.charAt(byte >> 4) + secretLetters.charAt(byte & 15)).join("")
  }
