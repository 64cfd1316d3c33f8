/** What production shows at an address where there is nothing; it needs no script. */

import { pageStyle } from '../ssr/page-style.ts'

export const missingPage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>There is no such page · Board</title>
    <style>${pageStyle} a { color: inherit; }</style>
  </head>
  <body>
    <main>
      <p class="quiet">404</p>
      <h1>There is no such page</h1>
      <p><a href="/">To the board</a></p>
    </main>
  </body>
</html>
`
