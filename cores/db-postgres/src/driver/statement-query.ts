/** One run of a statement: what `pg` sends and hears of it. */

import pg, { type FieldDef } from 'pg'
import type { PreparedStatement, PreparedStatements } from './prepared-statements.ts'
import { type RowReader, rowReader, type TextRow } from './row-reader.ts'
import { encodeRun, toWireValues, type WireValue } from './wire-messages.ts'

/** What is run. */
export interface StatementRun {
  readonly text: string
  readonly values: readonly unknown[]
  /** Columns that stay text. */
  readonly texts: ReadonlySet<string> | undefined
  /** Undefined: the text travels, and the server keeps nothing. */
  readonly statement: PreparedStatement | undefined
}

/** What came of it. */
export interface StatementRows {
  readonly rows: Record<string, unknown>[]
  /** `SELECT 5`, `INSERT 0 1` */
  readonly tag: string
}

/** Who waits for it. */
export interface StatementCaller {
  /** Sends bytes to the server. */
  readonly write: (wire: Wire, bytes: Buffer) => void
  readonly resolve: (rows: StatementRows) => void
  readonly reject: (error: unknown) => void
}

/** The part of a connection of `pg` that is needed here. */
export interface Wire {
  readonly stream: { readonly writable: boolean; write(bytes: Buffer): unknown }
  /** Statements that the server has confirmed, by name. */
  readonly parsedStatements: Readonly<Record<string, string>>
}

/** A pipelining client of `pg` takes nothing but its own queries. */
// cast: what its types say of `submit` cannot be overridden
const Query: new (text: string) => object = pg.Query as never

const readNothing: RowReader = () => ({})

/** The run, as `pg` calls it. */
export class StatementQuery extends Query {
  /** For `pg`, which notes the names that the server has confirmed. */
  readonly name: string
  readonly text: string
  readonly #run: StatementRun
  readonly #values: readonly WireValue[]
  readonly #prepared: PreparedStatements | undefined
  readonly #caller: StatementCaller
  readonly #rows: Record<string, unknown>[] = []
  #wire: Wire | undefined
  #parses = false
  #reader: RowReader | undefined
  #tag = ''
  #failure: { readonly error: unknown } | undefined

  constructor(
    run: StatementRun,
    prepared: PreparedStatements | undefined,
    caller: StatementCaller,
  ) {
    super(run.text)
    this.text = run.text
    this.name = run.statement?.name ?? ''
    this.#run = run
    this.#values = toWireValues(run.values)
    this.#prepared = prepared
    this.#caller = caller
  }

  submit(connection: unknown): null {
    const { text, texts, statement } = this.#run
    this.#wire = connection as Wire // cast: the types of pg lack some
    this.#parses = statement?.isSent !== true
    if (statement !== undefined) {
      statement.isSent = true
      if (statement.texts === texts) this.#reader = statement.reader
    }
    const bytes = encodeRun({
      closing: this.#prepared?.takeClosing() ?? [],
      text: this.#parses ? text : undefined,
      name: this.name,
      values: this.#values,
      describes: this.#reader === undefined,
    })
    this.#caller.write(this.#wire, bytes)
    return null
  }

  handleRowDescription({ fields }: { readonly fields: readonly FieldDef[] }): void {
    const { statement, texts } = this.#run
    this.#reader = rowReader(fields, texts)
    if (statement === undefined) return
    statement.reader = this.#reader
    statement.texts = texts
  }

  handleDataRow({ fields }: { readonly fields: TextRow }): void {
    if (this.#failure !== undefined) return
    try {
      this.#rows.push(this.#reader?.(fields) ?? {})
    } catch (error) {
      this.#failure = { error }
    }
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#tag = text
    const { statement, texts } = this.#run
    if (statement === undefined || this.#reader !== undefined) return
    // It was described, and has no rows: that need not be asked again.
    statement.reader = readNothing
    statement.texts = texts
  }

  handleEmptyQuery(): void {
    this.#tag = ''
  }

  handleError(error: unknown): void {
    const { statement } = this.#run
    // Where the server did not take it, it is sent again.
    if (statement !== undefined && this.#parses)
      statement.isSent = this.#wire?.parsedStatements[statement.name] === statement.text
    this.#caller.reject(error)
  }

  handleReadyForQuery(): void {
    if (this.#failure === undefined) this.#caller.resolve({ rows: this.#rows, tag: this.#tag })
    else this.#caller.reject(this.#failure.error)
  }
}
