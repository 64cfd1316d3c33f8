/** `mizan psr <module>`: renders the pages that a deploy starts with. */

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { register } from 'tsx/esm/api'
import type { Command } from '../command.ts'
import { ProjectFailure } from '../failure.ts'

/** What the module exports: what `psrPlugin` gave, and the app that it is part of. */
interface Deployed {
  readonly app: { start(): Promise<void>; close(): Promise<void> }
  readonly pages: { renderAll(): Promise<Report> }
}

/** What came of it. */
interface Report {
  readonly rendered: readonly string[]
  readonly skipped: readonly Note[]
  readonly failed: readonly Note[]
}

interface Note {
  readonly path: string
  readonly reason: string
}

export const psr: Command = {
  name: 'psr',
  summary: 'Render all pages of paths() into their store, before a deploy',
  usage: '<module>',
  positionals: ['module'],
  options: {},
  async run({ folder, positionals, answer }) {
    const { app, pages } = await load(resolve(folder, positionals[0] ?? ''))
    try {
      await app.start()
      const report = await pages.renderAll()
      const { failed } = report
      return answer({
        result: report,
        text: textOf(report),
        failure:
          failed.length === 0
            ? undefined
            : `${failed.length} ${failed.length === 1 ? 'page' : 'pages'} could not be rendered`,
      })
    } finally {
      await app.close()
    }
  },
}

async function load(path: string): Promise<Deployed> {
  if (!existsSync(path)) throw new ProjectFailure(`there is no ${path}`)
  // For the whole process, as the app loads more modules when it starts.
  register()
  let module: object
  try {
    module = (await import(pathToFileURL(path).href)) as object // cast: a module namespace
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ProjectFailure(`${path} does not load: ${reason}`, { cause: error })
  }
  if (!isDeployed(module)) {
    throw new ProjectFailure(
      `${path} must export "app", from createApp(), and "pages", from psrPlugin()`,
    )
  }
  return module
}

function isDeployed(module: object): module is Deployed {
  const { app, pages } = module as Partial<Record<keyof Deployed, unknown>> // cast: checked here
  const has = (value: unknown, name: string): boolean =>
    typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'function'
  return has(app, 'start') && has(app, 'close') && has(pages, 'renderAll')
}

function textOf({ rendered, skipped, failed }: Report): string {
  const notes = (word: string, list: readonly Note[]): string[] =>
    list.map(({ path, reason }) => `${word.padEnd(9)} ${path}  ${reason}`)
  return [
    ...rendered.map((path) => `rendered  ${path}`),
    ...notes('skipped', skipped),
    ...notes('failed', failed),
    `${rendered.length} rendered, ${skipped.length} skipped, ${failed.length} failed`,
  ].join('\n')
}
