/** Amounts as a customer writes them. The decimal text goes to `Intl` as it is, so no digit is lost on its way. */
import { Money } from "@paykernel/core/domain"

/**
 * An amount with its currency, in a locale. Codes that are not ISO 4217's are written after the number.
 *
 * @example
 * localAmount(money(123456n, "EUR"), "de-DE") // => "1.234,56\u00A0€"
 * localAmount(money(1_500_000n, "USDC"), "en-US") // => "1.500000\u00A0USDC"
 */
export const localAmount = (amount: Money.Money, locale: string, table?: Money.CurrencyTable): string => {
  const { currency } = amount
  const decimals = Money.exponentOf(currency, table)
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals }
  const text = Money.format(amount, table) as Intl.StringNumericLiteral
  if (!/^[A-Z]{3}$/u.test(currency)) return `${new Intl.NumberFormat(locale, digits).format(text)}\u00A0${currency}`
  return new Intl.NumberFormat(locale, { ...digits, style: "currency", currency }).format(text)
}

/**
 * A moment, in a locale. In UTC and saying so: where the customer is, a server does not know.
 *
 * @example
 * localTime(Date.UTC(2026, 0, 31, 12, 30), "en-GB") // => "31 January 2026 at 12:30 UTC"
 */
export const localTime = (atMs: number, locale: string): string =>
  new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZone: "UTC",
    timeZoneName: "short"
  }).format(atMs)
