/**
 * The one style sheet of the hosted pages. What may appear later has its room from the beginning, so that nothing moves
 * under a finger; inputs are large enough that phones do not zoom in on them.
 */
import type { Brand } from "./brand-colour.ts"

export const pageStyle = ({ colour, onColour, accent }: Brand): string =>
  `:root { color-scheme: light; --brand: ${colour}; --on-brand: ${onColour}; --accent: ${accent} }${rules}`

const rules = `
:root { --ink: #1b1f24; --quiet: #59636e; --line: #8b949e; --bad: #b3261e; --bad-ground: #fdf0ef; --good: #1a7f37 }
* { box-sizing: border-box }
[hidden] { display: none !important }
html { font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; -webkit-text-size-adjust: 100% }
body { margin: 0; color: var(--ink); background: #fff; overflow-wrap: anywhere }
p, h1, dl, dd { margin: 0 }
h1 { margin-bottom: 1.25rem; font-size: 1.375rem; line-height: 1.25 }
h1:focus, .notice:focus { outline: none }
header { padding: 1.25rem 1rem; color: var(--on-brand); background: var(--brand); box-shadow: inset 0 -1px #0002 }
.merchant { display: flex; align-items: center; gap: .75rem; font-weight: 600 }
.logo { flex: none; width: 2.75rem; height: 2.75rem; padding: .25rem; object-fit: contain }
.logo { border-radius: .5rem; background: #fff }
.amount { margin: .75rem 0 .25rem; font-size: 2rem; font-weight: 700; line-height: 1.2 }
.description { display: -webkit-box; overflow: hidden; -webkit-box-orient: vertical; -webkit-line-clamp: 6 }
main { padding: 1.5rem 1rem 2rem }
.field { margin-bottom: .375rem }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem }
label { display: block; margin-bottom: .25rem; font-size: .9375rem; font-weight: 600 }
.input { position: relative }
input { width: 100%; height: 3rem; padding: 0 .75rem; border: 1px solid var(--line); border-radius: .5rem }
input { color: inherit; background: #fff; font: inherit; font-size: 1.0625rem }
input::placeholder { color: #6e7781 }
#number { padding-right: 8.5rem }
input[aria-invalid=true] { border-color: var(--bad); box-shadow: 0 0 0 1px var(--bad) }
input:focus-visible, .button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.brand { position: absolute; right: .75rem; top: 0; line-height: 3rem; font-size: .8125rem; font-weight: 600 }
.brand { color: var(--quiet); pointer-events: none }
.error { min-height: 1.625rem; padding-top: .25rem; color: var(--bad); font-size: .875rem; line-height: 1.375rem }
.button { display: block; width: 100%; min-height: 3.25rem; padding: .75rem 1rem; border-radius: .5rem }
.button { border: 1px solid var(--accent); color: var(--on-brand); background: var(--brand); text-align: center }
.button { font: inherit; font-size: 1.0625rem; font-weight: 600; text-decoration: none; cursor: pointer }
.button:hover { box-shadow: 0 .125rem .5rem #0005 }
.quiet-button { margin-top: .75rem; color: var(--accent); background: #fff }
.hint { color: var(--quiet) } .hint + .button { margin-top: 1rem }
.form-end { margin-top: 1rem; font-size: .875rem }
.notice { margin-bottom: 1.25rem; padding: .75rem 1rem; border-left: .25rem solid var(--bad); border-radius: .25rem }
.notice { background: var(--bad-ground) }
.waiting { padding: 3rem 0; text-align: center }
.spinner { width: 3rem; height: 3rem; margin: 0 auto 1.5rem; border: .3rem solid #d0d7de; border-radius: 50% }
.spinner { border-top-color: var(--accent); animation: turn 1s linear infinite }
@keyframes turn { to { transform: rotate(1turn) } }
@media (prefers-reduced-motion: reduce) { .spinner { animation-duration: 4s } }
.mark { width: 3.5rem; height: 3.5rem; margin-bottom: 1rem; padding: .7rem 1.25rem; border-radius: 50% }
.mark { background: var(--good) }
.mark::before { display: block; width: 1rem; height: 1.625rem; border: solid #fff; border-width: 0 .25rem .25rem 0 }
.mark::before { content: ""; transform: rotate(45deg) }
dl { display: grid; grid-template-columns: minmax(6rem, auto) 1fr; margin-bottom: 1.5rem }
dt, dd { padding: .625rem 0; border-bottom: 1px solid #d0d7de }
dt { padding-right: 1rem; color: var(--quiet) }
dd { text-align: right; font-weight: 600 }
.soon { min-height: 1.5rem; margin-bottom: 1rem }
@media (min-width: 48rem) {
  body { display: grid; grid-template-columns: 5fr 7fr; min-height: 100vh }
  body.bare { display: block } .bare main > * { margin-left: auto; margin-right: auto }
  header { padding: 4rem 3rem; box-shadow: inset -1px 0 #0002 } .order { max-width: 22rem; margin-left: auto }
  main { padding: 4rem 3rem } main > * { max-width: 27rem }
  .amount { font-size: 2.5rem }
  .description { -webkit-line-clamp: 12 }
}
@media print { header { color: #000; background: none } .button, .soon { display: none } }
`
