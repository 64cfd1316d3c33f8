/** Random conditions, nested a little. */

import fc from 'fast-check'
import type { ExpressionBuilder } from 'kysely'
import type { Shape } from './tables.conformance.ts'
import {
  at,
  columnAt,
  type Rows,
  type TableKey,
  toValue,
  type Value,
  value,
} from './values.conformance.ts'

export type Builder = ExpressionBuilder<Rows, string>

export interface Condition {
  readonly kind: 'any' | 'eq' | 'flipped' | 'in' | 'gt' | 'and' | 'or' | 'not' | 'parens'
  readonly column: number
  readonly value: Value
  readonly parts: readonly Condition[]
}
export const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
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

export function toCondition(
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
