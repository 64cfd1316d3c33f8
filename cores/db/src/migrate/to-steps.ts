/** Planned statements → steps. */

import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { Change } from '../snapshot/changes.ts'
import { planStatements } from '../snapshot/ddl/plan-statements.ts'
import type { PlannedStatement } from '../snapshot/planned-statement.ts'
import type { Step } from './script.ts'

/**
 * Neighbours that take part in a transaction share a step; every other statement is a step of its own, so that a stop can be
 * told exactly. A rebuild takes the statements around it into its transaction.
 */
export function toSteps(changes: readonly Change[], { ddl }: DialectPackage): readonly Step[] {
  const statements = planStatements(changes, ddl)
  const rebuilds = statements.some((one) => one.kind === 'rebuild')
  const steps: { kind: Step['kind']; statements: string[] }[] = []
  for (const statement of statements) {
    const kind = rebuilds && statement.kind === 'tx' ? 'rebuild' : statement.kind
    const last = steps.at(-1)
    const text = withNote(statement)
    if (last?.kind === kind && (kind === 'tx' || kind === 'rebuild')) last.statements.push(text)
    else steps.push({ kind, statements: [text] })
  }
  const creates = changes.every((change) => change.kind.startsWith('create'))
  const { lockTimeout } = ddl
  if (lockTimeout === undefined || creates) return steps
  return steps.map(({ kind, statements: own }) => ({
    kind,
    statements: kind === 'tx' ? [lockTimeout, ...own] : own,
  }))
}

function withNote({ sql, note }: PlannedStatement): string {
  return note === undefined ? sql : `-- ${note}\n${sql}`
}
