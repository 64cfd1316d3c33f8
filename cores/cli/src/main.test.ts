import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { cliProject } from '../test/cli-project.ts'

const echo = `import { client } from '@mizan/server'\nexport const echo = client((text: string) => text)\n`

// A database that other tests use is none of these projects'.
beforeEach(() => void vi.stubEnv('DATABASE_URL', ''))
afterEach(() => void vi.unstubAllEnvs())

test('the command says results on its output, everything else beside it, and ends with the code', async () => {
  await using project = await cliProject('{}', { 'src/echo.ts': echo })
  await project.write(
    'mizan.config.ts',
    `import { defineConfig } from '@mizan/cli'\nexport default defineConfig({ functions: ['src/**/*.ts'] })\n`,
  )
  expect(await project.start('inspect', 'echo').ended).toEqual({
    code: 0,
    output: expect.stringMatching(/^echo\n/),
    errors: '',
  })
  expect(await project.start('nope').ended).toEqual({
    code: 2,
    output: '',
    errors:
      'mizan has no command "nope"; there are init, generate, dev, manifest, openapi, schema, mcp, inspect, conformance, psr, db\n',
  })
})

describe('generate', () => {
  test('writes files, then finds them current, then stale', async () => {
    await using project = await cliProject(`{ functions: ['src/**/*.ts'], targets: ['react'] }`, {
      'src/echo.ts': echo,
    })
    expect(await project.run('generate', '--check')).toMatchObject({
      code: 1,
      errors: expect.stringContaining('mizan/client.gen.ts is stale\n'),
    })
    expect(await project.run('generate')).toMatchObject({
      code: 0,
      errors: expect.stringContaining('1 function, wrote'),
    })
    expect(await project.read('mizan/react.gen.ts')).toContain('export function useEcho()')
    expect(await project.run('generate', '--check')).toMatchObject({ code: 0 })
    await project.write('src/echo.ts', echo.replace('string', 'number'))
    expect(await project.run('generate', '--check')).toMatchObject({ code: 1 })
  })

  test('reports every problem with its place, and writes nothing', async () => {
    await using project = await cliProject(`{ functions: ['src/**/*.ts'] }`, {
      'src/echo.ts': echo.replace(
        'text: string) => text',
        'text: symbol, seen: WeakSet<object>) => 1',
      ),
    })
    const { code, errors } = await project.run('generate')
    expect(code).toBe(1)
    expect(errors).toContain('src/echo.ts:2:29 echo: argument text is a symbol')
    expect(errors).toContain('src/echo.ts:2:43 echo: argument seen is a WeakSet')
    expect(errors).toContain('2 problems; nothing was written')
    await expect(project.read('mizan/client.gen.ts')).rejects.toThrow('ENOENT')
  })

  test('says where it looked when nothing is marked', async () => {
    await using project = await cliProject(`{ functions: ['source/**/*.ts'] }`)
    expect(await project.run('generate')).toMatchObject({
      code: 0,
      errors: expect.stringContaining('0 functions in source/**/*.ts, wrote'),
    })
  })

  test('a folder that cannot be written is one line', async () => {
    await using project = await cliProject(`{ functions: ['src/**/*.ts'] }`, {
      'src/echo.ts': echo,
      mizan: '',
    })
    expect(await project.run('generate')).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/^mizan (ENOTDIR|EEXIST): [^\n]*\/mizan\b[^\n]*'\n$/),
    })
  })

  test('follows edits with --watch', async () => {
    await using project = await cliProject(`{ functions: ['src/**/*.ts'] }`, {
      'src/echo.ts': echo,
    })
    await using running = project.start('generate', '--watch')
    await running.until(/watching for edits/)
    await project.write('src/twice.ts', echo.replace('echo', 'twice'))
    await running.until(/2 functions, wrote/)
    expect(await project.read('mizan/client.gen.ts')).toContain('callTwice')
    running.signal('SIGINT')
    expect((await running.ended).code).toBe(0)
  })
})

test('manifest prints what the edge needs, with the configured base', async () => {
  await using project = await cliProject(`{ functions: ['src/**/*.ts'], base: '/rpc' }`, {
    'src/me.ts': `import { client, GlobalContext } from '@mizan/server'\nexport const me = client({ context: GlobalContext }, () => 'me')\n`,
  })
  const { code, output } = await project.run('manifest')
  expect(code).toBe(0)
  expect(JSON.parse(output)).toMatchObject({
    base: '/rpc',
    contexts: { global: { endpoints: ['/rpc/ctx/global/'] } },
  })
  expect(await project.run('manifest', '--out', 'edge/manifest.json')).toMatchObject({
    code: 0,
    output: '',
  })
  expect(await project.read('edge/manifest.json')).toBe(output)
})

test('inspect tells of a function by either of its names', async () => {
  await using project = await cliProject(`{ functions: ['src/**/*.ts'] }`, {
    'src/say.ts': `import { client } from '@mizan/server'\n/** Says it. */\nexport const sayIt = client((text: string, times?: number) => text)\n`,
  })
  const { output } = await project.run('inspect', 'sayIt')
  expect(output).toBe(
    'say_it\n  Says it.\n  source     src/say.ts#sayIt\n  arguments  text: string, times?: number\n  result     string\n  client     callSayIt, useSayIt\n',
  )
  expect((await project.run('inspect', 'say_it')).output).toBe(output)
  expect(JSON.parse((await project.run('inspect', 'sayIt', '--json')).output)).toMatchObject({
    ok: true,
    command: 'inspect',
    result: { say_it: { key: 'sayIt' } },
  })
  expect(await project.run('inspect', 'nope')).toMatchObject({
    code: 1,
    errors: expect.stringContaining(
      'no function, context or channel is called "nope"; there is say_it',
    ),
  })
})

test('inspect tells of contexts and channels, of errors and streams', async () => {
  await using project = await cliProject(`{ functions: ['src/**/*.ts'] }`, {
    'src/room.ts': `import { client, defineChannel, defineContext, defineError } from '@mizan/server'
const Full = defineError('FULL', { status: 409 })
export const Rooms = defineContext('room')
export const guests = client({ context: Rooms }, (roomId: number): string[] => [])
export const enter = client({ affects: Rooms, throws: [Full] }, (roomId: number): void => {})
async function* readLog(): AsyncGenerator<number> {}
export const log = client(readLog)
export const roomChannel = defineChannel<{ roomId: number }, string>('room', { join: () => true })
`,
  })
  const shown = async (name: string): Promise<string> => (await project.run('inspect', name)).output
  expect(await shown('room')).toBe(
    `room (context)
  params     room_id: number
  members    guests
  changed by enter
  client     fetchRoomContext, useRoomContext

room (channel)
  source     src/room.ts#roomChannel
  params     room_id: number
  message    string
  client     useRoomChannel
`,
  )
  expect(await shown('enter')).toContain('  throws     FULL (409)\n')
  expect(await shown('log')).toContain('  result     stream of number\n')
})

describe('wrong use', () => {
  test.for([
    [['nope'], 'has no command "nope"; there are init, generate, dev'],
    [['generate', '--nope'], `Unknown option '--nope'. See mizan generate --help`],
    [['generate', '--check', '--watch'], 'takes --check or --watch, not both'],
    [['generate', 'src'], 'takes no "src"'],
    [['inspect'], 'needs <name>'],
    [['dev', 'node', 'server.js'], 'takes no "node"; put the command after --'],
    [['dev'], 'needs a command to run: mizan dev -- node server.js'],
    [['manifest', '--', 'x'], 'takes nothing after --'],
    [
      ['db', 'migrate', 'sideways'],
      'mizan db migrate has no command "sideways"; there are latest, up, down, rollback, status',
    ],
  ] as const)('%j is refused with code 2', async ([args, message]) => {
    await using project = await cliProject(`{ functions: ['src/**/*.ts'] }`)
    const { code, errors, output } = await project.run(...args)
    expect({ code, output }).toEqual({ code: 2, output: '' })
    expect(errors.replace(/^mizan /gm, 'mizan ')).toContain(message.replace(/^mizan /, ''))
  })

  test('without a command the help goes to the error stream', async () => {
    await using project = await cliProject('{ functions: [] }')
    expect(await project.run()).toMatchObject({
      code: 2,
      output: '',
      errors: expect.stringContaining('Usage: mizan <command>'),
    })
  })
})

describe('help', () => {
  test.for([
    [['--help']],
    [['generate', '--help']],
    [['dev', '--help']],
    [['db', '--help']],
    [['db', 'migrate', 'latest', '-h']],
  ] as const)('%j is printed with code 0', async ([args]) => {
    await using project = await cliProject('{ functions: [] }')
    const { code, output, errors } = await project.run(...args)
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(output).toContain('Usage: mizan')
  })
})

describe('a configuration', () => {
  test.for([
    ['{ functions: [] }', `functions must be a list of globs such as ['src/**/*.ts'], got []`],
    [
      `{ functions: ['a.ts'], target: ['react'] }`,
      'unknown setting "target"; there are functions, out, targets, base, db',
    ],
    [
      `{ functions: ['a.ts'], targets: ['angular'] }`,
      'targets must be a list of react, vue, svelte, forms, openapi, json-schema, mcp, got ["angular"]',
    ],
    [`{ functions: ['a.ts'], base: 'api' }`, 'base must be a path such as "/api/mizan", got "api"'],
    [
      `{ functions: ['a.ts'], db: { schema: 's.ts', migrations: 'm', dialect: 'oracle' } }`,
      'db.dialect must be one of postgres, sqlite, mysql, d1, got "oracle"',
    ],
    [
      `{ functions: ['a.ts'], db: { schema: 's.ts', migrations: 'm', dialect: 'postgres', schemas: 'audit' } }`,
      'db.schemas must be a list of names, got "audit"',
    ],
    ['missing', 'does not load: missing is not defined'],
    ['{ functions: ["a.ts" }', 'mizan.config.ts:1:37 is not valid TypeScript: Expected "]"'],
    [`{ functions: ['./src/'] }`, 'functions names the folder "./src/"; write "./src/**/*.ts"'],
    ['() => ({})', 'its default export is no object; export default defineConfig({ … })'],
  ] as const)('%s is refused', async ([config, message]) => {
    await using project = await cliProject(config, { 'src/echo.ts': echo })
    expect(await project.run('generate')).toMatchObject({
      code: 1,
      errors: expect.stringContaining(message),
    })
  })

  test('an empty one is refused', async () => {
    await using project = await cliProject('{}')
    await project.write('mizan.config.ts', '')
    expect(await project.run('generate')).toMatchObject({
      code: 1,
      errors: expect.stringContaining('has no default export; export default defineConfig({ … })'),
    })
  })
})

test('a migration is written, applied, listed and taken back', async () => {
  await using project = await cliProject(
    `{ functions: ['src/*.ts'], db: { schema: 'src/schema.ts', dialect: 'sqlite', migrations: 'migrations' } }`,
    {
      'src/schema.ts': `import { serial, table, text } from '@mizan/db'\nexport const tasks = table('tasks', { id: serial().primaryKey(), title: text().notNull() })\n`,
    },
  )
  expect(await project.run('db', 'generate', 'add tasks')).toMatchObject({
    code: 0,
    errors: expect.stringMatching(/wrote .*_add_tasks/),
  })
  expect(await project.run('db', 'generate', 'again')).toMatchObject({
    code: 0,
    errors: expect.stringContaining('nothing to generate'),
  })
  expect(await project.run('db', 'migrate', 'status')).toMatchObject({
    code: 1,
    output: expect.stringMatching(/^pending {2}\d+_add_tasks\n$/),
  })
  expect(await project.run('db', 'migrate', 'latest')).toMatchObject({
    code: 0,
    errors: expect.stringMatching(/\d+_add_tasks[^]*applied 1/),
  })
  expect(await project.run('db', 'migrate', 'status')).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^applied {2}\d+_add_tasks {2}\(batch 1\)\n$/),
  })
  expect(await project.run('db', 'migrate', 'down')).toMatchObject({
    code: 0,
    errors: expect.stringContaining('took back'),
  })
  expect(await project.run('db', 'migrate', 'status')).toMatchObject({ code: 1 })
})

test('database commands need a database', async () => {
  await using project = await cliProject(`{ functions: ['src/*.ts'] }`)
  expect(await project.run('db', 'migrate', 'latest')).toMatchObject({
    code: 1,
    errors: expect.stringContaining('has no database; add db:'),
  })
})
