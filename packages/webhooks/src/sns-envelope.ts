/**
 * The envelope of Amazon SNS: what is signed of it, and in which order. The signed text is names and values on lines of
 * their own, so a value that may hold line breaks could pass for several others; only `Message` may, and what follows
 * it is found from the end.
 */

export type SnsEnvelope = {
  readonly Type: "Notification" | "SubscriptionConfirmation" | "UnsubscribeConfirmation"
  readonly MessageId: string
  readonly TopicArn: string
  readonly Message: string
  /** ISO 8601. */
  readonly Timestamp: string
  /** `1` is SHA-1, `2` is SHA-256. */
  readonly SignatureVersion: "1" | "2"
  /** Base64. */
  readonly Signature: string
  readonly SigningCertURL: string
  readonly Subject?: string
  readonly Token?: string
  readonly SubscribeURL?: string
}

/** The text that is signed. */
export const snsSignedText = (
  envelope: Omit<SnsEnvelope, "Signature" | "SigningCertURL" | "SignatureVersion">
): string =>
  (envelope.Type === "Notification" ? signedOfNotification : signedOfConfirmation)
    .flatMap((name) => (envelope[name] === undefined ? [] : [`${name}\n${envelope[name]}\n`]))
    .join("")

const signedOfNotification = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"] as const
const signedOfConfirmation = [
  ...(["Message", "MessageId", "SubscribeURL", "Timestamp"] as const),
  ...(["Token", "TopicArn", "Type"] as const)
]

/** The envelope that a body is, with each member of its shape, or nothing. */
export const readSnsEnvelope = (text: string): SnsEnvelope | undefined => {
  const value = parsed(text)
  if (value === undefined || !required.every((name) => isOfShape(value, name))) return undefined
  const isConfirmation = value["Type"] !== "Notification"
  const needed: ReadonlyArray<MemberName> = isConfirmation ? ["Token", "SubscribeURL"] : []
  const allowed: ReadonlyArray<MemberName> = isConfirmation ? [] : ["Subject"]
  // SNS writes null where a message has no subject.
  const present = allowed.filter((name) => value[name] !== undefined && value[name] !== null)
  const names = [...required, ...needed, ...present]
  if (!names.every((name) => isOfShape(value, name))) return undefined
  return Object.fromEntries(names.map((name) => [name, value[name]])) as SnsEnvelope
}

type MemberName = keyof SnsEnvelope

const shapes: Readonly<Record<MemberName, RegExp>> = {
  Type: /^(?:Notification|SubscriptionConfirmation|UnsubscribeConfirmation)$/u,
  MessageId: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu,
  TopicArn: /^arn:[\x21-\x7e]{1,512}$/u,
  Message: /^/u,
  Timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z$/u,
  SignatureVersion: /^[12]$/u,
  Signature: /^[A-Za-z0-9+/]{1,1400}={0,2}$/u,
  SigningCertURL: /^https:\/\/[\x21-\x7e]{1,2000}$/u,
  Subject: /^[^\r\n]{1,400}$/u,
  Token: /^[\x21-\x7e]{1,1024}$/u,
  SubscribeURL: /^https:\/\/[\x21-\x7e]{1,2000}$/u
}

const required: ReadonlyArray<MemberName> = [
  ...(["Type", "MessageId", "TopicArn", "Message", "Timestamp"] as const),
  ...(["SignatureVersion", "Signature", "SigningCertURL"] as const)
]

type Members = { readonly [name: string]: unknown }

const isOfShape = (value: Members, name: MemberName): boolean => {
  const member = value[name]
  return Object.hasOwn(value, name) && typeof member === "string" && shapes[name].test(member)
}

/** Amazon allows 256 KiB for a message; the JSON around it may escape each byte. */
const lengthMax = 1_600_000

const parsed = (text: string): Members | undefined => {
  if (text.length > lengthMax) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null ? (value as Members) : undefined
  } catch {
    return undefined
  }
}
