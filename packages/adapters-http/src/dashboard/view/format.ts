/** Amounts, moments and counts as whoever looks at them writes them. Moments are in UTC, which the pages say. */
import { Money } from "@paykernel/core/domain"
import { localAmount } from "../../hosted/page-amount.ts"
import { type Html, html } from "./markup.ts"

export type Format = {
  readonly money: (amount: Money.Money) => string
  /** In whole units, and short: for the scale of a chart. */
  readonly roundMoney: (amount: Money.Money) => string
  readonly count: (count: number) => string
  /** Of basis points: 9850 is 98.5 %. */
  readonly share: (bps: number) => string
  readonly moment: (atMs: number) => Html
  readonly exactMoment: (atMs: number) => Html
  /** Of a moment: its day, short. */
  readonly day: (atMs: number) => string
}

/** `locale` is a tag that `Intl` knows. */
export const formatIn = (locale: string, currencies: Money.CurrencyTable | undefined): Format => {
  const utc = { timeZone: "UTC" } as const
  const short = new Intl.DateTimeFormat(locale, { ...utc, dateStyle: "medium", timeStyle: "short" })
  const exact = new Intl.DateTimeFormat(locale, { ...utc, dateStyle: "medium", timeStyle: "medium" })
  const day = new Intl.DateTimeFormat(locale, { ...utc, day: "numeric", month: "short" })
  const counts = new Intl.NumberFormat(locale)
  const shares = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 })
  const timeOf = (atMs: number, text: string): Html =>
    html`<time datetime="${new Date(atMs).toISOString()}">${text}</time>`
  return {
    money: (amount) => localAmount(amount, locale, currencies),
    roundMoney: ({ amount, currency }) => {
      const units = amount / 10n ** BigInt(Money.exponentOf(currency, currencies))
      return compactUnits(locale, currency).format(units)
    },
    count: (count) => counts.format(count),
    share: (bps) => shares.format(bps / 10_000),
    moment: (atMs) => timeOf(atMs, short.format(atMs)),
    exactMoment: (atMs) => timeOf(atMs, exact.format(atMs)),
    day: (atMs) => day.format(atMs)
  }
}

/** Codes that are not ISO 4217's are left out: a scale has little room, and the chart is of one currency. */
const compactUnits = (locale: string, currency: string): Intl.NumberFormat => {
  const short = { notation: "compact", maximumFractionDigits: 1 } as const
  if (!/^[A-Z]{3}$/u.test(currency)) return new Intl.NumberFormat(locale, short)
  return new Intl.NumberFormat(locale, { ...short, style: "currency", currency, currencyDisplay: "narrowSymbol" })
}
