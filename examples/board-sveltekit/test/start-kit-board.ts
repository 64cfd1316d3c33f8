/** The board's server with this application built and mounted in it, and Chromium. */

import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { RequestHandler } from 'express'
import { type BoardInBrowser, startBoardInBrowser } from '../../board/test/board-in-browser.ts'

const run = promisify(execFile)
const require = createRequire(import.meta.url)
const root = fileURLToPath(new URL('..', import.meta.url))

export async function startKitBoard(): Promise<BoardInBrowser> {
  let built = ''
  const board = await startBoardInBrowser(async (folder) => {
    built = folder
    await build(folder)
    return {}
  })
  try {
    // hooks.server.ts reads it when it is loaded.
    process.env['BOARD_ORIGIN'] = board.url
    const handlerUrl = pathToFileURL(join(built, 'app/handler.js')).href
    // cast: what adapter-node builds.
    const { handler } = (await import(handlerUrl)) as { handler: RequestHandler }
    board.express.use(handler)
    return board
  } catch (error) {
    await board[Symbol.asyncDispose]()
    throw error
  }
}

async function build(folder: string): Promise<void> {
  const vite = join(dirname(require.resolve('vite/package.json')), 'bin/vite.js')
  const flags = ['--conditions=@mizan/source', '--import', 'tsx']
  const options = ['build', '--configLoader', 'native', '--logLevel', 'warn']
  const env = { ...process.env, NODE_ENV: 'production', BUILD_FOLDER: folder }
  await run(process.execPath, [...flags, vite, ...options], { cwd: root, env })
}
