/**
 * Sends what receivers of Amazon SNS understand, under a key of our own: the certificate stands where the sender
 * publishes it, and receivers have been told to trust that host instead of Amazon's.
 */
import { fromBase64, toBase64 } from "./base64.ts"
import { bytesOf } from "./bytes.ts"
import { selfSignedCertificate } from "./certificate.ts"
import { WebhookKeyInvalid } from "./keys.ts"
import { type SnsEnvelope, snsSignedText } from "./sns-envelope.ts"

/** A private RSA key, non-extractable, and where its certificate is published. */
export type SnsSigningKey = {
  readonly version: SnsEnvelope["SignatureVersion"]
  readonly rsaSigning: CryptoKey
  readonly certificateUrl: string
}

/**
 * A fresh RSA key of 2048 bits: base64 of PKCS #8 to keep, and the certificate to publish, as PEM. Takes a second or
 * so.
 */
export const generateSnsKey = async (terms: {
  readonly commonName: string
  readonly nowMs: number
  readonly validMs: number
}): Promise<{ readonly signing: string; readonly certificate: string }> => {
  const parameters = { ...rsa("SHA-256"), modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) }
  const pair = await crypto.subtle.generateKey(parameters, true, ["sign", "verify"])
  const notAfterMs = terms.nowMs + terms.validMs
  const certificate = await selfSignedCertificate(pair, { ...terms, notBeforeMs: terms.nowMs, notAfterMs })
  const signing = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey))
  return { signing: toBase64(signing), certificate }
}

/**
 * Reads base64 of a PKCS #8 private key. `1`, the default, signs with SHA-1 as SNS has always done, `2` with SHA-256.
 */
export const snsSigningKey = async (
  text: string,
  options: { readonly certificateUrl: string; readonly version?: SnsEnvelope["SignatureVersion"] }
): Promise<SnsSigningKey> => {
  const { certificateUrl, version = "1" } = options
  const bytes = fromBase64(text)
  if (bytes === undefined) throw new WebhookKeyInvalid({ reason: "not base64" })
  try {
    const rsaSigning = await crypto.subtle.importKey("pkcs8", bytes, rsa(snsHashes[version]), false, ["sign"])
    return { version, rsaSigning, certificateUrl }
  } catch {
    throw new WebhookKeyInvalid({ reason: "not a key of this kind" })
  }
}

type ToSign = {
  /** A UUID, the same for every attempt. */
  readonly id: string
  readonly topicArn: string
  readonly message: string
  readonly atMs: number
}

export type OutgoingSns =
  | (ToSign & { readonly type: "Notification"; readonly subject?: string })
  /** Asks the receiver to visit an address, which shows that it is the receiver's wish to be told. */
  | (ToSign & {
      readonly type: "SubscriptionConfirmation" | "UnsubscribeConfirmation"
      readonly token: string
      readonly subscribeUrl: string
    })

export type SignedSns = {
  readonly headers: { readonly [name: string]: string }
  readonly body: string
}

/** The envelope as it is to be sent, with the headers that SNS sends beside it. */
export const signSns = async (message: OutgoingSns, key: SnsSigningKey): Promise<SignedSns> => {
  const { type, id, topicArn } = message
  const content = {
    Type: type,
    MessageId: id,
    ...(message.type === "Notification" ? {} : { Token: message.token }),
    TopicArn: topicArn,
    ...(message.type === "Notification" && message.subject !== undefined ? { Subject: message.subject } : {}),
    Message: message.message,
    ...(message.type === "Notification" ? {} : { SubscribeURL: message.subscribeUrl }),
    Timestamp: new Date(message.atMs).toISOString()
  }
  const signature = await crypto.subtle.sign("RSASSA-PKCS1-v1_5", key.rsaSigning, bytesOf(snsSignedText(content)))
  const envelope: SnsEnvelope = {
    ...content,
    SignatureVersion: key.version,
    Signature: toBase64(new Uint8Array(signature)),
    SigningCertURL: key.certificateUrl
  }
  const headers = {
    "content-type": "text/plain; charset=UTF-8",
    "x-amz-sns-message-type": type,
    "x-amz-sns-message-id": id,
    "x-amz-sns-topic-arn": topicArn
  }
  return { headers, body: JSON.stringify(envelope) }
}

/** By signature version. */
export const snsHashes = { "1": "SHA-1", "2": "SHA-256" }

const rsa = (hash: string) => ({ name: "RSASSA-PKCS1-v1_5", hash })
