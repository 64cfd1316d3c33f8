/** A snapshot as a flat list of facts, in which equal databases are equal texts. */

import type { DdlFacts } from './ddl-facts.ts'
import { isGeneratedName } from './generated-name.ts'
import { describePrivileges, type GrantSnapshot, withPrivileges } from './grants/grant.ts'
import { bareName } from './identity.ts'
import type {
  ColumnSnapshot,
  DefaultSnapshot,
  Deferrable,
  ExpressionSnapshot,
  IndexElementSnapshot,
  IndexSnapshot,
  SchemaSnapshot,
  TableSnapshot,
} from './snapshot.ts'

/** `column tasks.title` → `varchar(80) not null`. Column order is left out; generated names are left out. */
export type FoldedSnapshot = ReadonlyMap<string, string>

/** Which text of an expression counts: as it was written (file against file), or as the server writes it. */
export type ExpressionText = 'source' | 'deparsed'

/** Folds away what the dialect implies, so that snapshots can be compared fact by fact. */
export function foldSnapshot(
  snapshot: SchemaSnapshot,
  facts: DdlFacts,
  text: ExpressionText = 'source',
): FoldedSnapshot {
  const folded = new Map<string, string>()
  if (facts.enumTypes) {
    for (const [name, { values }] of Object.entries(snapshot.enums))
      folded.set(`enum ${name}`, JSON.stringify(values))
  }
  const folder = new Folder(folded, { snapshot, facts, text })
  for (const table of Object.values(snapshot.tables)) folder.table(table)
  for (const [key, object] of Object.entries(snapshot.objects ?? {}))
    folded.set(key, expressionText(object.create, text))
  for (const [key, grant] of Object.entries(snapshot.grants ?? {})) {
    const given = givenOf(grant)
    if (given.privileges.length > 0) folded.set(key, describePrivileges(given))
  }
  return folded
}

/** What somebody has given. */
function givenOf({ implied = [], ...grant }: GrantSnapshot): GrantSnapshot {
  const privileges = grant.privileges.filter((one) => !implied.includes(one))
  return withPrivileges(grant, privileges, grant.grantable)
}

/** The text of an expression; blanks do not count where no server has read it. */
export function expressionText(expression: ExpressionSnapshot, text: ExpressionText): string {
  if (text === 'deparsed' && expression.deparsed !== undefined) return expression.deparsed
  return unbracketed(expression.source.trim().replace(/\s+/g, ' '))
}

/** Takes the brackets around an expression away, where they are one pair: they are how it was written, not what it says. */
export function unbracketed(text: string): string {
  if (!text.startsWith('(') || !text.endsWith(')')) return text
  let depth = 0
  for (const { 0: token, index } of text.matchAll(/'(?:[^']|'')*'|[\s\S]/g)) {
    if (token === '(') depth += 1
    if (token === ')') depth -= 1
    if (depth === 0 && index < text.length - 1) return text
  }
  return unbracketed(text.slice(1, -1).trim())
}

interface FoldContext {
  readonly snapshot: SchemaSnapshot
  readonly facts: DdlFacts
  readonly text: ExpressionText
}

class Folder {
  readonly #folded: Map<string, string>
  readonly #context: FoldContext

  constructor(folded: Map<string, string>, context: FoldContext) {
    this.#folded = folded
    this.#context = context
  }

  table(table: TableSnapshot): void {
    const { facts } = this.#context
    const comment = facts.comment === undefined ? undefined : table.comment
    this.#set(`table ${table.name}`, [
      table.partitionBy === undefined ? '' : `partition by ${table.partitionBy}`,
      comment === undefined ? '' : `comment ${JSON.stringify(comment)}`,
    ])
    if (table.primaryKey.length > 0) {
      const own = table.primaryKeyName === undefined ? '' : `named ${table.primaryKeyName}`
      this.#set(`primary key ${table.name}`, [table.primaryKey.join(', '), own])
    }
    for (const column of table.columns) this.#column(table, column)
    for (const key of table.uniques) {
      this.#named(table, 'unique', key, [
        key.columns.join(', '),
        key.nullsNotDistinct === true ? 'nulls not distinct' : '',
        deferrableText(key.deferrable),
      ])
    }
    for (const index of table.indexes) {
      // Where a unique index and a unique constraint are one, which of them was said is lost.
      if (facts.uniqueIsIndex === true && isUniqueOfColumns(index))
        this.#named(table, 'unique', index, [index.columns.join(', ')])
      else this.#named(table, 'index', index, indexParts(index, this.#context.text))
    }
    for (const key of table.foreignKeys) {
      // Where a key cannot be addressed, its name says nothing.
      const known = facts.alterConstraints ? key : { ...key, name: '' }
      this.#named(table, 'foreign key', known, [
        `${key.columns.join(', ')} → ${key.table} (${key.references.join(', ')})`,
        actionText('delete', key.onDelete, facts),
        actionText('update', key.onUpdate, facts),
        deferrableText(key.deferrable),
        key.notValid === true ? 'not valid' : '',
      ])
    }
    for (const check of table.checks) {
      const parts = [
        expressionText(check, this.#context.text),
        check.notValid === true ? 'not valid' : '',
      ]
      this.#named(table, 'check', { name: check.name, columns: [] }, parts)
    }
  }

  #column(table: TableSnapshot, column: ColumnSnapshot): void {
    const { facts, snapshot, text } = this.#context
    const counts = column.type.name === 'serial' || column.type.name === 'bigserial'
    const comment = facts.comment === undefined ? undefined : column.comment
    const check = facts.enumCheck?.(column, snapshot.enums)
    if (check !== undefined) {
      const source = check.replace(/^check \(/, '').replace(/\)$/, '')
      this.#named(table, 'check', { name: '', columns: [] }, [expressionText({ source }, text)])
    }
    this.#set(`column ${table.name}.${column.name}`, [
      counts ? facts.counter(column.type) : facts.type(column.type, snapshot.enums),
      column.identity === undefined ? '' : facts.identity(column.identity),
      column.notNull || counts || table.primaryKey.includes(column.name) ? 'not null' : '',
      column.default === undefined
        ? ''
        : `default ${defaultText(column, column.default, this.#context)}`,
      column.generated === undefined
        ? ''
        : `generated ${expressionText(column.generated, text)} ${column.generated.stored ? 'stored' : 'virtual'}`,
      comment === undefined ? '' : `comment ${JSON.stringify(comment)}`,
    ])
  }

  /** What carries a generated name is known by what it is. */
  #named(
    table: TableSnapshot,
    kind: 'unique' | 'index' | 'foreign key' | 'check',
    { name, columns }: { readonly name: string; readonly columns: readonly string[] },
    parts: readonly string[],
  ): void {
    const text = joined(parts)
    const generated = isGeneratedName({ table: bareName(table), columns, kind, name })
    let key = generated ? `${kind} ${table.name} (${text})` : `${kind} ${table.name} ${name}`
    // Two that are equal in all but their generated names are two.
    for (let count = 2; this.#folded.has(key); count += 1) key = `${key} #${count}`
    this.#folded.set(key, text)
  }

  #set(key: string, parts: readonly string[]): void {
    this.#folded.set(key, joined(parts))
  }
}

function defaultText(column: ColumnSnapshot, given: DefaultSnapshot, context: FoldContext): string {
  const { facts, text } = context
  if (text === 'deparsed' && given.deparsed !== undefined) return given.deparsed
  if (given.kind === 'now') return unbracketed(facts.now(column.type))
  if (given.kind === 'value') return unbracketed(facts.literal(given.value, column.type))
  return expressionText(given, text)
}

function isUniqueOfColumns({ name: _name, columns: _columns, ...rest }: IndexSnapshot): boolean {
  return Object.keys(rest).join() === 'unique' && rest.unique === true
}

function indexParts(index: IndexSnapshot, text: ExpressionText): readonly string[] {
  const elements: readonly IndexElementSnapshot[] =
    index.elements ?? index.columns.map((column) => ({ column }))
  return [
    index.unique === true ? 'unique' : '',
    index.using === undefined ? '' : `using ${index.using}`,
    elements
      .map((one) =>
        joined([
          one.column ?? (one.expression === undefined ? '' : expressionText(one.expression, text)),
          one.collation === undefined ? '' : `collate ${one.collation}`,
          one.opclass ?? '',
          one.order === 'desc' ? 'desc' : '',
          // The order implies where nulls stand.
          one.nulls === undefined || one.nulls === (one.order === 'desc' ? 'first' : 'last')
            ? ''
            : `nulls ${one.nulls}`,
        ]),
      )
      .join(', '),
    index.include === undefined ? '' : `include ${index.include.join(', ')}`,
    index.nullsNotDistinct === true ? 'nulls not distinct' : '',
    index.where === undefined ? '' : `where ${expressionText(index.where, text)}`,
  ]
}

function actionText(event: 'delete' | 'update', action: string, facts: DdlFacts): string {
  // Where the two are one, which of them was said is lost.
  const told = action === 'restrict' && facts.restrictIsNoAction ? 'no action' : action
  return told === 'no action' ? '' : `on ${event} ${told}`
}

function deferrableText(deferrable: Deferrable | undefined): string {
  return deferrable === undefined ? '' : `deferrable ${deferrable}`
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ')
}
