/** How the panel looks, whatever the page does. */

export const styles = `
:host { all: initial; color-scheme: light dark; }
* { box-sizing: border-box; font: 13px/1.45 system-ui, sans-serif; }
.root {
  --back: light-dark(#ffffff, #16181d); --text: light-dark(#1b1e24, #e8eaf0);
  --quiet: light-dark(#565d6b, #a6adbb); --line: light-dark(#d5d9e0, #3a3f4a);
  --strong: light-dark(#0b57d0, #8ab4f8); --bad: light-dark(#b3261e, #f2b8b5);
  position: fixed; inset: auto 0 0 auto; z-index: 2147483000; color: var(--text);
}
button {
  color: var(--text); background: var(--back); border: 1px solid var(--line);
  border-radius: 6px; padding: 3px 9px; cursor: pointer;
}
button:hover { border-color: var(--strong); }
:focus-visible { outline: 2px solid var(--strong); outline-offset: 2px; }
[aria-pressed=true], [aria-selected=true] { border-color: var(--strong); color: var(--strong); font-weight: 600; }
.toggle { margin: 12px; font-weight: 600; box-shadow: 0 1px 6px #0004; }
.panel {
  width: 100vw; height: min(46vh, 420px); display: flex; flex-direction: column;
  background: var(--back); border-top: 1px solid var(--line); box-shadow: 0 -2px 12px #0003;
}
.panel[hidden], [role=tabpanel][hidden] { display: none; }
.bar { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; padding: 8px 12px; border-bottom: 1px solid var(--line); }
.bar h2 { margin: 0 10px 0 0; font-weight: 700; font-size: 14px; }
.space { flex: 1; }
[role=tablist] { display: flex; gap: 6px; }
[role=tabpanel] { flex: 1; overflow: auto; padding: 0 12px 12px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); }
th { position: sticky; top: 0; background: var(--back); font-weight: 600; color: var(--quiet); }
code, pre { font: 12px/1.45 ui-monospace, monospace; }
pre { margin: 4px 0 0; max-height: 220px; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
ol { list-style: none; margin: 0; padding: 0; }
li { padding: 5px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.time { color: var(--quiet); margin-right: 8px; font-variant-numeric: tabular-nums; }
.bad { color: var(--bad); }
.why { color: var(--quiet); margin: 2px 0 0 0; }
.actions { white-space: nowrap; }
.actions button + button { margin-left: 6px; }
p { color: var(--quiet); }
@media (prefers-reduced-motion: no-preference) { button { transition: border-color .1s; } }
`
