/** A real Mizan app whose every answer tells how new it is and for whom it was made, and its descriptors. */

import type { CallDescriptor, ContextDescriptor, StreamDescriptor } from '@mizan/base'
import type { JsonSchema } from '@mizan/protocol'
import {
  type App,
  client,
  collect,
  createApp,
  currentScope,
  defineContext,
  type Functions,
  getPrincipal,
  invalidate,
  signIn,
  signOut,
} from '@mizan/server'

/** What the context answers: `version` never falls. */
export interface Note {
  readonly text: string
  readonly version: number
}

/**
 * Who says what a call made out of date: its declaration, or what was seen to be read and written. `mixed` is a database that sees
 * remarks and a log of all calls, and notes that stand where it does not look.
 */
export type NotesTruth = 'declared' | 'observed' | 'mixed'

/** Makes it; notes have the ids 1 and 2, and any other. */
export function createNotesApp(truth: NotesTruth = 'declared'): App {
  const NoteContext = defineContext('note')
  const affects = truth === 'observed' ? {} : { affects: NoteContext }
  const remarksAffected = { affects: NoteContext.only('noteRemarks') }
  const notes = new Map<number, Note>()
  const remarks = new Map<number, readonly string[]>()
  /** Notes that show the remarks of another one: what an instance is read from changes with its data. */
  const borrowers = new Set<number>()
  let version = 0

  const sees = (table: string): boolean =>
    truth === 'observed' || (truth === 'mixed' && table !== 'notes')
  const saw = (table: string, id: number): void => {
    if (sees(table)) currentScope()?.observeRead(`${table}:id=${id}`)
  }
  const wrote = (table: string, id: number): void => {
    if (truth !== 'declared') currentScope()?.observeWrite('log')
    if (!sees(table)) return
    for (const tag of [table, `${table}:id=${id}`]) currentScope()?.observeWrite(tag)
  }
  const noteOf = (noteId: number): Note => {
    saw('notes', noteId)
    return notes.get(noteId) ?? { text: 'new', version: 0 }
  }
  const remarksOf = (noteId: number): readonly string[] => {
    saw('borrowers', noteId)
    const owner = borrowers.has(noteId) ? 3 - noteId : noteId
    saw('remarks', owner)
    return remarks.get(owner) ?? []
  }
  const put = (noteId: number, text: string): Note => {
    const note = { text, version: ++version }
    notes.set(noteId, note)
    wrote('notes', noteId)
    return note
  }

  const functions = collect(
    client({ context: NoteContext }, function noteBody(noteId: number) {
      return noteOf(noteId)
    }),
    client({ context: NoteContext }, function noteRemarks(noteId: number) {
      return remarksOf(noteId)
    }),
    client({ context: NoteContext }, function reader(noteId: number) {
      void noteId
      return getPrincipal()?.id ?? null
    }),
    client(affects, function write(noteId: number, text: string): void {
      put(noteId, text)
    }),
    client({ merge: NoteContext }, function revise(noteId: number, text: string) {
      return put(noteId, text)
    }),
    client(
      truth === 'declared' ? remarksAffected : {},
      function remark(noteId: number, text: string): void {
        remarks.set(noteId, [...(remarks.get(noteId) ?? []), text])
        wrote('remarks', noteId)
        // Whoever borrows them is none of the instances that an argument names.
        if (truth === 'declared') invalidate(NoteContext.only('noteRemarks'))
      },
    ),
    client(truth === 'declared' ? remarksAffected : {}, function borrow(noteId: number): void {
      if (!borrowers.delete(noteId)) borrowers.add(noteId)
      wrote('borrowers', noteId)
    }),
    client(affects, function rewriteAll(text: string): void {
      put(1, text)
      put(2, text)
    }),
    client(affects, async function* dictate(noteId: number, text: string) {
      for (const word of text.split(' ')) yield word
      put(noteId, text)
    }),
    client(affects, function refuse(noteId: number): void {
      throw new Error(`note ${noteId} stays as it is`)
    }),
    client(affects, function blunder(noteId: number, text: string): void {
      // Where nobody sees writes, nobody knows that one was committed.
      if (truth !== 'declared') put(noteId, text)
      throw new Error('it failed after it had written')
    }),
    client(function enter(id: string): Promise<void> {
      return signIn(id)
    }),
    client(function leave(): Promise<void> {
      return signOut()
    }),
  )
  return createApp({
    functions: typed(functions),
    logger: silent,
    ...(truth !== 'declared' && { cache: { secret: 'a cache secret that only the tests know' } }),
    identity: {
      secret: 'a session secret that only the tests know',
      resolve: async (id) => ({ id, staff: false, superuser: false }),
      cookie: { secure: false },
    },
  })
}

const integer: JsonSchema = { type: 'integer' }
const note: JsonSchema = {
  type: 'object',
  properties: { text: { type: 'string' }, version: integer },
  required: ['text', 'version'],
}

/** With the types of what is merged, as a compiler reads them. */
function typed({ artifact, ...functions }: Functions): Functions {
  const results: Readonly<Record<string, JsonSchema>> = { note_body: note, revise: note }
  const other: JsonSchema = { anyOf: [{ type: 'string' }, { type: 'null' }] }
  const given = Object.entries(artifact.functions).map(([name, fn]) => {
    const params = fn.params.map((param) =>
      param.name === 'note_id' ? { ...param, schema: integer } : param,
    )
    return [name, { ...fn, params, result: results[name] ?? other }] as const
  })
  return { ...functions, artifact: { ...artifact, functions: Object.fromEntries(given) } }
}

const nothing = (): void => undefined
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing }

const artifact = '0123456789abcdef'

/** As generated code has it. */
export const noteContext: ContextDescriptor<
  { noteId: number },
  { noteBody: Note; noteRemarks: string[]; reader: string | null }
> = {
  name: 'note',
  artifact,
  params: { noteId: { wire: 'note_id', required: true, kind: 'number' } },
  members: {
    noteBody: { wire: 'note_body' },
    noteRemarks: { wire: 'note_remarks' },
    reader: { wire: 'reader' },
  },
}

const noteId = { wire: 'note_id' }
const text = { wire: 'text' }

export const write: CallDescriptor<{ noteId: number; text: string }, void> = {
  name: 'write',
  artifact,
  args: { noteId, text },
}

export const revise: CallDescriptor<{ noteId: number; text: string }, Note> = {
  name: 'revise',
  artifact,
  args: { noteId, text },
}

export const borrow: CallDescriptor<{ noteId: number }, void> = {
  name: 'borrow',
  artifact,
  args: { noteId },
}

export const remark: CallDescriptor<{ noteId: number; text: string }, void> = {
  name: 'remark',
  artifact,
  args: { noteId, text },
}

export const rewriteAll: CallDescriptor<{ text: string }, void> = {
  name: 'rewrite_all',
  artifact,
  args: { text },
}

export const dictate: StreamDescriptor<{ noteId: number; text: string }, string> = {
  name: 'dictate',
  stream: true,
  artifact,
  args: { noteId, text },
}

export const refuse: CallDescriptor<{ noteId: number }, void> = {
  name: 'refuse',
  artifact,
  args: { noteId },
}

export const blunder: CallDescriptor<{ noteId: number; text: string }, void> = {
  name: 'blunder',
  artifact,
  args: { noteId, text },
}

export const enter: CallDescriptor<{ id: string }, void> = {
  name: 'enter',
  artifact,
  args: { id: { wire: 'id' } },
}

export const leave: CallDescriptor<Record<string, never>, void> = {
  name: 'leave',
  artifact,
  args: {},
}
