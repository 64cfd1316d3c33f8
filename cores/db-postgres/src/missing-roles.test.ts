import { readdir, rm } from 'node:fs/promises'
import { grant, integer, MissingRoleError, table } from '@mizan/db'
import {
  findDrift,
  generateMigration,
  migrateDown,
  migrateLatest,
  onConnection,
  scratchBeside,
} from '@mizan/db/migrate'
import { postgres as server } from '@mizan/testing/resources'
import { expect, test } from 'vitest'
import { quoted, reader, rightsProject, tasksWith } from '../test/rights-project.ts'
import { postgres } from './index.ts'

test('roles that a scratch server does not have are there for as long as proofs need them', async () => {
  await using project = await rightsProject()
  const { client, dialect, migrations } = project
  await using scratchServer = await server({ settings: {} })
  const far = postgres({ url: scratchServer.url })
  await client.query(`create role app; create role ${quoted}`)
  const roles = (): Promise<readonly unknown[]> =>
    onConnection(far, ({ run }) =>
      run(`select rolname from pg_roles where rolname !~ '^pg_' and not rolsuper order by 1`),
    )
  await onConnection(far, ({ run }) => run('create role app nologin'))
  const tasks = tasksWith((t) => ({
    one: grant('select').to('app'),
    two: grant('update').on(t.size).to(reader),
  }))
  const folders = [migrations, `${migrations}-two`, `${migrations}-three`]
  const scratch = scratchBeside(far)
  try {
    const proofs = await Promise.all(
      folders.map((folder) =>
        generateMigration({
          migrations: folder,
          name: 'tasks',
          schema: { tasks },
          dialect: dialect,
          scratch,
        }),
      ),
    )
    expect(proofs.map((one) => one?.proof?.engine.name)).toEqual(folders.map(() => 'postgres'))
    // One that was there before is nobody's to drop.
    expect(await roles()).toEqual([{ rolname: 'app' }])
    await migrateLatest({ migrations, dialect: dialect })
    expect(await findDrift({ migrations, dialect: dialect })).toEqual([])
  } finally {
    for (const folder of folders.slice(1)) await rm(folder, { recursive: true, force: true })
  }
})

test('a login that may make no roles is told so, and nothing is written', async () => {
  await using project = await rightsProject()
  const { client, dialect, migrations, url } = project
  await client.query('create role limited login createdb')
  const limited = new URL(url)
  limited.username = 'limited'
  const tasks = tasksWith(() => ({ one: grant('select').to('app') }))
  const generated = generateMigration({
    migrations,
    name: 'tasks',
    schema: { tasks },
    dialect: dialect,
    scratch: scratchBeside(postgres({ url: limited.href })),
  })
  await expect(generated).rejects.toThrow(
    'the scratch server has no role "app", and this login may not make it, so rights cannot be tried there. ' +
      'Let it make roles (alter role … createrole), or run there: create role "app" nologin',
  )
  expect(await readdir(migrations)).toEqual([])
})

test('a role that the server does not have is missed before anything runs', async () => {
  await using project = await rightsProject()
  const { client, dialect, migrations, rightsOn } = project
  const tasks = tasksWith((t) => ({
    one: grant('select').to('app'),
    two: grant('select').on(t.size).to(reader),
    three: grant('select').to('public'),
  }))
  const others = { others: table('others', { id: integer() }) }
  const options = { migrations, dialect: dialect, scratch: scratchBeside(dialect) }
  await generateMigration({ ...options, name: 'others', schema: others })
  await generateMigration({ ...options, name: 'tasks', schema: { ...others, tasks } })
  const refused: unknown = await migrateLatest(options).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(MissingRoleError)
  expect(refused).toMatchObject({ code: 'missing_role', roles: ['app', reader].toSorted() })
  expect((refused as MissingRoleError).message).toMatch(
    /_tasks is about rights of roles "app", ".*", which this server does not have\. Make them first, .*: create role "app" nologin; create role ".*" nologin\. Nothing was changed$/,
  )
  expect((await client.query(`select to_regclass('others') as others`)).rows).toEqual([
    { others: null },
  ])
  await client.query(`create role app; create role ${quoted}`)
  await migrateLatest(options)
  expect(await findDrift(options)).toEqual([])
  // On the way back, too.
  await client.query(`revoke all on tasks from app; drop role app`)
  await migrateDown(options)
  expect(await rightsOn('tasks')).toBe('')
})
