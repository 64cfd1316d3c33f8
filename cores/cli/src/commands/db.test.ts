import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { main } from '../main.ts'

let folder: string
beforeEach(async () => {
  // Inside the workspace, so that the schema finds @mizan/db.
  folder = await mkdtemp(resolve(import.meta.dirname, '../../.mizan-db-'))
  await schema('')
})
afterEach(() => rm(folder, { recursive: true }))

let schemas = 0

/** A module is loaded once in a process: each schema is a file of its own. */
async function schema(columns: string, indexed?: string): Promise<void> {
  schemas += 1
  const file = `schema-${schemas}.ts`
  await writeFile(
    join(folder, file),
    `import { index, integer, serial, table, text } from '@mizan/db'\nexport const people = table('people', { id: serial().primaryKey(), ${columns} }, (t) => (${indexed === undefined ? '{}' : `{ one: index('${indexed}').on(t.two) }`}))\nvoid [index, integer, text]\n`,
  )
  await configure(file)
}

async function configure(file: string): Promise<void> {
  await writeFile(
    join(folder, 'mizan.config.ts'),
    `export default { functions: ['functions.ts'], db: { schema: '${file}', dialect: 'sqlite', migrations: 'migrations' } }\n`,
  )
}

/** Runs a command for machines. */
async function mizan(...words: string[]) {
  const printed: string[] = []
  const said: string[] = []
  const code = await main([...words, '--json'], {
    folder,
    terminal: {
      print: (text) => void printed.push(text),
      say: (text) => void said.push(text),
      complain: (text) => void said.push(text),
      dim: (text) => text,
    },
  })
  expect(printed).toHaveLength(1)
  return { code, said, answer: JSON.parse(printed[0] ?? '') }
}

test('generate proves, latest applies, status and drift agree, down takes back', async () => {
  const made = await mizan('db', 'generate', 'people')
  expect(made).toMatchObject({ code: 0, answer: { result: { written: { proof: { rows: [] } } } } })
  expect((await mizan('db', 'migrate', 'status')).code).toBe(1)
  expect((await mizan('db', 'migrate', 'latest')).answer.result.applied).toHaveLength(1)
  expect((await mizan('db', 'migrate', 'status')).code).toBe(0)
  expect((await mizan('db', 'drift')).answer).toMatchObject({ ok: true, result: { drift: [] } })
  expect((await mizan('db', 'generate', 'nothing')).answer.result.written).toBeNull()
  expect((await mizan('db', 'migrate', 'down')).answer.result.reverted).toHaveLength(1)
})

test('verify refuses what nobody has read, and an edited migration that was applied stops every run', async () => {
  const { answer } = await mizan('db', 'generate', 'people')
  const { id, path } = answer.result.written
  expect((await mizan('db', 'migrate', 'verify')).answer.result.problems).toMatchObject([
    { id, problem: 'review' },
  ])
  await mizan('db', 'migrate', 'review', id)
  expect((await mizan('db', 'migrate', 'verify')).code).toBe(0)
  await mizan('db', 'migrate', 'latest')
  const up = join(path, 'up.sql')
  await writeFile(up, `${await readFile(up, 'utf8')}-- later\n`)
  const stopped = await mizan('db', 'migrate', 'latest')
  expect(stopped).toMatchObject({ code: 1, answer: { ok: false } })
  expect(stopped.answer.message).toContain('was applied with other files')
})

test('a dry run prints the SQL and runs nothing', async () => {
  await mizan('db', 'generate', 'people')
  const { answer } = await mizan('db', 'migrate', 'latest', '--dry-run')
  expect(answer.result.scripts[0].steps[0].statements[0]).toContain('create table "people"')
  expect((await mizan('db', 'migrate', 'status')).answer.result.pending).toHaveLength(1)
})

test('a rename is stated, and keeps what is in the column', async () => {
  await schema('name: text()')
  await mizan('db', 'generate', 'people')
  await schema('fullName: text()')
  const { answer } = await mizan('db', 'generate', 'rename', '--rename', 'people.name:full_name')
  expect(answer.result.written).toMatchObject({
    changes: ['rename column people.name to full_name'],
    proof: { losses: [] },
  })
})

test('outside of development a migration is read first, and data goes only when that is said', async () => {
  await schema('name: text()')
  const first = await mizan('db', 'generate', 'people')
  await schema('')
  const second = await mizan('db', 'generate', 'no name')
  const before = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production'
  try {
    expect((await mizan('db', 'migrate', 'latest')).answer.message).toContain('was not reviewed')
    for (const { answer } of [first, second])
      await mizan('db', 'migrate', 'review', answer.result.written.id)
    expect((await mizan('db', 'migrate', 'latest')).answer.message).toContain('--allow-destructive')
    expect((await mizan('db', 'migrate', 'latest', '--allow-destructive')).code).toBe(0)
    expect((await mizan('db', 'migrate', 'reset')).code).toBe(1)
    expect((await mizan('db', 'migrate', 'rollback', '--all')).code).toBe(2)
  } finally {
    process.env['NODE_ENV'] = before
  }
})

test('a database that lives is adopted: its schema compiles to the same snapshot, and nothing is left to generate', async () => {
  await configure('adopted.ts')
  const { DatabaseSync } = await import('node:sqlite')
  const file = join(folder, 'live.sqlite')
  const live = new DatabaseSync(file)
  live.exec(`
    create table "Author" (id integer primary key autoincrement, full_name varchar(80) not null, "select" text default 'x');
    create table books (a integer not null, b integer, note text, primary key (a, b), constraint known foreign key (a) references "Author" (id) on delete cascade, constraint positive check (b > 0));
    create unique index notes on books (lower(note)) where note is not null;
    create view titles as select full_name from "Author";
    create trigger touched after insert on books begin update "Author" set "select" = 'y' where id = new.a; end;
    insert into "Author" (full_name) values ('Ada');
  `)
  live.close()
  const before = process.env['DATABASE_URL']
  process.env['DATABASE_URL'] = file
  try {
    const { code, answer } = await mizan('db', 'adopt')
    expect(answer).toMatchObject({ result: { drift: [] } })
    expect(code).toBe(0)
    expect(answer.result.opaque).toEqual(['trigger books.touched', 'view titles'])
    expect((await mizan('db', 'drift')).code).toBe(0)
    expect((await mizan('db', 'generate', 'nothing')).answer.result.written).toBeNull()
    expect((await mizan('db', 'migrate', 'status')).code).toBe(0)
  } finally {
    if (before === undefined) delete process.env['DATABASE_URL']
    else process.env['DATABASE_URL'] = before
  }
})

test('what somebody changed by hand is drift; reconcile adopts it or takes it back', async () => {
  await mizan('db', 'generate', 'people')
  await mizan('db', 'migrate', 'latest')
  const { DatabaseSync } = await import('node:sqlite')
  const change = (sql: string): void => {
    using live = new DatabaseSync(join(folder, '.mizan', 'data.sqlite'))
    live.exec(sql)
  }
  change('create index by_hand on people (id)')
  expect((await mizan('db', 'drift')).answer.result.drift).toMatchObject([
    { path: 'index people by_hand' },
  ])
  expect((await mizan('db', 'reconcile')).code).toBe(1)
  expect((await mizan('db', 'reconcile', '--revert')).code).toBe(0)
  expect((await mizan('db', 'drift')).code).toBe(0)
  change('create index by_hand on people (id)')
  expect((await mizan('db', 'reconcile', '--adopt')).answer.result.adopted).toContain('adopt')
  expect((await mizan('db', 'drift')).code).toBe(0)
  expect(await readdir(join(folder, 'migrations'))).toHaveLength(3)
})

test('two lines of migrations are named, and joined by one that has proved both orders', async () => {
  await mizan('db', 'generate', 'people')
  await schema('one: text()')
  const one = (await mizan('db', 'generate', 'one')).answer.result.written
  await rename(one.path, join(folder, 'aside'))
  await schema('two: text()')
  const two = (await mizan('db', 'generate', 'two')).answer.result.written
  const restored = join(folder, 'migrations', one.id)
  await rename(join(folder, 'aside'), restored)
  expect((await mizan('db', 'migrate', 'latest')).answer.message).toContain('mizan db merge')
  expect((await mizan('db', 'merge')).answer.result.id).toContain('merge')
  expect((await mizan('db', 'migrate', 'latest')).answer.result.applied).toHaveLength(4)
  expect((await mizan('db', 'drift')).code).toBe(0)
  await schema('one: text(), two: text()')
  expect((await mizan('db', 'generate', 'nothing')).answer.result.written).toBeNull()
  expect(two.id).not.toBe(one.id)
})

test('two lines that nobody has joined stop every command that follows them, with the way to join them', async () => {
  const { one, base } = await twoLines()
  for (const words of ['migrate status', 'migrate latest', 'migrate down', 'drift', 'reconcile']) {
    const { code, answer } = await mizan('db', ...words.split(' '))
    expect([words, code, answer.message]).toEqual([
      words,
      1,
      expect.stringContaining('mizan db merge'),
    ])
    expect(answer.message).toContain(one.id)
  }
  expect(base.id < one.id).toBe(true)
})

test('a database that has two lines and not yet the migration that joins them is no drift', async () => {
  const { one, two, aside } = await twoLines({ leave: true })
  await mizan('db', 'migrate', 'latest')
  await rename(aside, one.path)
  const { answer } = await mizan('db', 'merge')
  expect((await mizan('db', 'migrate', 'up')).answer.result).toMatchObject({
    applied: [one.id],
    pending: [answer.result.id],
  })
  expect((await mizan('db', 'drift')).answer).toMatchObject({ ok: true, result: { drift: [] } })
  await mizan('db', 'migrate', 'latest')
  expect((await mizan('db', 'migrate', 'status')).answer.result.applied).toHaveLength(4)
  expect((await mizan('db', 'drift')).code).toBe(0)
  expect(two.id > one.id).toBe(true)
})

test('two lines that both change one thing are not joined, and it is named', async () => {
  const { one, two } = await twoLines({ one: 'size: text()', two: 'size: integer()' })
  const { code, answer } = await mizan('db', 'merge')
  expect(code).toBe(1)
  expect(answer.message).toContain(`${one.id} and ${two.id} both change:\n  column people.size`)
  const names = await readdir(join(folder, 'migrations'))
  expect(names.filter((name) => name.endsWith('merge'))).toEqual([])
})

test('two lines of which one order gives another database are not joined', async () => {
  const { one, two } = await twoLines({
    two: 'two: text()',
    async change({ path, id }) {
      const up = join(path, 'up.sql')
      const drop = '-- mizan:statement\ndrop index if exists by_two;\n'
      await writeFile(up, `${await readFile(up, 'utf8')}\n${drop}`)
      expect((await mizan('db', 'prove', id)).code).toBe(0)
    },
    index: 'by_two',
  })
  const { code, answer } = await mizan('db', 'merge')
  expect(code).toBe(1)
  expect(answer.message).toContain(`${two.id}, ${one.id} in this order does not give`)
  expect(answer.message).toContain('index people by_two')
})

test('up and latest each make a batch, which is what rollback takes back', async () => {
  for (const columns of ['a: text()', 'a: text(), b: text()', 'a: text(), b: text(), c: text()']) {
    await schema(columns)
    await mizan('db', 'generate', 'more')
  }
  const batches = async (): Promise<readonly number[]> =>
    (await mizan('db', 'migrate', 'status')).answer.result.applied.map(
      ({ batch }: { readonly batch: number }) => batch,
    )
  await mizan('db', 'migrate', 'up')
  await mizan('db', 'migrate', 'latest')
  expect(await batches()).toEqual([1, 2, 2])
  expect((await mizan('db', 'migrate', 'rollback')).answer.result.reverted).toHaveLength(2)
  expect(await batches()).toEqual([1])
})

interface Lines {
  /** Columns of the first line, and of the second. */
  readonly one?: string
  readonly two?: string
  /** An index that the second line adds. */
  readonly index?: string
  /** What becomes of the first line before the second is made. */
  readonly change?: (one: { readonly path: string; readonly id: string }) => Promise<void>
  /** Leaves the first line out of the folder. */
  readonly leave?: boolean
}

/** A migration, and two that follow it. */
async function twoLines({ one: first, two: second, index, change, leave }: Lines = {}) {
  const base = (await mizan('db', 'generate', 'people')).answer.result.written
  await schema(first ?? 'one: text()')
  const one = (await mizan('db', 'generate', 'one')).answer.result.written
  await change?.(one)
  const aside = join(folder, 'aside')
  await rename(one.path, aside)
  await schema(second ?? 'two: text()', index)
  const two = (await mizan('db', 'generate', 'two')).answer.result.written
  if (leave !== true) await rename(aside, one.path)
  return { base, one, two, aside }
}
