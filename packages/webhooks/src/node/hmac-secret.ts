/**
 * HMAC-SHA-256 (RFC 2104) out of two one-shot hashes. For a message of a kilobyte, making the objects of `createHmac`
 * costs more than hashing; here the padded key is made once, and the message is written behind it into memory that is
 * used again for the next one.
 */
import { createHash, createHmac, createSecretKey, hash, type KeyObject } from "node:crypto"

/** A shared secret that computes. Renders as nothing: its bytes are private. */
export class HmacSecret {
  readonly #inner: Buffer
  readonly #outer: Buffer
  readonly #key: KeyObject

  constructor(secret: Uint8Array) {
    const block = Buffer.alloc(blockBytes)
    block.set(secret.length > blockBytes ? createHash("sha256").update(secret).digest() : secret)
    this.#inner = block.map((byte) => byte ^ 0x36) as Buffer
    this.#outer = Buffer.concat([block.map((byte) => byte ^ 0x5c), Buffer.alloc(hashBytes)])
    this.#key = createSecretKey(secret)
  }

  /** The code of `head`, which is ASCII, followed by the body. */
  of(head: string, body: string | Uint8Array, encoding: "base64" | "hex"): string {
    const bytesMax = head.length + (typeof body === "string" ? body.length * 3 : body.length)
    if (blockBytes + bytesMax > message.length) {
      return createHmac("sha256", this.#key).update(head).update(body).digest(encoding)
    }
    message.set(this.#inner)
    let length = blockBytes
    if (typeof body === "string") {
      length += encoder.encodeInto(head + body, room).written
    } else {
      length += message.write(head, length, "latin1")
      message.set(body, length)
      length += body.length
    }
    this.#outer.write(hash("sha256", message.subarray(0, length), "binary"), blockBytes, "latin1")
    return hash("sha256", this.#outer, encoding)
  }
}

const encoder = new TextEncoder()
const blockBytes = 64
const hashBytes = 32

/** Of all secrets: nothing waits between writing into it and hashing it. */
const message = Buffer.alloc(64 * 1024)
const room = message.subarray(blockBytes)
