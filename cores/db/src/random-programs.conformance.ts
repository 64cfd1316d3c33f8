/** Random schemas, and programs of reads and writes over them. */

import fc from 'fast-check'
import { type ExpressionBuilder, type Kysely } from 'kysely'
import {
  boolean,
  DbError,
  foreignKey,
  integer,
  primaryKey,
  serial,
  table,
  varchar,
} from './index.ts'

export type Rows = Record<string, Record<string, unknown>>
export type Db = Kysely<Rows>
type Builder = ExpressionBuilder<Rows, string>

const actions = ['cascade', 'set null', 'no action'] as const
const action = fc.constantFrom(...actions)

/** What differs between the schemas: kinds of keys and what they do. */
export const shapes = fc.record({
  key: fc.constantFrom('serial', 'integer', 'text'),
  onDelete: fc.tuple(action, action, action),
  onUpdate: fc.tuple(action, action, action),
  tagged: fc.boolean(),
})
export type Shape = typeof shapes extends fc.Arbitrary<infer T> ? T : never

export function makeSchema({ key, onDelete, onUpdate, tagged }: Shape) {
  const same = () => (key === 'text' ? varchar(8) : integer())
  const own = () => (key === 'serial' ? serial() : same())
  const label = () => (tagged ? varchar(4).tag() : varchar(4))
  const owners = table('owners', { id: own().primaryKey(), label: label(), flag: boolean().tag() })
  const items = table(
    'owned_items',
    {
      id: own().primaryKey(),
      ownerId: same().references(() => owners.id, {
        onDelete: onDelete[0],
        onUpdate: onUpdate[0],
      }),
      parentId: same(),
      label: label(),
      amount: integer({ name: 'how_many' }),
    },
    (t) => ({
      parent: foreignKey(t.parentId).references([t.id], {
        onDelete: onDelete[1],
        onUpdate: onUpdate[1],
      }),
    }),
  )
  const pairs = table(
    'pairs',
    {
      ownerId: same()
        .notNull()
        .references(() => owners.id, { onDelete: 'cascade', onUpdate: 'cascade' }),
      itemId: same()
        .notNull()
        .references(() => items.id, { onDelete: 'cascade', onUpdate: 'cascade' }),
      label: label(),
    },
    (t) => ({ key: primaryKey(t.ownerId, t.itemId) }),
  )
  const notes = table(
    'notes',
    {
      id: serial().primaryKey(),
      pairOwner: same(),
      pairItem: same(),
      flag: boolean(),
    },
    (t) => ({
      pair: foreignKey(t.pairOwner, t.pairItem).references([pairs.ownerId, pairs.itemId], {
        onDelete: onDelete[2],
        onUpdate: onUpdate[2],
      }),
    }),
  )
  return { owners, items, pairs, notes }
}

const columns = {
  owners: ['id', 'label', 'flag'],
  items: ['id', 'ownerId', 'parentId', 'label', 'amount'],
  pairs: ['ownerId', 'itemId', 'label'],
  notes: ['id', 'pairOwner', 'pairItem', 'flag'],
} as const
type TableKey = keyof typeof columns
const keys = {
  owners: ['id'],
  items: ['id'],
  pairs: ['ownerId', 'itemId'],
  notes: ['id'],
} as const
const tableKey = fc.constantFrom<TableKey>('owners', 'items', 'pairs', 'notes')
/** A number below the number of columns of any table; taken modulo. */
const at = fc.nat(9)
/** Small, so that rows meet; some in another spelling of the same value. */
const value = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 4 }) },
  { weight: 1, arbitrary: fc.integer({ min: 5, max: 6 }) },
  { weight: 1, arbitrary: fc.constantFrom('null', '01', 'space') },
)
type Value = number | string

interface Condition {
  readonly kind: 'any' | 'eq' | 'flipped' | 'in' | 'gt' | 'and' | 'or' | 'not' | 'parens'
  readonly column: number
  readonly value: Value
  readonly parts: readonly Condition[]
}
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.record({
    kind: fc.oneof(
      { weight: 4, arbitrary: fc.constant('eq' as const) },
      { weight: 2, arbitrary: fc.constant('any' as const) },
      {
        weight: 4,
        arbitrary: fc.constantFrom('flipped', 'in', 'gt', 'and', 'or', 'not', 'parens'),
      },
    ),
    column: at,
    value,
    parts: fc.oneof(
      { maxDepth: 2 },
      { weight: 4, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(tie('condition'), { minLength: 1, maxLength: 2 }) },
    ),
  }),
}))

export const read = fc.record({
  kind: fc.constantFrom(
    'plain',
    'plain',
    'plain',
    'plain',
    'inner',
    'left',
    'right-of-left',
    'exists',
    'in',
    'cte',
    'union',
    'except',
    'count',
    'group',
    'derived',
    'scalar',
  ),
  table: tableKey,
  other: tableKey,
  on: fc.tuple(at, at),
  where: condition,
  second: condition,
})
export type Read = typeof read extends fc.Arbitrary<infer T> ? T : never

const row = fc.array(value, { minLength: 5, maxLength: 5 })

const statement = fc.record({
  kind: fc.constantFrom(
    'insert',
    'insert',
    'insert',
    'upsert',
    'ignore',
    'insert-select',
    'update',
    'update',
    'delete',
    'delete',
    'in-cte',
  ),
  table: tableKey,
  rows: fc.oneof(
    { weight: 3, arbitrary: fc.array(row, { minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.array(row, { minLength: 2, maxLength: 3 }) },
  ),
  /** Columns that an insert leaves out, and that an update leaves alone. */
  skipped: fc.oneof(
    { weight: 3, arbitrary: fc.constant<number[]>([]) },
    { weight: 1, arbitrary: fc.array(at, { maxLength: 2 }) },
  ),
  set: fc.array(fc.tuple(at, value), { minLength: 1, maxLength: 2 }),
  where: condition,
  returning: fc.boolean(),
})
type Statement = typeof statement extends fc.Arbitrary<infer T> ? T : never

export const write = fc.record({
  /** How the statements are run: one by one, or in a transaction whose middle is a savepoint that is undone. */
  mode: fc.constantFrom('alone', 'alone', 'transaction', 'savepoint', 'together'),
  statements: fc.array(statement, { minLength: 1, maxLength: 3 }),
})
export type Write = typeof write extends fc.Arbitrary<infer T> ? T : never

export const programs = fc.record({
  shape: shapes,
  reads: fc.array(read, { minLength: 1, maxLength: 12, size: 'max' }),
  writes: fc.array(write, { minLength: 1, maxLength: 10, size: 'max' }),
})

export interface Abilities {
  readonly returning: boolean
  /** WITH may hold statements that change things. */
  readonly changesInExpressions: boolean
}

/** A few rows that refer to one another. */
export async function seed(db: Db, shape: Shape): Promise<void> {
  const given = (of: TableKey, values: readonly Value[]): Record<string, unknown> =>
    Object.fromEntries(
      columnsOf(of).map((column, index) => [
        column,
        toValue(values[index] ?? 'null', column, of, shape),
      ]),
    )
  await db
    .insertInto('owners')
    .values([1, 2, 3].map((n) => given('owners', [n, n, n])))
    .execute()
  await db
    .insertInto('items')
    .values([
      given('items', [1, 1, 'null', 1, 1]),
      given('items', [2, 1, 1, 2, 2]),
      given('items', [3, 2, 2, 1, 3]),
    ])
    .execute()
  const pairs = [given('pairs', [1, 1, 1]), given('pairs', [1, 2, 2]), given('pairs', [3, 3, 1])]
  await db.insertInto('pairs').values(pairs).execute()
  const notes = [given('notes', [1, 1, 2, 1]), given('notes', [2, 3, 3, 3])]
  await db.insertInto('notes').values(notes).execute()
}

function columnsOf(of: TableKey): readonly string[] {
  return columns[of]
}

function columnAt(of: TableKey, index: number): string {
  const all = columnsOf(of)
  return all[index % all.length] ?? 'id'
}

function isText(column: string, { key }: Shape, of: TableKey): boolean {
  if (column === 'label') return true
  return key === 'text' && column !== 'amount' && !(of === 'notes' && column === 'id')
}

function toValue(given: Value, column: string, of: TableKey, shape: Shape): unknown {
  if (given === 'null') return null
  if (column === 'flag') return given === '01' || given === 1 || given === 2
  const text = isText(column, shape, of)
  if (given === '01') return text ? 'A' : '01'
  if (given === 'space') return text ? 'a ' : 2
  return text ? 'abcdef'.charAt(Number(given) - 1) : given
}

function toCondition(
  eb: Builder,
  { kind, column, value: given, parts }: Condition,
  context: { readonly of: TableKey; readonly alias: string; readonly shape: Shape },
): ReturnType<Builder['and']> {
  const { of, alias, shape } = context
  const key = columnAt(of, column)
  const reference = `${alias}.${key}`
  const right = toValue(given, key, of, shape)
  const inner = parts.map((part) => toCondition(eb, part, context))
  const single = () => eb(reference, '=', right) as unknown as ReturnType<Builder['and']> // cast: a condition
  switch (kind) {
    case 'any':
      return eb.and(inner)
    case 'eq':
      return inner.length === 0 ? single() : eb.and([single(), ...inner])
    case 'flipped':
      return eb(eb.val(right), '=', eb.ref(reference)) as unknown as ReturnType<Builder['and']> // cast: a condition
    case 'in':
      return eb(reference, 'in', [right, toValue(1, key, of, shape)]) as unknown as ReturnType<
        Builder['and']
      > // cast: a condition
    case 'gt':
      return eb(reference, '>', right) as unknown as ReturnType<Builder['and']> // cast: a condition
    case 'and':
      return eb.and([single(), ...inner])
    case 'or':
      return eb.or([single(), ...inner])
    case 'not':
      return eb.not(eb.and([single(), ...inner])) as unknown as ReturnType<Builder['and']> // cast: a condition
    case 'parens':
      return eb.parens(eb.and([single(), ...inner]) as never) as unknown as ReturnType<
        Builder['and']
      > // cast: a condition
  }
}

export interface Query {
  execute(): Promise<unknown[]>
  compile(): { readonly sql: string }
}

export function toQuery(db: Db, shape: Shape, one: Read): Query {
  const { table: of, other, on } = one
  const left = `x.${columnAt(of, on[0])}`
  const right = `y.${columnAt(other, on[1])}`
  const here = (eb: Builder) => toCondition(eb, one.where, { of, alias: 'x', shape })
  const there = (eb: Builder) => toCondition(eb, one.second, { of: other, alias: 'y', shape })
  const plain = db.selectFrom(`${of} as x`).selectAll('x').where(here)
  const inner = db.selectFrom(`${other} as y`).where(there)
  // Keys of different types do not compare on every database.
  const related = (eb: Builder) =>
    eb(eb.cast(eb.ref(left), 'char(9)'), '=', eb.cast(eb.ref(right), 'char(9)'))
  const correlated = inner.where(related as (eb: Builder) => ReturnType<typeof here>)
  switch (one.kind) {
    case 'plain':
      return plain
    case 'inner':
      return db
        .selectFrom(`${of} as x`)
        .innerJoin(`${other} as y`, (join) => join.on(related as never))
        .select([`${left} as l`, `${right} as r`])
        .where(here)
        .where(there)
    case 'left':
      return db
        .selectFrom(`${of} as x`)
        .leftJoin(`${other} as y`, (join) => join.on(related as never).on(there as never))
        .select([`${left} as l`, `${right} as r`])
        .where(here)
    case 'right-of-left':
      return db
        .selectFrom(`${of} as x`)
        .leftJoin(`${other} as y`, (join) => join.on(related as never).on(here as never))
        .select([`${left} as l`, `${right} as r`])
        .where(there)
    case 'exists':
      return plain.where((eb) => eb.exists(correlated.select(eb.lit(1).as('one'))))
    case 'in':
      return plain.where((eb) =>
        eb(
          eb.cast(eb.ref(left), 'char(9)'),
          'in',
          inner.select((own) => own.cast(own.ref(right), 'char(9)').as('v')) as never,
        ),
      )
    case 'cte':
      return db
        .with('chosen', () => inner.selectAll('y'))
        .selectFrom(`${of} as x`)
        .selectAll('x')
        .where(here)
        .where((eb) => eb.exists(eb.selectFrom('chosen').select(eb.lit(1).as('one'))))
    case 'union':
    case 'except': {
      const first = db.selectFrom(`${of} as x`).where(here)
      const one1 = first.select((eb) => eb.cast(eb.ref(left), 'char(9)').as('v'))
      const two = inner.select((eb) => eb.cast(eb.ref(right), 'char(9)').as('v'))
      return one.kind === 'union' ? one1.union(two) : one1.except(two)
    }
    case 'count':
      return db
        .selectFrom(`${of} as x`)
        .select((eb) => eb.fn.countAll().as('n'))
        .where(here)
    case 'group':
      return db
        .selectFrom(`${of} as x`)
        .select((eb) => [left, eb.fn.countAll().as('n')])
        .where(here)
        .groupBy(left)
        .having((eb) => eb(eb.fn.countAll(), '>', 1))
    case 'derived':
      return db
        .selectFrom((eb) => eb.selectFrom(`${of} as x`).selectAll('x').where(here).as('d'))
        .selectAll('d')
        .where(`d.${columnAt(of, on[0])}`, 'is not', null)
    case 'scalar':
      return plain.select(
        (eb) => correlated.select(() => eb.fn.countAll().as('n')).as('n') as never,
      )
  }
}

export async function runWrite(
  db: Db,
  shape: Shape,
  one: Write,
  abilities: Abilities,
): Promise<void> {
  const run = async (client: Db, each: Statement): Promise<void> => {
    await toStatement(client, shape, each, abilities).execute()
  }
  // cast: the client's own transactions, not Kysely's
  const transaction = (client: Db, work: (tx: Db) => Promise<void>): Promise<void> =>
    (
      client as unknown as { transaction(work: (tx: Db) => Promise<void>): Promise<void> }
    ).transaction(work)
  const [first, ...rest] = one.statements
  switch (one.mode) {
    case 'alone':
      for (const each of one.statements) await run(db, each)
      return
    case 'transaction':
      return transaction(db, async (tx) => {
        for (const each of one.statements) await run(tx, each)
      })
    case 'together':
      return transaction(db, async (tx) => {
        const all = await Promise.allSettled(
          one.statements.map((each, index) =>
            index === 1 ? transaction(tx, (inner) => run(inner, each)) : run(tx, each),
          ),
        )
        const failed = all.find((each) => each.status === 'rejected')
        if (failed !== undefined) throw failed.reason
      })
    case 'savepoint':
      return transaction(db, async (tx) => {
        if (first !== undefined) await run(tx, first)
        await transaction(tx, async (inner) => {
          for (const each of rest) await run(inner, each)
          throw new DbError('stop', 'undo this')
        }).catch(() => undefined)
      })
  }
}

function toStatement(
  db: Db,
  shape: Shape,
  one: Statement,
  { returning: hasReturning, changesInExpressions }: Abilities,
): Query {
  const of = one.table
  const key: readonly string[] = keys[of]
  const skipped = new Set(one.skipped.map((index) => columnAt(of, index)))
  const all = columnsOf(of)
  const rowOf = (values: readonly Value[]): Record<string, unknown> =>
    Object.fromEntries(
      all
        .map((column, index) => [column, toValue(values[index] ?? 1, column, of, shape)] as const)
        .filter(([column]) => !skipped.has(column)),
    )
  const assignments = Object.fromEntries(
    one.set.map(([column, given]) => {
      const name = columnAt(of, column)
      return [name, toValue(given, name, of, shape)]
    }),
  )
  const rows = one.rows
    .map(rowOf)
    .map((row) => (Object.keys(row).length === 0 ? { [key[0] ?? 'id']: 1 } : row))
  const where = (alias: string) => (eb: Builder) => toCondition(eb, one.where, { of, alias, shape })
  const back = <Q extends { returning(column: never): unknown }>(query: Q): Query =>
    (one.returning && hasReturning ? query.returning(key[0] as never) : query) as unknown as Query // cast: what both can do
  switch (one.kind) {
    case 'insert':
      return back(db.insertInto(of).values(rows))
    case 'upsert':
      return hasReturning
        ? back(
            db
              .insertInto(of)
              .values(rows)
              .onConflict((conflict) => conflict.columns([...key]).doUpdateSet(assignments)),
          )
        : db.insertInto(of).values(rows).onDuplicateKeyUpdate(assignments)
    case 'ignore':
      return hasReturning
        ? back(
            db
              .insertInto(of)
              .values(rows)
              .onConflict((conflict) => conflict.columns([...key]).doNothing()),
          )
        : db.insertInto(of).ignore().values(rows)
    case 'insert-select': {
      // Notes get their key by themselves, and the others from what is there: most collide, some do not.
      const targets = all.filter((column) => !(of === 'notes' && column === 'id'))
      return back(
        db
          .insertInto(of)
          .columns([...targets])
          .expression((eb) =>
            eb
              .selectFrom(`${of} as s`)
              .select(
                targets.map((column, index) =>
                  column === 'id'
                    ? eb.val(toValue(one.rows[0]?.[index] ?? 3, column, of, shape)).as(column)
                    : eb.ref(`s.${column}`).as(column),
                ),
              )
              .where(where('s'))
              .limit(1),
          ),
      )
    }
    case 'in-cte':
    case 'update': {
      const update = db.updateTable(of).set(assignments).where(where(of))
      return one.kind === 'in-cte' && changesInExpressions
        ? db
            .with('changed', () => update.returning(key[0] ?? 'id'))
            .selectFrom('changed')
            .selectAll()
        : back(update)
    }
    case 'delete':
      return back(db.deleteFrom(of).where(where(of)))
  }
}
