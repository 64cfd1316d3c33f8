import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sqlite } from '@mizan/db-sqlite'
import { describe, expect, test } from 'vitest'
import { type DbProject, dbProject, sqliteIsThere } from '../../test/db-project.ts'
import { visitStudio } from '../../test/studio-visit.ts'
import { devQueriesEnvironment, readDevQueries } from '../dev/queries.ts'
import { sqliteEngine } from '../studio/engines/sqlite.ts'
import { startStudio } from '../studio/start-studio.ts'

const server = `
import { createDbClient, integer, table, text } from '@mizan/db'
import { sqlite } from '@mizan/db-sqlite'
const people = table('people', { id: integer().primaryKey(), name: text() })
const nowhere = table('nowhere', { id: integer().primaryKey() })
const dialect = sqlite({ url: process.env['DATABASE_URL'] ?? '' })
const db = createDbClient({ schema: { people, nowhere }, dialect })
await db.insert(people).values({ name: 'secret of a row' }).execute()
for (const _ of [1, 2, 3]) await db.select().from(people).execute()
await db.select().from(nowhere).execute().catch(() => undefined)
console.log('asked')
setInterval(() => undefined, 1000)
`
const flags = ['--conditions=@mizan/source', '--import', 'tsx', '--no-warnings', 'server.ts']

async function project(): Promise<DbProject> {
  const made = await dbProject('sqlite')
  await made.write('functions.ts', 'export {}\n')
  await made.write('server.ts', server)
  await made.people('name: text()')
  expect(await made.db('generate', 'people')).toMatchObject({ ok: true })
  return made
}

describe.skipIf(!sqliteIsThere)('a program that mizan dev runs', () => {
  test('tells the studio of its queries, without their values; when it ends nothing stays', async () => {
    await using made = await project()
    await using running = made.start('dev', '--', process.execPath, ...flags)
    await running.until(/asked/)
    await using studio = await startStudio(
      {
        dialect: sqlite({ url: join(made.root, '.mizan/data.sqlite') }),
        engine: sqliteEngine,
        migrations: join(made.root, 'migrations'),
        root: made.root,
      },
      { onError: (error) => expect.unreachable(String(error)) },
    )
    const { ask } = await visitStudio(studio.url)
    const page = async (): Promise<string> => (await ask('/queries')).body.replaceAll('&#34;', '"')
    await expect.poll(page).toContain('from "nowhere"')
    const body = await page()
    expect(body).toContain('Last queries of mizan dev')
    expect(body).toContain('Slowest queries of mizan dev')
    expect(body).toMatch(/<td>3<\/td>\s*<td>[\d.]+<\/td>\s*<td>select [^<]* from "people"/)
    expect(body).toContain('unknown_name')
    expect(body).not.toContain('secret of a row')
    running.signal('SIGINT')
    await running.ended
    expect(existsSync(join(made.root, '.mizan/dev-queries'))).toBe(false)
    expect(await page()).toContain('a server that mizan dev runs tells of its own here')
  })

  test('in production tells nothing, whatever it is started with', async () => {
    await using made = await project()
    await made.db('migrate', 'latest')
    const environment = {
      ...process.env,
      ...devQueriesEnvironment(made.root),
      DATABASE_URL: join(made.root, '.mizan/data.sqlite'),
    }
    for (const mode of ['production', 'development']) {
      const child = spawn(process.execPath, flags, {
        cwd: made.root,
        env: { ...environment, NODE_ENV: mode },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await once(child.stdout, 'data')
      if (mode === 'development')
        await expect.poll(async () => (await readDevQueries(made.root))?.length).toBeGreaterThan(4)
      child.kill('SIGKILL')
      await once(child, 'exit')
      expect(existsSync(join(made.root, '.mizan/dev-queries'))).toBe(mode === 'development')
    }
  })

  test('that wrote half a line, or something else, is read as far as it can be', async () => {
    await using made = await project()
    const line = JSON.stringify({ at: 1, sql: 'select 1', milliseconds: 2, rows: 3 })
    await made.write(
      '.mizan/dev-queries/1-0.ndjson',
      `${line}\n[]\nnull\n{"at":"x"}\n${line.slice(0, 20)}`,
    )
    await made.write('.mizan/dev-queries/2-0.ndjson', `${line.replace('1', '5')}\n`)
    expect((await readDevQueries(made.root))?.map(({ at }) => at)).toEqual([5, 1])
    expect(await readdir(join(made.root, '.mizan/dev-queries'))).toHaveLength(2)
  })
})
