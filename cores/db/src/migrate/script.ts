/** SQL files as steps and statements: separated by marker comments, never by parsing SQL. */

import { MigrationError } from '../migration-errors.ts'
import type { StatementKind } from '../snapshot/planned-statement.ts'

/** How a step is run; `code` is a module. */
export type StepKind = StatementKind | 'code'

/** Statements that are done, or not done, together. */
export interface Step {
  readonly kind: StepKind
  readonly statements: readonly string[]
  /** The file of a `code` step. */
  readonly module?: string
}

const stepMarker = /^-- mizan:step (tx|notx|batch|rebuild)\s*$/
const statementMarker = /^-- mizan:statement\s*$/

/** Steps as a file. `header` are lines of comment. */
export function formatScript(header: readonly string[], steps: readonly Step[]): string {
  const comment = header.map((line) => `-- ${line}\n`).join('')
  const body = steps.map(
    ({ kind, statements }) =>
      `\n-- mizan:step ${kind}\n${statements.map((text) => `${text};\n`).join('\n-- mizan:statement\n')}`,
  )
  return `${comment}${body.join('')}`
}

/**
 * Reads a file; what stands before the first marker is a `tx` step of its own, if it is more than comments.
 *
 * @throws MigrationError for a line that looks like a marker and is none.
 */
export function parseScript(text: string, file: string): readonly Step[] {
  const steps: { kind: StatementKind; statements: string[][] }[] = [
    { kind: 'tx', statements: [[]] },
  ]
  for (const [index, line] of normalizeLines(text).split('\n').entries()) {
    const kind = stepMarker.exec(line)?.[1]
    if (isKind(kind)) steps.push({ kind, statements: [[]] })
    else if (statementMarker.test(line)) steps.at(-1)?.statements.push([])
    else if (/^\s*--\s*mizan:/.test(line)) {
      throw new MigrationError(
        'migration_script',
        `${file}:${index + 1}: "${line.trim().slice(0, 60)}" is no marker; there are "-- mizan:step tx" (notx, batch, rebuild) and "-- mizan:statement"`,
      )
    } else steps.at(-1)?.statements.at(-1)?.push(line)
  }
  return steps
    .map(({ kind, statements }) => ({
      kind,
      statements: statements.map(toStatement).filter((one) => one !== ''),
    }))
    .filter(({ statements }) => statements.length > 0)
}

function isKind(text: string | undefined): text is StatementKind {
  return text === 'tx' || text === 'notx' || text === 'batch' || text === 'rebuild'
}

/** Git may check files out with other line ends; they are the same migration. */
export function normalizeLines(text: string): string {
  return text.replaceAll('\r\n', '\n')
}

/** A statement without the comments around it and its last semicolon; empty when there is nothing else. */
function toStatement(lines: readonly string[]): string {
  const isBlank = (line: string): boolean => /^\s*(--.*)?$/.test(line)
  const start = lines.findIndex((line) => !isBlank(line))
  if (start === -1) return ''
  const end = lines.findLastIndex((line) => !isBlank(line))
  return lines
    .slice(start, end + 1)
    .join('\n')
    .trim()
    .replace(/;$/, '')
}
