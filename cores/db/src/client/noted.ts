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
import { ConnectionError } from '../errors.ts'
import type { ClientJoin, CommitNote } from './scope-port.ts'
import type { Statement } from './statement.ts'

/** What {@link noted} goes by. */
export interface NotedOptions {
  readonly join: ClientJoin
  /** Whether the database has transactions that stay open while code runs. */
  readonly transactions: boolean
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
  { join, transactions, tags }: NotedOptions,
  run: (isNoted: boolean) => Promise<QueryResult<unknown>>,
): Promise<QueryResult<unknown>> {
  const { session, node } = statement
  if (session.inTransaction || join.storesNotes?.() !== true) return run(false)
  if (transactions && fitsTransaction(node)) return session.alone(() => run(false))
  const note = join.noteOf?.(tags())
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
    // The answer was lost, not necessarily the change.
    if (error instanceof ConnectionError) await note.committed()
    else note.dropped?.()
    throw error
  }
  await note.committed()
  return result
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
