/** The issuer's web site for payers: one page per challenge, which takes one answer and sends the payer back. */
import * as Result from "effect/Result"
import type { ChallengeRejection, ChallengeStanding } from "./authentications.ts"
import type { BankDesk } from "./bank-desk.ts"
import { type ChallengeNotice, challengePage, noticePage, pageHeaders } from "./challenge-page.ts"
import type { ChallengeAnswer } from "./journal.ts"

export type Challenges = {
  /** Serves GET and POST of the addresses made by `challengeUrl`. Rejects only if the journal or `merchantName` fails. */
  readonly handle: (request: Request) => Promise<Response>
  /** Answers a challenge without a browser, for tests and demonstrations. */
  readonly answer: (
    challengeId: string,
    answer: ChallengeAnswer
  ) => Promise<Result.Result<{ readonly returnUrl: string }, ChallengeRejection>>
}

/** What a merchant is called on the pages. */
export type MerchantName = (merchantId: string) => string | Promise<string>

export const challengesOf = (desk: BankDesk, merchantName: MerchantName): Challenges => ({
  handle: (request) => handleChallenge(desk, merchantName, request),
  answer: desk.answerChallenge
})

/** Answers a payer's browser at `…/{challengeId}`. */
const handleChallenge = async (desk: BankDesk, merchantName: MerchantName, request: Request): Promise<Response> => {
  const challengeId = new URL(request.url).pathname.split("/").at(-1) ?? ""
  const standing = desk.challenge(challengeId)
  if (standing === undefined) return notice(404, "unknown")
  switch (request.method) {
    case "GET":
      desk.noteSeen(challengeId)
      return showChallenge(standing, merchantName)
    case "HEAD":
      return showChallenge(standing, merchantName)
    case "POST":
      return takeAnswer(desk, challengeId, standing, request)
    default:
      return notice(405, "unknown", undefined, { allow: "GET, HEAD, POST" })
  }
}

const showChallenge = async (
  { state, authentication }: ChallengeStanding,
  merchantName: MerchantName
): Promise<Response> => {
  const { returnUrl, challenge } = authentication
  if (state === "expired") return notice(410, "expired", returnUrl)
  if (state === "answered" || challenge === null) return notice(409, "answered", returnUrl)
  const { merchantId, amount, currency } = authentication
  const merchant = await merchantName(merchantId)
  return html(200, challengePage({ merchant, amount, currency, formToken: challenge.formToken }), returnUrl)
}

const takeAnswer = async (
  desk: BankDesk,
  challengeId: string,
  { authentication }: ChallengeStanding,
  request: Request
): Promise<Response> => {
  const form = await readForm(request)
  if (form === undefined) return notice(413, "unreadable", authentication.returnUrl)
  const answer = answers.get(form.get("answer") ?? "")
  // The token was only on the page, so an answer without it comes from some other site.
  if (answer === undefined || form.get("token") !== authentication.challenge?.formToken) {
    return notice(400, "unreadable", authentication.returnUrl)
  }
  const result = await desk.answerChallenge(challengeId, answer)
  if (Result.isSuccess(result)) return seeOther(result.success.returnUrl)
  switch (result.failure._tag) {
    case "ChallengeNotFound":
      return notice(404, "unknown")
    case "ChallengeExpired":
      return notice(410, "expired", result.failure.returnUrl)
    case "ChallengeAlreadyAnswered":
      // A double click sends the form twice, and the browser shows what the second one got.
      if (result.failure.answer === answer) return seeOther(result.failure.returnUrl)
      return notice(409, "answered", result.failure.returnUrl)
  }
}

const answers: ReadonlyMap<string, ChallengeAnswer> = new Map([
  ["approve", "approved"],
  ["fail", "failed"],
  ["cancel", "cancelled"]
])

const formBytesMax = 4096

/** The form's fields, or `undefined` where it is far larger than our own form can be. */
const readForm = async (request: Request): Promise<URLSearchParams | undefined> => {
  let text = ""
  let length = 0
  const decoder = new TextDecoder()
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength
    if (length > formBytesMax) return undefined
    text += decoder.decode(chunk, { stream: true })
  }
  return new URLSearchParams(text)
}

const seeOther = (location: string): Response =>
  new Response(null, { status: 303, headers: { ...pageHeaders(location), location } })

const notice = (
  status: number,
  what: ChallengeNotice,
  returnUrl?: string,
  headers: Readonly<Record<string, string>> = {}
): Response => html(status, noticePage(what, returnUrl), returnUrl, headers)

const html = (
  status: number,
  body: string,
  returnUrl?: string,
  headers: Readonly<Record<string, string>> = {}
): Response =>
  new Response(body, {
    status,
    headers: { "content-type": "text/html; charset=utf-8", ...pageHeaders(returnUrl), ...headers }
  })
