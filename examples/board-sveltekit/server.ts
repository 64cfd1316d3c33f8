/** One server for the board's functions and, at `/kit/`, the pages of this application; built by `npm run build`. */

import type { RequestHandler } from 'express'
import { readEnvironment } from '../board/src/server/environment.ts'
import { createServer } from '../board/src/server/create-server.ts'

const environment = readEnvironment(process.env)
const board = createServer({ ...environment, pages: 'none' })
const port = await board.listen(environment.port)
process.env['BOARD_ORIGIN'] ??= `http://127.0.0.1:${port}`

const built = new URL('dist/handler.js', import.meta.url).href
// cast: what adapter-node builds.
const { handler } = (await import(built)) as { handler: RequestHandler }
board.express.use(handler)
console.log(`the board listens on http://localhost:${port}/kit/`)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void board.close())
