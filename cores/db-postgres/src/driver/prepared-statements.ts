/** The prepared statements of one connection, which has one owner of their names: this. */

import { createHash } from 'node:crypto'
import type { RowReader } from './row-reader.ts'
import { assertWireText } from './wire-messages.ts'

/** Statements that a connection keeps prepared. */
const maximumKept = 256
/** Texts that are remembered to have been seen once. */
const maximumSeen = 2000
/** Characters. Longer ones are inserts of many rows: each number of rows is another text, and few come again. */
const longestText = 20_000

const names = new Map<string, string>()

/** A short hash of the text. The server infers the types of parameters from it, so they need no place in the name. */
function statementName(text: string): string {
  let name = names.get(text)
  if (name === undefined) {
    assertWireText(text)
    name = `m${createHash('sha256').update(text).digest('base64url').slice(0, 20)}`
    if (names.size >= maximumSeen) names.clear()
    names.set(text, name)
  }
  return name
}

/** A statement under its name. */
export class PreparedStatement {
  readonly name: string
  readonly text: string
  /** The server has it, or is about to. */
  isSent = false
  /** What its rows were when the server described them last; should they change, it refuses the statement. */
  reader: RowReader | undefined
  /** The columns that {@link PreparedStatement.reader} leaves as text. */
  texts: ReadonlySet<string> | undefined

  constructor(name: string, text: string) {
    this.name = name
    this.text = text
  }
}

/** Statements by text, the least recently used first. */
export class PreparedStatements {
  readonly #kept = new Map<string, PreparedStatement>()
  readonly #seen = new Set<string>()
  #closing: string[] = []

  /** The prepared statement of a text; undefined the first time that it is seen, and for a long one. */
  find(text: string): PreparedStatement | undefined {
    const kept = this.#kept.get(text)
    if (kept !== undefined) {
      this.#kept.delete(text)
      this.#kept.set(text, kept)
      return kept
    }
    if (text.length > longestText) {
      assertWireText(text)
      return undefined
    }
    const name = statementName(text)
    if (!this.#seen.has(text)) {
      if (this.#seen.size >= maximumSeen) this.#seen.clear()
      this.#seen.add(text)
      return undefined
    }
    this.#seen.delete(text)
    if (this.#kept.size >= maximumKept) {
      const [oldest] = this.#kept.values()
      if (oldest !== undefined) this.#forget(oldest)
    }
    const statement = new PreparedStatement(name, text)
    this.#kept.set(text, statement)
    return statement
  }

  /** A table has changed, and no one knows which statements were on it: each is prepared anew when it is needed again. */
  forgetAll(): void {
    for (const statement of [...this.#kept.values()]) this.#forget(statement)
  }

  /** The names that the server is to close before the next statement; to close what it does not have is no error. */
  takeClosing(): readonly string[] {
    if (this.#closing.length === 0) return none
    const names = this.#closing
    this.#closing = []
    return names
  }

  #forget(statement: PreparedStatement): void {
    this.#kept.delete(statement.text)
    this.#closing.push(statement.name)
  }
}

const none: readonly string[] = []
