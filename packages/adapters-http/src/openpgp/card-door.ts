/**
 * The one place where card data sent by browsers becomes readable. It publishes a key, and opens messages to it
 * under bounds that an attacker cannot move: sizes, one session key, one private key operation, a few at a time.
 * Whatever is wrong with a message, the answer is the same value, and not before the same time has passed; which
 * check failed is what an oracle would be made of.
 */
import { Card } from "@paykernel/core/domain"
import * as Result from "effect/Result"
import { LiteralDataPacket, readMessage } from "openpgp"
import { fromBase64 } from "../base64.ts"
import { busy, turnstile } from "../turnstile.ts"
import { readArmoredMessage } from "./armor.ts"
import { CardKeyUnusable, type DecryptionKey, decryptionConfig, loadCardKey } from "./card-key.ts"
import { maxPlaintextBytes, readPlaintext } from "./card-plaintext.ts"
import type { CardKey } from "./generate-card-key.ts"
import { scanMessage } from "./packet-scan.ts"

export type CardDoorRejection =
  /** No key of that name was ever published. */
  | { readonly _tag: "EncryptionKeyUnknown" }
  /** The message cannot be read. Why is not told. */
  | { readonly _tag: "CardDataUnreadable" }
  /** Too many messages wait to be decrypted. Nothing is known about this one; it may be sent again. */
  | { readonly _tag: "DoorBusy" }

export type CardSecrets = { readonly pan: Card.Pan; readonly cvv: Card.Cvv }

export type CardDoorOptions = {
  /** Keys that messages may be encrypted to. The last one is published, older ones still decrypt. */
  readonly keys: ReadonlyArray<CardKey>
  /** Decryptions at the same time. Default 2: they are computation, and share the processor. */
  readonly concurrent?: number
  /** Messages that may wait for their turn. Default 64; more are answered `DoorBusy`. */
  readonly waiting?: number
  /** The least time an answer takes, whatever it is. Default by key: 10 ms, with RSA 50 ms or 200 ms. */
  readonly answerAfterMs?: number
}

export type CardDoor = {
  /** The name of the published key. */
  readonly keyId: string
  /** Base64 over the armored public key, as `GET /v1/encryption/public` gives it. */
  readonly publicKeyBase64: string
  /** Opens `{"number","cvv"}`. */
  readonly decryptCard: (
    keyId: string,
    encryptedData: string
  ) => Promise<Result.Result<CardSecrets, CardDoorRejection | Card.PanRejection | Card.CvvRejection>>
  /** Opens `{"cvv"}`. */
  readonly decryptCvv: (
    keyId: string,
    encryptedData: string
  ) => Promise<Result.Result<{ readonly cvv: Card.Cvv }, CardDoorRejection | Card.CvvRejection>>
}

/** Loads and tries the keys. Rejects with `CardKeyUnusable`. */
export const openCardDoor = async (options: CardDoorOptions): Promise<CardDoor> => {
  const keys = new Map<string, DecryptionKey>()
  for (const key of options.keys) {
    if (keys.has(key.keyId)) throw new CardKeyUnusable({ keyId: key.keyId, reason: "another key has the same name" })
    keys.set(key.keyId, await loadCardKey(key))
  }
  const published = [...keys.values()].at(-1)
  if (published === undefined) throw new TypeError("a card door needs at least one key")
  const admit = turnstile({ running: options.concurrent ?? 2, waiting: options.waiting ?? 64 })

  const unlock = async <Name extends string>(
    key: DecryptionKey,
    encryptedData: string,
    names: ReadonlyArray<Name>
  ): Promise<Result.Result<{ readonly [N in Name]: string }, CardDoorRejection>> => {
    const message = readEnvelope(encryptedData, key)
    const plaintext = message === undefined ? undefined : await admit(() => decryptMessage(message, key))
    if (plaintext === busy) return Result.fail({ _tag: "DoorBusy" })
    const fields = plaintext === undefined ? undefined : readPlaintext(plaintext, names)
    plaintext?.fill(0)
    return fields === undefined ? Result.fail({ _tag: "CardDataUnreadable" }) : Result.succeed(fields)
  }

  /** All work is done inside the least time, the reading of what came out included: it depends on the plaintext. */
  const answer = async <A, E>(
    keyId: string,
    work: (key: DecryptionKey) => Promise<Result.Result<A, E>>
  ): Promise<Result.Result<A, E | CardDoorRejection>> => {
    const key = keys.get(keyId)
    if (key === undefined) return Result.fail({ _tag: "EncryptionKeyUnknown" })
    const time = atLeast(options.answerAfterMs ?? key.answerAfterMs)
    const [result] = await Promise.all([work(key), time])
    return result
  }

  return {
    keyId: published.keyId,
    publicKeyBase64: published.publicKeyBase64,
    decryptCard: (keyId, encryptedData) =>
      answer(keyId, async (key) => Result.flatMap(await unlock(key, encryptedData, ["number", "cvv"]), readCard)),
    decryptCvv: (keyId, encryptedData) =>
      answer(keyId, async (key) => Result.flatMap(await unlock(key, encryptedData, ["cvv"]), readCvv))
  }
}

const readCvv = (fields: { readonly cvv: string }): Result.Result<{ readonly cvv: Card.Cvv }, Card.CvvRejection> =>
  Result.map(Card.Cvv.parse(fields.cvv), (cvv) => ({ cvv }))

const readCard = (fields: {
  readonly number: string
  readonly cvv: string
}): Result.Result<CardSecrets, Card.PanRejection | Card.CvvRejection> => {
  const pan = Card.Pan.parse(fields.number)
  if (Result.isFailure(pan)) return Result.fail(pan.failure)
  return Result.map(readCvv(fields), ({ cvv }) => ({ pan: pan.success, cvv }))
}

const maxEncodedLength = 8 * 1024
const maxMessageBytes = 4 * 1024

/** All that can be settled without a private key: sizes, both encodings, and the packets. */
const readEnvelope = (encryptedData: string, key: DecryptionKey): Uint8Array<ArrayBuffer> | undefined => {
  if (encryptedData.length > maxEncodedLength) return undefined
  const armored = fromBase64(encryptedData)
  if (armored === undefined) return undefined
  const message = readArmoredMessage(String.fromCharCode(...armored))
  if (message === undefined || message.length > maxMessageBytes) return undefined
  return scanMessage(message, key.recipient)
}

/** The literal data inside: bare or compressed once, with nothing beside it, so neither signatures nor nesting. */
const decryptMessage = async (
  binaryMessage: Uint8Array<ArrayBuffer>,
  key: DecryptionKey
): Promise<Uint8Array | undefined> => {
  try {
    const message = await readMessage({ binaryMessage, config: decryptionConfig })
    const outer = await message.decrypt([key.privateKey], undefined, undefined, undefined, decryptionConfig)
    const inner = outer.unwrapCompressed()
    const alone = outer.packets.length === 1 && inner.packets.length === 1
    if (!alone || !(inner.packets[0] instanceof LiteralDataPacket)) return undefined
    const bytes = inner.getLiteralData()
    return bytes instanceof Uint8Array && bytes.length <= maxPlaintextBytes ? bytes : undefined
  } catch {
    return undefined
  }
}

const atLeast = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
