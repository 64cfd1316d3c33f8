import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toSteps } from '../../db/src/migrate/to-steps.ts'
import { snapshotPairs } from '../../db/src/schema-pairs/arbitrary.conformance.ts'
import { planChanges } from '../../db/src/snapshot/plan-changes.ts'
import { emptySnapshot, type SchemaSnapshot } from '../../db/src/snapshot/snapshot.ts'
import { postgres } from './index.ts'

const squawk = join(
  createRequire(import.meta.url).resolve('squawk-cli/package.json'),
  '../js/bin/squawk',
)
const isHere = spawnSync(process.execPath, [squawk, '--version']).status === 0

/** Rules that are about something else than locks, or about what was asked for. */
const excluded = [
  // What the schema declares is the author's.
  'prefer-bigint-over-int',
  'prefer-bigint-over-smallint',
  'prefer-text-field',
  'prefer-timestamp-tz',
  'ban-char-field',
  // What was asked for, and is told as a loss or a rename before it is done.
  'ban-drop-table',
  'ban-drop-column',
  'ban-drop-not-null',
  'renaming-table',
  'renaming-column',
  'adding-required-field',
  // A rewrite is told with its lock, and takes as long as it takes: see the test below.
  'changing-column-type',
  'require-statement-timeout',
  // A migration that is stopped is continued by its probes, not by being run again.
  'prefer-robust-stmts',
]

interface Finding {
  readonly file: string
  readonly line: number
  readonly rule_name: string
}

const dialect = postgres({ url: 'postgres://nobody@localhost/nothing' })
const runs = process.env['MIZAN_NIGHTLY'] === '1' ? 1000 : 60

function migrations(): readonly string[] {
  const pairs = fc.sample(snapshotPairs(dialect), { numRuns: runs, seed: 20261121 })
  return pairs.map(([source, target, renames]) => {
    const facts = { ...dialect.ddl, restores: true, renames }
    const steps = toSteps(planChanges(source, target, facts), dialect)
    return steps
      .map(({ kind, statements }) => {
        const text = statements.map((sql) => `${sql};\n`).join('')
        return kind === 'tx' ? `begin;\n${text}commit;\n` : text
      })
      .join('')
  })
}

// Its binary comes with a package of this platform.
test.skipIf(!isHere)(
  'no statement on a table that exists holds others up as squawk knows it',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mizan-squawk-'))
    try {
      const texts = migrations()
      for (const [place, text] of texts.entries())
        await writeFile(join(folder, `${place}.sql`), text)
      const files = texts.map((_text, place) => `${place}.sql`)
      const { stdout } = spawnSync(
        process.execPath,
        [
          ...[
            squawk,
            '--pg-version',
            '18.0',
            '--reporter',
            'json',
            '--exclude',
            excluded.join(','),
          ],
          ...files,
        ],
        { cwd: folder, encoding: 'utf8', maxBuffer: 1e8 },
      )
      const findings = JSON.parse(stdout) as readonly Finding[] // cast: as its reporter writes them
      const lines = findings.map(({ file, line, rule_name: rule }) => {
        return `${rule}: ${texts[Number.parseInt(file, 10)]?.split('\n')[line] ?? ''}`
      })
      // A computed column is written into each row, which nothing can spare.
      expect(lines.filter((one) => !one.includes(' generated always as '))).toEqual([])
    } finally {
      await rm(folder, { recursive: true })
    }
  },
)

test('a statement that rewrites a table says so, with its lock', () => {
  const lines = migrations().flatMap((text) => text.split('\n'))
  const rewrites = lines.flatMap((line, place) =>
    / add column .* generated always as .* stored| add column .* as identity/.test(line)
      ? [lines[place - 1] ?? '']
      : [],
  )
  expect(rewrites.length).toBeGreaterThan(0)
  expect(rewrites.filter((note) => !note.includes('ACCESS EXCLUSIVE while every row'))).toEqual([])
})

test('a value of an enum is added by itself, outside of any transaction', () => {
  const of = (...values: readonly string[]): SchemaSnapshot => ({
    ...emptySnapshot,
    enums: { mood: { values } },
  })
  const steps = toSteps(planChanges(of('calm'), of('sad', 'calm', 'loud'), dialect.ddl), dialect)
  expect(steps.map(({ kind, statements }) => [kind, statements.length])).toEqual([
    ['notx', 1],
    ['notx', 1],
  ])
  expect(steps.map(({ statements: [sql] }) => sql?.split('\n'))).toEqual([
    [
      '-- by itself: a value cannot be used in the transaction that adds it',
      `alter type "mood" add value if not exists 'sad' before 'calm'`,
    ],
    [
      '-- by itself: a value cannot be used in the transaction that adds it',
      `alter type "mood" add value if not exists 'loud' after 'calm'`,
    ],
  ])
})
