import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { elapsed, freePort, shortest } from '@mizan/testing/resources'
import { expect, test } from 'vitest'
import { cliProject, type CliProject, type Running } from '../../test/cli-project.ts'

const tasks = `import { client } from '@mizan/server'\nexport const echo = client((text: string) => text)\n`

/** Says what it serves, in few milliseconds: most rules are not about what the server is. */
const quickServer = `
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
const { functions } = JSON.parse(readFileSync('mizan/artifact.gen.json', 'utf8'))
const names = Object.keys(functions).join(' ')
const server = createServer((_, response) => response.end(names))
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => console.log('listening on ' + server.address().port + ' with ' + names + ';'))
`
const quickly = ['dev', '--', process.execPath, 'server.mjs'] as const

/** The same of the real registry, through the loader that applications use. */
const main = `
import { createServer } from 'node:http'
import { functions } from '../mizan/server.gen.ts'
const names = Object.keys(functions.artifact.functions).join(' ')
const server = createServer((_, response) => response.end(names))
server.listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port + ' with ' + names + ';'))
`
const command = [
  'dev',
  '--',
  process.execPath,
  '--conditions=@mizan/source',
  '--import',
  'tsx',
  'src/main.ts',
] as const

function devProject(): Promise<CliProject> {
  return cliProject(`{ functions: ['src/**/*.ts'] }`, {
    'src/tasks.ts': tasks,
    'server.mjs': quickServer,
  })
}

async function listening(
  running: Running,
): Promise<{ readonly url: string; readonly names: string }> {
  const [, port, names = ''] = await running.until(/listening on (\d+) with ([^;]*);/)
  return { url: `http://127.0.0.1:${port}/`, names }
}

async function devError(project: CliProject): Promise<unknown> {
  return JSON.parse(await project.read('.mizan/dev-error.json'))
}

test('an edit gives a typed hook within two seconds, and a server that serves it', async () => {
  await using project = await devProject()
  await project.write('src/main.ts', main)
  await using running = project.start(...command)
  const first = await listening(running)
  expect(first.names).toBe('echo')
  await running.until(/watching for edits/)

  let name = ''
  const untilWritten = (attempt: number): Promise<number> =>
    elapsed(async () => {
      name = `twice${attempt}`
      await project.write(
        'src/tasks.ts',
        `${tasks}export const ${name} = client((n: number) => n)\n`,
      )
      await running.until(/2 functions, wrote/)
    })
  expect(await shortest(untilWritten, { under: 2_000 })).toBeLessThan(2_000)
  expect(await project.read('mizan/client.gen.ts')).toContain('export function callTwice')

  let second = await listening(running)
  while (second.names !== `echo ${name}`) second = await listening(running)
  expect(await (await fetch(second.url)).text()).toBe(`echo ${name}`)
  await expect(fetch(first.url)).rejects.toThrow()
})

test('an edit that cannot be followed keeps the old server, and is told until it is gone', async () => {
  await using project = await devProject()
  await using running = project.start(...quickly)
  let { url } = await listening(running)
  await running.until(/watching for edits/)
  for (const [file, text, place, what] of [
    [
      'src/tasks.ts',
      `${tasks}export const broken = client((\n`,
      { line: 3 },
      'is not valid TypeScript',
    ],
    ['src/tasks.ts', tasks.replace('string', 'symbol'), { line: 2 }, 'argument text is a symbol'],
    ['tsconfig.json', '{ "compilerOptions": {', { line: 1 }, `cannot be used: '}' expected`],
  ] as const) {
    const before = await project.read(file)
    await project.write(file, text)
    await running.until(new RegExp(`${file}:\\d+:\\d+ .*[^]*the server keeps running as it was`))
    expect(await (await fetch(url)).text()).toBe('echo')
    await expect.poll(() => existsSync(join(project.root, '.mizan/dev-error.json'))).toBe(true)
    const message: unknown = expect.stringContaining(what)
    expect(await devError(project)).toMatchObject({ ...place, file, message, serverRuns: true })

    await project.write(file, before)
    url = (await listening(running)).url
    expect(existsSync(join(project.root, '.mizan/dev-error.json'))).toBe(false)
  }
})

test('a server that fails at boot is told, and the next edit starts it again', async () => {
  await using project = await devProject()
  await project.write('src/main.ts', main)
  await using running = project.start(...command)
  await listening(running)
  await running.until(/watching for edits/)

  await project.write('src/main.ts', `throw new TypeError('no port')\n`)
  await running.until(/the command ended with code 1: TypeError: no port; waiting for an edit/)
  await expect
    .poll(() => devError(project).catch(() => undefined))
    .toMatchObject({ file: 'src/main.ts', line: 1, serverRuns: false })

  await project.write('src/main.ts', main)
  await listening(running)
  expect(existsSync(join(project.root, '.mizan/dev-error.json'))).toBe(false)
})

test('source with problems at the start is mended by the first edit', async () => {
  await using project = await devProject()
  await project.write('src/tasks.ts', tasks.replace('string', 'symbol'))
  await using running = project.start(...quickly)
  await running.until(/problems; nothing was written[^]*watching for edits/)
  await project.write('src/tasks.ts', tasks)
  expect((await listening(running)).names).toBe('echo')
})

test.for(['SIGINT', 'SIGTERM'] as const)('%s ends the whole process group', async (signal) => {
  await using project = await devProject()
  // A command that starts another: ending only the first would leave the server behind.
  await project.write(
    'parent.mjs',
    `import { spawn } from 'node:child_process'\nspawn(process.execPath, ['server.mjs'], { stdio: 'inherit' })`,
  )
  await using running = project.start('dev', '--', process.execPath, 'parent.mjs')
  const { url } = await listening(running)
  running.signal(signal)
  expect((await running.ended).code).toBe(0)
  await expect(fetch(url)).rejects.toThrow()
})

test('the next server starts when the last one has let go of its port', async () => {
  await using project = await devProject()
  await project.write(
    'server.mjs',
    `${quickServer}process.on('SIGTERM', () => setTimeout(() => process.exit(), 300))\n`,
  )
  await using running = project.start(...quickly, String(await freePort()))
  const first = await listening(running)
  await running.until(/watching for edits/)
  await project.write('src/tasks.ts', tasks.replace('echo', 'shout'))
  expect(await listening(running)).toEqual({ url: first.url, names: 'shout' })
})

test('of edits in quick succession the last one is served, and a deleted module no more', async () => {
  await using project = await devProject()
  await using running = project.start(...quickly)
  await listening(running)
  await running.until(/watching for edits/)
  for (const name of ['one', 'two', 'three'])
    await project.write(`src/more.ts`, tasks.replace('echo', name))
  let server = await listening(running)
  while (server.names !== 'echo three') server = await listening(running)
  await project.remove('src/more.ts')
  expect((await listening(running)).names).toBe('echo')
  await expect(fetch(server.url)).rejects.toThrow()
})

test('a change of the configuration is followed, and one that does not load keeps the old server', async () => {
  await using project = await devProject()
  await project.write('more/tasks.ts', tasks.replace('echo', 'shout'))
  await using running = project.start(...quickly)
  const first = await listening(running)
  await running.until(/watching for edits/)

  await project.write('mizan.config.ts', `export default { functions: ['more/*.ts' }`)
  await running.until(/is not valid TypeScript: .*; waiting for an edit/)
  expect(await (await fetch(first.url)).text()).toBe('echo')
  await expect
    .poll(() => devError(project).catch(() => undefined))
    .toMatchObject({ file: 'mizan.config.ts', line: 1, serverRuns: true })

  await project.write('mizan.config.ts', `export default { functions: ['more/*.ts'] }`)
  await running.until(/mizan.config.ts changed; beginning anew/)
  expect((await listening(running)).names).toBe('shout')
  await expect(fetch(first.url)).rejects.toThrow()
  await running.until(/watching for edits/)

  await project.write('more/tasks.ts', tasks.replace('echo', 'whisper'))
  expect((await listening(running)).names).toBe('whisper')
})

test('what goes wrong while an edit is followed is told, and ends nothing', async () => {
  await using project = await devProject()
  await using running = project.start(...quickly)
  const { url } = await listening(running)
  await running.until(/watching for edits/)
  await project.remove('mizan')
  await project.write('mizan', 'a file where the folder was')
  await project.write('src/tasks.ts', tasks.replace('echo', 'shout'))
  await running.until(/(ENOTDIR|EEXIST): .*; waiting for an edit/)
  expect(await (await fetch(url)).text()).toBe('echo')
  await project.remove('mizan')
  await project.write('src/tasks.ts', tasks.replace('echo', 'whisper'))
  expect((await listening(running)).names).toBe('whisper')
})

test('a second signal does not wait for a server that does not end', async () => {
  const untilEnded = async (): Promise<number> => {
    await using project = await devProject()
    await project.write(
      'server.mjs',
      `${quickServer}process.on('SIGTERM', () => console.log('not yet'))\n`,
    )
    await using running = project.start(...quickly)
    await listening(running)
    await running.until(/watching for edits/)
    // Also when an edit has asked the server to end.
    await project.write('src/tasks.ts', tasks.replace('echo', 'shout'))
    await running.until(/not yet/)
    running.signal('SIGINT')
    await running.until(/ending/)
    running.signal('SIGINT')
    return await elapsed(async () => expect((await running.ended).code).toBe(0))
  }
  expect(await shortest(untilEnded, { under: 3_000 })).toBeLessThan(3_000)
})

test('the database is started, migrated and given to the server', async () => {
  await using project = await cliProject(
    `{ functions: ['src/functions/*.ts'], db: { schema: 'src/schema.ts', dialect: 'postgres', migrations: 'migrations' } }`,
    {
      'src/schema.ts': `import { serial, table, text } from '@mizan/db'\nexport const tasks = table('tasks', { id: serial().primaryKey(), title: text().notNull() })\n`,
      'src/main.ts': `
        import pg from 'pg'
        const client = new pg.Client({ connectionString: process.env.DATABASE_URL })
        await client.connect()
        const { rows } = await client.query('select count(*)::int as count from tasks')
        console.log('tasks: ' + rows[0].count + ';')
        await client.end()`,
    },
  )
  await project.run('db', 'generate', 'add tasks')
  await using running = project.start(...command)
  await running.until(/\d+_add_tasks\s[^]*applied 1 migration/)
  await running.until(/tasks: 0;/)
  await running.until(/watching for edits/)

  // A new migration is applied before the command runs again.
  const schema = await project.read('src/schema.ts')
  await project.write(
    'src/schema.ts',
    `${schema}export const labels = table('labels', { id: serial().primaryKey() })\n`,
  )
  await running.until(/the schema changed; mizan db generate <name> writes the migration/)
  // Not inside this process, which has loaded the schema before.
  await project.start('db', 'generate', 'add labels').ended
  await running.until(/\d+_add_labels\s[^]*applied 1 migration/)
  await running.until(/tasks: 0;/)
  running.signal('SIGINT')
  expect((await running.ended).code).toBe(0)
})
