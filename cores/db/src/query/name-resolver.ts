/** What the names of a query mean: tables, columns and the codecs of expressions, level by level. */

import {
  AggregateFunctionNode,
  AliasNode,
  ColumnNode,
  type ColumnUpdateNode,
  FunctionNode,
  IdentifierNode,
  type OperationNode,
  ParensNode,
  ReferenceNode,
  SelectAllNode,
  SelectQueryNode,
  TableNode,
} from 'kysely'
import { type Codec, countCodec } from '../dialect/codec.ts'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { DbError } from '../errors.ts'
import { type AnyBoundColumn, columnOf } from '../schema/column.ts'
import type { Schema } from '../schema/schema.ts'
import type { TableFacts } from '../schema/table-facts.ts'
import { nodeCodec } from './node-codec.ts'
import { Scope, type Source, type SourceColumn } from './source.ts'
import { typeOfNode } from './typed.ts'

/** What a resolver needs. */
export interface NameResolverOptions {
  readonly schema: Schema
  readonly dialect: DialectPackage
  /** The tree that a bound subquery was made from; undefined for one that is not bound. */
  readonly writtenOf: (node: OperationNode) => OperationNode | undefined
}

/** Resolves the names of one statement. */
export class NameResolver {
  readonly #schema: Schema
  readonly #dialect: DialectPackage
  readonly #writtenOf: NameResolverOptions['writtenOf']
  /** The innermost level. */
  scope: Scope = new Scope(undefined)
  /** The level in whose FROM a subquery is being bound that does not see what stands beside it. */
  #apartIn: Scope | undefined

  constructor({ schema, dialect, writtenOf }: NameResolverOptions) {
    this.#schema = schema
    this.#dialect = dialect
    this.#writtenOf = writtenOf
  }

  /** Runs `work` on an inner level of names. */
  inScope<T>(work: () => T): T {
    const outer = this.scope
    this.scope = new Scope(outer, this.#apartIn === outer)
    try {
      return work()
    } finally {
      this.scope = outer
    }
  }

  /** Runs `work` on what stands in FROM without LATERAL. */
  inFrom<T>(work: () => T): T {
    const before = this.#apartIn
    this.#apartIn = this.scope
    try {
      return work()
    } finally {
      this.#apartIn = before
    }
  }

  /**
   * Makes the columns of a table, or of a common table expression of that name, known on this level.
   *
   * @param apart the name in the SQL, where another one than the table's or the alias is needed
   */
  addTable(
    node: TableNode | undefined,
    alias: string | undefined,
    apart?: string,
  ): Source | undefined {
    if (node === undefined) return undefined
    const { name } = node.table.identifier
    const table = this.#tableOf(node)
    const output = this.scope.findExpression(name)
    const source: Source = {
      alias: alias ?? name,
      sqlName: apart ?? alias ?? table?.name ?? name,
      table,
      isUnknown: output === null && table === undefined,
      output: output ?? undefined,
    }
    this.scope.sources.push(source)
    return source
  }

  /** The name for a table whose own one means another schema's table here already; else undefined. */
  nameApart(node: TableNode): string | undefined {
    const table = this.#tableOf(node)
    if (table === undefined) return undefined
    const taken = new Set<string>()
    let isTaken = false
    for (let scope: Scope | undefined = this.scope; scope !== undefined; scope = scope.outer) {
      for (const source of scope.sources) {
        taken.add(source.sqlName)
        isTaken ||=
          source.sqlName === table.name && source.table !== undefined && source.table !== table
      }
    }
    if (!isTaken) return undefined
    let name = table.identity
    for (let count = 2; taken.has(name); count += 1) name = `${table.identity} ${count}`
    return name
  }

  /** The table of the schema that a name in FROM means; undefined for a common table expression. */
  #tableOf(node: TableNode): TableFacts | undefined {
    const { name } = node.table.identifier
    return this.scope.findExpression(name) === null ? this.#schema.tables.get(name) : undefined
  }

  /** The sources that `*` or `t.*` stands for; undefined when the selection is no such thing. */
  sourcesOfAll(selection: OperationNode): readonly Source[] | undefined {
    if (SelectAllNode.is(selection))
      return this.scope.sources.filter((source) => source.alias !== 'excluded')
    if (
      !ReferenceNode.is(selection) ||
      !SelectAllNode.is(selection.column) ||
      selection.table === undefined
    )
      return undefined
    const name = selection.table.table.identifier.name
    return [
      this.scope.findSource(name) ?? {
        alias: name,
        sqlName: name,
        table: undefined,
        output: undefined,
      },
    ]
  }

  /** What a reference means; undefined for a name that nothing here explains. */
  resolve(node: ReferenceNode): SourceColumn | undefined {
    if (!ColumnNode.is(node.column)) return undefined
    const declared = columnOf(node)
    if (declared !== undefined) {
      const source = this.scope.findTable(declared.table)
      const sqlName = source?.sqlName ?? declared.table.name
      return {
        source: source ?? { alias: sqlName, sqlName, table: declared.table, output: undefined },
        sqlName: declared.name,
        column: declared,
        codec: this.#dialect.codecs(declared.facts.type),
      }
    }
    const key = node.column.column.name
    if (node.table !== undefined) {
      const name = node.table.table.identifier.name
      const table = this.#schema.tables.get(name)
      const source =
        this.scope.findSource(name) ??
        (table && { alias: name, sqlName: table.name, table, output: undefined })
      return source === undefined ? undefined : this.columnIn(source, key)
    }
    for (let scope: Scope | undefined = this.scope; scope !== undefined; scope = scope.beyond) {
      for (const source of scope.sources) {
        const found = this.#findIn(source, key)
        if (found !== undefined) return found
      }
    }
    return undefined
  }

  /** A column of a certain source; a name that the schema does not know stays as it is written. */
  columnIn(source: Source | undefined, key: string): SourceColumn {
    const owner = source ?? { alias: '', sqlName: '', table: undefined, output: undefined }
    const found = this.#findIn(owner, key)
    if (found !== undefined) return found
    if (owner.table !== undefined) {
      const byName = [...owner.table.columns.values()].some((column) => column.name === key)
      throw new DbError(
        'unknown_column',
        `table "${owner.table.name}" has no column "${key}"` +
          (byName ? '; queries use the keys of table(), not column names' : ''),
      )
    }
    return { source: owner, sqlName: key, column: undefined, codec: undefined }
  }

  /** The column that an assignment means. */
  updatedColumn(
    { column }: ColumnUpdateNode,
    target: Source | undefined,
  ): SourceColumn | undefined {
    const declared = columnOf(column)
    if (ReferenceNode.is(column) && ColumnNode.is(column.column)) {
      return this.columnIn(target, declared?.key ?? column.column.column.name)
    }
    return ColumnNode.is(column) ? this.columnIn(target, column.column.name) : undefined
  }

  /** The columns of the schema that are assigned. */
  assignedColumns(
    target: Source | undefined,
    updates: readonly ColumnUpdateNode[] | undefined,
  ): ReadonlySet<AnyBoundColumn> {
    const columns = (updates ?? []).map((update) => this.updatedColumn(update, target)?.column)
    return new Set(columns.filter((column) => column !== undefined))
  }

  /** How the value of an expression is decoded, where a column or a count stands behind it. */
  codecOf(node: OperationNode): Codec | undefined {
    const own = nodeCodec(node)
    if (own !== undefined) return own
    const type = columnOf(node) === undefined ? typeOfNode(node) : undefined
    if (type !== undefined) return this.#dialect.codecs(type)
    if (ReferenceNode.is(node))
      return SelectAllNode.is(node.column) ? undefined : this.resolve(node)?.codec
    if (ParensNode.is(node)) return this.codecOf(node.node)
    if (AggregateFunctionNode.is(node)) {
      if (node.func === 'count') return countCodec
      const [argument] = node.aggregated
      return (node.func === 'min' || node.func === 'max') && argument !== undefined
        ? this.codecOf(argument)
        : undefined
    }
    if (FunctionNode.is(node) && node.func === 'coalesce') {
      return node.arguments
        .map((argument) => this.codecOf(argument))
        .find((codec) => codec !== undefined)
    }
    if (SelectQueryNode.is(node)) {
      const selection = node.selections?.[0]?.selection
      return selection === undefined || node.selections?.length !== 1
        ? undefined
        : this.#codecOfSubquery(node, selection)
    }
    return undefined
  }

  #codecOfSubquery(node: SelectQueryNode, selection: OperationNode): Codec | undefined {
    const written = this.#writtenOf(node)
    if (written !== undefined && SelectQueryNode.is(written)) return this.codecOf(written)
    return this.inScope(() => {
      for (const from of node.from?.froms ?? []) {
        if (TableNode.is(from)) this.addTable(from, undefined)
        else if (AliasNode.is(from) && TableNode.is(from.node) && IdentifierNode.is(from.alias))
          this.addTable(from.node, from.alias.name)
      }
      return this.codecOf(AliasNode.is(selection) ? selection.node : selection)
    })
  }

  #findIn(source: Source, key: string): SourceColumn | undefined {
    const column = source.table?.columns.get(key)
    if (column !== undefined) {
      return {
        source,
        sqlName: column.name,
        column,
        codec: this.#dialect.codecs(column.facts.type),
      }
    }
    const output = source.output?.find((one) => one.name === key)
    return output && { source, sqlName: key, column: undefined, codec: output.codec }
  }
}
