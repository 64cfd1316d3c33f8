/** A snapshot as TypeScript source: a schema module whose snapshot equals it. */

import { toWireName } from '@mizan/protocol'
import { generatedName } from './generated-name.ts'
import { grantCalls } from './grants/grant-source.ts'
import { withoutImplied } from './grants/implied-grants.ts'
import { isDeclared } from './grants/carried-grants.ts'
import { bareName, type Placed, schemasOf } from './identity.ts'
import type {
  ColumnSnapshot,
  ForeignKeySnapshot,
  IndexElementSnapshot,
  IndexSnapshot,
  SchemaSnapshot,
  TableSnapshot,
} from './snapshot.ts'

/** What stands in the source, and what does not. */
export interface SchemaSource {
  readonly text: string
  /** Keys of the objects and rights that are carried in `snapshot.json` and stand in no declaration. */
  readonly opaque: readonly string[]
}

/** Writes the module. */
export function toSource(given: SchemaSnapshot): SchemaSource {
  const snapshot = withoutImplied(given)
  const writer = new Writer(snapshot)
  const body = writer.body()
  const imports = [...writer.imports].toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
  const opaque = [
    ...Object.keys(snapshot.objects ?? {}),
    ...Object.entries(snapshot.grants ?? {}).flatMap(([name, one]) =>
      isDeclared(one) ? [] : [name],
    ),
  ].toSorted()
  const note =
    opaque.length === 0
      ? ''
      : `//\n// Carried in snapshot.json, and compared with every database, but not declared here:\n${opaque.map((one) => `//   ${one.replaceAll('\n', ' ')}\n`).join('')}`
  // Of a database without a table: a module all the same.
  const declarations =
    imports.length === 0
      ? 'export {}\n'
      : `import { ${imports.join(', ')} } from '@mizan/db'\n\n${body}`
  return {
    text: `/** The schema of the database, read from it. */\n${note}\n${declarations}`,
    opaque,
  }
}

function key(name: string): string {
  return name.replace(/^type /, '').toLowerCase()
}

class Writer {
  readonly imports = new Set<string>()
  readonly #snapshot: SchemaSnapshot
  readonly #names = new Map<string, string>()
  readonly #enumNames = new Map<string, string>()
  readonly #schemaNames = new Map<string, string>()

  constructor(snapshot: SchemaSnapshot) {
    this.#snapshot = snapshot
    const taken = new Set(reserved)
    const schemas = schemasOf({ ...snapshot, objects: {} })
    if (schemas.length > 0) taken.add('schema')
    for (const name of schemas) this.#schemaNames.set(name, unique(`${name}_schema`, taken))
    for (const name of Object.keys(snapshot.tables)) this.#names.set(name, unique(name, taken))
    for (const name of Object.keys(snapshot.enums))
      this.#enumNames.set(name, unique(`${name}_type`, taken))
  }

  body(): string {
    const schemas = [...this.#schemaNames].map(
      ([name, own]) => `export const ${own} = ${this.#use('schema')}(${text(name)})\n`,
    )
    const enums = Object.entries(this.#snapshot.enums).map(
      ([name, { values, schema }]) =>
        `export const ${this.#enumNames.get(name)} = ${this.#make('enumType', { name, schema })}, [${values.map(text).join(', ')}])\n`,
    )
    const tables = Object.values(this.#snapshot.tables).map((table) => this.#table(table))
    return [...schemas, ...enums, ...tables].join('\n')
  }

  #use(name: string): string {
    this.imports.add(name)
    return name
  }

  /** `table('users'`, or `auditSchema.table('users'`. */
  #make(kind: 'table' | 'enumType', one: Placed): string {
    const place = this.#schemaNames.get(one.schema ?? '')
    const call = place === undefined ? this.#use(kind) : `${place}.${kind}`
    return `${call}(${text(bareName(one))}`
  }

  #table(table: TableSnapshot): string {
    const keys = columnKeys(table)
    const columns = table.columns.map(
      (column) =>
        `  ${property(keys.get(column.name) ?? '')}: ${this.#column(table, column, keys)},\n`,
    )
    const extras = this.#extras(table, keys)
    const own = `${this.#make('table', table)}, {\n${columns.join('')}}`
    const rest =
      extras.length === 0
        ? ')'
        : `, (t) => ({\n${extras.map((one, place) => `  c${place}: ${one},\n`).join('')}}))`
    return `export const ${this.#names.get(table.name)} = ${own}${rest}\n`
  }

  #column(table: TableSnapshot, column: ColumnSnapshot, keys: ReadonlyMap<string, string>): string {
    const key = keys.get(column.name) ?? ''
    const name = (toWireName(key) ?? key) === column.name ? undefined : column.name
    const { default: given, generated } = column
    const counts = column.type.name === 'serial' || column.type.name === 'bigserial'
    return [
      this.#type(column, name),
      table.primaryKey.length === 1 && table.primaryKey[0] === column.name ? '.primaryKey()' : '',
      column.notNull && !counts && table.primaryKey.join() !== column.name ? '.notNull()' : '',
      column.identity === undefined ? '' : `.identity(${text(column.identity)})`,
      given === undefined ? '' : defaultOf(column, given),
      generated === undefined
        ? ''
        : `.generatedAs(${text(generated.source)}${generated.stored ? '' : ', { stored: false }'})`,
      column.comment === undefined ? '' : `.comment(${text(column.comment)})`,
    ].join('')
  }

  #type({ type }: ColumnSnapshot, name: string | undefined): string {
    const options = (more: Readonly<Record<string, number | undefined>> = {}): string => {
      const members = [
        ...(name === undefined ? [] : [`name: ${text(name)}`]),
        ...Object.entries(more).flatMap(([member, value]) =>
          value === undefined ? [] : [`${member}: ${value}`],
        ),
      ]
      return members.length === 0 ? '' : `{ ${members.join(', ')} }`
    }
    const after = (first: string): string => (options() === '' ? first : `${first}, ${options()}`)
    switch (type.name) {
      case 'enum':
        return `${this.#enumNames.get(type.enum ?? '')}(${options()})`
      case 'varchar':
      case 'char':
        return `${this.#use(type.name)}(${after(String(type.length))})`
      case 'native':
        return `${this.#use('native')}(${after(text(type.sql ?? ''))})`
      case 'numeric':
        return `${this.#use('numeric')}(${options({ precision: type.precision, scale: type.scale })})`
      case 'timestamp':
      case 'timestamptz':
      case 'time':
        return `${this.#use(type.name)}(${options({ precision: type.precision === 3 ? undefined : type.precision })})`
      case 'bigserial':
        return `${this.#use('bigSerial')}(${options()})`
      case 'double':
        return `${this.#use('doublePrecision')}(${options()})`
      default:
        return `${this.#use(type.name)}(${options()})`
    }
  }

  #extras(table: TableSnapshot, keys: ReadonlyMap<string, string>): readonly string[] {
    const own = (name: string): string => `t${member(keys.get(name) ?? name)}`
    const list = (names: readonly string[]): string => names.map(own).join(', ')
    const grants = Object.values(this.#snapshot.grants ?? {}).filter(
      (one) => isDeclared(one) && one.name === table.name,
    )
    if (grants.length > 0) this.#use('grant')
    return [
      ...(table.primaryKey.length > 1
        ? [`${this.#use('primaryKey')}(${list(table.primaryKey)})`]
        : []),
      ...table.uniques.map((one) => {
        const options = object({
          nullsNotDistinct: one.nullsNotDistinct === true ? 'true' : undefined,
          deferrable: one.deferrable === undefined ? undefined : text(one.deferrable),
        })
        const given = nameArgument(
          one.name,
          generatedName(bareName(table), one.columns, 'unique'),
          options,
        )
        return `${this.#use('unique')}(${given}).on(${list(one.columns)})`
      }),
      ...table.indexes.map((one) => this.#index(table, one, own)),
      ...table.foreignKeys.map((one) => this.#foreignKey(table, one, own)),
      ...table.checks.map((one) => `${this.#use('check')}(${text(one.name)}, ${text(one.source)})`),
      ...(table.comment === undefined ? [] : [`${this.#use('comment')}(${text(table.comment)})`]),
      ...grantCalls(grants, { own, text }),
    ]
  }

  #index(table: TableSnapshot, index: IndexSnapshot, own: (name: string) => string): string {
    const options = object({
      unique: index.unique === true ? 'true' : undefined,
      where: index.where === undefined ? undefined : text(index.where.source),
      using: index.using === undefined ? undefined : text(index.using),
      include: index.include === undefined ? undefined : `[${index.include.map(own).join(', ')}]`,
      nullsNotDistinct: index.nullsNotDistinct === true ? 'true' : undefined,
    })
    const elements = (index.elements ?? index.columns.map((column) => ({ column }))).map((one) =>
      this.#element(one, own),
    )
    const hasExpression = index.elements?.some((one) => one.expression !== undefined) === true
    const made = hasExpression ? '' : generatedName(bareName(table), index.columns, 'index')
    return `${this.#use('index')}(${nameArgument(index.name, made, options)}).on(${elements.join(', ')})`
  }

  #element(one: IndexElementSnapshot, own: (name: string) => string): string {
    const { column, expression, ...rest } = one
    const options = object(
      Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, text(value)])),
    )
    const more = options === '' ? '' : `, ${options}`
    if (column === undefined)
      return `${this.#use('indexExpression')}(${text(expression?.source ?? '')}${more})`
    return more === '' ? own(column) : `${this.#use('indexed')}(${own(column)}${more})`
  }

  #foreignKey(
    table: TableSnapshot,
    one: ForeignKeySnapshot,
    own: (name: string) => string,
  ): string {
    const parent = this.#snapshot.tables[one.table]
    const keys = parent === undefined ? new Map<string, string>() : columnKeys(parent)
    const parentName = this.#names.get(one.table) ?? one.table
    const isSelf = one.table === table.name
    const targets = one.references.map((name) =>
      isSelf ? own(name) : `${parentName}${member(keys.get(name) ?? name)}`,
    )
    const options = object({
      name:
        one.name === generatedName(bareName(table), one.columns, 'fk') ? undefined : text(one.name),
      onDelete: one.onDelete === 'no action' ? undefined : text(one.onDelete),
      onUpdate: one.onUpdate === 'no action' ? undefined : text(one.onUpdate),
      deferrable: one.deferrable === undefined ? undefined : text(one.deferrable),
    })
    const more = options === '' ? '' : `, ${options}`
    return `${this.#use('foreignKey')}(${one.columns.map(own).join(', ')}).references([${targets.join(', ')}]${more})`
  }
}

/** Keys of a table's columns: camelCase where the name comes back from it, the name itself elsewhere. */
function columnKeys(table: TableSnapshot): ReadonlyMap<string, string> {
  const taken = new Set<string>()
  return new Map(table.columns.map(({ name }) => [name, unique(name, taken)]))
}

function unique(name: string, taken: Set<string>): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
  const joined = words
    .map((word, place) =>
      place === 0
        ? word.charAt(0).toLowerCase() + word.slice(1)
        : word.charAt(0).toUpperCase() + word.slice(1),
    )
    .join('')
  const base = /^[A-Za-z]/.test(joined) ? joined : `_${joined}`
  let key = base
  for (let count = 2; taken.has(key); count += 1) key = `${base}${count}`
  taken.add(key)
  return key
}

/** A default whose text is a plain literal is a value; everything else stays SQL. */
function defaultOf(column: ColumnSnapshot, given: NonNullable<ColumnSnapshot['default']>): string {
  if (given.kind === 'now') return '.defaultNow()'
  if (given.kind === 'expression') return `.defaultExpression(${text(given.source)})`
  const { type } = column
  if (type.name === 'bigint') return `.default(${String(given.value)}n)`
  return `.default(${JSON.stringify(given.value)})`
}

function nameArgument(name: string, made: string, options: string): string {
  const shown = name === made || name === '' ? undefined : text(name)
  if (options === '') return shown ?? ''
  return `${shown ?? 'undefined'}, ${options}`
}

function object(members: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(members).filter(([, value]) => value !== undefined)
  return given.length === 0
    ? ''
    : `{ ${given.map(([name, value]) => `${name}: ${value}`).join(', ')} }`
}

function property(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : text(name)
}

function member(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${text(name)}]`
}

/** A string literal; what could end a comment or a line in the source is escaped. */
function text(value: unknown): string {
  const inner = JSON.stringify(String(value))
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll("'", "\\'")
  return `'${inner.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`
}

/** Words that are no names, and names that the module imports. */
const reserved = [
  'break case catch class const continue debugger default delete do else enum export extends false finally for function if',
  'import in instanceof new null return super switch this throw true try typeof var void while with yield let static await',
  'implements interface package private protected public arguments eval async of',
  'bigint bigSerial boolean bytea char check comment date decimal doublePrecision enumType foreignKey grant index indexed',
  'indexExpression integer interval json jsonb native numeric primaryKey real serial smallint table text time timestamp',
  'timestamptz unique uuid varchar was t',
].flatMap((line) => line.split(' '))
