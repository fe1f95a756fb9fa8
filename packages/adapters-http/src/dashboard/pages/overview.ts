/** How business goes: volume and success of the last days, and the latest payments. */
import { Money } from "@paykernel/core/domain"
import { busy } from "../../turnstile.ts"
import { chart } from "../view/chart.ts"
import { type Html, html, nothing } from "../view/markup.ts"
import { card, heading, table } from "../view/parts.ts"
import { missing, page, type Reply } from "../view/reply.ts"
import { type Desk, get, type Visit } from "../visit.ts"
import { type Figures, figuresOf, type Range, readItems, successBps } from "./figures.ts"
import { addressWith, dayMs } from "./listing.ts"
import { columns, rowsOf } from "./payments.ts"

const latestMax = 6
const spans = [7, 30, 90] as const
type Span = (typeof spans)[number]

const showOverview = async (desk: Desk, visit: Visit): Promise<Reply> => {
  const span = spans.find((days) => days.toString() === visit.query("days")) ?? 30
  const nowMs = desk.nowMs()
  const range = { fromMs: Math.floor(nowMs / dayMs) * dayMs - (span - 1) * dayMs, toMs: nowMs }
  const [read, latest] = await Promise.all([
    desk.counting(() => readItems(desk.kernel, visit.merchant.id, range)),
    desk.kernel.payments.list(visit.merchant.id, {
      where: {},
      fromMs: null,
      toMs: null,
      page: { _tag: "First" },
      limit: latestMax
    })
  ])
  if (read === busy) return { _tag: "Unavailable", retryAfterMs: 2000 }
  if ("_tag" in read) return missing(read)
  if (!latest.ok) return missing(latest.error)
  const figures = figuresOf(read.items, range, read.isCut, visit.query("currency"))
  const empty = html`<p>No payments yet. They appear here as soon as one is made.</p>`
  const { href } = visit
  return page(
    "Overview",
    html`${heading({ title: "Overview", beside: spanTabs(visit, span) })}
${figures === undefined ? nothingYet(span) : figuresView(visit, desk, figures, span, range)}
${card(
  "Latest payments",
  table({ caption: "Latest payments", columns, rows: rowsOf(visit, latest.value.items), empty }),
  html`<a href="${href("/payments")}">All payments</a>`
)}`
  )
}

export const overviewRoute = get("/", showOverview)

const spanTabs = ({ href, query }: Visit, span: Span): Html => {
  const tab = (days: Span): Html => {
    const to = addressWith(href("/"), { days: days.toString(), currency: query("currency") })
    const here = days === span ? html` aria-current="true"` : nothing
    return html`<a href="${to}"${here}>${days} days</a>`
  }
  return html`<nav class="tabs" aria-label="Range">${spans.map(tab)}</nav>`
}

const nothingYet = (span: Span): Html => html`<section class="card"><div class="empty">
<p>No payments in the last ${span} days.</p></div></section>`

const figuresView = (visit: Visit, desk: Desk, figures: Figures, span: Span, range: Range): Html => {
  const { format } = visit
  const { total, cutAtMs } = figures
  const rate = successBps(total)
  const decided = `of ${format.count(total.approved + total.failed)} decided`
  return html`${currencyTabs(visit, figures, span)}
${
  cutAtMs === null
    ? nothing
    : html`<p class="notice info" role="status">There is more than is counted here: the figures begin at
${format.moment(cutAtMs)}.</p>`
}
<div class="tiles">
${tile("Volume", format.money(total.volume), "captured")}
${tile("Success rate", rate === null ? "–" : format.share(rate), decided)}
${tile("Successful", format.count(total.approved), "payments")}
${tile("Refunded", format.money(total.refunded), "to payers")}
</div>
<div class="halves">
${card("Volume", volumeChart(visit, desk, figures))}
${card("Success rate", rateChart(visit, figures))}
</div>
${card(
  "Day by day",
  html`<details><summary>Show the figures of ${format.day(range.fromMs)} to ${format.day(range.toMs)}</summary>
<div>${dayTable(visit, figures)}</div></details>`
)}`
}

const tile = (label: string, figure: string, hint: string): Html =>
  html`<div class="tile"><p>${label}</p><p class="figure">${figure}</p><p class="hint">${hint}</p></div>`

const currencyTabs = ({ href }: Visit, { currencies, currency }: Figures, span: Span): Html =>
  currencies.length < 2
    ? nothing
    : html`<nav class="tabs" aria-label="Currency">${currencies.map((one) => {
        const to = addressWith(href("/"), { days: span.toString(), currency: one })
        return html`<a href="${to}"${one === currency ? html` aria-current="true"` : nothing}>${one}</a>`
      })}</nav>`

const volumeChart = ({ format }: Visit, { currencies }: Desk, { days, total, currency }: Figures): Html => {
  const highest = days.reduce((most, { volume }) => Money.max(most, volume), Money.zero(currency))
  const top = roundedUp(highest.amount, Money.exponentOf(currency, currencies))
  const written = (amount: bigint): string => format.roundMoney(Money.money(amount, currency))
  return chart({
    kind: "bars",
    summary: `Volume per day, in total ${format.money(total.volume)}; every figure is in the table below.`,
    days: days.map(({ atMs, volume }) => ({
      label: format.day(atMs),
      height: Number.parseInt(((volume.amount * 1000n) / top).toString(), 10),
      value: format.money(volume)
    })),
    scale: [written(top), written(top / 2n), written(0n)]
  })
}

/** To a round number with a round middle, in whole units of the currency. */
const roundedUp = (amount: bigint, exponent: number): bigint => {
  const one = 10n ** BigInt(exponent)
  for (let unit = one; ; unit *= 10n) {
    const steps = unit === one ? [2n, 4n, 6n, 8n] : [1n, 2n, 3n, 4n, 5n, 6n, 8n]
    for (const step of steps) if (amount <= unit * step) return unit * step
  }
}

const rateChart = ({ format }: Visit, { days, total }: Figures): Html => {
  const rate = successBps(total)
  const inAll = rate === null ? "nothing" : format.share(rate)
  return chart({
    kind: "line",
    summary: `Success rate per day, in all ${inAll}; every figure is in the table below.`,
    days: days.map((day) => {
      const bps = successBps(day)
      const value = bps === null ? "none decided" : `${format.share(bps)} of ${day.approved + day.failed}`
      return { label: format.day(day.atMs), height: bps === null ? null : Math.round(bps / 10), value }
    }),
    scale: [format.share(10_000), format.share(5000), format.share(0)]
  })
}

const dayTable = ({ format }: Visit, { days }: Figures): Html =>
  table({
    caption: "Figures of each day, newest first",
    columns: [
      { label: "Day" },
      { label: "Volume", kind: "number" },
      { label: "Refunded", kind: "number" },
      { label: "Successful", kind: "number" },
      { label: "Failed", kind: "number" },
      { label: "Success rate", kind: "number" }
    ],
    rows: days.toReversed().map((day) => {
      const bps = successBps(day)
      return [
        format.day(day.atMs),
        format.money(day.volume),
        format.money(day.refunded),
        format.count(day.approved),
        format.count(day.failed),
        bps === null ? "–" : format.share(bps)
      ]
    }),
    empty: html`<p>Nothing.</p>`
  })
