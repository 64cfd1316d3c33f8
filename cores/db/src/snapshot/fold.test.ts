import { postgres } from '@mizan/db-postgres'
import { expect, test } from 'vitest'
import {
  check,
  foreignKey,
  index,
  integer,
  primaryKey,
  table,
  text,
  toSnapshot,
  unique,
} from '../index.ts'
import { compareFolded } from './compare.ts'
import { type ExpressionText, foldSnapshot } from './fold.ts'
import type { SchemaSnapshot } from './snapshot.ts'

const { ddl } = postgres({ url: 'postgres://nobody@localhost/nothing' })

/** What of two snapshots is not equal. */
function differing(
  one: SchemaSnapshot,
  other: SchemaSnapshot,
  text: ExpressionText = 'source',
): readonly string[] {
  return compareFolded(foldSnapshot(one, ddl, text), foldSnapshot(other, ddl, text)).map(
    ({ path }) => path,
  )
}

const owners = (turned: boolean) =>
  table('owners', { a: integer().notNull(), b: integer().notNull() }, (t) => ({
    key: turned ? primaryKey(t.b, t.a) : primaryKey(t.a, t.b),
  }))

test('a key of several columns is another one in another order', () => {
  const [plain, turned] = [owners(false), owners(true)].map((one) => toSnapshot({ owners: one }))
  if (plain === undefined || turned === undefined) throw new TypeError('there are two')
  expect(differing(plain, turned)).toEqual(['primary key owners'])
  expect(differing(plain, plain)).toEqual([])

  const target = owners(false)
  const pets = (swapped: boolean) =>
    table('pets', { a: integer(), b: integer() }, (t) => ({
      owner: (swapped ? foreignKey(t.b, t.a) : foreignKey(t.a, t.b)).references([
        target.a,
        target.b,
      ]),
      known: swapped ? unique('known').on(t.b, t.a) : unique('known').on(t.a, t.b),
    }))
  const [one, two] = [pets(false), pets(true)].map((of) => toSnapshot({ target, pets: of }))
  if (one === undefined || two === undefined) throw new TypeError('there are two')
  expect(differing(one, two)).toEqual([
    'foreign key pets (a, b → owners (a, b))',
    'foreign key pets (b, a → owners (a, b))',
    'unique pets known',
  ])
})

test('the order of columns is recorded and does not count', () => {
  const one = toSnapshot({ t: table('t', { a: integer(), b: text() }) })
  const other = toSnapshot({ t: table('t', { b: text(), a: integer() }) })
  expect(one.tables['t']?.columns.map(({ name }) => name)).toEqual(['a', 'b'])
  expect(other.tables['t']?.columns.map(({ name }) => name)).toEqual(['b', 'a'])
  expect(differing(one, other)).toEqual([])
})

test('names that a user gave count, generated ones do not', () => {
  const indexed = (name?: string) =>
    toSnapshot({ t: table('t', { a: integer() }, (t) => ({ one: index(name).on(t.a) })) })
  expect(differing(indexed('mine'), indexed('yours'))).toEqual(['index t mine', 'index t yours'])
  const [generated = ''] = (indexed().tables['t']?.indexes ?? []).map(({ name }) => name)
  // As PostgreSQL itself names one.
  expect(generated).not.toBe('t_a_idx')
  expect(differing(indexed(), indexed('t_a_idx'))).toEqual([])
})

test('two files are compared by what was written, a file and a database by what the server wrote', () => {
  const checked = (source: string, deparsed?: string): SchemaSnapshot => {
    const snapshot = toSnapshot({
      t: table('t', { a: integer() }, () => ({ big: check('big', source) })),
    })
    const t = snapshot.tables['t']
    if (t === undefined || deparsed === undefined) return snapshot
    const checks = t.checks.map((one) => ({ ...one, deparsed }))
    return { ...snapshot, tables: { t: { ...t, checks } } }
  }
  const [file, live] = [checked('a>1', '(a > 1)'), checked('((a > 1))', '(a > 1)')]
  expect(differing(file, live, 'deparsed')).toEqual([])
  expect(differing(file, live, 'source')).toEqual(['check t big'])
  expect(differing(checked('a>1', '(a > 1)'), checked('a>1', '(a > 2)'), 'source')).toEqual([])
})
