/**
 * Charts as pictures in the page: bars for amounts, a line for shares. A picture is one sentence to whoever does not
 * see it, and the table below it holds every figure.
 */
import { type Html, html, nothing } from "./markup.ts"

export type ChartDay = {
  readonly label: string
  /** From 0 to 1000 of the chart's height; `null`: there is nothing to show of this day. */
  readonly height: number | null
  /** Shown where somebody points at the day. */
  readonly value: string
}

export type ChartParts = {
  /** What the picture says, in a sentence. */
  readonly summary: string
  readonly kind: "bars" | "line"
  readonly days: ReadonlyArray<ChartDay>
  /** Of the top, the middle and the bottom. */
  readonly scale: readonly [top: string, middle: string, bottom: string]
}

const height = 1000
/** Units of a day: of them a bar leaves some free at both sides. */
const step = 100
const gap = 15

export const chart = ({ summary, kind, days, scale }: ChartParts): Html => {
  const width = days.length * step
  const grid = [0, 1, 2].map((line) => {
    const y = (line * height) / 2
    return html`<line class="grid" x1="0" x2="${width}" y1="${y}" y2="${y}"></line>`
  })
  const edges = [days[0], days[Math.floor(days.length / 2)], days.at(-1)].map(
    (day) => html`<span>${day?.label ?? ""}</span>`
  )
  return html`<div class="chart">
<div class="scale" aria-hidden="true">${scale.map((text) => html`<span>${text}</span>`)}</div>
<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${summary}">
${grid}
${kind === "line" ? path(days) : nothing}${days.map((day, place) => dayMark(day, place, kind))}</svg>
<div class="days" aria-hidden="true">${edges}</div>
</div>`
}

const dayMark = (day: ChartDay, place: number, kind: ChartParts["kind"]): Html => {
  const x = place * step
  return html`<g class="day"><title>${day.label}: ${day.value}</title>
<rect class="hit" x="${x}" y="0" width="${step}" height="${height}"></rect>${
    day.height === null ? nothing : marks[kind](x, height - day.height)
  }</g>
`
}

/** Of a day that begins at `x`, what reaches up to `y`. */
const marks: Readonly<Record<ChartParts["kind"], (x: number, y: number) => Html>> = {
  bars: (x, y) =>
    y === height
      ? nothing
      : html`<rect class="bar-mark" x="${x + gap}" y="${y}" width="${step - 2 * gap}" height="${height - y}"></rect>`,
  line: (x, y) => {
    const middle = x + step / 2
    return html`<line class="dot" x1="${middle}" x2="${middle}" y1="${y}" y2="${y}"></line>`
  }
}

/** From day to day, also over days of which there is nothing to show. */
const path = (days: ReadonlyArray<ChartDay>): Html => {
  const points = days.flatMap((day, place) =>
    day.height === null ? [] : [`${place * step + step / 2},${height - day.height}`]
  )
  return html`<polyline class="line" points="${points.join(" ")}"></polyline>`
}
