/** The one style sheet of the documentation page, admitted by its hash. No fonts, no images, nothing to fetch. */
export const docsStyle = `
:root { color-scheme: light dark; --line: #8884; --code: #8882 }
:root { --quiet: #767676; --get: #0a7d4f; --post: #1f5fc4; --put: #9a5b00 }
@media (prefers-color-scheme: dark) { :root { --quiet: #aaa; --get: #4fd39a; --post: #86b4ff; --put: #ffc069 } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; overflow-wrap: break-word }
body { font: 1rem/1.5 system-ui, sans-serif }
h1 { margin: .5rem 0; line-height: 1.2 }
h2 { margin: 2.5rem 0 .5rem; padding-top: .5rem; border-top: 1px solid var(--line) }
h3 { margin: 1rem 0 .25rem; font-size: 1rem }
a { color: inherit }
code { padding: .1em .3em; border-radius: .25rem; background: var(--code); font: .875em ui-monospace, monospace }
pre { padding: .75rem; border-radius: .5rem; background: var(--code); white-space: pre-wrap }
pre code { padding: 0; background: none }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: 0; padding: 0; list-style: none }
details { margin: .5rem 0; border: 1px solid var(--line); border-radius: .5rem }
summary { padding: .6rem .75rem; cursor: pointer }
summary code { background: none }
details > div { padding: 0 .75rem .75rem }
.method { display: inline-block; min-width: 3.5em; font: 700 .875em ui-monospace, monospace }
.get { color: var(--get) } .post { color: var(--post) } .put { color: var(--put) }
.quiet { color: var(--quiet) }
.scroll { overflow-x: auto }
table { width: 100%; border-collapse: collapse; font-size: .9375rem }
th, td { padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }
th { font-weight: 600 }
td:first-child { white-space: nowrap }
@media (max-width: 40rem) {
  .name { display: block }
  .fields, .fields tbody, .fields tr, .fields td { display: block } .fields thead { display: none }
  .fields td { padding: .1rem 0; border: 0 } .fields tr { padding: .4rem 0; border-bottom: 1px solid var(--line) }
  .fields td:first-child { white-space: normal }
}
`
