import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type DbProject, dbProject, sqliteIsThere } from '../test/db-project.ts'

beforeEach(() => void vi.stubEnv('DATABASE_URL', ''))
afterEach(() => void vi.unstubAllEnvs())

/** A command, what comes before it, and the code that it ends with. */
interface Case {
  readonly words: string
  /** `<last>` in them is the id of the last migration. */
  readonly before?: readonly string[]
  readonly code: 0 | 1 | 2
  /** @default it prints a result */
  readonly without?: 'result'
  /** @default 'sqlite' */
  readonly dialect?: 'mysql'
}

const history = ['db generate first']
const applied = [...history, 'db migrate latest']

/** At least one that ends well and one that does not of each; those that stay have tests of their own. */
const cases: Readonly<Record<string, readonly Case[]>> = {
  init: [
    { words: 'init', code: 0 },
    { words: 'init more', code: 2, without: 'result' },
  ],
  generate: [
    { words: 'generate', code: 0 },
    { words: 'generate --check', code: 1 },
    { words: 'generate --target nope', code: 2, without: 'result' },
  ],
  // What it starts writes to the output, too.
  dev: [{ words: 'dev', code: 2, without: 'result' }],
  manifest: [
    { words: 'manifest', code: 0 },
    { words: 'manifest --out functions.ts/below', code: 1, without: 'result' },
  ],
  openapi: [
    { words: 'openapi', code: 0 },
    { words: 'openapi --out functions.ts/below', code: 1, without: 'result' },
  ],
  schema: [
    { words: 'schema', code: 0 },
    { words: 'schema --out functions.ts/below', code: 1, without: 'result' },
  ],
  mcp: [
    { words: 'mcp', code: 0 },
    { words: 'mcp --out functions.ts/below', code: 1, without: 'result' },
  ],
  inspect: [
    { words: 'inspect echo', code: 0 },
    { words: 'inspect nope', code: 1, without: 'result' },
  ],
  // Their results need a server, and pages.
  conformance: [{ words: 'conformance nonsense', code: 2, without: 'result' }],
  psr: [{ words: 'psr nothing.ts', code: 1, without: 'result' }],
  'db generate': [
    { words: 'db generate first', code: 0 },
    { words: 'db generate again', before: history, code: 0 },
    { words: 'db generate !', code: 1, without: 'result' },
  ],
  'db prove': [
    { words: 'db prove <last>', before: history, code: 0 },
    { words: 'db prove nope', before: history, code: 1, without: 'result' },
  ],
  'db migrate latest': [
    { words: 'db migrate latest', before: history, code: 0 },
    { words: 'db migrate latest --dry-run', before: history, code: 0 },
    { words: 'db migrate latest', code: 1, without: 'result', dialect: 'mysql' },
  ],
  'db migrate up': [
    { words: 'db migrate up', before: history, code: 0 },
    { words: 'db migrate up', code: 1, without: 'result', dialect: 'mysql' },
  ],
  'db migrate down': [
    { words: 'db migrate down', before: applied, code: 0 },
    { words: 'db migrate down', code: 0 },
    { words: 'db migrate down', code: 1, without: 'result', dialect: 'mysql' },
  ],
  'db migrate rollback': [
    { words: 'db migrate rollback', before: applied, code: 0 },
    { words: 'db migrate rollback', code: 1, without: 'result', dialect: 'mysql' },
  ],
  'db migrate status': [
    { words: 'db migrate status', before: applied, code: 0 },
    { words: 'db migrate status', before: history, code: 1 },
  ],
  'db migrate reset': [
    { words: 'db migrate reset', before: applied, code: 0 },
    { words: 'db migrate reset', code: 1, without: 'result', dialect: 'mysql' },
  ],
  'db migrate make': [
    { words: 'db migrate make more', before: history, code: 0 },
    { words: 'db migrate make more --code', before: history, code: 0 },
    { words: 'db migrate make !', code: 1, without: 'result' },
  ],
  'db migrate verify': [
    { words: 'db migrate verify', before: [...history, 'db migrate review <last>'], code: 0 },
    { words: 'db migrate verify', before: history, code: 1 },
  ],
  'db migrate review': [
    { words: 'db migrate review <last>', before: history, code: 0 },
    { words: 'db migrate review nope', code: 1, without: 'result' },
  ],
  'db migrate unlock': [
    { words: 'db migrate unlock', code: 0 },
    { words: 'db migrate unlock', code: 1, without: 'result', dialect: 'mysql' },
  ],
  'db migrate resolve': [
    { words: 'db migrate resolve nope 1 done', code: 1, without: 'result' },
    { words: 'db migrate resolve nope 1 perhaps', code: 2, without: 'result' },
  ],
  'db merge': [
    { words: 'db merge', before: history, code: 0 },
    { words: 'db merge', code: 1, without: 'result', dialect: 'mysql' },
  ],
  'db drift': [
    { words: 'db drift', before: applied, code: 0 },
    { words: 'db drift', code: 1, without: 'result', dialect: 'mysql' },
  ],
  'db reconcile': [
    { words: 'db reconcile', before: applied, code: 0 },
    { words: 'db reconcile --adopt --revert', code: 2, without: 'result' },
  ],
  'db introspect': [
    { words: 'db introspect', before: applied, code: 0 },
    { words: 'db introspect --out there.ts', before: applied, code: 0 },
    { words: 'db introspect --out functions.ts', code: 1, without: 'result' },
  ],
  'db adopt': [{ words: 'db adopt', code: 1, without: 'result' }],
  'db seed run': [
    { words: 'db seed run', before: applied, code: 0 },
    { words: 'db seed run --only nope', code: 2, without: 'result' },
  ],
  'db seed make': [
    { words: 'db seed make demo', code: 0 },
    { words: 'db seed make ../demo', code: 2, without: 'result' },
  ],
  // It stays: what it prints before is told by its own test.
  'db studio': [{ words: 'db studio --port nope', code: 2, without: 'result' }],
}

const echo = `import { client } from '@mizan/server'\nexport const echo = client((text: string) => text)\n`

async function run(project: DbProject, line: string): ReturnType<DbProject['run']> {
  const last = line.includes('<last>') ? ((await project.ids()).at(-1) ?? '') : ''
  return await project.run(...line.replace('<last>', last).split(' '), '--json')
}

describe.skipIf(!sqliteIsThere)(
  'with --json a command prints one document, whatever becomes of it',
  () => {
    test.for<Case>(Object.values(cases).flat())(
      '$words → $code',
      async ({ words, before = [], code: expected, without, dialect }) => {
        await using project = await dbProject(dialect ?? 'sqlite')
        await project.write('functions.ts', echo)
        for (const line of before) expect(await run(project, line)).toMatchObject({ code: 0 })
        const { code, output } = await run(project, words)
        expect({ code, output }).toEqual({
          code: expected,
          output: expect.stringMatching(/^.+\n$/),
        })
        const answer = JSON.parse(output) as Readonly<Record<string, unknown>> // cast: it is looked at below
        const command = Object.keys(cases).find((name) => `${words} `.startsWith(`${name} `))
        expect(answer).toMatchObject({ ok: expected === 0, command, code, problems: [] })
        expect('message' in answer).toBe(expected !== 0)
        expect('result' in answer).toBe(without === undefined)
        expect(Object.keys(answer).toSorted()).toEqual(
          ['code', 'command', 'ok', 'problems']
            .concat('message' in answer ? ['message'] : [], 'result' in answer ? ['result'] : [])
            .toSorted(),
        )
      },
    )

    test('and these are all commands', async () => {
      await using project = await dbProject('sqlite')
      const { output } = await project.run('--help')
      const names = output
        .split('\n')
        .flatMap((line) => /^ {2}([a-z]+(?: [a-z]+)*)/.exec(line)?.[1] ?? [])
      expect(names.length).toBeGreaterThan(30)
      expect(names.toSorted()).toEqual(Object.keys(cases).toSorted())
    })
  },
)
