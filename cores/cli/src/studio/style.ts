/** How the studio looks; dark where the reader wants that. */

import { type Html, markup } from './html.ts'

export const style: Html = markup`
:root { color-scheme: light dark; --line: #8886; --soft: #8882; --mark: #06c; font: 15px/1.5 system-ui, sans-serif }
@media (prefers-color-scheme: dark) { :root { --mark: #6bf } }
body { margin: 0 }
header { display: flex; gap: 1rem; align-items: baseline; flex-wrap: wrap; padding: .5rem 1rem; border-bottom: 1px solid var(--line) }
nav ul { display: flex; gap: 1rem; list-style: none; margin: 0; padding: 0; flex-wrap: wrap }
a { color: var(--mark) }
a[aria-current] { font-weight: bold; text-decoration: none }
:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px }
.skip { position: absolute; left: -99rem }
.skip:focus { left: 1rem; top: .5rem }
main { padding: 0 1rem 3rem; outline: none }
h1 { font-size: 1.4rem }
h2 { font-size: 1.1rem; margin-top: 2rem }
.wide { overflow-x: auto; margin: 1rem 0 }
table { border-collapse: collapse; font-size: .9rem }
caption { text-align: left; font-weight: bold; padding: .3rem 0 }
th, td { border: 1px solid var(--line); padding: .25rem .5rem; text-align: left; vertical-align: top; max-width: 30rem; overflow-wrap: anywhere }
th { background: var(--soft) }
form { display: flex; gap: .75rem; flex-wrap: wrap; align-items: end; margin: 1rem 0 }
label { display: flex; flex-direction: column; font-size: .85rem }
label.check { flex-direction: row; gap: .4rem; align-items: center }
input, select, textarea, button { font: inherit; padding: .3rem .5rem }
textarea { width: min(60rem, 90vw); height: 8rem; font-family: ui-monospace, monospace }
.alert { border: 2px solid #c33; padding: .5rem .75rem; white-space: pre-wrap }
.good { border: 2px solid #383; padding: .5rem .75rem }
.plan, .plan ul { list-style: none; margin: 0; padding-left: 1.25rem; border-left: 1px solid var(--line) }
.plan dl { display: flex; gap: .1rem 1rem; flex-wrap: wrap; margin: 0 0 .5rem; font-size: .85rem }
.plan dl div { display: flex; gap: .35rem }
.plan dd { margin: 0; font-family: ui-monospace, monospace }
svg text { font: 13px system-ui, sans-serif; fill: currentColor }
svg .name { font-weight: bold }
svg rect { fill: var(--soft); stroke: var(--line) }
svg path { fill: none; stroke: var(--mark); stroke-width: 1.5 }
`
