/** What a payer's name and email have to look like. The form says so as he types, the server says it again. */

/** Far more than there is room for on a card. */
export const nameLengthMax = 100

/** RFC 5321 §4.5.3.1.3, less the angle brackets. */
export const emailLengthMax = 254

/**
 * @example
 * isPayerName(" ") // => false
 */
export const isPayerName = (text: string): boolean =>
  text.trim() !== "" && text.length <= nameLengthMax && text.isWellFormed() && !/\p{Cc}/u.test(text)

/**
 * Whether mail could be sent there: finer rules refuse more addresses that work than such that do not.
 *
 * @example
 * isEmail("name@example.com") // => true
 * isEmail("name@example") // => false
 */
export const isEmail = (text: string): boolean =>
  text.length <= emailLengthMax &&
  text.isWellFormed() &&
  /^[^\s@\p{Cc}]+@[^\s@.\p{Cc}]+(?:\.[^\s@.\p{Cc}]+)+$/u.test(text)
