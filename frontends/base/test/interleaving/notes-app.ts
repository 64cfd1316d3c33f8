/** A real Mizan app whose every answer tells how new it is and for whom it was made, and its descriptors. */

import type { CallDescriptor, ContextDescriptor } from '@mizan/base'
import {
  type App,
  client,
  collect,
  createApp,
  defineContext,
  getPrincipal,
  signIn,
  signOut,
} from '@mizan/server'

/** What the context answers: `version` never falls. */
export interface Note {
  readonly text: string
  readonly version: number
}

/** Makes it; notes have the ids 1 and 2, and any other. */
export function createNotesApp(): App {
  const NoteContext = defineContext('note')
  const notes = new Map<number, Note>()
  const remarks = new Map<number, readonly string[]>()
  let version = 0

  const noteOf = (noteId: number): Note => notes.get(noteId) ?? { text: 'new', version: 0 }
  const remarksOf = (noteId: number): readonly string[] => remarks.get(noteId) ?? []
  const put = (noteId: number, text: string): Note => {
    const note = { text, version: ++version }
    notes.set(noteId, note)
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
    client({ affects: NoteContext }, function write(noteId: number, text: string): void {
      put(noteId, text)
    }),
    client(
      { affects: NoteContext.only('noteRemarks') },
      function remark(noteId: number, text: string): void {
        remarks.set(noteId, [...remarksOf(noteId), text])
      },
    ),
    client({ affects: NoteContext }, function rewriteAll(text: string): void {
      put(1, text)
      put(2, text)
    }),
    client({ affects: NoteContext }, function refuse(noteId: number): void {
      throw new Error(`note ${noteId} stays as it is`)
    }),
    client(function enter(id: string): Promise<void> {
      return signIn(id)
    }),
    client(function leave(): Promise<void> {
      return signOut()
    }),
  )
  return createApp({
    functions,
    logger: silent,
    identity: {
      secret: 'a session secret that only the tests know',
      resolve: async (id) => ({ id, staff: false, superuser: false }),
      cookie: { secure: false },
    },
  })
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

export const refuse: CallDescriptor<{ noteId: number }, void> = {
  name: 'refuse',
  artifact,
  args: { noteId },
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
