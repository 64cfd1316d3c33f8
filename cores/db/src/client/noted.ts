/** Single statements and what they make stale: stored in one commit, or the latter first. */

import {
  CompiledQuery,
  DeleteQueryNode,
  InsertQueryNode,
  MergeQueryNode,
  type QueryResult,
  RawNode,
  type RootOperationNode,
  SelectQueryNode,
  UpdateQueryNode,
} from 'kysely'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { ClientJoin, CommitNote } from './scope-port.ts'
import type { Statement } from './statement.ts'

/** What {@link noted} goes by. */
export interface NotedOptions {
  readonly join: ClientJoin
  readonly dialect: DialectPackage
  /** What the statement may change, before it has run. */
  readonly tags: () => readonly string[]
}

/**
 * Sees to it that a process that dies after a statement was stored has not forgotten what it made stale. Where notes are stored, a
 * statement outside of transactions becomes one of its own. What cannot be part of one is noted before it runs.
 *
 * @param run the statement; its argument says whether somebody tells of it already
 */
export async function noted(
  statement: Statement,
  { join, dialect, tags }: NotedOptions,
  run: (isNoted: boolean) => Promise<QueryResult<unknown>>,
): Promise<QueryResult<unknown>> {
  const { session, node } = statement
  if (session.inTransaction || join.storesNotes?.() !== true) return run(false)
  // Whether the database has transactions that stay open while code runs.
  const { transactions } = dialect.capabilities
  if (transactions && fitsTransaction(node)) return session.alone(() => run(false))
  const own = dialect.observation?.sessions?.own
  const name = own === undefined ? undefined : await nameOf(session, own)
  const note = join.noteOf?.(tags(), name)
  return note?.statement === undefined ? run(false) : afterNote(session, note, () => run(true))
}

async function afterNote<T>(
  session: Statement['session'],
  note: CommitNote,
  run: () => Promise<T>,
): Promise<T> {
  const { sql = '', parameters = [] } = note.statement ?? {}
  await session.executeQuery(CompiledQuery.raw(sql, [...parameters]))
  let result: T
  try {
    result = await run()
  } catch (error) {
    // What commits by itself may have done so before it failed, and the answer may be lost rather than the change.
    await note.committed()
    throw error
  }
  await note.committed()
  return result
}

async function nameOf(session: Statement['session'], own: string): Promise<string | undefined> {
  const { rows } = await session.executeQuery<{ session: unknown }>(CompiledQuery.raw(own, []))
  const name = rows[0]?.session
  return name === undefined || name === null ? undefined : String(name)
}

const isChange = [
  InsertQueryNode,
  UpdateQueryNode,
  DeleteQueryNode,
  MergeQueryNode,
  SelectQueryNode,
] as const

/** VACUUM, PRAGMA, CALL and the like do something else in a transaction, or nothing; so may several statements in one text. */
function fitsTransaction(node: RootOperationNode): boolean {
  if (isChange.some((kind) => kind.is(node))) return true
  if (!RawNode.is(node)) return false
  const text = node.sqlFragments.join(' ')
  return /^\s*(insert|update|delete|merge|replace|select|with)\b/i.test(text) && !text.includes(';')
}
