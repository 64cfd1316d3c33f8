import type { App } from '@mizan/server'
import { createCaller } from '@mizan/testing'
import { expect, it } from 'vitest'

import {
  borrow,
  createNotesApp,
  dictate,
  noteContext,
  type NotesTruth,
  remark,
  revise,
  rewriteAll,
  write,
} from '../../../test/interleaving/notes-app.ts'
import { watch } from '../../../test/until.ts'
import { callStream } from '../../call-stream.ts'
import { createKernel, type Kernel, type KernelOptions } from '../../kernel.ts'
import type { KernelState } from '../../kernel-state.ts'
import type { KernelLayer } from '../../transport.ts'
import { change, optimistic } from '../optimistic.ts'
import { singleFlight } from '../single-flight.ts'
import { type TabChannel, tabs } from '../tabs.ts'
import { tags } from './tags.ts'

interface Notes extends AsyncDisposable {
  /** `GET /ctx/note/?note_id=1`, `POST write`, in their order. */
  readonly log: string[]
  kernel(options: KernelOptions, ...layers: KernelLayer[]): Kernel
}

/** A real app that observes what its functions read and write. */
async function notes(truth: NotesTruth = 'observed'): Promise<Notes> {
  const app: App = createNotesApp(truth)
  await app.start()
  const { fetch } = createCaller(app)
  const log: string[] = []
  const note: KernelLayer = (request, next) => {
    log.push(request.idempotent ? `GET ${request.path}` : `POST ${request.name}`)
    return next(request)
  }
  return {
    log,
    kernel: (options, ...layers) => createKernel({ fetch, ...options }, ...layers, note),
    [Symbol.asyncDispose]: () => app.close(),
  }
}

const one = { noteId: 1 }
const two = { noteId: 2 }

it('a call reaches what was read from what it wrote, and nothing else that its answer names', async () => {
  await using app = await notes()
  const kernel = app.kernel({}, tags())
  using first = watch(kernel, noteContext, one)
  using second = watch(kernel, noteContext, two)
  await Promise.all([first.settled(), second.settled()])
  app.log.length = 0
  await kernel.call(write, { noteId: 1, text: 'Changed' })
  await first.until(({ data }) => data?.noteBody.text === 'Changed')
  await second.settled()
  expect(app.log).toEqual(['POST write', 'GET /ctx/note/?note_id=1'])
  await kernel.call(rewriteAll, { text: 'Both' })
  await Promise.all(
    [first, second].map((watched) => watched.until(({ data }) => data?.noteBody.text === 'Both')),
  )
})

it('a stream reaches what was read from what it wrote, when it ends', async () => {
  for (const hasLayer of [true, false]) {
    await using app = await notes()
    const kernel = hasLayer ? app.kernel({}, tags()) : app.kernel({})
    using first = watch(kernel, noteContext, one)
    using second = watch(kernel, noteContext, two)
    await Promise.all([first.settled(), second.settled()])
    app.log.length = 0
    const words: string[] = []
    for await (const word of callStream(dictate, { noteId: 1, text: 'Word by word' }, { kernel }))
      words.push(word)
    await first.until(({ data }) => data?.noteBody.text === 'Word by word')
    await second.settled()
    expect(words).toEqual(['Word', 'by', 'word'])
    const reads = ['GET /ctx/note/?note_id=1', ...(hasLayer ? [] : ['GET /ctx/note/?note_id=2'])]
    expect(app.log).toEqual(['POST dictate', ...reads])
  }
})

it('without the layer all that is named asks', async () => {
  await using app = await notes()
  const kernel = app.kernel({})
  using first = watch(kernel, noteContext, one)
  using second = watch(kernel, noteContext, two)
  await Promise.all([first.settled(), second.settled()])
  app.log.length = 0
  await kernel.call(write, { noteId: 1, text: 'Changed' })
  await Promise.all([first.settled(), second.settled()])
  expect(app.log).toHaveLength(3)
})

it('what an instance was read from is what counts, not what it is called', async () => {
  await using app = await notes()
  const kernel = app.kernel({}, tags())
  using first = watch(kernel, noteContext, one)
  await first.settled()
  await kernel.call(borrow, { noteId: 1 })
  await first.settled()
  await kernel.call(remark, { noteId: 2, text: 'Of the other' })
  await first.until(({ data }) => data?.noteRemarks[0] === 'Of the other')
  app.log.length = 0
  await kernel.call(remark, { noteId: 1, text: 'Of none that is shown' })
  await first.settled()
  expect(app.log).toEqual(['POST remark'])
})

it('a target that somebody declared reaches what it names, whatever the tags say', async () => {
  // What was written is none of what the note was read from: it stands where the database does not look.
  await using app = await notes('mixed')
  const kernel = app.kernel({}, tags())
  using first = watch(kernel, noteContext, one)
  using second = watch(kernel, noteContext, two)
  await Promise.all([first.settled(), second.settled()])
  expect(kernel.dehydrate().contexts[0]?.tags).toHaveLength(2)
  app.log.length = 0
  await kernel.call(write, { noteId: 1, text: 'Changed' })
  await first.until(({ data }) => data?.noteBody.text === 'Changed')
  await second.settled()
  expect(app.log).toEqual(['POST write', 'GET /ctx/note/?note_id=1'])
})

it('what nobody watches is kept unless it was read from what was written', async () => {
  await using app = await notes()
  const kernel = app.kernel({}, tags())
  await kernel.load(noteContext, one)
  await kernel.load(noteContext, two)
  await kernel.call(write, { noteId: 1, text: 'Changed' })
  expect(kernel.read(noteContext, one).status).toBe('idle')
  expect(kernel.read(noteContext, two).status).toBe('success')
})

it('tags travel with a page, so that what a server rendered is spared too', async () => {
  await using app = await notes()
  const render = app.kernel({}, tags())
  await Promise.all([render.load(noteContext, one), render.load(noteContext, two)])
  const state = JSON.parse(JSON.stringify(render.dehydrate())) as KernelState
  const kernel = app.kernel({ state }, tags())
  using first = watch(kernel, noteContext, one)
  using second = watch(kernel, noteContext, two)
  app.log.length = 0
  await kernel.call(write, { noteId: 1, text: 'Changed' })
  await first.until(({ data }) => data?.noteBody.text === 'Changed')
  await second.settled()
  expect(app.log).toEqual(['POST write', 'GET /ctx/note/?note_id=1'])
})

it('a guess at what turns out not to be concerned is taken back', async () => {
  await using app = await notes()
  const guess = change(remark, noteContext, (draft, { text }) => void draft.noteRemarks.push(text))
  const kernel = app.kernel({}, optimistic(guess), tags())
  using first = watch(kernel, noteContext, one)
  await first.settled()
  await kernel.call(borrow, { noteId: 1 })
  await first.settled()
  await kernel.call(remark, { noteId: 1, text: 'Not shown here' })
  expect(first.states.some(({ data }) => data?.noteRemarks.length === 1)).toBe(true)
  expect(kernel.read(noteContext, one).data?.noteRemarks).toEqual([])
})

it('an instance whose tags nobody knows is reached by names again', async () => {
  await using app = await notes()
  const render = app.kernel({})
  await render.load(noteContext, two)
  const { contexts } = render.dehydrate()
  const kernel = app.kernel({ state: { contexts } }, tags())
  using second = watch(kernel, noteContext, two)
  app.log.length = 0
  await kernel.call(write, { noteId: 1, text: 'Changed' })
  await second.settled()
  expect(app.log).toEqual(['POST write', 'GET /ctx/note/?note_id=2'])
})

it('what came back in an answer has its tags with it; what was merged has none', async () => {
  await using app = await notes()
  const kernel = app.kernel({}, tags(), singleFlight())
  using first = watch(kernel, noteContext, one)
  await first.settled()
  app.log.length = 0
  await kernel.call(borrow, { noteId: 1 })
  await kernel.call(remark, { noteId: 1, text: 'Of none that is shown' })
  await kernel.call(remark, { noteId: 2, text: 'Of the other' })
  expect(kernel.read(noteContext, one).data?.noteRemarks).toEqual(['Of the other'])
  expect(app.log).toEqual(['POST borrow', 'POST remark', 'POST remark'])
  await kernel.call(revise, { noteId: 1, text: 'Merged' })
  expect(kernel.read(noteContext, one).data?.noteBody.text).toBe('Merged')
  expect(kernel.dehydrate().contexts[0]?.tags).toBeUndefined()
})

it('another tab decides by its own tags', async () => {
  await using app = await notes()
  const channels: TabChannel[] = []
  const told: Promise<void>[] = []
  const open = (): TabChannel => {
    const own: TabChannel = {
      onmessage: null,
      postMessage(data) {
        const tell = async (): Promise<void> => {
          await Promise.resolve()
          for (const other of channels)
            if (other !== own)
              other.onmessage?.(new MessageEvent('message', { data: structuredClone(data) }))
        }
        told.push(tell())
      },
    }
    channels.push(own)
    return own
  }
  const here = app.kernel({}, tabs({ open }), tags())
  const there = app.kernel({}, tabs({ open }), tags())
  using first = watch(there, noteContext, one)
  using second = watch(there, noteContext, two)
  await Promise.all([first.settled(), second.settled()])
  app.log.length = 0
  await here.call(write, { noteId: 1, text: 'Changed' })
  await Promise.all(told)
  await first.until(({ data }) => data?.noteBody.text === 'Changed')
  await second.settled()
  expect(app.log).toEqual(['POST write', 'GET /ctx/note/?note_id=1'])
})
