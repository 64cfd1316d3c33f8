/** The prepared statements of one connection, which has one owner of their names: this. */

import { createHash } from 'node:crypto'
import type { ClientBase, Submittable } from 'pg'

/** Statements that a connection keeps prepared. */
const maximumKept = 256
/** Texts that are remembered to have been seen once. */
const maximumSeen = 2000

const names = new Map<string, string>()

/** A short hash of the text. The server infers the types of parameters from it, so they need no place in the name. */
export function statementName(text: string): string {
  let name = names.get(text)
  if (name === undefined) {
    name = `m${createHash('sha256').update(text).digest('base64url').slice(0, 20)}`
    if (names.size >= maximumSeen) names.clear()
    names.set(text, name)
  }
  return name
}

/** What `pg` keeps of a connection's statements. */
interface Parsed {
  readonly parsedStatements: Record<string, string>
  readonly submittedNamedStatements?: Record<string, string>
}

/** Statements by name, the least recently used first. */
export class PreparedStatements {
  readonly #client: ClientBase
  readonly #kept = new Map<string, string>()
  readonly #seen = new Set<string>()
  readonly #closing: string[] = []

  constructor(client: ClientBase) {
    this.#client = client
  }

  /** The name under which a statement is prepared; undefined the first time that it is seen. */
  nameOf(text: string): string | undefined {
    const name = statementName(text)
    if (this.#kept.delete(name)) {
      this.#kept.set(name, text)
      return name
    }
    if (!this.#seen.has(text)) {
      if (this.#seen.size >= maximumSeen) this.#seen.clear()
      this.#seen.add(text)
      return undefined
    }
    this.#seen.delete(text)
    if (this.#kept.size >= maximumKept) {
      const oldest = this.#kept.keys().next().value
      if (oldest !== undefined) this.forget(oldest)
    }
    this.#kept.set(name, text)
    return name
  }

  /** Closes a statement on the server, and prepares it anew when it is needed again. */
  forget(name: string): void {
    this.#kept.delete(name)
    const { connection } = this.#client as unknown as { connection: Parsed } // cast: not in the types of pg
    delete connection.parsedStatements[name]
    if (connection.submittedNamedStatements !== undefined)
      delete connection.submittedNamedStatements[name]
    this.#closing.push(name)
  }

  /** A table has changed, and no one knows which statements were on it. */
  forgetAll(): void {
    for (const name of [...this.#kept.keys()]) this.forget(name)
  }

  /** Closes what has been forgotten; resolves when the client may be given the next statement. */
  settle(): Promise<unknown> | undefined {
    const names = this.#closing.splice(0)
    if (names.length === 0) return undefined
    return new Promise((resolve) => {
      this.#client.query(new CloseStatements(names, () => resolve(undefined)))
    })
  }
}

interface Wire {
  close(message: { readonly type: 'S'; readonly name: string }): void
  sync(): void
}

/** One message for each name, and one round trip for all. */
class CloseStatements implements Submittable {
  /** For `pg`, which calls what it finds here. */
  readonly callback: () => void = () => undefined
  readonly #names: readonly string[]
  readonly #done: () => void

  constructor(names: readonly string[], done: () => void) {
    this.#names = names
    this.#done = done
  }

  submit(connection: unknown): void {
    const wire = connection as Wire // cast: not in the types of pg
    for (const name of this.#names) wire.close({ type: 'S', name })
    wire.sync()
  }

  /** The connection is lost, and the statements with it; the next statement says so. */
  handleError(): void {
    this.#done()
  }

  handleReadyForQuery(): void {
    this.#done()
  }
}
