/** How long two hundred tables, with queries on them, take to type-check. */

import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../run-command.ts'
import { repository } from '../workspace.ts'
import { report } from './measured.ts'

const tables = 200
const folder = join(repository, 'cores/db/.mizan/scale')

await mkdir(folder, { recursive: true })
try {
  await writeFile(join(folder, 'schema.ts'), schemaSource())
  await writeFile(join(folder, 'queries.ts'), queriesSource())
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        noEmit: true,
        target: 'es2023',
        module: 'nodenext',
        moduleResolution: 'nodenext',
        skipLibCheck: true,
        allowImportingTsExtensions: true,
        customConditions: [],
        types: ['node'],
      },
      files: ['queries.ts'],
    }),
  )
  const base = await check(['schema.ts'])
  const whole = await check(['queries.ts'])
  process.stdout.write(
    `  ${whole.instantiations} instantiations, ${base.instantiations} of them for the schema\n`,
  )
  report({
    what: `type check of ${tables} tables with queries`,
    value: whole.seconds,
    unit: 's',
    goal: 3,
    atMost: 6,
  })
  report({ what: 'instantiations', value: whole.instantiations, unit: 'types', goal: 1_300_000 })
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function check(
  files: readonly string[],
): Promise<{ seconds: number; instantiations: number }> {
  await writeFile(
    join(folder, 'tsconfig.one.json'),
    JSON.stringify({ extends: './tsconfig.json', files }),
  )
  const { code, output } = await run(
    'tsc',
    ['-p', join(folder, 'tsconfig.one.json'), '--extendedDiagnostics'],
    { cwd: repository },
  )
  if (code !== 0) throw new Error(output.slice(0, 2000))
  const number = (name: string): number =>
    Number(new RegExp(`${name}:\\s+([\\d.]+)`).exec(output)?.[1] ?? Number.NaN)
  return { seconds: number('Total time'), instantiations: number('Instantiations') }
}

function schemaSource(): string {
  const lines = [
    "import { boolean, index, integer, jsonb, relations, serial, table, text, timestamptz, varchar } from '@mizan/db'",
  ]
  for (let at = 0; at < tables; at += 1) {
    const parent = at === 0 ? '' : `\n  parentId: integer().references(() => t${at - 1}.id),`
    lines.push(`export const t${at} = table('t${at}', {
  id: serial().primaryKey(),${parent}
  name: varchar(120).notNull(),
  note: text(),
  size: integer().default(0).notNull(),
  active: boolean().default(true).notNull(),
  tags: jsonb<string[]>(),
  createdAt: timestamptz().defaultNow().notNull(),
}, (t) => ({ byName: index().on(t.name) }))`)
    if (at > 0) {
      lines.push(
        `export const t${at}Relations = relations(t${at}, ({ one }) => ({ parent: one(t${at - 1}, { fields: [t${at}.parentId], references: [t${at - 1}.id] }) }))`,
      )
      lines.push(
        `export const t${at - 1}Children = relations(t${at - 1}, ({ many }) => ({ children: many(t${at}) }))`,
      )
    }
  }
  return `${lines.join('\n')}\n`
}

function queriesSource(): string {
  const lines = [
    "import { createDbClient, type DialectPackage, eq } from '@mizan/db'",
    "import * as schema from './schema.ts'",
    'declare const dialect: DialectPackage',
    'const db = createDbClient({ schema, dialect })',
  ]
  for (let at = 1; at < 50; at += 1) {
    lines.push(
      `export const a${at} = db.query.t${at}.findMany({ columns: { name: true }, with: { parent: true, children: { limit: 3 } }, where: (t) => eq(t.id, ${at}) })`,
    )
    lines.push(
      `export const b${at} = db.select().from(schema.t${at}).where(eq(schema.t${at}.name, 'x')).executeTakeFirst()`,
    )
    lines.push(
      `export const c${at} = db.selectFrom('t${at}').innerJoin('t${at - 1}', 't${at}.parentId', 't${at - 1}.id').select(['t${at}.id', 't${at - 1}.name']).execute()`,
    )
    lines.push(`export const d${at} = db.insert(schema.t${at}).values({ name: 'x' }).execute()`)
    lines.push(`export const e${at}: string | null | undefined = (await a${at})[0]?.parent?.note`)
  }
  return `${lines.join('\n')}\n`
}
