/** What each change asks of the rows that are there. */

import type { Change } from '../snapshot/changes.ts'
import { canonicalText } from '../snapshot/column-text.ts'
import type { DdlFacts } from '../snapshot/ddl-facts.ts'
import type { ColumnSnapshot } from '../snapshot/snapshot.ts'

/** A condition that no row may meet. */
export interface Question {
  /** What stands after FROM. */
  readonly from: string
  readonly where: string
  /** `12 rows of tasks have no title` */
  readonly text: (rows: number) => string
}

/** The questions of one change; none when every row will do. */
export function questionsOf(change: Change, facts: DdlFacts): readonly Question[] {
  const { quote, relation } = facts
  switch (change.kind) {
    case 'alterColumn':
      return columnQuestions(change, facts)
    case 'rebuildTable':
      return partsOf(change).flatMap((part) => questionsOf(part, facts))
    case 'addUnique':
      return uniqueQuestions(change.table, change.unique.columns, facts)
    case 'createIndex': {
      const { unique, where, elements, columns } = change.index
      const isPlain = unique === true && where === undefined && elements === undefined
      return isPlain ? uniqueQuestions(change.table, columns, facts) : []
    }
    case 'changePrimaryKey':
      return uniqueQuestions(change.table, change.after, facts)
    case 'addForeignKey': {
      const { table, foreignKey: key } = change
      const present = key.columns.map((name) => `c.${quote(name)} is not null`).join(' and ')
      const joined = key.columns
        .map((name, index) => `p.${quote(key.references[index] ?? '')} = c.${quote(name)}`)
        .join(' and ')
      return [
        {
          from: `${relation(table)} c`,
          where: `${present} and not exists (select 1 from ${relation(key.table)} p where ${joined})`,
          text: (rows) =>
            `${rows} rows of ${table} refer to rows of ${key.table} that are not there`,
        },
      ]
    }
    case 'addCheck':
      return [
        {
          from: relation(change.table),
          where: `not (${change.check.source})`,
          text: (rows) => `${rows} rows of ${change.table} do not meet ${change.check.name}`,
        },
      ]
    case 'alterEnum': {
      const gone = change.before.filter((value) => !change.after.includes(value))
      if (gone.length === 0) return []
      const values = gone.map((value) => facts.literal(value, { name: 'text' })).join(', ')
      return change.columns.map(({ table, column }) => ({
        from: relation(table),
        where: `${quote(column)} in (${values})`,
        text: (rows: number) =>
          `${rows} rows of ${table} have a value of ${change.name} that goes: ${gone.join(', ')}`,
      }))
    }
    default:
      return []
  }
}

function columnQuestions(
  { table, before, after, enums }: Extract<Change, { kind: 'alterColumn' }>,
  facts: DdlFacts,
): readonly Question[] {
  if (after.generated !== undefined) return []
  const [from, own] = [facts.relation(table), facts.quote(after.name)]
  const questions: Question[] = []
  if (!before.notNull && after.notNull && after.default === undefined) {
    questions.push({
      from,
      where: `${own} is null`,
      text: (rows) => `${rows} rows of ${table} have no ${after.name}`,
    })
  }
  if (isShorter(before, after)) {
    questions.push({
      from,
      where: `${facts.textLength ?? 'length'}(${own}) > ${after.type.length ?? 0}`,
      text: (rows) =>
        `${rows} values of ${table}.${after.name} are longer than ${after.type.length}`,
    })
  }
  const misfit = facts.misfits?.(before, after, enums)
  if (misfit !== undefined) {
    questions.push({
      from,
      where: misfit,
      text: (rows) =>
        `${rows} values of ${table}.${after.name} are no ${facts.type(after.type, enums)}`,
    })
  }
  return questions
}

function isShorter(before: ColumnSnapshot, after: ColumnSnapshot): boolean {
  const { length } = after.type
  return length !== undefined && (before.type.length ?? Infinity) > length
}

function uniqueQuestions(
  table: string,
  columns: readonly string[],
  { quote, relation }: DdlFacts,
): readonly Question[] {
  if (columns.length === 0) return []
  const list = columns.map(quote).join(', ')
  const present = columns.map((name) => `${quote(name)} is not null`).join(' and ')
  const twice = `select ${list} from ${relation(table)} where ${present} group by ${list} having count(*) > 1`
  return [
    {
      from: `(${twice}) as twice`,
      where: '1 = 1',
      text: (rows) =>
        `${rows} values of ${table} (${columns.join(', ')}) stand there more than once`,
    },
  ]
}

/** What a rebuild changes, as if it were changed in place. */
function partsOf({
  before,
  after,
  enums,
}: Extract<Change, { kind: 'rebuildTable' }>): readonly Change[] {
  const table = before.name
  const isNew = (list: readonly unknown[], one: unknown): boolean =>
    !list.some((other) => canonicalText(other) === canonicalText(one))
  return [
    ...after.columns.flatMap((column): Change[] => {
      const old = before.columns.find((one) => one.name === column.name)
      if (old === undefined) return []
      return [{ kind: 'alterColumn', table, before: old, after: column, enumsBefore: enums, enums }]
    }),
    ...after.uniques
      .filter((one) => isNew(before.uniques, one))
      .map((unique): Change => ({ kind: 'addUnique', table, unique })),
    ...after.checks
      .filter((one) => isNew(before.checks, one))
      .map((check): Change => ({ kind: 'addCheck', table, check })),
    ...after.foreignKeys
      .filter((one) => isNew(before.foreignKeys, one))
      .map((foreignKey): Change => ({ kind: 'addForeignKey', table, foreignKey })),
  ]
}
