/**
 * A card's primary account number as a value that cannot be shown by accident. A bare string ends up in logs,
 * error causes and JSON; this one renders masked everywhere and gives its digits only to whoever asks by name.
 */
import * as Result from "effect/Result"
import type { CardNetwork } from "./card.ts"

/** Why a text is not a card number. Neither carries the text. */
export type PanRejection = { readonly _tag: "PanMalformed" } | { readonly _tag: "PanChecksumFailed" }

/**
 * A primary account number: 12 to 19 digits that pass the Luhn check (ISO/IEC 7812-1).
 *
 * Compare two with `equals`: the digits are private, so structural equality sees every `Pan` as the same.
 *
 * @example
 * Result.map(Pan.parse("4007400000000007"), String) // => Result.succeed("************0007")
 */
export class Pan {
  readonly #digits: string

  private constructor(digits: string) {
    this.#digits = digits
  }

  /** Reads bare digits: spaces and hyphens are refused, as on the wire. */
  static parse(text: string): Result.Result<Pan, PanRejection> {
    if (!panShape.test(text)) return Result.fail({ _tag: "PanMalformed" })
    if (!luhnHolds(text)) return Result.fail({ _tag: "PanChecksumFailed" })
    return Result.succeed(new Pan(text))
  }

  /** The digits. Call it only where they leave for the vault or the card network. */
  reveal(): string {
    return this.#digits
  }

  get last4(): string {
    return this.#digits.slice(-4)
  }

  /** The first six digits, also for issuers with eight-digit numbers: PCI DSS 3.4.1 allows six everywhere. */
  get bin(): string {
    return this.#digits.slice(0, 6)
  }

  get network(): CardNetwork {
    return networkOf(this.#digits)
  }

  /** Stars and the last four digits. */
  get masked(): string {
    return this.last4.padStart(this.#digits.length, "*")
  }

  equals(other: Pan): boolean {
    return this.#digits === other.#digits
  }

  toString(): string {
    return this.masked
  }

  toJSON(): string {
    return this.masked
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `Pan(${this.masked})`
  }
}

const panShape = /^[0-9]{12,19}$/u

const luhnHolds = (digits: string): boolean => {
  let sum = 0
  for (let fromRight = 0; fromRight < digits.length; fromRight++) {
    const digit = digits.charCodeAt(digits.length - 1 - fromRight) - 48
    const weighted = fromRight % 2 === 0 ? digit : digit * 2
    sum += weighted > 9 ? weighted - 9 : weighted
  }
  return sum % 10 === 0
}

/** Issuer ranges as published: Visa 4; Mastercard 51–55 and 2221–2720; American Express 34 and 37. */
const networkOf = (digits: string): CardNetwork => {
  if (digits.startsWith("4")) return "VISA"
  if (digits.startsWith("34") || digits.startsWith("37")) return "AMEX"
  const first2 = digits.slice(0, 2)
  const first4 = digits.slice(0, 4)
  const mastercard = (first2 >= "51" && first2 <= "55") || (first4 >= "2221" && first4 <= "2720")
  return mastercard ? "MASTERCARD" : "UNKNOWN"
}
