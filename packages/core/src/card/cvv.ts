/**
 * A card verification value for the short life of its authorization. PCI DSS 3.3.1 forbids keeping it afterwards,
 * even encrypted, so it can be destroyed, and no rendering shows so much as its length.
 */
import * as Result from "effect/Result"

/** The text is not three or four digits. It does not carry the text. */
export type CvvRejection = { readonly _tag: "CvvMalformed" }

/**
 * A card verification value of three or four digits.
 *
 * @example
 * Result.map(Cvv.parse("123"), String) // => Result.succeed("[cvv]")
 */
export class Cvv {
  // Bytes and not a string: bytes can be overwritten, a string stays in the heap until it is collected.
  #digits: Uint8Array | undefined

  private constructor(digits: Uint8Array) {
    this.#digits = digits
  }

  static parse(text: string): Result.Result<Cvv, CvvRejection> {
    return cvvShape.test(text)
      ? Result.succeed(new Cvv(Uint8Array.from(text, (digit) => digit.charCodeAt(0))))
      : Result.fail({ _tag: "CvvMalformed" })
  }

  /** The digits. Throws after `destroy`: using a value past its life is a defect of the program. */
  reveal(): string {
    if (this.#digits === undefined) throw new Error("this CVV has been destroyed")
    return String.fromCharCode(...this.#digits)
  }

  /** Overwrites and forgets the value. Calling it again does nothing. */
  destroy(): void {
    this.#digits?.fill(0)
    this.#digits = undefined
  }

  toString(): string {
    return "[cvv]"
  }

  toJSON(): string {
    return "[cvv]"
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[cvv]"
  }
}

const cvvShape = /^[0-9]{3,4}$/u
