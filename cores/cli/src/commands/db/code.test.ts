import { postgres } from '@mizan/testing/resources'
import { Client } from 'pg'
import { expect, test, vi } from 'vitest'
import { type DbProject, dbProject } from '../../../test/db-project.ts'

/** As somebody types it: a process, on whatever Node runs this. */
async function typed(project: DbProject, ...words: readonly string[]) {
  await using running = project.start('db', ...words)
  const { code, errors } = await running.ended
  if (code !== 0) throw new Error(`mizan db ${words.join(' ')} ended with ${code}: ${errors}`)
}

// An enum is nothing that Node strips: it has to be read as the configuration is.
const up = `import { defineDataMigration } from '@mizan/db/migrate'
import { Loudness, said } from './words.ts'

export default defineDataMigration(async (db) => {
  const rows: readonly Record<string, unknown>[] = await db.selectFrom('people').selectAll().execute()
  for (const { id, name } of rows)
    await db.updateTable('people').set({ name: said(String(name), Loudness.High) }).where('id', '=', id as number).execute()
})
`
const words = `export enum Loudness { Low, High = 2 }
export const said = (text: string, loudness: Loudness): string => text + '!'.repeat(loudness)
`
const down = `import type { MigrationDb } from '@mizan/db/migrate'

export default async function (db: MigrationDb): Promise<void> {
  for (const { id, name } of await db.selectFrom('people').selectAll().execute())
    await db.updateTable('people').set({ name: (name as string).replace(/!+$/, '') }).where('id', '=', id as number).execute()
}
`

test('make --code writes modules that are TypeScript whole, and are proved, applied and taken back', async () => {
  await using server = await postgres()
  const environment = { DATABASE_URL: server.url, NODE_ENV: 'test' }
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  try {
    await using project = await dbProject('postgres', environment)
    await project.people('name: text()')
    await project.db('generate', 'people', '--scratch-here')
    await project.db('migrate', 'latest')
    const client = new Client(server.url)
    await client.connect()
    try {
      const names = async (): Promise<unknown> =>
        (await client.query('select name from people order by id')).rows
      await client.query(`insert into people (name) values ('Ada'), ('Bo')`)
      const { result } = await project.db('migrate', 'make', 'louder', '--code', '--scratch-here')
      const { id } = result.written as { id: string } // cast: documented
      expect(await project.read(`migrations/${id}/up.ts`)).toContain('defineDataMigration')
      await project.write(`migrations/${id}/up.ts`, up)
      await project.write(`migrations/${id}/words.ts`, words)
      await project.write(`migrations/${id}/down.ts`, down)
      await typed(project, 'prove', id, '--scratch-here')
      await typed(project, 'migrate', 'latest')
      expect(await names()).toEqual([{ name: 'Ada!!' }, { name: 'Bo!!' }])
      await typed(project, 'migrate', 'down')
      expect(await names()).toEqual([{ name: 'Ada' }, { name: 'Bo' }])
    } finally {
      await client.end()
    }
  } finally {
    vi.unstubAllEnvs()
  }
})
