/**
 * The receivers' book: every message that ever came, wherever it came. A receiver may rely on this much: that it happened,
 * that it is its own merchant's, that the signature is its own, and that what comes again comes under the same id and with
 * the same bytes, so that neither order nor repetition makes a difference.
 */
import * as Redacted from "effect/Redacted"
import type { WebhookPost } from "../../../ports/webhook-sender.ts"
import { signatureOf } from "../../plain-dialect.ts"
import type { Report } from "../problems.ts"
import type { Safe } from "../simulated-services.ts"
import { type ChangeBook, interestOf, keyOf } from "./change-book.ts"
import { confirmationHeader, signedText, type Told } from "./dialects.ts"
import type { EndpointBook, EndpointEntry, SecretEntry } from "./endpoint-book.ts"

export type ReceiverBook = {
  readonly arrived: (post: WebhookPost, isTaken: boolean) => void
  /** Whether an address says that it has taken a message. */
  readonly hasTaken: (url: string, messageId: string) => boolean
  /** Tokens with which endpoints can confirm themselves, by the addresses that they came to. */
  readonly tokens: ReadonlyMap<string, string>
  /** Messages that came, repetitions included. */
  readonly count: () => number
}

type Grounds = {
  readonly changes: ChangeBook
  readonly endpoints: EndpointBook
  readonly safe: Safe
  readonly report: Report
  /** By the agenda. */
  readonly nowMs: () => number
  /** Number of the latest commit. */
  readonly latestCommit: () => number
}

export const openReceiverBook = (grounds: Grounds): ReceiverBook => {
  const { changes, endpoints, report } = grounds
  const taken = new Set<string>()
  const bodies = new Map<string, string>()
  const ids = new Map<string, string>()
  const tokens = new Map<string, string>()
  const checkSignature = signatureChecker(grounds)
  let count = 0

  /** One id says one thing in the same bytes, and one thing is said under one id. */
  const checkSameness = (id: string, told: Told, dialect: string, body: string): void => {
    if ((bodies.get(id) ?? body) !== body) report("I8", `the message ${id} says two things`)
    bodies.set(id, body)
    const name = `${dialect} ${told.type} ${keyOf(told)}`
    if ((ids.get(name) ?? id) !== id) report("I8", `${told.type} of ${told.aggregate.id} is told under two ids`)
    ids.set(name, id)
  }
  const checkTruth = (url: string, told: Told, endpoint: EndpointEntry | undefined): void => {
    const change = changes.find(told)
    const { type, aggregate, atMs, from, to } = told
    const what = `${type} of ${aggregate.id} at ${aggregate.version}`
    if (change === undefined || change.type !== type) {
      report("I8", `${what} is told, and did not happen`)
      return
    }
    const isSo = change.atMs === atMs && change.from === from && change.to === to
    if (!isSo) report("I8", `${what} is told as from ${from} to ${to}, and was from ${change.from} to ${change.to}`)
    const isAsked =
      endpoint === undefined ? change.address === url : interestOf(endpoint, change, grounds.latestCommit()) !== "never"
    if (!isAsked) report("I8", `${what} is told to ${url}, which is not the one that asked`)
  }
  return {
    tokens,
    count: () => count,
    hasTaken: (url, messageId) => taken.has(`${url} ${messageId}`),
    arrived: (post, isTaken) => {
      count++
      const { url, body, headers } = post
      const told: Told = JSON.parse(body)
      const id = headers["webhook-id"] ?? ""
      const endpoint = endpoints.at(url)
      const signer = endpoint ?? endpoints.get(told.merchantId, "default")
      checkTruth(url, told, endpoint)
      checkSameness(id, told, endpoint?.dialect ?? "plain", body)
      checkSignature(post, signer)
      const token = headers[confirmationHeader]
      if (token !== undefined) tokens.set(url, token)
      if (isTaken) taken.add(`${url} ${id}`)
    }
  }
}

/** Longer than any process stands still with what it has read. */
const staleMs = 7_200_000

/** Signed with secrets of the endpoint and no others, of which one was the current one not long ago. */
const signatureChecker = ({ safe, report, nowMs }: Grounds) => {
  const texts = new Map<string, Redacted.Redacted<string>>()
  const textOf = ({ merchantId, id }: EndpointEntry, secretId: string): Redacted.Redacted<string> | undefined => {
    const place = JSON.stringify([merchantId, id, `webhook-secret:${secretId}`])
    const known = texts.get(place)
    if (known !== undefined) return known
    for (const kept of safe.values()) if (kept.place === place) texts.set(place, Redacted.make(kept.secret))
    return texts.get(place)
  }
  return ({ url, body, headers }: WebhookPost, endpoint: EndpointEntry | undefined): void => {
    const [id = "", seconds = "", given = ""] = ["id", "timestamp", "signature"].map(
      (name) => headers[`webhook-${name}`]
    )
    const atMs = Number.parseInt(seconds, 10) * 1000
    const left = new Set(given.split(" "))
    let valid = 0
    for (const secret of (endpoint?.secrets ?? []).toReversed()) {
      if (left.size === 0 || endpoint === undefined) break
      const text = textOf(endpoint, secret.id)
      if (text === undefined || !left.delete(signatureOf(text, signedText(id, seconds, body)))) continue
      valid++
      if (isOver(secret, atMs, nowMs())) report("I8", `${url}: ${id} is signed with a secret that has retired`)
    }
    if (valid === 0 || left.size > 0) report("I8", `${url}: the signature of ${id} is not its own`)
  }
}

const isOver = ({ retiresAtMs, rotatedAtMs }: SecretEntry, atMs: number, nowMs: number): boolean =>
  retiresAtMs !== null && retiresAtMs <= atMs && nowMs - rotatedAtMs > staleMs
