/**
 * The bank's side of the wire: takes a request as text, decides, makes the record durable, and only then gives the
 * reply as text. If the journal fails, the bank answers nothing but 500 until it is opened again, because its memory
 * may be ahead of its book.
 */
import * as Result from "effect/Result"
import { type CurrencyTable, format, parse } from "../money/index.ts"
import {
  type Authentications,
  applyAuthentication,
  type ChallengeRejection,
  type ChallengeStanding,
  challengeStanding,
  decideAnswer,
  openAuthentications,
  standingOf
} from "./authentications.ts"
import {
  applyRecord,
  awaitedTransfer,
  type Bank,
  decideOperation,
  decideReversal,
  decideTransfer,
  lookUp,
  openBank
} from "./bank.ts"
import { authenticate, authorize, transfer, verify } from "./issuer.ts"
import type { AuthenticationDecided, BankRecord, ChallengeAnswer, Journal } from "./journal.ts"
import { isWebAddress } from "./web-address.ts"
import * as Codec from "./wire.schema.ts"
import type { AuthenticateRequest, BankReply, BankRequest, OperateRequest } from "./wire.ts"

export type BankDeskOptions = {
  readonly journal: Journal
  readonly clock: { readonly nowMs: () => number }
  readonly currencies: CurrencyTable
  readonly challengeUrl: (challengeId: string) => string
  readonly challengeTtlMs: number
  /** How long a bank transfer takes. */
  readonly transferMs: number
  /** An unguessable text for a purpose: the id and the form token of a challenge. */
  readonly secretFor: (purpose: string) => string
}

export type BankDesk = {
  /** What is younger than `lagMs` a look-up does not see. Never rejects. */
  readonly answer: (request: string, lagMs: number) => Promise<BankReply>
  readonly challenge: (challengeId: string) => ChallengeStanding | undefined
  /** Says that a browser has seen the challenge. */
  readonly noteSeen: (challengeId: string) => void
  /** Resolves when the answer is durable, with the address to return to. Rejects when the journal fails. */
  readonly answerChallenge: (
    challengeId: string,
    answer: ChallengeAnswer
  ) => Promise<Result.Result<{ readonly returnUrl: string }, ChallengeRejection>>
}

/**
 * Opens the bank as its journal left it.
 *
 * @example
 * await bankDesk(options).answer("not json", 0) // => { status: 400, body: "" }
 */
export const bankDesk = (options: BankDeskOptions): BankDesk => {
  const desk = openDesk(options)
  return {
    answer: async (text, lagMs) => {
      if (desk.isBroken) return { status: 500, body: "" }
      const request = Codec.decodeRequest(text)
      const reply = Result.isSuccess(request) ? replyTo(desk, request.success, lagMs) : notUnderstood
      await desk.written
      return desk.isBroken ? { status: 500, body: "" } : reply
    },
    challenge: (challengeId) => challengeStanding(desk.authentications, challengeId, options.clock.nowMs()),
    noteSeen: (challengeId) => {
      desk.seen.add(challengeId)
    },
    answerChallenge: async (challengeId, answer) => {
      const decided = decideAnswer(desk.authentications, challengeId, answer, options.clock.nowMs())
      if (Result.isFailure(decided)) return Result.fail(decided.failure)
      if (!desk.isBroken) write(desk, decided.success.record)
      await desk.written
      if (desk.isBroken) throw new Error("the bank's journal has failed")
      return Result.succeed({ returnUrl: decided.success.returnUrl })
    }
  }
}

type Desk = BankDeskOptions & {
  readonly bank: Bank
  readonly authentications: Authentications
  readonly seen: Set<string>
  /** The last write. Until it is done memory is ahead of the book, so every answer, a repeated one too, waits. */
  written: Promise<void>
  /** A write failed, so memory may know of what the book does not. */
  isBroken: boolean
}

const openDesk = (options: BankDeskOptions): Desk => {
  const records = options.journal.read()
  const amounts = {
    parse: (amount: string, currency: string) => Result.getOrThrow(parse(amount, currency, options.currencies)),
    format: (amount: Parameters<typeof format>[0]) => format(amount, options.currencies)
  }
  return {
    ...options,
    bank: openBank(records, amounts),
    authentications: openAuthentications(records),
    seen: new Set(),
    written: Promise.resolve(),
    isBroken: false
  }
}

const write = (desk: Desk, record: BankRecord): void => {
  applyRecord(desk.bank, record)
  applyAuthentication(desk.authentications, record)
  desk.written = desk.journal.append(record).catch(() => {
    desk.isBroken = true
  })
}

const nowIso = (desk: Desk): string => new Date(desk.clock.nowMs()).toISOString()

const notUnderstood: BankReply = { status: 400, body: "" }

const replyTo = (desk: Desk, request: BankRequest, lagMs: number): BankReply => {
  const awaited = "key" in request ? transferUnder(desk, request.key) : undefined
  if (request.call === "operate" && request.kind === "authorize" && request.transfer !== null) {
    if (awaited !== undefined) return accepted
    if (isNew(desk, request.key)) return awaitTransfer(desk, request, request.transfer)
  }
  const body = bodyFor(desk, request, lagMs)
  return body === undefined ? notUnderstood : { status: 200, body }
}

/** The bank waits for the transfer. What becomes of it, a look-up tells. */
const accepted: BankReply = { status: 202, body: "" }

const isNew = ({ bank }: Desk, key: string): boolean => !bank.executions.has(key) && !bank.undone.has(key)

const awaitTransfer = (
  desk: Desk,
  request: OperateRequest,
  { reference }: { readonly reference: string }
): BankReply => {
  const { key, merchantId, paymentId, amount, currency } = request
  const money = parse(amount, currency, desk.currencies)
  if (Result.isFailure(money) || money.success.amount <= 0n) return notUnderstood
  const about = { operationKey: key, merchantId, paymentId, amount, currency, reference }
  write(desk, {
    record: "transfer_awaited",
    ...about,
    endsAtMs: desk.clock.nowMs() + desk.transferMs,
    at: nowIso(desk)
  })
  return accepted
}

/** The transfer that is waited for under a key. One whose time has come is carried out first, and awaited no more. */
const transferUnder = (desk: Desk, key: string) => {
  const awaited = awaitedTransfer(desk.bank, key)
  if (awaited === undefined || desk.clock.nowMs() < awaited.endsAtMs) return awaited
  const { record } = decideTransfer(desk.bank, awaited, () => transfer(awaited.amount))
  if (record !== null) write(desk, record)
  return undefined
}

/** The text of the reply, or `undefined` where the request means nothing to this bank. */
const bodyFor = (desk: Desk, request: BankRequest, lagMs: number): string | undefined => {
  switch (request.call) {
    case "operate":
      return operate(desk, request)
    case "reverse":
      return reverse(desk, request.key)
    case "lookup":
      return answerLookup(desk, request.key, lagMs)
    case "verify":
      return Codec.encodeVerifyReply({ key: request.key, ...verify(request.card, desk.clock.nowMs()) })
    case "authenticate":
      return answerAuthentication(desk, request)
  }
}

const operate = (desk: Desk, request: OperateRequest): string | undefined => {
  const { authorization, amount, currency } = request
  const money = parse(amount, currency, desk.currencies)
  if (Result.isFailure(money)) return undefined
  const askIssuer =
    authorization && (() => authorize(authorization.card, { ...authorization, amount }, desk.clock.nowMs()))
  const capture = authorization?.capture === true
  const { verdict, record } = decideOperation(
    desk.bank,
    { ...request, amount: money.success, capture, askIssuer },
    nowIso(desk)
  )
  if (record !== null) write(desk, record)
  return Codec.encodeOperateReply({ key: request.key, ...verdict })
}

const reverse = (desk: Desk, key: string): string => {
  const { result, record } = decideReversal(desk.bank, key, nowIso(desk))
  if (record !== null) write(desk, record)
  return Codec.encodeReverseReply({ key, result })
}

const answerLookup = (desk: Desk, key: string, lagMs: number): string => {
  const seen = lookUp(desk.bank, key)
  const isTooYoung = seen.found !== "nothing" && lagMs > 0 && desk.clock.nowMs() - Date.parse(seen.at) < lagMs
  // A transfer was seen before it came: until the rest is seen it is still awaited, and never absent.
  const unseen = desk.bank.transfers.has(key) ? "awaited" : "nothing"
  if (isTooYoung) return Codec.encodeLookupReply({ key, found: unseen, verdict: null })
  return Codec.encodeLookupReply({ key, found: seen.found, verdict: seen.found === "executed" ? seen.verdict : null })
}

const answerAuthentication = (desk: Desk, request: AuthenticateRequest): string => {
  let authentication = desk.authentications.byKey.get(request.key)
  if (authentication === undefined) {
    authentication = decideAuthentication(desk, request)
    write(desk, authentication)
  }
  const standing = standingOf(desk.authentications, authentication, desk.clock.nowMs())
  const challengeId = standing.status === "challenged" ? standing.challengeId : null
  return Codec.encodeAuthenticateReply({
    key: request.key,
    status: standing.status,
    eci: standing.status === "passed" ? standing.eci : null,
    code: standing.status === "failed" ? standing.code : null,
    challengeUrl: challengeId && desk.challengeUrl(challengeId),
    seen: challengeId !== null && desk.seen.has(challengeId)
  })
}

const decideAuthentication = (desk: Desk, request: AuthenticateRequest): AuthenticationDecided => {
  const { key, merchantId, amount, currency, returnUrl, card } = request
  const answer = isWebAddress(returnUrl) ? authenticate(card.number, amount) : unreachable
  const challenge =
    answer.result !== "challenged"
      ? null
      : {
          id: desk.secretFor(`challenge ${key}`),
          formToken: desk.secretFor(`challenge form ${key}`),
          expiresAtMs: desk.clock.nowMs() + desk.challengeTtlMs
        }
  const at = nowIso(desk)
  return { record: "authentication_decided", key, merchantId, amount, currency, returnUrl, ...answer, challenge, at }
}

const unreachable = { result: "failed", eci: "07", code: "three_d_secure_invalid_request" } as const
