/** A small data core on node:sqlite: notes, and an outbox in the same file and the same commits. */

import { randomUUID } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import {
  client,
  defineContext,
  definePlugin,
  type Fn,
  type Plugin,
  type PurgeOutbox,
} from '../src/index.ts'
import { currentScope } from '../src/index.ts'

const Notes = defineContext('notes')

/** The functions of one process on the file at `path`, and the plugin that commits for them. */
export interface SqliteNotes {
  readonly functions: readonly Fn[]
  readonly plugin: Plugin
  close(): void
}

/** How a process behaves. */
export interface SqliteNotesOptions {
  /** Called between the commit and what follows it. */
  readonly committed?: () => void
  /** Milliseconds since 1970, by which purges in the outbox are old. @default Date.now */
  readonly clock?: () => number
}

export function sqliteNotes(path: string, options: SqliteNotesOptions = {}): SqliteNotes {
  const db = new DatabaseSync(path)
  const clock = options.clock ?? Date.now
  db.exec(`PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS mizan_outbox (id TEXT PRIMARY KEY, at INTEGER NOT NULL, tags TEXT NOT NULL)`)
  const outbox: PurgeOutbox = {
    name: 'mizan_outbox',
    async left({ age, limit }) {
      const rows = db
        .prepare('SELECT id, tags FROM mizan_outbox WHERE at <= ? ORDER BY at LIMIT ?')
        .all(clock() - age, limit)
      return rows.map(({ id, tags }) => ({ id: String(id), tags: JSON.parse(String(tags)) }))
    },
    async settle(ids) {
      for (const id of ids) db.prepare('DELETE FROM mizan_outbox WHERE id = ?').run(id)
    },
  }
  const plugin = definePlugin({
    name: 'notes',
    outbox,
    async around(scope, next) {
      if (!scope.mutates) return next(scope)
      db.exec('BEGIN IMMEDIATE')
      let result: unknown
      try {
        result = await next(scope)
        const id = randomUUID()
        const tags = JSON.stringify(scope.purgeOf(['notes', 'notes:*']))
        db.prepare('INSERT INTO mizan_outbox VALUES (?, ?, ?)').run(id, Date.now(), tags)
        db.exec('COMMIT')
        scope.leftIn(outbox, id)
      } catch (error) {
        db.exec('ROLLBACK')
        throw error
      }
      options.committed?.()
      for (const tag of ['notes', 'notes:*']) scope.observeWrite(tag)
      return result
    },
  })
  return {
    functions: [
      client({ context: Notes }, function note(): string {
        currentScope()?.observeRead('notes')
        return String(db.prepare('SELECT text FROM notes WHERE id = 1').get()?.['text'] ?? '')
      }),
      client(function writeNote(text: string): void {
        db.prepare('INSERT OR REPLACE INTO notes VALUES (1, ?)').run(text)
      }),
    ],
    plugin,
    close: () => db.close(),
  }
}
