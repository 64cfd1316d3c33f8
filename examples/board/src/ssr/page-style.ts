/** The look of the public page; it travels inside the document, so that the page is one request. */

export const pageStyle = `
:root { color-scheme: light dark; --ground: light-dark(#f6f5f2, #15171a); --surface: light-dark(#fff, #1d2024);
  --line: light-dark(#e2dfd8, #2d3138); --ink: light-dark(#23241f, #e8e9ea); --quiet: light-dark(#66655d, #a2a7ae);
  --todo: light-dark(#807c72, #8b929c); --doing: light-dark(#3d6fc4, #7ea6ea); --review: light-dark(#a86e1b, #dfae5c);
  --done: light-dark(#2f8a6b, #62bd9c); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); overflow-wrap: anywhere;
  font: 15px/1.5 ui-sans-serif, system-ui, 'Segoe UI', Roboto, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 48px 20px 72px; }
h1 { margin: 4px 0 6px; font-size: 30px; letter-spacing: -0.015em; line-height: 1.2; }
h2 { display: flex; align-items: center; gap: 8px; margin: 0 0 10px; font-size: 14px; }
h2 i { width: 9px; height: 9px; border-radius: 50%; }
h2 small { color: var(--quiet); font-weight: 400; }
p { margin: 0; } .quiet { color: var(--quiet); }
.bar { display: flex; gap: 2px; height: 8px; margin: 28px 0; border-radius: 4px; overflow: hidden; background: var(--line); }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(220px, 100%), 1fr)); gap: 24px; }
ul { margin: 0; padding: 0; list-style: none; }
li { margin-bottom: 6px; padding: 8px 11px; border: 1px solid var(--line); border-radius: 8px; background: var(--surface); font-size: 14px; }
.todo { background: var(--todo); } .doing { background: var(--doing); } .review { background: var(--review); } .done { background: var(--done); }
`
