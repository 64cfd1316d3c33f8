/** A column as it stands in CREATE TABLE. */

import type { Enums } from '../changes.ts'
import type { DdlFacts } from '../ddl-facts.ts'
import type { ColumnSnapshot } from '../snapshot.ts'

interface DefinitionContext {
  readonly enums: Enums
  readonly facts: DdlFacts
}

/** A column as it stands in CREATE TABLE. */
export function columnDefinition(
  column: ColumnSnapshot,
  { enums, facts }: DefinitionContext,
): string {
  if (isCounter(column)) {
    const counter = `${facts.quote(column.name)} ${facts.counter(column.type)}${facts.counterIsKey ? '' : ' not null'}`
    return `${counter} ${commentPart(column, facts)}`.trimEnd()
  }
  const given = column.default
  const { generated } = column
  return [
    facts.quote(column.name),
    facts.type(column.type, enums),
    generated === undefined
      ? ''
      : `generated always as (${generated.source}) ${generated.stored ? 'stored' : 'virtual'}`,
    column.identity === undefined ? '' : facts.identity(column.identity),
    given === undefined ? '' : `default ${defaultExpression(column, given, facts)}`,
    column.notNull ? 'not null' : '',
    facts.enumCheck?.(column, enums) ?? '',
    commentPart(column, facts),
  ]
    .filter((part) => part !== '')
    .join(' ')
}

function commentPart({ comment }: ColumnSnapshot, facts: DdlFacts): string {
  return comment === undefined ? '' : (facts.columnComment?.(comment) ?? '')
}

/** A default as it stands after DEFAULT. */
export function defaultExpression(
  column: ColumnSnapshot,
  given: NonNullable<ColumnSnapshot['default']>,
  facts: DdlFacts,
): string {
  if (given.kind === 'now') return facts.now(column.type)
  if (given.kind === 'value') return facts.literal(given.value, column.type)
  return facts.bareLiterals === true && literal.test(given.source)
    ? given.source
    : `(${given.source})`
}

const literal = /^('(?:[^']|'')*'(?:::\w+)?|-?\d+(?:\.\d+)?|true|false|null)$/i

/** Whether a column is `serial()` or `bigSerial()`. */
export function isCounter(column: ColumnSnapshot): boolean {
  return column.type.name === 'serial' || column.type.name === 'bigserial'
}
