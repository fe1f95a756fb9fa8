/** Messages to a card door, honest and forged, put together packet by packet. */
import {
  armor,
  createMessage,
  encrypt,
  enums,
  type Message,
  type PartialConfig,
  type PublicKey,
  readKey
} from "openpgp"
import { fromBase64, toBase64 } from "../src/base64.ts"
import type { CardDoor } from "../src/openpgp/index.ts"

export type Bytes = Uint8Array<ArrayBuffer>

export const cardText = JSON.stringify({ number: "4007400000000007", cvv: "123" })

export const publicKeyOf = (door: CardDoor): Promise<PublicKey> =>
  readKey({ armoredKey: new TextDecoder().decode(fromBase64(door.publicKeyBase64)) })

/** Text as clients send it: in base64. */
export const encoded = (text: string): string => toBase64(new TextEncoder().encode(text))

export const armored = (message: Uint8Array): string => armor(enums.armor.message, message)

/** Sends the packets to the door as a client would. */
export const knock = (door: CardDoor, message: Uint8Array) => door.decryptCard("key1", encoded(armored(message)))

/** A message by the library, to one key or several; of the good card text unless told otherwise. */
export const sealedTo = async (
  encryptionKeys: PublicKey | Array<PublicKey>,
  message?: Message<Uint8Array | string>,
  options: { readonly config?: PartialConfig; readonly wildcard?: boolean } = {}
): Promise<Bytes> => {
  const content = message ?? (await createMessage({ text: cardText }))
  return Uint8Array.from(await encrypt({ message: content, encryptionKeys, format: "binary", ...options }))
}

export const joined = (...parts: ReadonlyArray<Uint8Array>): Bytes =>
  Uint8Array.from(parts.flatMap((part) => [...part]))

/** The session key packet and the sealed body of a message by the library, which writes short headers. */
export const halves = (message: Uint8Array): readonly [sessionKey: Uint8Array, sealed: Uint8Array] => {
  const first = message[1] ?? 0
  const length = first < 192 ? 2 + first : 3 + (first - 192) * 256 + (message[2] ?? 0) + 192
  return [message.subarray(0, length), message.subarray(length)]
}

/** A packet of any tag, with a five-octet length. */
export const packet = (tag: number, body: Uint8Array): Bytes => {
  const header = new DataView(new ArrayBuffer(6))
  header.setUint16(0, ((0xc0 | tag) << 8) | 255)
  header.setUint32(2, body.length)
  return joined(new Uint8Array(header.buffer), body)
}
