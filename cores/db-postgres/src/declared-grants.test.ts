import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AnyTable, grant, integer, serial, table, text, varchar, was } from '@mizan/db'
import {
  findDrift,
  generateMigration,
  migrateDown,
  migrateLatest,
  onConnection,
  proveFiles,
  scratchBeside,
} from '@mizan/db/migrate'
import { postgres as server } from '@mizan/testing/resources'
import { expect, test } from 'vitest'
import { columns, quoted, reader, rightsProject, tasksWith } from '../test/rights-project.ts'
import { postgres } from './index.ts'

/** The statements of a script. */
function statementsOf(script: string): readonly string[] {
  return script
    .split('\n')
    .filter((line) => !line.startsWith('--'))
    .map((line) => line.replace(/;$/, ''))
}

test('rights that are declared are given and taken, and given back by the way back', async () => {
  await using project = await rightsProject()
  const { client, dialect, migrations, rightsOn } = project
  await client.query(`create role app; create role ${quoted}`)
  const options = { migrations, dialect: dialect, scratch: scratchBeside(dialect) }
  const step = async (name: string, tasks: AnyTable): Promise<string> => {
    const made = await generateMigration({ ...options, name, schema: { tasks } })
    await migrateLatest(options)
    expect(await findDrift(options)).toEqual([])
    const up = await readFile(join(made?.path ?? '', 'up.sql'), 'utf8')
    return statementsOf(up)
      .filter((sql) => /^(grant|revoke)/.test(sql))
      .join('\n')
  }
  const first = tasksWith((t) => ({
    all: grant('select', 'insert').to('app'),
    some: grant('update').on(t.title, t.size).to('app'),
    theirs: grant('select').on(t.title).to(reader, { grantable: true }),
  }))
  expect(await step('first', first)).toBe(
    [
      `grant update ("size") on table "tasks" to "app"`,
      `grant select ("title") on table "tasks" to ${quoted} with grant option`,
      `grant update ("title") on table "tasks" to "app"`,
      `grant insert, select on table "tasks" to "app"`,
    ].join('\n'),
  )
  // What is taken of the table is taken of its columns, so theirs are given again.
  const second = tasksWith((t) => ({
    all: grant('select').to('app'),
    some: grant('insert').on(t.title).to('app'),
    theirs: grant('select').on(t.title).to(reader),
  }))
  expect(await step('second', second)).toBe(
    [
      `revoke update ("size") on table "tasks" from "app"`,
      `revoke select ("title") on table "tasks" from ${quoted}`,
      `revoke update ("title") on table "tasks" from "app"`,
      `revoke insert on table "tasks" from "app"`,
      `grant select ("title") on table "tasks" to ${quoted}`,
      `grant insert ("title") on table "tasks" to "app"`,
    ].join('\n'),
  )
  const [user] = (await client.query<{ name: string }>('select current_user as name')).rows
  expect(await rightsOn('tasks')).toMatch(new RegExp(`,app=r/${user?.name ?? ''}\\}$`))
  // Rights go with the names.
  const renamed = table(
    'jobs',
    { id: serial().primaryKey(), heading: text().was('title'), size: integer() },
    (t) => ({
      before: was('tasks'),
      all: grant('select').to('app'),
      some: grant('insert').on(t.heading).to('app'),
      theirs: grant('select').on(t.heading).to(reader),
    }),
  )
  expect(await step('third', renamed)).toBe('')
  expect(await rightsOn('jobs')).toMatch(/,app=r\//)
  expect(
    await step(
      'fourth',
      table('jobs', { id: serial().primaryKey(), size: integer() }, () => ({})),
    ),
  ).toBe(`revoke select on table "jobs" from "app"`)
  for (let count = 0; count < 4; count += 1) {
    await migrateDown(options)
    expect(await findDrift(options)).toEqual([])
  }
})

test('rights that a migration by hand gives on a view become part of its snapshot, to roles that only it knows', async () => {
  await using project = await rightsProject()
  const { client, dialect, migrations, rightsOn } = project
  await using scratchServer = await server({ settings: {} })
  const far = postgres({ url: scratchServer.url })
  const options = { migrations, dialect: dialect, scratch: scratchBeside(far) }
  const schema = { tasks: tasksWith(() => ({ one: grant('select').to('app') })) }
  await generateMigration({ ...options, name: 'tasks', schema })
  const made = await generateMigration({ ...options, name: 'by hand', schema, empty: true })
  const script = (...statements: string[]): string =>
    `-- mizan:step tx\n${statements.join(';\n\n-- mizan:statement\n')};\n`
  await writeFile(
    join(made?.path ?? '', 'up.sql'),
    script(
      'create view titles as select title from tasks',
      `grant select on titles to app, ${quoted}`,
      'create policy theirs on tasks for select to Auditor using (true)',
    ),
  )
  await writeFile(
    join(made?.path ?? '', 'down.sql'),
    script('drop policy theirs on tasks', 'drop view titles'),
  )
  await proveFiles({ ...options, id: made?.id ?? '' })
  const snapshot = JSON.parse(await readFile(join(made?.path ?? '', 'snapshot.json'), 'utf8')) as {
    readonly grants: object
  } // cast: a snapshot with rights
  expect(Object.keys(snapshot.grants)).toEqual([
    'grant on table tasks to app',
    `grant on view titles to ${JSON.stringify(reader)}`,
    'grant on view titles to app',
  ])
  const roles = `select rolname from pg_roles where rolname !~ '^pg_' and not rolsuper`
  expect(await onConnection(far, ({ run }) => run(roles))).toEqual([])
  const refused: unknown = await migrateLatest(options).catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: 'missing_role', roles: ['app'] })
  await client.query('create role app')
  await expect(migrateLatest(options)).rejects.toMatchObject({
    roles: ['auditor', reader].toSorted(),
  })
  await client.query(`create role auditor; create role ${quoted}`)
  await migrateLatest(options)
  expect(await findDrift(options)).toEqual([])
  // The view goes and comes back when a column below it changes.
  const changed = table('tasks', { ...columns, title: varchar(40) }, () => ({
    one: grant('select').to('app'),
  }))
  await generateMigration({ ...options, name: 'shorter', schema: { tasks: changed } })
  await migrateLatest(options)
  expect(await findDrift(options)).toEqual([])
  expect(await rightsOn('titles')).toMatch(/app=r/)
  await migrateDown(options)
  expect(await findDrift(options)).toEqual([])
})
