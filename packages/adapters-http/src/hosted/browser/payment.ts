/**
 * The conversation with the server. Nothing here can pay twice: whatever got no answer is sent again with the same
 * attempt, and the server pays once for each.
 */
import { encryptCardData } from "../../browser/card-encryption.ts"
import type { Attempt, ErrorAnswer, PageData, PageError, PaymentBody, ProgressAnswer } from "../page-wire.ts"
import type { Entry } from "./card-form.ts"

/** `connectionLost`: the server may have paid or not. */
export type Outcome = ProgressAnswer | { readonly trouble: "connectionLost" | "outdated" | "notEncrypted" }

/** Encrypts the card, posts the payment, and waits for an answer. Never rejects. */
export const pay = async (data: PageData, attempt: Attempt, entry: Entry): Promise<Outcome> => {
  const body = await encrypted(data, attempt, entry)
  if (body === undefined) return { trouble: "notEncrypted" }
  for (const delayMs of [...retryDelaysMs, undefined]) {
    const answer = await ask<ProgressAnswer>(data.paymentUrl, body)
    if (answer !== undefined && "status" in answer) return answer
    const error = answer?.error ?? "busy"
    if (!passing.has(error)) return { trouble: "outdated" }
    if (delayMs !== undefined) await pause(delayMs)
  }
  return { trouble: "connectionLost" }
}

/** Asks how the session stands until it is no longer `processing`. Goes on for as long as the page is open. */
export const settled = async (data: PageData): Promise<ProgressAnswer> => {
  for (let asked = 0; ; asked++) {
    await pause(asked < 10 ? 1000 : 5000)
    const answer = await ask<ProgressAnswer>(data.progressUrl)
    if (answer !== undefined && "status" in answer && answer.status !== "processing") return answer
  }
}

const retryDelaysMs = [1000, 2000, 4000]
const answerTimeoutMs = 40_000

/** What may be otherwise a moment later. */
const passing: ReadonlySet<PageError> = new Set(["busy", "server_error"])

const encrypted = async (data: PageData, attempt: Attempt, entry: Entry): Promise<string | undefined> => {
  const { number, cvv, expMonth, expYear, name, email } = entry
  const key = { keyId: data.keyId, publicKey: data.publicKey }
  try {
    const sealed = await encryptCardData({ number, cvv }, key)
    const body: PaymentBody = { attempt, ...sealed, expMonth, expYear, name, email }
    return JSON.stringify(body)
  } catch {
    return undefined
  }
}

/** `undefined` where there was no answer that can be read. */
const ask = async <Answer>(url: string, body?: string): Promise<Answer | ErrorAnswer | undefined> => {
  try {
    const posted = body === undefined ? {} : { method: "POST", body, headers: { "content-type": "application/json" } }
    const response = await fetch(url, { ...posted, signal: AbortSignal.timeout(answerTimeoutMs) })
    return await response.json()
  } catch {
    return undefined
  }
}

const pause = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs))
