/**
 * The one style sheet of the dashboard, served under a name that changes with it. Light or dark as the visitor's system
 * is; on a narrow screen the navigation folds away, and tables become cards.
 */
import { sha256 } from "@noble/hashes/sha2.js"

const colours = `
:root { color-scheme: light dark; --ground: #f5f6f8; --sheet: #fff; --ink: #1a1f26; --quiet: #59636e; --line: #dfe3e8;
  --field: #8b949e; --accent: #1f5aa8; --on-accent: #fff; --accent-ground: #e8f0fa; --good: #176f34;
  --good-ground: #e3f4e8; --bad: #b3261e; --bad-ground: #fdeceb; --busy: #855700; --busy-ground: #fdf3dc;
  --quiet-ground: #eceff2; --bar: #3d7cc9 }
@media (prefers-color-scheme: dark) {
  :root { --ground: #0f1319; --sheet: #171c24; --ink: #e7ebf0; --quiet: #9da7b3; --line: #2a323d; --field: #5c6773;
    --accent: #8ab8f2; --on-accent: #0d1a2b; --accent-ground: #1c2a3d; --good: #7fd79b; --good-ground: #16301f;
    --bad: #ff9d94; --bad-ground: #3a1c1a; --busy: #eec06a; --busy-ground: #33280f; --quiet-ground: #252c36;
    --bar: #5f9be3 }
}`

const base = `
* { box-sizing: border-box }
html { font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; -webkit-text-size-adjust: 100% }
body { margin: 0; color: var(--ink); background: var(--ground); overflow-wrap: anywhere }
h1, h2, h3, p, ul, dl, dd, figure, fieldset { margin: 0; padding: 0 }
h1 { font-size: 1.5rem; line-height: 1.25; letter-spacing: -.01em }
h2 { font-size: 1.0625rem; line-height: 1.4 }
h3 { font-size: .9375rem }
ul { list-style: none }
fieldset { border: 0; min-width: 0 }
a { color: var(--accent) }
code, .mono, pre { font: .875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: .25rem }
main:focus { outline: none }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.skip { position: absolute; left: -100rem } .skip:focus { left: 1rem; top: 1rem; z-index: 2; padding: .5rem 1rem;
  background: var(--sheet) }
.hint, .lead, footer, .back, .group, figcaption { color: var(--quiet); font-size: .875rem }
.quiet { color: var(--quiet) }
footer { padding: 2rem 0 1rem }
.notice { margin: 0 0 1.25rem; padding: .75rem 1rem; border-left: .25rem solid var(--accent); border-radius: .375rem;
  background: var(--accent-ground) }
.notice.good { border-color: var(--good); background: var(--good-ground) }
.notice.bad { border-color: var(--bad); background: var(--bad-ground) }
.badge { display: inline-block; padding: 0 .5rem; border-radius: 1rem; font-size: .8125rem; font-weight: 600;
  line-height: 1.5rem; white-space: nowrap }
.badge.good { color: var(--good); background: var(--good-ground) }
.badge.bad { color: var(--bad); background: var(--bad-ground) }
.badge.busy { color: var(--busy); background: var(--busy-ground) }
.badge.quiet { color: var(--quiet); background: var(--quiet-ground) }`

const frame = `
.shop { display: flex; align-items: center; gap: .625rem; min-width: 0; color: var(--ink); font-weight: 600;
  text-decoration: none }
.mark { display: grid; flex: none; place-items: center; width: 2rem; height: 2rem; border-radius: .5rem;
  color: var(--on-accent); background: var(--accent); font-size: .9375rem }
.bar { position: relative; display: flex; align-items: center; justify-content: space-between; gap: 1rem;
  padding: .625rem 1rem; border-bottom: 1px solid var(--line); background: var(--sheet) }
.side { display: none }
.menu summary { padding: .5rem .875rem; border: 1px solid var(--field); border-radius: .5rem; font-weight: 600;
  white-space: nowrap; cursor: pointer; list-style: none }
.menu summary::-webkit-details-marker { display: none }
.menu summary::after { content: ""; display: inline-block; margin-left: .5rem; border: .3rem solid transparent;
  border-top-color: currentColor; translate: 0 .15rem }
.menu > div { position: absolute; inset: 100% 0 auto; z-index: 2; margin: 0; padding: .5rem 1rem 0;
  border-bottom: 1px solid var(--line); background: var(--sheet); box-shadow: 0 1rem 1.5rem #0003 }
nav ul { display: grid; gap: .125rem }
nav[aria-label=Main] a { display: block; padding: .5rem .75rem; border-radius: .5rem; color: var(--ink);
  text-decoration: none }
nav[aria-label=Main] a:hover { background: var(--quiet-ground) }
nav[aria-label=Main] a[aria-current] { color: var(--accent); background: var(--accent-ground); font-weight: 600 }
.group { padding: 1rem .75rem .25rem; font-weight: 600 }
.leave { margin-top: 1rem; padding: .75rem; border-top: 1px solid var(--line); font-size: .875rem }
.leave p { color: var(--quiet) }
main { max-width: 72rem; padding: 1.25rem 1rem }
.page-head { margin-bottom: 1.25rem }
.title { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .5rem 1rem }
.title > h1 { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; min-width: 0 }
.back { display: inline-block; margin-bottom: .375rem; text-decoration: none } .back::before { content: "\\2190\\00a0" }
.lead { margin-top: .25rem; max-width: 44rem }
.card { margin-bottom: 1.25rem; padding: 1rem; border: 1px solid var(--line); border-radius: .75rem;
  background: var(--sheet) }
.card-head { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .5rem 1rem;
  margin-bottom: .75rem }
.outside { display: grid; min-height: 100vh; place-items: center }
.outside main { width: 100%; max-width: 26rem; padding: 2rem 1rem }
.outside .card { padding: 1.5rem }`

const controls = `
.button, button { display: inline-block; padding: .5rem .875rem; border: 1px solid var(--field); border-radius: .5rem;
  color: var(--ink); background: var(--sheet); font: inherit; font-weight: 600; line-height: 1.5; text-align: center;
  text-decoration: none; cursor: pointer }
.button:hover, button:hover { background: var(--quiet-ground) }
.button.main, button.main { border-color: var(--accent); color: var(--on-accent); background: var(--accent) }
.button.main:hover, button.main:hover { filter: brightness(1.08) }
.button.bad, button.bad { border-color: var(--bad); color: var(--bad) }
.button.off { color: var(--quiet); border-color: var(--line); cursor: default } .button.off:hover { background: none }
button.link { padding: 0; border: 0; color: var(--accent); background: none; text-decoration: underline }
.buttons { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center }
.field { display: block; font-size: .9375rem; font-weight: 600 }
.field > span { display: block; margin-bottom: .25rem }
.form { display: grid; gap: 1rem; max-width: 32rem } .field + .hint { margin-top: -.75rem }
input, select, textarea { width: 100%; min-width: 0; min-height: 2.75rem; padding: .5rem .75rem; border-radius: .5rem;
  border: 1px solid var(--field); color: inherit; background: var(--sheet); font: inherit; font-weight: 400 }
input[type=checkbox], input[type=radio] { width: 1.125rem; min-height: 1.125rem; height: 1.125rem; margin: 0;
  accent-color: var(--accent) }
input[type=color] { width: 4rem; padding: .25rem }
textarea { min-height: 6rem }
::file-selector-button { margin-right: .75rem; padding: .125rem .75rem; border: 1px solid var(--field);
  border-radius: .375rem; color: inherit; background: var(--ground); font: inherit; font-size: .875rem }
.choice { display: flex; align-items: center; gap: .5rem; padding: .25rem 0; font-size: .9375rem; cursor: pointer }
fieldset legend { margin-bottom: .25rem; padding: 0; font-size: .9375rem; font-weight: 600 }
.choices { display: grid; gap: 0 1.5rem; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)) }
.filters { display: grid; gap: .75rem; grid-template-columns: repeat(2, minmax(0, 1fr)); margin-bottom: 1.25rem }
.filters > [type=hidden] { display: none }
.filters > :first-child, .filters > :nth-child(2):nth-last-child(4), .filters > .buttons { grid-column: 1 / -1 }
.secret { display: block; margin: .5rem 0; padding: .75rem 1rem; border: 1px dashed var(--field); border-radius: .5rem;
  background: var(--ground); user-select: all; overflow-wrap: anywhere }
.paging { display: flex; justify-content: space-between; gap: .5rem; margin-top: 1rem }
.tabs { display: flex; flex-wrap: wrap; gap: .25rem; padding: .25rem; border-radius: .625rem;
  background: var(--quiet-ground) }
.tabs a { padding: .25rem .75rem; border-radius: .5rem; color: var(--ink); font-size: .9375rem; text-decoration: none }
.tabs a[aria-current] { background: var(--sheet); font-weight: 600; box-shadow: 0 1px 2px #0003 }
details > summary { cursor: pointer; color: var(--accent); font-size: .9375rem }
details > summary + * { margin-top: .75rem }`

const contents = `
.facts { display: grid; gap: 0 2rem }
.facts > div { display: grid; grid-template-columns: 7rem minmax(0, 1fr); gap: 1rem; padding: .5rem 0;
  border-bottom: 1px solid var(--line) }
.facts > div:last-child { border-bottom: 0 }
.facts + form, form + form { margin-top: 1rem } .buttons form + form { margin-top: 0 }
dt { color: var(--quiet) } dd { min-width: 0 }
table { display: block; width: 100% }
thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
tbody { display: grid; gap: .75rem }
tr { position: relative; display: grid; gap: 0 .75rem; grid-template-columns: minmax(0, 1fr) auto;
  padding: .625rem .875rem;  border: 1px solid var(--line); border-radius: .625rem; font-size: .9375rem }
td { display: flex; grid-column: 1 / -1; justify-content: space-between; gap: 1rem; padding: .125rem 0;
  text-align: right }
td::before { content: attr(data-label); flex: none; color: var(--quiet) }
td > div { min-width: 0 } td:has(> div:empty) { display: none }
td:first-child { padding-bottom: .375rem; font-size: 1rem; font-weight: 600; text-align: left }
tr:has(> .aside) td:first-child { grid-column: 1 } td.aside { grid-area: 1 / 2 }
td:first-child::before, td.aside::before, td.actions::before { content: none } td.actions { justify-content: flex-end }
.row::after { content: ""; position: absolute; inset: 0 }
.empty { padding: 2rem 1rem; border: 1px dashed var(--line); border-radius: .625rem; color: var(--quiet);
  text-align: center }
.tiles { display: grid; gap: .75rem; grid-template-columns: 1fr 1fr; margin-bottom: 1.25rem }
.tile { padding: .875rem 1rem; border: 1px solid var(--line); border-radius: .75rem; background: var(--sheet) }
.tile p:first-child { color: var(--quiet); font-size: .875rem }
.tile .figure { font-size: 1.25rem; font-weight: 650; line-height: 1.4; letter-spacing: -.01em }
.tile .hint { margin-top: .125rem }
.chart { position: relative; margin-top: 1.25rem; padding-left: 3.75rem }
.chart svg { display: block; width: 100%; height: 12rem; overflow: visible }
.chart .grid { stroke: var(--line); vector-effect: non-scaling-stroke }
.chart .bar-mark { fill: var(--bar) } .chart .day:hover .bar-mark { fill: var(--accent) }
.chart .hit { fill: transparent } .chart .day:hover .hit { fill: var(--quiet-ground) }
.chart .line { fill: none; stroke: var(--bar); stroke-width: 2; stroke-linejoin: round;
  vector-effect: non-scaling-stroke }
.chart .dot { stroke: var(--bar); stroke-width: 7; stroke-linecap: round; vector-effect: non-scaling-stroke }
.chart .scale { position: absolute; inset: 0 auto 0 0; width: 3.25rem; height: 12rem; display: flex;
  flex-direction: column; justify-content: space-between; color: var(--quiet); font-size: .75rem; line-height: 1;
  text-align: right; overflow-wrap: normal }
.chart .scale span:first-child { transform: translateY(-.375rem) }
.chart .scale span:last-child { transform: translateY(.375rem) }
.chart .days { display: flex; justify-content: space-between; margin-top: .5rem; color: var(--quiet);
  font-size: .75rem }
.timeline { display: grid; margin: 0; padding: 0; list-style: none }
.timeline li { position: relative; padding: 0 0 1rem 1.5rem; border-left: 2px solid var(--line); margin-left: .375rem }
.timeline li:last-child { border-color: transparent; padding-bottom: 0 }
.timeline li::before { content: ""; position: absolute; left: -.4375rem; top: .375rem; width: .75rem; height: .75rem;
  border-radius: 50%; background: var(--field); box-shadow: 0 0 0 3px var(--sheet) }
.timeline .tone-good::before { background: var(--good) } .timeline .tone-bad::before { background: var(--bad) }
.timeline .tone-busy::before { background: var(--busy) }
.timeline p { font-weight: 600 } .timeline small { display: block; color: var(--quiet); font-size: .875rem }
pre { margin: 0; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--ground);
  white-space: pre-wrap; overflow-wrap: anywhere }
.preview { overflow: hidden; border: 1px solid var(--line); border-radius: .75rem; color: #1b1f24; background: #fff }
.preview-head { padding: 1.25rem; box-shadow: inset 0 -1px #0002 }
.preview-shop { display: flex; align-items: center; gap: .75rem; font-weight: 600 }
.preview-shop img { width: 2.75rem; height: 2.75rem; padding: .25rem; border-radius: .5rem; background: #fff;
  object-fit: contain }
.preview-amount { margin-top: .5rem; font-size: 1.75rem; font-weight: 700 }
.preview-body { display: grid; gap: .75rem; padding: 1.25rem }
.preview-field { height: 2.5rem; border: 1px solid #8b949e; border-radius: .5rem }
.preview-button { padding: .625rem 1rem; border-radius: .5rem; font-weight: 600; text-align: center }`

const wide = `
@media (min-width: 60rem) {
  body:not(.outside) { display: grid; grid-template-columns: 15.5rem minmax(0, 1fr); min-height: 100vh }
  .bar { display: none }
  .side { display: block; border-right: 1px solid var(--line); background: var(--sheet) }
  .side > div { position: sticky; top: 0; display: flex; flex-direction: column; gap: 1rem; height: 100vh;
    overflow-y: auto; padding: 1.25rem .875rem 0 }
  .side .shop { padding: 0 .5rem } .side nav { flex: 1 }
  main { width: 100%; padding: 2rem 2.5rem } .outside main { padding: 2rem 1rem }
  .card { padding: 1.25rem 1.5rem }
}
@media (min-width: 48rem) {
  .facts > div { grid-template-columns: minmax(8rem, 10rem) minmax(0, 1fr) }
  .tiles { grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)) } .tile .figure { font-size: 1.5rem }
  .filters { grid-template-columns: minmax(14rem, 2fr) repeat(3, minmax(9rem, 1fr)) auto; align-items: end }
  .filters > :first-child, .filters > :nth-child(2):nth-last-child(4), .filters > .buttons { grid-column: auto }
  .halves { display: grid; gap: 1.25rem; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); align-items: start }
  table { display: table; border-collapse: collapse }
  thead { position: static; display: table-header-group; width: auto; height: auto; clip-path: none }
  tbody { display: table-row-group }
  tr { display: table-row; padding: 0; border: 0; font-size: 1rem }
  th { padding: .5rem .75rem; color: var(--quiet); font-size: .8125rem; font-weight: 600; text-align: left }
  td { display: table-cell; padding: .625rem .75rem; border-top: 1px solid var(--line); text-align: left;
    vertical-align: top }
  td:first-child { padding-bottom: .625rem; font-weight: inherit } td:has(> div:empty) { display: table-cell }
  td::before { content: none } tbody tr:hover td { background: var(--ground) }
  th:first-child, td:first-child { padding-left: 0 } th:last-child, td:last-child { padding-right: 0 }
  .number, .actions { text-align: right; white-space: nowrap }
}
@media (prefers-reduced-motion: no-preference) { button, .button, nav a { transition: background .1s } }
@media print { .side, .bar, .filters, .paging, form { display: none } }`

export const styleSheet = [colours, base, frame, controls, contents, wide].join("\n")

/** Whoever has a sheet of this name has this sheet. */
export const styleName = `style-${Array.from(sha256(new TextEncoder().encode(styleSheet)), (byte) =>
  byte.toString(16).padStart(2, "0")
)
  .join("")
  .slice(0, 16)}.css`
