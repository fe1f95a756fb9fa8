/**
 * Opens envelopes of Amazon SNS. Each names the certificate it was signed with, so the trust lies in the host that the
 * certificate comes from; and Amazon signs for every customer, so it also lies in the topic being the expected one.
 */
import * as Result from "effect/Result"
import { fromBase64 } from "./base64.ts"
import { boundedLookUp, type LookUp, type LookUpOptions } from "./bounded-look-up.ts"
import { bytesOf, textOf } from "./bytes.ts"
import { readCertificate } from "./certificate.ts"
import type { Received } from "./received.ts"
import { snsHashes } from "./sign-sns.ts"
import { readSnsEnvelope, type SnsEnvelope, snsSignedText } from "./sns-envelope.ts"

type CertifiedKeys = {
  readonly byVersion: Readonly<Record<SnsEnvelope["SignatureVersion"], CryptoKey>>
  readonly notBeforeMs: number
  readonly notAfterMs: number
}

/** Certificates by address, remembered within bounds. Make one for the life of the process. */
export type SnsCertificates = {
  readonly find: LookUp<CertifiedKeys | "unusable">
  readonly allowHost: (host: string) => boolean
}

/**
 * Certificates that are fetched when a message names them. `lookUp` gives the PEM text at an https address, of an
 * allowed host, on port 443, and must follow no redirect. By default `sns.<region>.amazonaws.com` is allowed, China's
 * included.
 */
export const snsCertificates = ({
  lookUp,
  allowHost = (host) => amazonHost.test(host),
  ...bounds
}: LookUpOptions<string> & { readonly allowHost?: (host: string) => boolean }): SnsCertificates => ({
  allowHost,
  find: boundedLookUp<CertifiedKeys | "unusable">(
    {
      ...bounds,
      lookUp: async (url, signal) => {
        const pem = await lookUp(url, signal)
        return pem === undefined ? undefined : certifiedKeys(pem)
      }
    },
    (keys) => keys !== "unusable"
  )
})

type OpenedMessage = {
  /** The same for every attempt to deliver the message: take each once. */
  readonly id: string
  readonly topicArn: string
  readonly timestampMs: number
  readonly message: string
}

export type OpenedSns =
  | (OpenedMessage & { readonly type: "Notification"; readonly subject: string | null })
  /** To be visited with a GET by whoever wants to be told. */
  | (OpenedMessage & {
      readonly type: "SubscriptionConfirmation" | "UnsubscribeConfirmation"
      readonly subscribeUrl: string
      readonly token: string
    })

export type OpenSnsOptions = {
  readonly certificates: SnsCertificates
  /** Whether a topic is one of those expected. Anybody can have Amazon sign messages of a topic of his own. */
  readonly allowTopic: (topicArn: string) => boolean
  readonly nowMs: number
  /**
   * How old or how early a message may be. Default two hours: SNS repeats for one, with the time of the first attempt.
   */
  readonly toleranceMs?: number
}

export type OpenSnsRejection =
  | { readonly _tag: "EnvelopeMalformed" }
  | { readonly _tag: "TopicNotAllowed" }
  | { readonly _tag: "TimestampTooOld"; readonly timestampMs: number }
  | { readonly _tag: "TimestampTooNew"; readonly timestampMs: number }
  /** Of a host that is not trusted, or an address that is more than host and path. */
  | { readonly _tag: "CertificateUrlNotAllowed" }
  | { readonly _tag: "CertificateUnknown" }
  /** It is none, holds no RSA key of 2048 bits or more, or does not hold now. */
  | { readonly _tag: "CertificateUnusable" }
  /** It could not be fetched now. The sender will try again. */
  | { readonly _tag: "CertificateUnavailable" }
  | { readonly _tag: "SignatureMismatch" }

/** The message, if its signature holds under a certificate of an allowed host, or why it is refused. */
export const openSns = async (
  received: Pick<Received<string | Uint8Array>, "payload">,
  options: OpenSnsOptions
): Promise<Result.Result<OpenedSns, OpenSnsRejection>> => {
  const { certificates, allowTopic, nowMs, toleranceMs = 2 * 60 * 60 * 1000 } = options
  const envelope = readSnsEnvelope(textOf(received.payload) ?? "")
  const timestampMs = Date.parse(envelope?.Timestamp ?? "")
  if (envelope === undefined || Number.isNaN(timestampMs)) return Result.fail({ _tag: "EnvelopeMalformed" })
  if (!allowTopic(envelope.TopicArn)) return Result.fail({ _tag: "TopicNotAllowed" })
  if (nowMs - timestampMs > toleranceMs) return Result.fail({ _tag: "TimestampTooOld", timestampMs })
  if (timestampMs - nowMs > toleranceMs) return Result.fail({ _tag: "TimestampTooNew", timestampMs })
  const url = trustedUrl(envelope.SigningCertURL, certificates)
  if (url === undefined || !url.pathname.endsWith(".pem")) return Result.fail({ _tag: "CertificateUrlNotAllowed" })

  const found = await certificates.find(url.href, nowMs)
  if (found._tag === "Missing") return Result.fail({ _tag: "CertificateUnknown" })
  if (found._tag === "Unavailable") return Result.fail({ _tag: "CertificateUnavailable" })
  const keys = found.value
  if (keys === "unusable" || nowMs < keys.notBeforeMs || nowMs > keys.notAfterMs) {
    return Result.fail({ _tag: "CertificateUnusable" })
  }
  const signature = fromBase64(envelope.Signature) ?? new Uint8Array()
  const signed = bytesOf(snsSignedText(envelope))
  const key = keys.byVersion[envelope.SignatureVersion]
  const held = await crypto.subtle.verify("RSASSA-PKCS1-v1_5", key, signature, signed)
  return held ? Result.succeed(opened(envelope, timestampMs)) : Result.fail({ _tag: "SignatureMismatch" })
}

const amazonHost = /^sns\.[a-z0-9-]{3,40}\.amazonaws\.com(?:\.cn)?$/u

/** Https, an allowed host, no other port, no name and password, and no query that could stand for another path. */
const trustedUrl = (text: string, { allowHost }: SnsCertificates): URL | undefined => {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  const isBare = url.username === "" && url.password === "" && url.port === "" && url.search === "" && url.hash === ""
  return url.protocol === "https:" && isBare && allowHost(url.hostname) ? url : undefined
}

const certifiedKeys = async (pem: string): Promise<CertifiedKeys | "unusable"> => {
  const certificate = readCertificate(pem)
  if (certificate === undefined) return "unusable"
  const imported = (hash: string) =>
    crypto.subtle.importKey("spki", certificate.publicKey, { name: "RSASSA-PKCS1-v1_5", hash }, false, ["verify"])
  try {
    const byVersion = { "1": await imported(snsHashes["1"]), "2": await imported(snsHashes["2"]) }
    return rsaBits(byVersion["1"]) >= 2048 ? { ...certificate, byVersion } : "unusable"
  } catch {
    return "unusable"
  }
}

const rsaBits = ({ algorithm }: CryptoKey): number =>
  "modulusLength" in algorithm && typeof algorithm.modulusLength === "number" ? algorithm.modulusLength : 0

const opened = (envelope: SnsEnvelope, timestampMs: number): OpenedSns => {
  const { Type: type, MessageId: id, TopicArn: topicArn, Message: message } = envelope
  const content = { id, topicArn, timestampMs, message }
  return type === "Notification"
    ? { ...content, type, subject: envelope.Subject ?? null }
    : { ...content, type, subscribeUrl: envelope.SubscribeURL ?? "", token: envelope.Token ?? "" }
}
